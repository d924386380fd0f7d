#!/usr/bin/python3
"""script/bench scan_history SCAN CLONE... [--gitleaks GITLEAKS --config FILE] [--runs 3]: what a scan of a whole history costs.

For each clone, one after the other in each round: `git cat-file` of every object (the least that reads all of it), `git log -p`
(what gitleaks reads), `fairlead-scan history`, `fairlead-scan git` with gitleaks' configuration, and gitleaks with the same one.
Prints the medians of CPU seconds (user and system, children included), of wall seconds and of the peak of memory, and by how
many findings the two reports differ: in what they say of a finding, and in the findings themselves.
Exit 1: a finding of gitleaks' is missing.
"""
import argparse
import collections
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("scan", type=pathlib.Path)
parser.add_argument("clones", nargs="+", type=pathlib.Path)
parser.add_argument("--gitleaks")
parser.add_argument("--config", type=pathlib.Path)
parser.add_argument("--runs", type=int, default=3)
GIVEN = parser.parse_args()
ENV = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": "/dev/null",
       "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}


def measured(folder, words, good):
    """CPU seconds, wall seconds, peak MB."""
    with open(os.devnull, "w", encoding="ascii") as null:
        start = time.monotonic()
        child = subprocess.Popen([str(word) for word in words], cwd=folder, env=ENV, stdout=null, stderr=null)
        _, status, used = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) not in good:
        sys.exit(f"{' '.join(map(str, words))} in {folder} ended with {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime, time.monotonic() - start, used.ru_maxrss / 1024


def findings(report):
    """(commit, file, rule, line, secret), and all that is said of each."""
    listed = json.loads(report.read_text())
    short = collections.Counter((f["Commit"], f["File"], f["RuleID"], f["StartLine"], f["Secret"]) for f in listed)
    return short, collections.Counter(json.dumps(f, sort_keys=True) for f in listed)


def compare(folder):
    config = ["--config", GIVEN.config.resolve()] if GIVEN.config else []
    ours, theirs = folder / "ours.json", folder / "theirs.json"
    report = ["--report-format", "json", "--report-path"]
    rows = {"git cat-file": (["git", "cat-file", "--batch-all-objects", "--batch", "--unordered"], (0,)),
            "git log -p": (["git", "log", "-p", "-U0", "--full-history", "--all"], (0,)),
            "fairlead-scan history": ([GIVEN.scan.resolve(), "history"], (0, 1)),
            "fairlead-scan git": ([GIVEN.scan.resolve(), "git", *config, *report, ours, "."], (0, 1))}
    if GIVEN.gitleaks:
        rows["gitleaks git"] = ([GIVEN.gitleaks, "git", "--no-banner", *config, *report, theirs, "."], (0, 1))
    return rows, ours, theirs


missing = 0
for clone in GIVEN.clones:
    with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as temporary:
        rows, ours, theirs = compare(pathlib.Path(temporary))
        times = {name: [] for name in rows}
        for _ in range(GIVEN.runs):
            for name, (words, good) in rows.items():
                times[name].append(measured(clone, words, good))
        print(f"{clone}\n{'':24} {'CPU s':>8} {'wall s':>8} {'peak MB':>8} {'of cat-file':>12} {'of gitleaks':>12}")
        medians = {name: [statistics.median(column) for column in zip(*runs)] for name, runs in times.items()}
        for name, (cpu, wall, peak) in medians.items():
            theirs_cpu = medians["gitleaks git"][0] if GIVEN.gitleaks else 0
            share = f"{cpu / theirs_cpu:12.3f}" if theirs_cpu else f"{'':12}"
            print(f"{name:24} {cpu:8.2f} {wall:8.2f} {peak:8.0f} {cpu / medians['git cat-file'][0]:12.2f} {share}")
        if GIVEN.gitleaks:
            (short, full), (their_short, their_full) = findings(ours), findings(theirs)
            lost = their_short - short
            missing += lost.total()
            print(f"findings: gitleaks {their_short.total()}, ours {short.total()}; missing {lost.total()}, more "
                  f"{(short - their_short).total()}; said otherwise {(their_full - full).total() - lost.total()}")
            for finding in list(lost)[:5]:
                print("  missing:", *finding[:4])
print(f"{len(GIVEN.clones)} clones, {missing} findings of gitleaks missing")
sys.exit(1 if missing else 0)
