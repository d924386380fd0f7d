#!/usr/bin/python3
"""budgets.py BIN [--changes 2000] [--seed 1128]: how often is `max_growth` of a benchmark wrong?

Draws reports of hyperfine with normally distributed noise of 5 % for a base and for a change that is slower by so much, and lets
fairlead-gate judge the change with `max_growth: 10%` against the base's baseline. Prints a table: the share of changes that fail,
by how much slower they are and how many samples each side has. What fails although it is no slower than 10 % is a false alarm; what
passes although it is slower, a miss.
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import tempfile

NOISE = 0.05
SLOWER, SAMPLES = (0, 5, 10, 15, 20, 30), (1, 3, 5, 10, 20, 50)
AT_ONCE = [f"c{number}" for number in range(100)]  # commands that one run judges
POLICY = """version: 1
gate:
  max_age: off
  reports: {start: {path: start.json}}
  performance:
""" + "".join(f"    - {{metric: {command}.median, max_growth: 10%}}\n" for command in AT_ONCE)

parser = argparse.ArgumentParser()
parser.add_argument("bin", type=pathlib.Path)
parser.add_argument("--changes", type=int, default=2000)
parser.add_argument("--seed", type=int, default=1128)
GIVEN = parser.parse_args()
GATE = GIVEN.bin.resolve() / "fairlead-gate"
ENV = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
       "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}


def report(lot, command, count, slower):
    times = [max(1e-6, lot.gauss(0.1 * (1 + slower / 100), 0.1 * NOISE)) for _ in range(count)]
    return {"command": command, "mean": statistics.mean(times), "median": statistics.median(times), "min": min(times), "max": max(times), "times": times}


def baseline(one, count):
    """One sample is a single number, so that the plain comparison is seen as well."""
    kept = {"value": one["median"] * 1000}
    return kept if count == 1 else {**kept, "samples": [time * 1000 for time in one["times"]]}


def judged(folder, lot, count, slower):
    """How many of the changes fail."""
    base = {f"{command}.median": baseline(report(lot, command, count, 0), count) for command in AT_ONCE}
    (folder / ".fairlead").mkdir(exist_ok=True)
    (folder / ".fairlead/gate.json").write_text(json.dumps({"schema": 1, "performance": base}))
    run(folder, "git", "add", "-A")
    run(folder, "git", "commit", "-q", "--amend", "-m", "base")
    (folder / "start.json").write_text(json.dumps({"results": [report(lot, command, count, slower) for command in AT_ONCE]}))
    done = subprocess.run([GATE, "--format", "json"], cwd=folder, env=ENV, capture_output=True, text=True)
    failed = {one["message"].split(".")[0] for one in json.loads(done.stdout)["violations"] if one["rule"] == "gate/budget" and one["severity"] == "error"}
    return len(failed & set(AT_ONCE))


def run(folder, *words):
    subprocess.run(words, cwd=folder, env=ENV, check=True, capture_output=True)


def main():
    print("| slower by | " + " | ".join(f"{count} sample{'s' if count > 1 else ''}" for count in SAMPLES) + " |")
    print("|---" * (len(SAMPLES) + 1) + "|")
    with tempfile.TemporaryDirectory(prefix="fl") as scratch:
        folder = pathlib.Path(scratch)
        run(folder, "git", "init", "-q", "-b", "main")
        (folder / "fairlead.yml").write_text(POLICY)
        (folder / ".gitignore").write_text("start.json\n")
        run(folder, "git", "add", "-A")
        run(folder, "git", "commit", "-q", "-m", "base")
        for slower in SLOWER:
            lot = random.Random(GIVEN.seed + slower)
            runs = GIVEN.changes // len(AT_ONCE)
            shares = [sum(judged(folder, lot, count, slower) for _ in range(runs)) / (runs * len(AT_ONCE)) for count in SAMPLES]
            print(f"| {slower} % | " + " | ".join(f"{share * 100:.1f} %" for share in shares) + " |", flush=True)


main()
