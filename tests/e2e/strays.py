#!/usr/bin/python3
"""strays.py BIN: a slot's folder, or the state's, is lost while its release serves under load, and workers outlive who looked after
them: told with status 1, ended by whoever deploys next, nothing is lost, and nobody else's process is touched."""
import os
import shutil
import signal
import subprocess
import sys

from rig import Load, Rig, checks
from until import wait_for


def worker(mark):
    """As an application leaves one behind: a session of its own, and nobody who waits for it."""
    return subprocess.Popen(["/bin/sleep", "300"], env={"FAIRLEAD_SOCKET": str(mark)}, start_new_session=True, stdin=subprocess.DEVNULL)


def lives(process):
    return process.poll() is None


def slot(rig):
    """That something runs in."""
    return next(path.name for path in sorted((rig.root / "slots").iterdir()) if (path / "process.json").exists())


def folder_lost(rig):
    rig.release("2.0.0")
    checks.that(rig.apply().returncode == 0, "a release serves")
    which = slot(rig)
    load = Load(rig, "--fresh", "3", "--kept", "2", "--think-ms", "5")
    shutil.rmtree(rig.root / "slots" / which)
    seen = rig.run("status", "--check")
    checks.that(seen.returncode == 1 and f" of {which} does not belong to a slot; the next apply ends it" in seen.stdout + seen.stderr,
                "the folder of its slot is lost: status --check names its processes", seen.stdout + seen.stderr)
    rig.release("2.1.0")
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.served() == "2.1.0", "the next release is deployed", done.stdout + done.stderr)
    lost = load.end()
    checks.that(lost["lost"] == 0, f"0 of {lost['sent']} requests lost", lost)
    checks.that(len(rig.processes()) == rig.lasting, "and only that runs", rig.processes())
    seen = rig.run("status", "--check")
    checks.that(seen.returncode == 0, "status --check is well again", seen.stdout + seen.stderr)


def state_lost(rig):
    shutil.rmtree(rig.state)
    seen = rig.run("status", "--check")
    checks.that(seen.returncode == 1, "the state's folder is lost: status --check says no", seen.stdout + seen.stderr)
    rig.release("3.0.0")
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.served() == "3.0.0", "the next release is deployed", done.stdout + done.stderr)
    checks.that(len(rig.processes()) == rig.lasting, "and only that runs", rig.processes())


def workers_left(rig):
    other = "b" if slot(rig) == "a" else "a"
    left, foreign = worker(rig.root / "run" / f"{other}.sock"), worker(rig.work / "elsewhere/run" / f"{other}.sock")
    try:
        seen = rig.run("status", "--check")
        checks.that(seen.returncode == 1 and f"process {left.pid} of {other} does not belong to a slot" in seen.stdout + seen.stderr,
                    "a worker of a release that has ended: status --check names it", seen.stdout + seen.stderr)
        done = rig.apply()
        checks.that(done.returncode == 0 and not lives(left) and lives(foreign), "apply of what serves already ends it, and nobody else's", done.stdout + done.stderr)
        left = worker(rig.root / "run" / f"{other}.sock")
        done = rig.run("down")
        checks.that(done.returncode == 0 and not lives(left) and lives(foreign), "so does down", done.stdout + done.stderr)
        checks.that(not rig.processes(), "nothing runs then", rig.processes())
    finally:
        for one in (left, foreign):
            if lives(one):
                os.kill(one.pid, signal.SIGKILL)
            one.wait()


def application(rig):
    found = [pid for pid, text in rig.pids().items() if "app.py" in text]
    return found[0] if len(found) == 1 else 0


def boots_alone(rig):
    """Everything is killed at once, as by a reboot: the line for crontab that status prints starts what served."""
    line = rig.run("status").stdout.partition("@reboot ")[2].partition("`")[0]
    for pid in rig.pids():
        os.kill(pid, signal.SIGKILL)
    gone = rig.served()
    done = subprocess.run(["sh", "-c", line], env={"PATH": "/usr/bin:/bin", "HOME": "/"}, cwd="/", capture_output=True, text=True, check=False)
    back = wait_for(lambda: rig.served() == rig.version, 10)
    seen = rig.run("status", "--check")
    checks.that(line and gone != rig.version and done.returncode == 0 and back and seen.returncode == 0 and not rig.leftovers(),
                "the line for crontab starts what served, and nothing else", f"{line!r} {gone} {done.stderr} {seen.stdout} {rig.leftovers()}")
    before = application(rig)
    os.kill(before, signal.SIGKILL)
    checks.that(wait_for(lambda: rig.served() == rig.version and application(rig) != before, 10), "and keeps it running")
    supervisor = next(pid for pid, text in rig.pids().items() if " supervise " in text)
    os.kill(supervisor, signal.SIGKILL)
    alone = wait_for(lambda: application(rig), 5)
    done = subprocess.run(["sh", "-c", line], env={"PATH": "/usr/bin:/bin", "HOME": "/"}, cwd="/", capture_output=True, text=True, check=False)
    checks.that(alone and done.returncode == 1 and "its supervisor was killed" in done.stderr and application(rig),
                "what lost its supervisor gets no second one beside it", f"{done.stderr} {rig.pids()}")


def boots_once(rig):
    """What can't run twice: the machine goes down while a new release is verified. Only that one is started after the reboot."""
    rig.configure(strategy="recreate", bake="300ms")
    rig.release("4.0.0")
    checks.that(rig.apply().returncode == 0, "recreate: a release serves")
    line = rig.run("status").stdout.partition("@reboot ")[2].partition("`")[0]
    rig.release("4.1.0")
    rig.apply(fault="kill@verify+")
    for pid in rig.pids():
        os.kill(pid, signal.SIGKILL)
    subprocess.run(["sh", "-c", line], env={"PATH": "/usr/bin:/bin", "HOME": "/"}, cwd="/", check=False)
    back = wait_for(lambda: rig.served() == "4.1.0", 10)
    checks.that(back and application(rig), "recreate: after a reboot in the middle one release runs, the one that the router leads to", rig.pids())
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.served() == "4.1.0" and application(rig), "and the next run finishes the deployment", done.stdout + done.stderr)
    rig.release("4.2.0")
    rig.apply(fault="kill@ready")
    started = wait_for(lambda: application(rig), 5)
    by_hand = subprocess.run(["sh", "-c", line], env={"PATH": "/usr/bin:/bin", "HOME": "/"}, cwd="/", capture_output=True, text=True, check=False)
    checks.that(started and by_hand.returncode == 1 and "the strategy recreate runs one release at a time" in by_hand.stderr and application(rig),
                "recreate: what served is not started beside a release whose deployer died", f"{started} {by_hand.stderr} {rig.pids()}")
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.served() == "4.2.0" and application(rig), "and the next run finishes that one, too", done.stdout + done.stderr)


def main():
    rig = Rig(sys.argv[1], bake="300ms")
    try:
        folder_lost(rig)
        boots_alone(rig)
        boots_once(rig)
        rig.configure(bake="300ms")
        state_lost(rig)
        workers_left(rig)
    finally:
        rig.close()
    checks.close()


if __name__ == "__main__":
    main()
