#!/usr/bin/python3
"""results.py PREFIX CTEST.xml JUNIT.xml RESULTS SKIPS: adds up the closing lines of ctest's tests, one line per folder; closing.py
judges them.

JUNIT.xml gets a test case for each case that a test told of (tests/support/main.cpp), and one for each other test. How many
demands are shown stands in the file `demands` beside RESULTS.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

from closing import SKIPPED, judge

prefix, report, junit, results, skips = sys.argv[1:]
suites = ElementTree.Element("testsuites")


def printable(text):
    return re.sub(r"[^\t\n\x20-\uD7FF\uE000-\uFFFD]", "?", text)


def add_case(suite, name, state, seconds, place, output):
    case = ElementTree.SubElement(suite, "testcase", classname=suite.get("name"), name=printable(name), time=seconds)
    if place:
        file, line = place.rsplit(":", 1)
        case.set("file", file[max(file.find("tests/"), 0):])  # from the root, whatever it was compiled as
        case.set("line", line)
    if state == "failed":
        ElementTree.SubElement(case, "failure", message=f"{name} failed").text = printable(output[-6000:])
    elif state == "skipped":
        ElementTree.SubElement(case, "skipped")


def telling(output):
    """The lines that say what failed, each with a few about it; then the last ones."""
    lines = output.splitlines()
    found = [i for i, line in enumerate(lines) if re.search(r"FAIL|CASE failed|failed:|ERROR: |runtime error:|^Traceback", line)]
    kept = sorted({j for i in found[:8] for j in range(max(i - 3, 0), min(i + 6, len(lines)))} | set(range(max(len(lines) - 10, 0), len(lines))))
    return [lines[i] for i in kept]


with open(results, "a") as counted, open(skips, "a") as skipped:
    for test in ElementTree.parse(report).getroot().iter("testcase"):
        name, output = test.get("name"), test.findtext("system-out") or ""
        numbers, problem = judge(f"{prefix}.{name}", output, died=test.get("status") != "run")  # or never started
        output += problem and f"\n{problem}\n"
        print(f"{prefix}.{name}", *numbers, file=counted)
        suite = ElementTree.SubElement(suites, "testsuite", name=name)
        cases = re.findall(r"^CASE (passed|failed|skipped) (\S+) (\S+:\d+) (.*)$", output, re.M)
        for state, seconds, place, case in cases:
            add_case(suite, case, state, seconds, place, output)
        if problem or not cases:
            state = "failed" if numbers[1] else "passed" if numbers[0] else "skipped"
            add_case(suite, name, state, test.get("time") or "0", "", output)
        for line in SKIPPED.findall(output):
            print(f"{prefix}.{name}: {line}", file=skipped)
        for line in re.findall(r"^\d+ of \d+ demands shown$", output, re.M):
            pathlib.Path(results).with_name("demands").write_text(line + "\n")
        if numbers[1]:
            print(f"---- {prefix}.{name}\n{output[-6000:]}")
            with pathlib.Path(results).with_name("failures").open("a") as failures:
                print(f"---- {prefix}.{name}", *telling(output), sep="\n", file=failures)
ElementTree.ElementTree(suites).write(junit, encoding="utf-8", xml_declaration=True)
