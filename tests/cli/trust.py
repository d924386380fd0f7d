#!/usr/bin/python3
# needs: nothing; takes: 1 s
"""trust.py BIN [--list]: SECURITY.md's table of who may decide what, and that of each command, held to their tests.

tests/trust/*.tsv names one attempt in each line, with tabs between: who, what, attempt, test. The test is `PATH` of a script file, or `PATH#NAME` with a text that finds the case in it; ctest or script/e2e
has to run that path. A cell of the table without an attempt fails, and so does a line that fits no cell.
--list prints the attempts of each cell.

tests/trust/commands.tsv has a line for each command of each executable (tests/support/commands.py), with a cell for each who: a test
as above, `can't: WHY`, or a word of tests/trust/words.tsv that stands for one of both. A command without a line, a line without a
command, an empty cell, a word that nothing explains or nobody uses, and `can't` about a server where the command may open connections fail.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import commands  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WHO = {"fork": "a fork's change", "same": "a change of the same repository", "target": "`pull_request_target`",
       "release": "a release's content", "app": "the application", "user": "another local user",
       "server": "a server that answers", "author": "a report's author"}
WHAT = {"verdict": "verdict", "policy": "policy", "tags": "image tags", "read": "files read", "written": "files written",
        "started": "programs started", "variables": "variables seen", "hosts": "hosts asked", "databases": "databases changed", "stores": "stores written",
        "resources": "memory and disk", "terminal": "terminal and log"}
CELLS = ("own", "fork", "target", "release", "app", "user", "server", "author")
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


def words_of(lines, tests):
    """(word -> test or can't, problems)"""
    found, problems = {}, []
    for number, line in enumerate(lines, 2):
        word, _, told = line.partition("\t")
        wrong = cell_wrong(told, {}, tests)
        problems += [f"words.tsv:{number}: {wrong}"] if wrong else [f"words.tsv:{number}: '{word}' is there already"] if word in found else []
        found[word] = told
    return found, problems


def cell_wrong(cell, words, tests):
    """Why a cell shows nothing; None where it does."""
    told = words.get(cell, cell)
    if told.startswith("can't:"):
        return None if len(told) > len("can't: ") + 8 else "can't needs its reason behind it"
    if "/" not in told:
        return f"'{cell}' is neither a test (PATH#NAME), nor can't: WHY, nor a word of words.tsv"
    return wrong_test(told, tests)


def line_wrong(line, command, words, tests):
    """What is wrong with a command's line, cell by cell."""
    cells = line.split("\t")
    if len(cells) != 2 + len(CELLS) or not all(cells):
        return [f"expected executable, command, {', '.join(CELLS)} with one tab between"]
    wrong = [f"{who}: {why}" for who, cell in zip(CELLS, cells[2:]) if (why := cell_wrong(cell, words, tests))]
    asks = command and command.command != "rules" and command.may("network")
    if asks and words.get(cells[8], cells[8]).startswith("can't") and command.executable in MAY_ASK_BY_COMMAND:
        wrong.append("server: it declares that it opens connections, so a server can answer it")
    return wrong


# Their needs are declared for each command; the others' for the whole tool.
MAY_ASK_BY_COMMAND = ("fairlead-tag", "fairlead-migrate", "fairlead-smoke", "fairlead-scan", "fairlead-gate", "fairlead-preflight")
WRONG_CELLS = [("", "neither a test"), ("nonsense", "neither a test"), ("can't:", "reason"), ("tests/cli/nowhere.py#line_wrong", "is not there"),
               ("tests/cli/trust.py#n" + "o such name", "has no")]


def by_command(every, tests):
    """(passed, problems, tests) of tests/trust/commands.tsv."""
    words, problems = words_of((ROOT / "tests/trust/words.tsv").read_text().splitlines()[1:], tests)
    passed, used, proofs, lines = 0, set(), set(), {}
    head, *table_lines = (ROOT / "tests/trust/commands.tsv").read_text().splitlines()
    problems += [] if head == "\t".join(("executable", "command", *CELLS)) else ["commands.tsv:1: expected executable, command, " + ", ".join(CELLS)]
    declared = {(one.executable, one.command or "-"): one for one in every}
    for cell, wanted in WRONG_CELLS:
        found = cell_wrong(cell, words, tests) or ""
        problems += [] if wanted in found else [f"the wrong cell '{cell}' was not refused with '{wanted}' but with '{found}'"]
    for number, line in enumerate(table_lines, 2):
        key = tuple(line.split("\t")[:2])
        wrong = line_wrong(line, declared.get(key), words, tests)
        wrong += [] if key in declared else ["there is no such command"]
        wrong += ["it has a line already"] if key in lines else []
        lines[key] = line
        used.update(line.split("\t")[2:])
        proofs.update(told for cell in line.split("\t")[2:] if not (told := words.get(cell, cell)).startswith("can't:"))
        problems += [f"commands.tsv:{number}: {' '.join(key)}: {one}" for one in wrong]
        passed += not wrong
    problems += [f"{one} has no line in tests/trust/commands.tsv" for key, one in declared.items() if key not in lines]
    problems += [f"words.tsv: nobody uses '{word}'" for word in words if word not in used]
    cells = [cell for line in lines.values() for cell in line.split("\t")[2:]]
    shown = sum(not words.get(cell, cell).startswith("can't:") for cell in cells)
    print(f"{len(lines)} commands x {len(CELLS)}: {shown} cells with a test, {len(cells) - shown} can't be, and say why")
    return passed, problems, proofs


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
        if file.name in ("commands.tsv", "words.tsv"):
            continue
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
    walked = commands.load(bin_folder)
    more, wrong, shown = by_command(list(walked), tests)
    passed, problems, proofs = passed + more, problems + wrong, proofs | shown
    for problem in problems:
        print(problem)
    walked.told()
    count = sum(map(len, attempts.values()))
    print(f"{len(cells)} cells, {count} attempts, {len(proofs)} tests")
    return passed, len(problems)


counted.close(*walk(pathlib.Path(sys.argv[1]).resolve()))
