#!/usr/bin/python3
# needs: conformance; takes: 5 s
"""demands.py BIN: walks tests/demands.tsv, the table of what the project is asked for and what shows it.
demands.py --ran LOGS: the table's end-to-end checks passed, by the logs of script/e2e in that folder.

A row is a demand's id and one proof or more, with tabs between them:
  test: unit.FOLDER: NAME    a case of Catch2 (conformance.FOLDER too)
  test: cli/FOLDER/X.txtar   a script file that expects something
  test: cli.SCRIPT: NAME     a case of tests/cli/SCRIPT.py
  test: e2e.SCRIPT: NAME     a check of tests/e2e/SCRIPT.sh or of the Python that it hands over to
  test: NAME                 a whole test of ctest that shows one thing (drift.gate, cli.slips)
  run: COMMAND => STATUS: LINE   its exit status and first line with text (stderr's where stdout is empty), run by sh in
                             a copy of examples/notes; {{*}} in the line is any text
  rule: ID                   a rule of fairlead-preflight, with its fixture
  page: docs/X.md#anchor     a page, for what only people can do
Each test has to be one that ctest or script/e2e runs, each command is run, each page and heading has to be there. The ids
are those of ../shared/conformance/demands (or $FAIRLEAD_CONFORMANCE/demands), where it is there.
"""
import ast
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from pages import anchors  # noqa: E402
from preflight_shown import SHOWN_BY  # noqa: E402

TESTS = pathlib.Path(__file__).resolve().parent.parent
ROOT = TESTS.parent
TABLE = TESTS / "demands.tsv"
DEMANDS = 510


def rows():
    """The table without its head: each row with its number."""
    return list(enumerate(TABLE.read_text().splitlines()[1:], 2))


def registered(bin_folder):
    """The names of ctest's tests, as CMake wrote them down for this build."""
    listed = bin_folder.parent / "tests" / "CTestTestfile.cmake"
    return set(re.findall(r'^add_test\("?(?:\[=+\[)?([\w.-]+)', listed.read_text(), re.M))


def quoted(sources, name, before):
    """Does one of the sources hold NAME as a whole string of C++, shell or Python behind `before`?"""
    literal = name.replace("\\", "\\\\").replace('"', '\\"')
    pattern = re.compile(before + re.escape(f'"{literal}"'))
    return any(pattern.search(source.read_text()) for source in sources if source.exists())


def checks_in(script):
    """What `that(condition, WHAT)` of tests/support/counted.py says in a script of Python; of an f-string its source."""
    if not script.exists():
        return
    text = script.read_text()
    for call in ast.walk(ast.parse(text)):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("checks.that", "counted.that") and len(call.args) > 1:
            yield re.sub(r'^f?"(.*)"$', r"\1", ast.get_source_segment(text, call.args[1]))


def wrong_case(test, name):
    """Why this case of that test of ctest or script/e2e does not exist or is not run; None where all is well."""
    kind, _, folder = test.partition(".")
    if kind == "e2e":
        script = TESTS / "e2e" / f"{folder}.sh"
        if not script.exists() or folder == "lib":
            return f"script/e2e runs no {folder}"
        found = quoted([script], name, r"\b(?:pass|expect|contains|equals|verdict) ") or name in checks_in(script.with_suffix(".py"))
        return None if found else f"tests/e2e/{folder} has no check '{name}'"
    if test not in TESTS_OF_CTEST:
        return f"ctest runs no {test}"
    if kind == "cli":
        found = quoted([TESTS / "cli" / f"{folder}.py"], name, r"[(\[,:=]\s*")
    else:
        sources = sorted((TESTS / kind / folder).rglob("*.cpp"))
        found = quoted(sources, name, r"\bTEST_CASE\(")
        hidden = re.compile(r"\bTEST_CASE\(" + re.escape(f'"{name}"') + r',\s*"[^"]*\[(?:\.|!hide)')
        if any(hidden.search(source.read_text()) for source in sources):
            return f"the case '{name}' is hidden: nobody runs it"
    return None if found else f"{test} has no case '{name}'"


def wrong_script(path):
    if not re.fullmatch(r"cli/[\w-]+/[\w-]+\.txtar", path) or not (TESTS / path).exists():
        return f"tests/{path} is not there"
    if f"cli.{path.split('/')[1]}" not in TESTS_OF_CTEST:
        return f"ctest runs no tests/{path}"
    if not re.search(r"^-- (stdout|stderr|status|after .+) --$", (TESTS / path).read_text(), re.M):
        return f"tests/{path} expects nothing"
    return None


