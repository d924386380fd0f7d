#!/usr/bin/python3
# needs: nothing; takes: 19 s
"""interruptions.py BIN [--seed N] [--times N]: a signal ends every command of every executable in time, with a word, and leaves no half of anything.

Each command (tests/support/commands.py) is sent SIGTERM or SIGINT, once shortly after its start and once at a moment drawn from the
time that it takes. It ends within 7 seconds (the runner signals again after 7.5): with status 3, with the status of a whole run, or by
the signal where it had not begun. What is left has no temporary file, every file is one that a whole run leaves or one that was
there, JSON is whole, and the same command runs again. The seed of the moments is printed.
"""
import json
import os
import pathlib
import random
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import commands  # noqa: E402
import projects  # noqa: E402

LIMIT = 7.0


def argument(name, default):
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


def start(world, command):
    return subprocess.Popen([world.bin / command.argv[0], *command.argv[1:]], cwd=world.work, env=world.environment(), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)


def whole_run(world, command):
    """How long it takes, and the names that it leaves."""
    world.lay(command.project)
    begun = time.monotonic()
    done = world.run(command.argv)
    return time.monotonic() - begun, names(world), done


def names(world):
    return {path for path, about in projects.snapshot(world.home).items() if not stat.S_ISDIR(about[0])}


def generic(path):
    """Without what differs in each run: the time in a set's or a migration's name, ids, numbers of processes, hashes."""
    return re.sub(r"[0-9A-Z]{26}|[0-9a-f]{2}/[0-9a-f]{38}|\d+", "#", path)


def interrupt(world, command, delay, number):
    """(status, seconds from the signal to the end, output)."""
    running = start(world, command)
    time.sleep(delay)
    signalled = time.monotonic()
    if running.poll() is None:
        running.send_signal(number)
    try:
        said = running.communicate(timeout=LIMIT * 2)[0]
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        return None, LIMIT * 2, b""
    return running.returncode, time.monotonic() - signalled, said


def half_files(world, before, whole):
    """What is there that neither was nor comes of a whole run, and what is not whole itself."""
    known = {generic(path) for path in before | whole}
    for path in sorted(names(world)):
        file = world.home / path
        if generic(path) not in known and not path.endswith(LASTING) and "/tmp_obj_" not in path:
            yield f"{path} is left"
        if path.endswith(".json") and path not in before and file.is_file():
            try:
                json.loads(file.read_text())
            except ValueError as why:
                yield f"{path} is not whole: {why}"


# They say what became of them: taken back, so a no.
SETTLES = ("fairlead-deploy apply", "fairlead-deploy rollback", "fairlead-deploy down")
# Locks, whose holder is gone, and journals, from which the next run goes on, are no half of anything; git takes its
# own tmp_obj away at its next gc.
LASTING = (".lock", "-lock", "/journal", "journal.json", "/lock", ".log", "-wal", "-shm")


def faults(world, command, delay, number, whole, usual):
    world.lay(command.project)
    before = names(world)
    status, took, said = interrupt(world, command, delay, number)
    when = f"{signal.Signals(number).name} after {delay * 1000:.0f} ms: "
    if took > LIMIT:
        yield f"{when}ended after {took:.1f} s"
    if status is None:
        return
    settled = status == 1 and str(command) in SETTLES and b"aborted: " in said
    if status not in (3, usual, -number) and not settled:
        yield f"{when}status {status}: {said[-300:].decode(errors='replace')}"
    if status == -number and names(world) != before:
        yield f"{when}was ended by the signal after it had begun: {sorted(names(world) - before)}"
    yield from (when + fault for fault in half_files(world, before, whole))
    again = world.run(command.argv)
    if again.returncode not in (usual, *AGAIN.get(str(command), ())):
        yield f"{when}runs again with status {again.returncode}: {(again.stderr + again.stdout)[-400:].decode(errors='replace')}"


# What was done before the signal came is found done; of a second there is one migration's name.
AGAIN = {"fairlead-deploy lock": (1,), "fairlead-deploy rollback": (1,), "fairlead-migrate new": (3,), "fairlead-backup restore": (2,)}


def main():
    seed, times = argument("--seed", random.randrange(1 << 32)), argument("--times", 1)
    moments = random.Random(seed)
    walk = commands.load(sys.argv[1])
    only = [word for word in sys.argv[2:] if word.startswith("fairlead")]
    statuses = {}
    with tempfile.TemporaryDirectory(prefix="fairlead signals ") as scratch:
        world = projects.World(scratch, sys.argv[1])
        for command in walk:
            if only and str(command) not in only:
                continue
            took, whole, done = whole_run(world, command)
            usual = done.returncode
            if usual != command.status:
                walk.fault(command, f"a whole run has status {usual}, expected {command.status}")
            delays = [moments.uniform(0.002, 0.02)] + [moments.uniform(0, took) for _ in range(times)]
            for delay in delays:
                number = moments.choice([signal.SIGTERM, signal.SIGINT])
                for fault in faults(world, command, delay, number, whole, usual):
                    walk.fault(command, fault)
        world.close()
    print(f"seed {seed}")
    walk.finish()


main()
