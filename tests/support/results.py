#!/usr/bin/python3
"""results.py PREFIX CTEST.xml RESULTS SKIPS: adds up the closing lines of ctest's tests, one line per folder.

How many demands are shown stands in the file `demands` beside RESULTS.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

prefix, report, results, skips = sys.argv[1:]
with open(results, "a") as counted, open(skips, "a") as skipped:
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        name, output = f"{prefix}.{case.get('name')}", case.findtext("system-out") or ""
        closing = re.findall(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", output, re.M)
        numbers = [int(n) for n in closing[-1]] if closing else [0, 0, 0]
        if case.get("status") != "run" and numbers[1] == 0:  # it died, or never started
            numbers[1] = 1
        print(name, *numbers, file=counted)
        for line in re.findall(r"^SKIPPED: .*$", output, re.M):
            print(f"{name}: {line}", file=skipped)
        for line in re.findall(r"^\d+ of \d+ demands shown$", output, re.M):
            pathlib.Path(results).with_name("demands").write_text(line + "\n")
        if numbers[1]:
            print(f"---- {name}\n{output[-6000:]}")
