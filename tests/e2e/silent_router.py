#!/usr/bin/python3
"""silent_router.py BIN: nginx is down while each command that may say that a release serves is run: none does so with status 0, and all of
them do once it is up."""
import subprocess
import sys

from rig import Rig, checks


def said(done):
    return done.stdout + done.stderr


def stop(rig):
    rig.nginx.terminate()
    rig.nginx.wait()
    rig.nginx = None


def refuses(rig, what, done, *also):
    claims = [line for line in done.stdout.splitlines() if " serves " in line or line.endswith(", serves")]
    checks.that(done.returncode in (1, 3) and not claims and all(word in said(done) for word in also),
                f"nginx is down: {what} ends with {done.returncode} and says of nothing that it serves", f"{claims} {said(done)}")


def components(rig):
    """Of several together the one whose router is down is taken back as well, and not held for done."""
    file = rig.work / "whole.yml"
    file.write_text('version: 1\napp: whole\ndeploy: {components: {one: {config: fairlead.yml}}}\n'
                    'environments: {staging: {url: "http://127.0.0.1:1"}}\n')

    def whole(*words):
        return subprocess.run([rig.bin / "fairlead-deploy", *words, "--env", "staging", "--config", file], env=rig.environment, cwd=rig.work,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)

    before = rig.served()
    rig.release("6.0.0")
    done = whole("apply", "--release-version", "6.0.0")
    checks.that(done.returncode == 0 and rig.served() == "6.0.0", "a component is deployed", said(done))
    stop(rig)
    refuses(rig, "rollback of all components", whole("rollback"), "rolled back: ")
    rig.start_router()
    checks.that(rig.served() == before, "it was taken back", rig.served())


def main():
    rig = Rig(sys.argv[1], bake="300ms", deadline="3s")
    try:
        for version in ("1.0.0", "2.0.0", "3.0.0"):
            rig.release(version)
            checks.that(rig.apply().returncode == 0, f"{version} is deployed")
        stop(rig)
        refuses(rig, "apply of what is deployed", rig.apply())
        seen = rig.run("status")
        checks.that("serves" not in seen.stdout.replace("does not serve", "") and "users can't reach the release" in said(seen), "status says so", said(seen))
        refuses(rig, "status --check", rig.run("status", "--check"), "users can't reach the release")
        refuses(rig, "rollback", rig.run("rollback"), "does not answer there")
        refuses(rig, "apply of another one", rig.apply("--force"))
        rig.release("4.0.0")
        refuses(rig, "apply of a new one", rig.apply())
        rig.start_router()
        checks.that(rig.served() == "2.0.0", "nginx is up again, and what was rolled back to answers", rig.served())
        for point in ("switch+", "commit"):
            rig.release(f"5.{point}")
            rig.apply(fault=f"kill@{point}")
            stop(rig)
            refuses(rig, f"rollback after a kill at {point}", rig.run("rollback", "--if-current", "any"))
            rig.start_router()
            done = rig.run("rollback", "--if-current", f"5.{point}")
            checks.that(done.returncode in (0, 1, 2) and rig.served() == "2.0.0", "nginx is up: the old one answers", said(done) + rig.served())
            rig.release("2.0.0")
            done = rig.apply("--retry-bad")
            checks.that(done.returncode == 0 and rig.served() == "2.0.0", "and apply says so", said(done))
        components(rig)
    finally:
        rig.close()
    checks.close()


if __name__ == "__main__":
    main()