def wrong_test(named):
    if named.endswith(".txtar"):
        return wrong_script(named)
    test, colon, name = named.partition(": ")
    if colon:
        return wrong_case(test, name)
    folder = re.fullmatch(r"(?:unit|conformance|cli)\.(\w+)", test)
    if test not in TESTS_OF_CTEST or (folder and not (TESTS / "cli" / f"{folder[1]}.py").exists()):
        return f"'{named}' names no test; of a folder's tests the case is wanted, too, e.g. unit.base: …"
    return None


def wrong_command(told):
    asked = re.fullmatch(r"(.+) => ([0-3]): (.+)", told)
    if not asked:
        return "expected COMMAND => STATUS: FIRST LINE"
    command, status, line = asked.groups()
    with tempfile.TemporaryDirectory(prefix="fairlead demand ") as scratch:
        work = pathlib.Path(scratch) / "notes"
        shutil.copytree(ROOT / "examples/notes", work, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        env = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": scratch, "TMPDIR": scratch, "LANG": "C.UTF-8",
               **{f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}}
        env |= {key: value for key, value in os.environ.items() if key.endswith("SAN_OPTIONS")}
        done = subprocess.run(["sh", "-c", command], cwd=work, env=env, stdin=subprocess.DEVNULL, timeout=30,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    first = ((done.stdout or done.stderr).decode(errors="replace").strip().splitlines() or [""])[0].rstrip()
    wanted = ".*".join(re.escape(piece) for piece in line.split("{{*}}"))
    if done.returncode != int(status) or not re.fullmatch(wanted, first):
        return f"gave {done.returncode}: {first}\n    {done.stderr.decode(errors='replace').strip()}"
    return None


def wrong_page(place):
    name, _, anchor = place.partition("#")
    page = ROOT / name
    if not re.fullmatch(r"[\w./-]+\.md", name) or ".." in name or not page.exists():
        return f"the page {name} is not there"
    return None if anchor in anchors(page.read_text()) else f"{name} has no heading for '#{anchor}'"


def wrong_rule(name):
    """A rule of fairlead-preflight: its fixture, or a test of its own, shows what it finds, and what it doesn't."""
    if f"cli.{SHOWN_BY.get(name)}" in TESTS_OF_CTEST:
        return None
    if "cli.preflight_rules" not in TESTS_OF_CTEST or not (TESTS / "preflight" / f"{name}.txtar").exists():
        return f"tests/preflight/{name}.txtar is not there, or nobody runs it"
    return None


KINDS = {"rule": wrong_rule, "test": wrong_test, "run": wrong_command, "page": wrong_page}


def wrong_row(row, known, before):
    """What is wrong with a row of the table: its id, or each of its proofs."""
    demand, *proofs = row.split("\t")
    if not re.fullmatch(r"S[0-4]-\d\d+", demand) or (known is not None and demand not in known):
        yield f"'{demand}' is no demand"
    if demand in before:
        yield f"{demand} is there twice; write its proofs in one row"
    if not proofs:
        yield "nothing shows it"
    for proof in proofs:
        kind, _, told = proof.partition(": ")
        problem = KINDS[kind](told) if kind in KINDS else "expected test:, run: or page:"
        if problem:
            yield f"{proof}: {problem}"


def demands():
    """The ids of all demands, or None where the list is not there."""
    given = os.environ.get("FAIRLEAD_CONFORMANCE")
    table = (pathlib.Path(given) if given else ROOT.parent / "shared/conformance") / "demands" / "demands.tsv"
    return {line.split("\t")[0] for line in table.read_text().splitlines()[1:]} if table.exists() else None


# A walker that says yes to everything would prove nothing: each of these rows is wrong.
WRONG = [
    ("S9-01\ttest: drift.gate", "is no demand"),
    ("demand 1\ttest: drift.gate", "is no demand"),
    ("S0-01\ttest: drift.gate", "is there twice"),
    ("S0-02", "nothing shows it"),
    ("S0-02\t", "expected test:, run: or page:"),
    ("S0-02\tseen: by me", "expected test:, run: or page:"),
    ("S0-02\ttest: unit.base: no such case", "has no case"),
    ("S0-02\ttest: unit.base: trim takes blanks", "has no case"),
    ("S0-02\ttest: unit.deploy: trim takes blanks off both ends only", "has no case"),
    ("S0-02\ttest: unit.nowhere: trim takes blanks off both ends only", "ctest runs no unit.nowhere"),
    ("S0-02\ttest: unit.base", "names no test"),
    ("S0-02\ttest: cli.gate", "names no test"),
    ("S0-02\ttest: drift.nothing", "names no test"),
    ("S0-02\ttest: cli.wrong_config: no such case", "has no case"),
    ("S0-02\ttest: cli/gate/no-such-file.txtar", "is not there"),
    ("S0-02\ttest: e2e.lib: pass", "script/e2e runs no lib"),
    ("S0-02\ttest: e2e.nothing: gate passes", "script/e2e runs no nothing"),
    ("S0-02\ttest: e2e.smoke: gate passes", "has no check"),
    ("S0-02\ttest: e2e.deploy: nothing", "has no check"),
    ("S0-02\trun: fairlead-gate --version", "expected COMMAND => STATUS"),
    ("S0-02\trun: fairlead-gate --version => 1: {{*}}", "gave 0"),
    ("S0-02\trun: fairlead-gate --version => 0: nothing of the kind", "gave 0"),
    ("S0-02\trun: fairlead-no-such-tool => 0: {{*}}", "gave 127"),
    ("S0-02\tpage: docs/no-such-page.md#gate", "is not there"),
    ("S0-02\tpage: docs/gate.md#no-such-heading", "has no heading"),
    ("S0-02\tpage: docs/gate.md", "has no heading"),
    ("S0-02\ttest: drift.gate\ttest: unit.base: no such case", "has no case"),
]

# A check of an end-to-end test, a line of its log, and whether that says that it passed.
LOGGED = [
    ("0 of {lost['sent']} lost", "ok   0 of 539 lost\n", True),
    ("the $round run ends", "ok      the first run ends\n", True),
    ("0 of {lost['sent']} lost", "FAIL 0 of 539 lost: 3\n", False),
    ("it ends", "FAILED  it ends\n        | ok it ends\n", False),
    ("it ends", "ok   it ends badly\nSKIPPED: nginx: it ends: it is not installed\n", False),
]


def walk():
    passed = failed = shown = 0
    known = demands()
    if known is None:
        counted.skip("conformance", "the ids of the demands", "../shared/conformance/demands is not there")
    elif len(known) != DEMANDS:
        print(f"the list holds {len(known)} demands, not {DEMANDS}")
        failed += 1
    for row, wanted in WRONG:
        found = "; ".join(wrong_row(row, known, {"S0-01"}))
        if wanted not in found:
            print(f"the wrong row '{row}' was not refused with '{wanted}' but with '{found}'")
        failed += wanted not in found
        passed += wanted in found
    for name, log, wanted in LOGGED:
        failed += said(name, log) != wanted
        passed += said(name, log) == wanted
    before = set()
    for number, row in rows():
        demand = row.split("\t")[0]
        problems = list(wrong_row(row, known, before))
        before.add(demand)
        for problem in problems:
            print(f"{TABLE.name}:{number}: {demand}: {problem}")
        failed += bool(problems)
        shown += not problems
    print(f"{shown} of {DEMANDS} demands shown")
    return passed + shown, failed


def said(name, log):
    """Does an end-to-end log say that this check passed?"""
    pattern = re.sub(r"\\{.*?\\}|\\\$\w+", ".*", re.escape(name))  # what the script fills in
    return re.search(rf"^ok +{pattern}$", log, re.M) is not None


def ran(logs):
    """Each end-to-end check of the table by its line in the log; what the log says was skipped is no proof, but no failure."""
    passed = failed = 0
    named = {proof[len("test: e2e."):] for _, row in rows() for proof in row.split("\t")[1:] if proof.startswith("test: e2e.")}
    for script, _, name in sorted(check.partition(": ") for check in named):
        log = logs / f"e2e-{script}.log"
        text = log.read_text(errors="replace") if log.exists() else ""
        if said(name, text):
            passed += 1
        elif skipped := re.search(r"^SKIPPED: (\S+): ", text, re.M):
            counted.skip(skipped[1], f"{script}: {name}", "its log says so")
        else:
            print(f"e2e.{script}: '{name}' did not pass")
            failed += 1
    return passed, failed


if sys.argv[1] == "--ran":
    counted.close(*ran(pathlib.Path(sys.argv[2])))
else:
    BIN = pathlib.Path(sys.argv[1]).resolve()
    TESTS_OF_CTEST = registered(BIN)
    counted.close(*walk())
