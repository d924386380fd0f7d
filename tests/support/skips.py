#!/usr/bin/python3
"""skips.py SKIPS RESULTS: under FAIRLEAD_TEST_REQUIRE=all only what tests/skips.tsv lists may skip.

SKIPS holds the lines `TEST: SKIPPED: PART: WHAT: WHY` of a run, RESULTS `TEST PASSED FAILED SKIPPED`. A row that wasn't needed
here is told only: machines differ.
"""
import collections
import pathlib
import re
import sys

import counted
from closing import STAGE, rows


def main():
    lines = [re.match(r"(\S+): SKIPPED: ([^\s:]+): (.*)", line) or line for line in pathlib.Path(sys.argv[1]).read_text().splitlines()]
    results = [line.split() for line in pathlib.Path(sys.argv[2]).read_text().splitlines()]
    table = rows("skips.tsv")
    allowed = {(row[0], row[1]): int(row[2]) for row in table if len(row) == 4 and all(row) and re.fullmatch("[1-9][0-9]*", row[2])}
    if len(allowed) != len(table) or list(allowed) != sorted(allowed):
        counted.note("tests/skips.tsv", "its rows are test, part, the most skips of a run and why it may stay, with one tab between, sorted, each once")
    seen, times = {}, collections.Counter()
    for line in lines:
        if isinstance(line, str):
            counted.note(line, "a skip names its part: SKIPPED: PART: WHAT: WHY")
            continue
        test = STAGE.sub("", line[1])
        seen[test] = seen.get(test, 0) + 1
        counted.note(line[0], "" if (test, line[2]) in allowed else
                     f"tests/skips.tsv doesn't list '{test}' with '{line[2]}': everything is required here, so what it lacks has to be brought")
        times[line[1], line[2]] += 1
    for (name, part), number in times.items():
        most = allowed.get((STAGE.sub("", name), part), number)
        if number > most:
            counted.note(name, f"it skipped {number} times for want of '{part}', and tests/skips.tsv allows {most}")
    said = {(STAGE.sub("", line[1]), line[2]) for line in lines if not isinstance(line, str)}
    skipped = {}
    for test, _, _, number in results:
        skipped[STAGE.sub("", test)] = skipped.get(STAGE.sub("", test), 0) + int(number)
    for test, number in sorted(skipped.items()):
        if number > seen.get(test, 0):
            counted.note(test, f"it counted {number} skipped and said {seen.get(test, 0)}")
    for test, part in sorted(set(allowed) - said):
        if test in skipped:
            print(f"tests/skips.tsv: '{test}' had '{part}' here; the row can go if it does wherever everything is required")
    counted.note("the list of allowed skips", "")
    counted.close()


main()
