"""What the tests of the programs share: their names, and counted results with the closing line that script/test reads."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = sorted(path.stem for path in (ROOT / "tools").glob("*.cpp") if path.stem != "fairlead")
PROGRAMS = ["fairlead", *(f"fairlead-{tool}" for tool in TOOLS)]
counts = {"passed": 0, "failed": 0, "skipped": 0}


def note(what, problem):
    """One result: passed, where there is no problem."""
    counts["failed" if problem else "passed"] += 1
    if problem:
        print(f"{what}: {problem}")


def skip(why):
    counts["skipped"] += 1
    print(f"SKIPPED: {why}")


def close():
    """Prints the closing line and exits; nothing tried is a failure."""
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    sys.exit(1 if counts["failed"] or not counts["passed"] else 0)
