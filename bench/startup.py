#!/usr/bin/python3
"""script/bench startup [BIN]: how long `--version` of each executable takes, against curl's in the same run.

Builds the `release` preset unless BIN names a folder of executables. 20 rounds through all of them, shuffled, so
that a busy moment hits each alike. Exit 1: one is above 1.5 times curl's, or gate or scan not below it.
"""
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import time

ROUNDS = 20
LIMIT = 1.5
BELOW_CURL = ("fairlead-gate", "fairlead-scan")


def build(root):
    subprocess.run(["cmake", "--preset", "release"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    programs = ["fairlead" if file.stem == "fairlead" else f"fairlead-{file.stem}"
                for file in sorted((root / "tools").glob("*.cpp"))]
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", *programs], cwd=root, check=True,
                   stdout=subprocess.DEVNULL)
    return [root / "build/release/bin" / name for name in programs]


def milliseconds(program, null):
    streams = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
    start = time.perf_counter()
    pid = os.posix_spawn(program, [program, "--version"], os.environ, file_actions=streams)
    _, status = os.waitpid(pid, 0)
    if status != 0:
        sys.exit(f"{program} --version failed")
    return (time.perf_counter() - start) * 1000


def libraries(program):
    listed = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    return sum("=>" in line for line in listed.splitlines())


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    if len(sys.argv) > 1:
        programs = sorted(file for file in pathlib.Path(sys.argv[1]).iterdir()
                          if file.name.startswith("fairlead") and file.name != "fairlead-load")
    else:
        programs = build(root)
    curl = shutil.which("curl") or sys.exit("curl is not here; apt-get install curl")
    everything = [curl, *map(str, programs)]
    null = os.open(os.devnull, os.O_WRONLY)
    times = {program: [] for program in everything}
    for _ in range(2):  # into the page cache
        for program in everything:
            milliseconds(program, null)
    order = random.Random(1)
    for _ in range(ROUNDS):
        order.shuffle(everything)
        for program in everything:
            times[program].append(milliseconds(program, null))
    medians = {program: statistics.median(values) for program, values in times.items()}
    failed = False
    print(f"{'--version of':<18} {'median':>9} {'x curl':>7} {'libraries':>9}")
    for program in times:
        name, ratio = os.path.basename(program), medians[program] / medians[curl]
        wrong = ratio > LIMIT or (name in BELOW_CURL and ratio >= 1)
        failed = failed or wrong
        print(f"{name:<18} {medians[program]:6.2f} ms {ratio:7.2f} {libraries(program):9}{'  TOO SLOW' if wrong else ''}")
    print(f"median of {ROUNDS}, interleaved; at most {LIMIT} x curl, gate and scan below curl")
    return failed


sys.exit(1 if main() else 0)
