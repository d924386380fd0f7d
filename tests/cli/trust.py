#!/usr/bin/python3
"""trust.py BIN [--list]: SECURITY.md's table of who may decide what, held to its tests.

tests/trust/*.tsv names one attempt in each line, with tabs between: who, what, attempt, test. The test is `PATH` of a script file, or `PATH#NAME` with a text that finds the case in it; ctest or script/e2e
has to run that path. A cell of the table without an attempt fails, and so does a line that fits no cell.
--list prints the attempts of each cell.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WHO = {"fork": "a fork's change", "same": "a change of the same repository", "target": "`pull_request_target`",
       "release": "a release's content", "app": "the application", "user": "another local user",
       "server": "a server that answers", "author": "a report's author"}
WHAT = {"verdict": "verdict", "policy": "policy", "tags": "image tags", "read": "files read", "written": "files written",
        "started": "programs started", "variables": "variables seen", "hosts": "hosts asked",
        "resources": "memory and disk", "terminal": "terminal and log"}
HEAD = "who\twhat\tattempt\ttest"


def table(page):
    """The word of each cell: {(who, what): word}."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
    start = next((i for i, row in enumerate(rows) if row[1:] == list(WHAT.values())), None)
    if start is None:
        return {}
    names = {name: who for who, name in WHO.items()}
    return {(names[row[0]], what): word for row in rows[start + 2:] if row[0] in names for what, word in zip(WHAT, row[1:])}


def registered(bin_folder):
    listed = bin_folder.parent / "tests" / "CTestTestfile.cmake"
    return set(re.findall(r'^add_test\("?(?:\[=+\[)?([\w.-]+)', listed.read_text(), re.M))


def runner(path, tests):
    """What runs this file of tests/; None where nothing does."""
    kind, _, rest = path.removeprefix("tests/").partition("/")
    folder, _, file = rest.partition("/")
    if kind == "e2e":
        script = pathlib.PurePath(rest).stem
        return f"e2e.{script}" if (ROOT / f"tests/e2e/{script}.sh").exists() and script != "lib" else None
    if kind == "fuzz":
        return "fuzz" if rest.endswith(".cpp") else None
    name = f"{kind}.{folder}" if file else f"{kind}.{pathlib.PurePath(rest).stem}"
    return name if name in tests else None


def wrong_test(told, tests):
    """Why that is no test; None where it is one."""
    path, _, name = told.partition("#")
    file = ROOT / path
    if not path.startswith("tests/") or ".." in path or not file.is_file():
        return f"{path} is not there"
    if not runner(path, tests):
        return f"neither ctest nor script/e2e runs {path}"
    text = file.read_text()
    if path.endswith(".txtar"):
        return None if re.search(r"^-- (stdout|stderr|status|after .+) --$", text, re.M) else f"{path} expects nothing"
    if len(name) < 8:
        return f"{path} holds many cases; name one: {path}#NAME"
    return None if name in text else f"{path} has no '{name}'"


def wrong_line(line, cells, tests):
    parts = line.split("\t")
    if len(parts) != 4 or not all(parts):
        return "expected who, what, attempt, test with one tab between"
    who, what, _, told = parts
    if (who, what) not in cells:
        return f"the table has no cell for '{who}' and '{what}'"
    return wrong_test(told, tests)


# A walker that says yes to everything would prove nothing: each of these lines is wrong.
WRONG = [("fork\tverdict\ttried", "expected who"), ("nobody\tverdict\ttried\ttests/cli/trust.py#wrong_line", "no cell"),
         ("fork\tverdict\ttried\ttests/cli/nowhere.py#wrong_line", "is not there"),
         ("fork\tverdict\ttried\ttests/cli/trust.py#n" + "o such name", "has no"),
         ("fork\tverdict\ttried\ttests/cli/trust.py", "name one"),
         ("fork\tverdict\ttried\ttests/support/cli.py#matches(expected", "neither ctest nor"),
         ("fork\tverdict\ttried\ttests/e2e/lib.sh#finish() {", "neither ctest nor")]


def walk(bin_folder):
    cells, tests = table((ROOT / "SECURITY.md").read_text()), registered(bin_folder)
    problems, passed, attempts, proofs = [], 0, {}, set()
    for who in WHO:
        problems += [f"SECURITY.md: no word for {WHO[who]} and {WHAT[what]}" for what in WHAT if not cells.get((who, what))]
    for line, wanted in WRONG:
        found = wrong_line(line, {("fork", "verdict"): "judged"}, tests) or ""
        problems += [] if wanted in found else [f"the wrong line '{line}' was not refused with '{wanted}' but with '{found}'"]
        passed += wanted in found
    for file in sorted((ROOT / "tests/trust").glob("*.tsv")):
        head, *lines = file.read_text().splitlines() or [""]
        problems += [] if head == HEAD else [f"{file.name}:1: expected '{HEAD}'"]
        for number, line in enumerate(lines, 2):
            wrong = wrong_line(line, cells, tests)
            problems += [f"{file.name}:{number}: {wrong}"] if wrong else []
            if not wrong:
                who, what, attempt, told = line.split("\t")
                attempts.setdefault((who, what), []).append(attempt)
                proofs.add(told)
                passed += 1
    problems += [f"no attempt for {WHO[who]} and {WHAT[what]}" for who, what in cells if (who, what) not in attempts]
    if "--list" in sys.argv:
        for (who, what), word in cells.items():
            print(f"{WHO[who]}, {WHAT[what]}: {word}")
            print("".join(f"    {attempt}\n" for attempt in attempts.get((who, what), [])), end="")
    for problem in problems:
        print(problem)
    count = sum(map(len, attempts.values()))
    print(f"{len(cells)} cells, {count} attempts, {len(proofs)} tests")
    return passed, len(problems)


print("{} passed, {} failed, 0 skipped".format(*(results := walk(pathlib.Path(sys.argv[1]).resolve()))))
sys.exit(1 if results[1] else 0)
