#!/usr/bin/python3
"""closing.py NAME LOG STATUS: what the log of one test comes to, as `NAME: N passed, N failed, N skipped`, its problems, its skips.

A test that ends early can't be green: without a closing line, with 0 of everything, or with a status that its closing line
doesn't explain it has failed. So has one that counted fewer cases than tests/floors.tsv (of a new test: `cases` of its head) has for it,
where it skipped nothing or, under FAIRLEAD_TEST_REQUIRE=all, where it skipped what tests/skips.tsv allows; one that skips for want of a part that its head (tests/README.md)
doesn't name, and one that leaves files or processes (left.py).
"""
import pathlib
import re
import sys

from counted import is_required

TESTS = pathlib.Path(__file__).resolve().parents[1]
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", re.M)
SKIPPED = re.compile(r"^SKIPPED: .*$", re.M)
LEFT = re.compile(r"^LEFT: (.*)$", re.M)
HEAD = re.compile(r"^# needs: ([^;]+); takes: (\d+) s(?:; cases: ([1-9]\d*))?(?:; argument: [a-z_]+)?(?:; asan: (?:too|leaks|only|weekly))?$", re.M)
PART = re.compile(r"^SKIPPED: ([^\s:]+): ", re.M)
STAGE = re.compile(r"^(dev|asan)\.")  # the same test runs in both


def rows(table):
    """The rows of a table of tests/, which begins with lines of `#` and the names of its columns."""
    path = TESTS / table
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")] if path.exists() else []
    return [line.split("\t") for line in lines[1:]]


def floor_of(name, skipped):
    """The least that it counts; without all that is required nobody knows what else a skip takes along."""
    column = 1 if not skipped else 2 if is_required("all") else 3
    test = STAGE.sub("", name)
    row = next((row for row in rows("floors.tsv") if row[0] == test), [])
    if not row and not skipped:
        return first_floor(test) or 0
    found = row[column:column + 1]
    return int(found[0]) if found and found[0] != "-" else 0


def first_floor(test):
    """The floor of a test that tests/floors.tsv doesn't have yet: what its head says, 1 for a folder without one; None: it has none."""
    place = (head_of(test) or [None])[0]
    if place and not place.exists():
        return 1
    found = place and read_head(place)
    return int(found[3]) if found and found[3] else None


def read_head(place):
    return HEAD.search("\n".join(place.read_text().splitlines()[:2]))


def head_of(test):
    """Where the test of that name says what it needs, and the parts; None where no such test is."""
    kind, _, name = test.partition(".")
    folder = TESTS / kind / name
    script = TESTS / kind / (name + (".sh" if kind == "e2e" else ".py"))
    place = script if script.exists() else folder / "head" if folder.is_dir() else None
    found = place and place.exists() and read_head(place)
    return place and (place, set(found[1].split(", ")) if found else set())


def unsaid(name, output):
    """Why its head is wrong about what was skipped; nothing where it isn't."""
    head = head_of(STAGE.sub("", name))
    parts = sorted(set(PART.findall(output)) - head[1]) if head else []
    said = "', '".join(parts)
    return parts and f"it skips for want of '{said}', which its head doesn't name: add it to `# needs: …` in {head[0].relative_to(TESTS.parent)}"


def judge(name, output, died):
    """(passed, failed, skipped), and what is wrong besides what the test itself said."""
    closing = CLOSING.findall(output)
    passed, failed, skipped = map(int, closing[-1]) if closing else (0, 0, 0)
    problem, least = "", floor_of(name, skipped)
    if failed:
        pass
    elif died:
        problem = "it died, or ended with a failure that its closing line doesn't name"
    elif not closing:
        problem = "it ended without its closing line, `N passed, N failed, N skipped`"
    elif not passed + skipped:
        problem = "it tried nothing: 0 passed, 0 failed, 0 skipped"
    elif passed < least:
        problem = (f"it counted {passed} cases{' beside what it skipped' if skipped else ''}, and tests/floors.tsv (or its head) expects at least {least}; "
                   f"if cases were removed on purpose, write {passed} there and say why in the commit")
    elif left := LEFT.findall(output):
        problem = "it left: " + "; ".join(left)
    elif wrong := unsaid(name, output):
        problem = wrong
    return (passed, failed + bool(problem), skipped), problem


def main():
    name, log, status = sys.argv[1:]
    output = pathlib.Path(log).read_text(errors="replace")
    numbers, problem = judge(name, output, status != "0")
    print("{}: {} passed, {} failed, {} skipped".format(name, *numbers))
    if problem:
        print(f"{name}: {problem}")
    for line in SKIPPED.findall(output):
        print(f"{name}: {line}")
    return numbers[1] > 0


if __name__ == "__main__":
    sys.exit(main())
