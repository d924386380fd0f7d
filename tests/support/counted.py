"""What the tests of the programs share: their names, and counted results with the closing line that tests/support/closing.py
reads. Every test that is written in Python counts, skips and ends here; FAIRLEAD_TEST_REQUIRE names the parts that may not skip.
"""
import os
import pathlib
import re
import shutil
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = sorted(path.stem for path in (ROOT / "tools").glob("*.cpp") if path.stem != "fairlead")
PROGRAMS = ["fairlead", *(f"fairlead-{tool}" for tool in TOOLS)]
counts = {"passed": 0, "failed": 0, "skipped": 0}
told = []  # by `that`, in order


def is_required(part):
    return part in os.environ.get("FAIRLEAD_TEST_REQUIRE", "").split(",")


def is_brought(part):
    """Whether what it takes is made here, in a minute or two and by the registries, instead of skipped."""
    return is_required(part) or is_required("all")


def note(what, problem):
    """One result: passed, where there is no problem."""
    counts["failed" if problem else "passed"] += 1
    if problem:
        print(f"{what}: {problem}")
        first()


def first():
    """A failure is enough where FIRST_FAILURE is set: nobody waits for the rest."""
    if "FIRST_FAILURE" in os.environ and threading.current_thread() is threading.main_thread():
        close()


def that(condition, what, detail=""):
    """One result, with a line of its own when it passed, too; the condition."""
    counts["passed" if condition else "failed"] += 1
    told.append(what if condition else f"**no:** {what}")
    print(f"{'ok  ' if condition else 'FAIL'} {what}" + (f": {detail}" if detail and not condition else ""), flush=True)
    if not condition:
        first()
    return condition


def skip(part, what, why):
    """What can't be tried here, as the machine lacks the part; a failure where FAIRLEAD_TEST_REQUIRE names the part."""
    if not re.fullmatch(r"[\w.-]+", part):
        raise ValueError(f"a skip names the part that is not here, as one word: {part!r}")
    if is_required(part):
        that(False, what, f"'{part}' is required here and can't run: {why}")
    else:
        counts["skipped"] += 1
        print(f"SKIPPED: {part}: {what}: {why}", flush=True)


def copy_program(program, folder):
    """Without those beside it; what bench/effects.py has it ignore comes along."""
    for file in (program, program.with_name("ignored")):
        if file.exists():
            shutil.copy(file, folder)


def leave(part, why):
    """Skips the rest of the test, and ends it."""
    skip(part, pathlib.Path(sys.argv[0]).stem, why)
    close()


def close(passed=0, failed=0):
    """Adds what the caller has counted by itself, prints the closing line and exits; nothing tried is a failure."""
    counts["passed"] += passed
    counts["failed"] += failed
    print(", ".join(f"{count} {name}" for name, count in counts.items()), flush=True)
    sys.exit(1 if counts["failed"] or not any(counts.values()) else 0)
