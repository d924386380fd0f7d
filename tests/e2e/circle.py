#!/usr/bin/python3
"""The circle of a release and its pin, walked: a release of a stand-in repository is packed from the executables of a build, a
mirror serves it, `fairlead init` from its tarball writes the workflows of a project, and each of them runs under act, without
FAIRLEAD_BIN_DIR and without a compiler in PATH, from the commit that init pinned. The same from a mirror that tampers: nothing
of it runs. And what init writes for GitLab and for any other CI, from the same release.

    circle.py BIN"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

from act_chain import Notes
from act_rig import NO_PART_OF_AN_ACTION, ROOT, Act, find_act
from rig import checks

sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "release"))
import programs  # noqa: E402

ARCH = {"x86_64": ("amd64", "x64"), "aarch64": ("arm64", "arm64")}[os.uname().machine]
COMPILES = re.compile(r"(.*-)?(cc|gcc|g\+\+|c\+\+|c[89]9|clang|clang\+\+|cpp|cc1.*|ccache|cmake|ninja|ld|as)(-[\d.]+)?$")
VERSION = re.search(r"^project\(fairlead VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text(), re.M)[1]
TOP = f"fairlead-{VERSION}-linux-{ARCH[1]}"
FILES = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "fairlead/release/files"
LIMIT = 1.0  # seconds from a step's start to the tool's first line; judged on a quiet machine only
EVIL = "#!/bin/sh\necho tampered >>'%s'\n"


def run(*words, **more):
    return subprocess.run([*map(str, words)], check=True, capture_output=True, text=True, **more).stdout


def parts_of_the_image():
    rows = [line.split() for line in (ROOT / "release/dependencies.lock").read_text().splitlines() if line.startswith("image")]
    return [path.split("/")[-1] for _, arch, _, _, _, path, *_ in rows if arch in ("any", ARCH[0])]


class Standin:
    """A repository with a release: its sources at C, its digests one commit above, its packages in `dist`."""

    def __init__(self, folder, built):
        self.folder, self.source = folder, folder / "fairlead"
        run("git", "clone", "--quiet", ROOT, self.source)
        names = run("git", "ls-files", "-co", "--exclude-standard", "-z", cwd=ROOT).split("\0")
        for name in names:  # as it is here, committed or not
            if name and (ROOT / name).is_file():
                (self.source / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.source / name)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "feat: as it is")
        self.commit = self.git("rev-parse", "HEAD")
        stage = folder / "stage"
        (stage / ARCH[0] / "usr/bin").mkdir(parents=True)
        (stage / ARCH[0] / "licences").mkdir()
        (stage / ARCH[0] / "licences/some").write_text("MIT\n")
        for name in programs.read():
            run("strip", "-o", stage / ARCH[0] / "usr/bin" / name, built / name)
        shutil.copytree(self.source / "actions", stage / ARCH[0] / "usr/share/fairlead/repository/actions")
        shutil.copy(self.source / "action.yml", stage / ARCH[0] / "usr/share/fairlead/repository")
        self.dist = folder / "dist"
        run(self.source / "release/package", VERSION, self.commit, stage, self.dist,
            env={**os.environ, "SOURCE_DATE_EPOCH": self.git("log", "-1", "--format=%ct")})
        run("tar", "-xzf", self.dist / f"{TOP}.tar.gz", "-C", folder)
        self.installed = folder / TOP
        self.pin = re.search("^commit (.*)$", (self.installed / "share/fairlead/release").read_text(), re.M)[1]

    def git(self, *words):
        author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        return run("git", "-C", self.source, *author, *words).strip()

    def checked_out(self, commit, to):
        run("git", "clone", "--quiet", "--no-checkout", self.source, to)
        run("git", "-C", to, "fetch", "--quiet", self.source, commit)
        run("git", "-C", to, "checkout", "--quiet", "--detach", commit)
        for part in (".git", *NO_PART_OF_AN_ACTION):
            shutil.rmtree(to / part)
        return to


class Mirror:
    """The release over TLS, whole and tampered (install_server.py)."""

    def __init__(self, folder, dist):
        (folder / "served" / f"v{VERSION}").mkdir(parents=True)
        shutil.copy(dist / f"{TOP}-bin.tar.gz", folder / "served" / f"v{VERSION}")
        self.certificate = folder / "certificate.pem"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "own.pem")
        self.certificate.write_text((folder / "own.pem").read_text() + (folder / "key.pem").read_text())
        self.server = subprocess.Popen([sys.executable, ROOT / "tests/e2e/install_server.py", self.certificate, folder / "served"],
                                       stdout=subprocess.PIPE, text=True)
        self.port = int(self.server.stdout.readline())
        self.trusted = folder / "own.pem"

    def address(self, fault="ok"):
        return f"https://localhost:{self.port}/{fault}"

    def close(self):
        self.server.terminate()
        self.server.wait()


def path_without_compilers(folder):
    """Every program of the usual folders but those that compile or link."""
    folder.mkdir()
    for place in ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"):
        for program in pathlib.Path(place).iterdir() if pathlib.Path(place).is_dir() else ():
            if not COMPILES.match(program.name) and not (folder / program.name).is_symlink():
                (folder / program.name).symlink_to(program)
    return folder


class Circle:
    def __init__(self, rig, release, mirror, path):
        self.rig, self.release, self.mirror, self.check, self.table = rig, release, mirror, checks, []
        rig.bin, rig.tree = release.installed / "bin", release.checked_out(release.pin, rig.scratch / "pinned")
        rig.environment["PATH"] = f"{rig.standins}/bin:{path}"
        self.notes = Notes(rig)
        self.notes.commit("feat: keep notes")
        self.from_mirror = {"FAIRLEAD_BIN_DIR": None, "FAIRLEAD_MIRROR": mirror.address(), "CURL_CA_BUNDLE": mirror.trusted}

    def pins(self):
        check, notes = self.check, self.notes
        lock = self.release.git("show", f"{self.release.pin}:fairlead.lock")
        check.that(lock == (self.release.dist / "fairlead.lock").read_text().strip(), "the pin's lock has the digests of the release")
        check.that(self.release.git("rev-parse", f"{self.release.pin}^") == self.release.commit, "it stands on the commit that was built")
        workflows = sorted((notes.folder / ".github/workflows").glob("*.yml"))
        ours = [line.strip() for file in workflows for line in file.read_text().splitlines() if "uses: fairlead/" in line]
        wrong = [line for line in ours if not line.endswith(f"@{self.release.pin} # v{VERSION}")]
        check.that(len(workflows) == 4 and ours and not wrong, f"the {len(ours)} steps of ours in {len(workflows)} workflows have the pin "
                   "of the release and its version behind it", wrong)
        check.that(not shutil.which("cc", path=self.rig.environment["PATH"]) and not shutil.which("cmake", path=self.rig.environment["PATH"]),
                   "no compiler is in PATH")

    def steps_of_ours(self, workflow):
        for job, body in self.notes.workflow(workflow)["jobs"].items():
            for number, step in enumerate(body.get("steps") or []):
                if step.get("uses", "").startswith("fairlead/"):
                    yield job, step.get("id", str(number)), step["uses"].partition("@")[0].removeprefix("fairlead/fairlead/actions/")

    def walked(self, what, workflow, done, skipped=()):
        wanted = {job: "skipped" if job in skipped else "success" for job in self.notes.workflow(workflow)["jobs"]}
        got = {**dict.fromkeys(skipped, "skipped"), **done.results}
        self.check.that(done.status == 0 and got == wanted, f"{what}: every job is green", f"{done.results}\n{done.tail()}")
        self.check.that("from source" not in done.text, f"{what}: nothing is built", done.tail())
        quiet = os.getloadavg()[0] < os.cpu_count()  # beside others' work the time says nothing of ours
        for job, step, tool in self.steps_of_ours(workflow):
            answered = (job, step) in done.answered
            if answered or done.steps.get((job, (step,))) == "success":
                self.check.that(answered, f"{what}: {job}, {tool}: answers", done.tail())
            if not answered:
                continue
            took = done.answered[job, step] - done.begun[job, step]
            self.table.append(f"{what:<14} {job:<12} {tool:<10} {took * 1000:6.0f} ms")
            if quiet:
                self.check.that(took < LIMIT, f"{what}: {job}, {tool}: within a second of its start", f"{took:.2f} s")

    def workflows(self):
        notes, more = self.notes, {"variables": self.from_mirror}
        notes.branch("change")
        notes.edit("templates/index.html", "<h1>Notes</h1>", "<h1>My notes</h1>")
        notes.commit("feat: a better title")
        self.walked("pull-request", "pull-request", notes.pull_request(**more))
        notes.start_nginx()
        notes.branch("main")
        first = notes.commit("feat: served")
        self.walked("staging", "staging", notes.push(**more))
        self.check.that(notes.serves() == first[:12], "staging serves the commit", notes.serves())
        self.walked("release", "release", notes.release("v1.1.0", **more))
        self.check.that(notes.serves("production") == "1.1.0", "production serves the tag", notes.serves("production"))
        notes.branch("main")
        notes.edit("templates/index.html", "<h1>Notes</h1>", "<h1>Our notes</h1>")
        notes.commit("feat: whose")
        self.walked("staging again", "staging", notes.push(**more))
        self.walked("rollback", "rollback", notes.rollback("staging", **more), skipped=["production"])
        self.check.that(notes.serves() == first[:12], "rollback: what served before serves again", notes.serves())

    def forget(self):
        """What an earlier job left in the tool cache and beside it."""
        for place in (self.rig.scratch / "cache/actions/tool_cache", self.rig.scratch / "cache/fairlead", self.rig.home / ".cache"):
            shutil.rmtree(place, ignore_errors=True)

    def tampered(self):
        notes, trace = self.notes, self.rig.scratch / "trace"
        evil = self.rig.scratch / "evil"
        (evil / TOP / "bin").mkdir(parents=True)
        for name in programs.read():
            (evil / TOP / "bin" / name).write_text(EVIL % trace)
            (evil / TOP / "bin" / name).chmod(0o755)
        run("tar", "-czf", evil / "archive", "-C", evil, TOP)
        (evil / f"v{VERSION}").mkdir()
        shutil.copy(evil / "archive", evil / f"v{VERSION}/{TOP}-bin.tar.gz")
        notes.branch("change")
        notes.edit("templates/index.html", "<h1>Our notes</h1>", "<h1>Your notes</h1>")
        notes.commit("feat: another title")
        for what, address in (("a byte is another", self.mirror.address("tampered")), ("other executables", str(evil))):
            self.forget()
            done = notes.pull_request(variables={**self.from_mirror, "FAIRLEAD_MIRROR": address})
            ours = {job for job, _, _ in self.steps_of_ours("pull-request")}
            red = {job for job, result in done.results.items() if result not in ("success", "skipped")}
            self.check.that(done.status == 1 and red == {*ours, "result"}, f"tampered, {what}: each job with a step of ours is red",
                            f"{done.results}\n{done.tail()}")
            self.check.that(all(done.annotated(job=job, title="fairlead", message="is not what fairlead.lock says") for job in ours),
                            f"tampered, {what}: and says why", done.annotations)
            self.check.that(not trace.exists() and not any(value for names in done.outputs.values() for value in names.values()),
                            f"tampered, {what}: nothing ran", done.outputs)

    def other_cis(self):
        """Their files fetch the same release; a home of its own each, and nothing of ours in PATH."""
        for ci, file in (("gitlab", ".gitlab-ci.yml"), ("generic", "ci.sh")):
            folder = self.rig.scratch / f"{ci}-project"
            (folder / "src").mkdir(parents=True)
            (folder / "Makefile").write_text("test:\n\ttrue\n")
            environment = {**self.rig.environment, "HOME": str(folder / "src"), "CURL_CA_BUNDLE": str(self.mirror.trusted)}
            environment.pop("XDG_CACHE_HOME", None)
            for words in (["git", "init", "--quiet", "."], ["git", "add", "--all"], ["git", "commit", "--quiet", "-m", "feat: a"],
                          [str(self.rig.bin / "fairlead"), "init", "--ci", ci]):
                run(*words, cwd=folder, env=environment)
            if ci == "gitlab":
                document = yaml.safe_load((folder / file).read_text())
                script = "set -eo pipefail\n" + "\n".join([*document["default"]["before_script"], *document["scan"]["script"]])
                words = ["bash", "-c", script]
            else:
                words = ["./ci.sh", "check"]
            for fault, wanted in (("ok", 0), ("tampered", 1)):
                shutil.rmtree(folder / "src/.cache", ignore_errors=True)
                done = subprocess.run(words, cwd=folder, env={**environment, "FAIRLEAD_MIRROR": self.mirror.address(fault)},
                                      capture_output=True, text=True)
                self.check.that((done.returncode == 0) == (wanted == 0), f"{file}, {fault}: {'runs' if wanted == 0 else 'is refused'}",
                                f"status {done.returncode}: {done.stdout}{done.stderr}")
                if wanted == 0:
                    self.check.that("no secret" in done.stdout + done.stderr, f"{file}: scan answers", done.stdout + done.stderr)
                else:
                    self.check.that(not list((folder / "src/.cache").rglob("fairlead-scan")), f"{file}, tampered: nothing is unpacked")


def main():
    act, reason = find_act()
    if not act:
        checks.leave("circle", reason)
    for needed in ("nginx", "gunicorn"):
        if not shutil.which(needed, path=os.environ["PATH"] + ":/usr/sbin"):
            checks.leave("circle", f"{needed} is not installed")
    missing = [name for name in parts_of_the_image() if not (FILES / name).is_file()]
    if missing:
        done = subprocess.run([ROOT / "release/dependencies", ARCH[0], "--fetch"], capture_output=True, text=True)
        if done.returncode:
            checks.leave("circle", done.stderr.strip().splitlines()[-1])
    with tempfile.TemporaryDirectory(prefix="fairlead-circle.") as temp:
        folder = pathlib.Path(temp)
        folder.chmod(0o755)
        release = Standin(folder, pathlib.Path(sys.argv[1]).resolve())
        mirror = Mirror(folder, release.dist)
        rig = Act(act, sys.argv[1])
        circle = None
        try:
            circle = Circle(rig, release, mirror, path_without_compilers(folder / "path"))
            circle.pins()
            circle.workflows()
            circle.tampered()
            circle.other_cis()
        finally:
            if circle:
                circle.notes.close()
            rig.close()
            mirror.close()
    print("from a step's start to the tool's first line:", *circle.table, sep="\n  ")
    print(json.dumps({"load": os.getloadavg()[0]}))
    circle.check.close()


if __name__ == "__main__":
    main()
