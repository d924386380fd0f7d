#!/usr/bin/python3
# needs: nothing; takes: 8 s
"""No test can be silent: what script/test, script/e2e and the tests' own support make of a test that ends early, tries nothing,
expects nothing, counts fewer cases than it had, or skips what may not be skipped.

    silent_tests.py BIN

Each is tried in a scratch tree with copies of the files that judge. 
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from xml.sax.saxutils import escape

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from closing import HEAD, TESTS, first_floor, head_of, rows  # noqa: E402
from counted import ROOT, note  # noqa: E402

JUDGES = ("tests/support/results.py", "tests/support/closing.py", "tests/support/counted.py", "tests/support/skips.py",
          "tests/support/floors.py", "tests/support/left.py", "tests/support/cli.py", "tests/e2e/lib.sh", "script/e2e", "script/test")
SKIP = "echo 'SKIPPED: nginx: a switch: it is not installed'; "

# A test as a script, what it counts for, and a word of the reason that the script itself doesn't give.
ENDS = {
    "sound": ("echo '4 passed, 0 failed, 0 skipped'", (4, 0, 0), ""),
    "failed": ("echo '4 passed, 1 failed, 0 skipped'; exit 1", (4, 1, 0), ""),
    "skips": (SKIP + "echo '0 passed, 0 failed, 1 skipped'", (0, 0, 1), ""),
    "early": ("exit 0", (0, 1, 0), "without its closing line"),
    "talks": ("echo 'ok   one'; echo 'all passed'", (0, 1, 0), "without its closing line"),
    "nothing": ("echo '0 passed, 0 failed, 0 skipped'", (0, 1, 0), "it tried nothing"),
    "died": ("echo '4 passed, 0 failed, 0 skipped'; exit 139", (4, 1, 0), "it died"),
    "fewer": ("echo '3 passed, 0 failed, 0 skipped'", (3, 1, 0), "write 3 there and say why"),
    "unsaid": ("echo 'SKIPPED: age: a switch: it is not installed'; echo '3 passed, 0 failed, 1 skipped'", (3, 1, 1), "which its head doesn't name"),
    "fewer_skips": (SKIP + "echo '3 passed, 0 failed, 1 skipped'", (3, 0, 1), ""),
    "much_fewer": (SKIP + "echo '2 passed, 0 failed, 1 skipped'", (2, 0, 1), ""),
}
# The same where everything is required: what a skip takes along is known then. Those that skip have a floor of 3 beside it.
ENDS_OF_ALL = {**ENDS, "much_fewer": (ENDS["much_fewer"][0], (2, 1, 1), "2 cases beside what it skipped"),
               "skips": (ENDS["skips"][0], (0, 1, 1), "0 cases beside what it skipped")}

# What a run skipped and counted, under a list that allows cli.a to go without nginx, and the word that is said about it.
LIST = "# only shrinks\ntest\tpart\tmost\twhy\ncli.a\tnginx\t1\tthe machine has none\n"
NGINX = "dev.cli.a: SKIPPED: nginx: x: y"
SKIPS = [
    (LIST, NGINX, "dev.cli.a 3 0 1", 0, ""),
    (LIST, f"{NGINX}\n{NGINX}", "dev.cli.a 3 0 2", 1, "it skipped 2 times for want of 'nginx', and tests/skips.tsv allows 1"),
    (LIST, f"{NGINX}\na{NGINX[1:]}".replace("aev", "asan"), "dev.cli.a 3 0 1\nasan.cli.a 3 0 1", 0, ""),
    (LIST.replace("\t1\t", "\t2\t"), f"{NGINX}\n{NGINX}", "dev.cli.a 3 0 2", 0, ""),
    (LIST.replace("\t1\t", "\t0\t"), "", "dev.cli.a 3 0 0", 1, "the most skips of a run"),
    (LIST, "dev.cli.a: SKIPPED: age: x: y", "dev.cli.a 3 0 1", 1, "doesn't list 'cli.a' with 'age'"),
    (LIST, "e2e.a: SKIPPED: nginx: x: y", "e2e.a 3 0 1", 1, "doesn't list 'e2e.a' with 'nginx'"),
    (LIST, "dev.cli.a: SKIPPED: it is not installed", "dev.cli.a 3 0 1", 1, "a skip names its part"),
    (LIST, "", "dev.cli.a 3 0 1", 1, "it counted 1 skipped and said 0"),
    (LIST, "", "dev.cli.a 3 0 0", 0, "'cli.a' had 'nginx' here"),
    (LIST, "", "dev.cli.b 3 0 0", 0, ""),
    (LIST + "cli.A\tnginx\t1\tnone\n", "", "", 1, "sorted"),
    (LIST + "cli.b\tnginx\tnone\n", "", "", 1, "test, part, the most skips"),
]

# How many rows the lists have that only shrink. Whoever takes a row out lowers its number; only an issue that names what it adds raises one
# (31: pgBackRest by SFTP, which Debian 12 has not; 40: the site in a browser).
ROWS = {"skips.tsv": 16, "effects_not.tsv": 56}

# A script file of tests/cli/TOOL, and what is wrong with it.
SCRIPTS = {"-- cmd --\necho a\n-- stdout --\na\n": "", "-- cmd --\ntrue\n-- status --\n0\n": "", "-- cmd --\necho a >b\n-- after b --\na\n": "",
           "-- cmd --\necho \\\n  a\n-- stdout --\na\n": "", "-- cmd --\necho a\n": "it expects nothing", "-- cmd --\n\n-- status --\n0\n": "it has no command", "what holds\n": "it has no command"}

# Lines that no test writes by itself, and lines that are none of these.
BY_HAND = re.compile(r"(?:\b(?:print|echo|printf|write)\b|<<).*(?:passed, .*failed,|\bSKIPPED\b)|environ.*FAIRLEAD_TEST_REQUIRE|^\s*WARN\(")
MEANS = {"tests/support/counted.py", "tests/support/closing.py", "tests/support/main.cpp", "tests/e2e/lib.sh", "tests/cli/silent_tests.py"}
FORBIDDEN = ['print(f"{passed} passed, {failed} failed, 0 skipped")', 'echo "$passed passed, $failed failed, 0 skipped"', '    print("SKIPPED: no nginx")',
             'std::cout << passed << " passed, " << failed << " failed, "', 'REQUIRED = os.environ.get("FAIRLEAD_TEST_REQUIRE", "")', '    WARN("not tested");']
NAMED = re.compile(r'(?:\b(?:skip|leave|SKIP_LOUDLY)\("|^(?:.*[;{&|] )? *skip (?=\w+ "))([\w.-]+)', re.M)
ALLOWED = ['print(f"{passed} of {count} files are split")', 'SKIPPED = "<skipped/>"', "# FAIRLEAD_TEST_REQUIRE=engine makes it"]


def run(words, tree, **more):
    done = subprocess.run(words, cwd=tree, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={"PATH": os.environ["PATH"], "HOME": str(tree), "TMPDIR": str(tree / "tmp"), "LANG": "C.UTF-8", **more})
    return done.returncode, done.stdout + done.stderr


def ends(tree, table, required):
    floors = [f"{kind}.{name}\t4\t{3 if 'SKIPPED: nginx' in script else '-'}\n" for kind in ("cli", "e2e") for name, (script, *_) in ENDS.items()]
    (tree / "tests/floors.tsv").write_text("# a head\ntest\tcases\twith skips\n" + "".join(floors))
    (tree / "results").unlink(missing_ok=True)
    cases, where = "", f", where '{required}' is required"
    for name, (script, numbers, why) in table.items():
        for place, shell in ((f"e2e/{name}.sh", "#!/bin/bash"), (f"cli/{name}.py", "#!/usr/bin/python3")):
            (tree / "tests" / place).write_text(f"{shell}\n# needs: strace, nginx; takes: 2 s\n{script}\n")
        _, said = run(["bash", "script/e2e", "--one", name], tree, FAIRLEAD_TEST_REQUIRE=required)
        wanted = "e2e.{}: {} passed, {} failed, {} skipped".format(name, *numbers)
        note(f"script/e2e: {name}{where}", "" if said.splitlines()[0] == wanted and why in said else said)
        note(f"script/e2e: a skip of {name} has its name", "" if (f"e2e.{name}: SKIPPED: " in said) == ("SKIPPED" in script) else said)
        status, output = run(["sh", "-c", script], tree)
        cases += f'<testcase name="cli.{name}" status="{"fail" if status else "run"}"><system-out>{escape(output)}</system-out></testcase>'
    (tree / "ctest.xml").write_text(f"<testsuite>{cases}</testsuite>")
    _, said = run(["/usr/bin/python3", "tests/support/results.py", "dev", "ctest.xml", "junit.xml", "results", "skips"], tree, FAIRLEAD_TEST_REQUIRE=required)
    results = (tree / "results").read_text().splitlines()
    for name, (_, numbers, why) in table.items():
        note(f"results.py: {name}{where}", "" if "dev.cli.{} {} {} {}".format(name, *numbers) in results and why in said else f"{results}\n{said}")
    junit = (tree / "junit.xml").read_text()
    red = sum(numbers[1] for _, numbers, _ in table.values())
    note("junit.xml says the same", "" if junit.count("<failure") == red and "without its closing line" in junit else junit)


def left(tree):
    """A file or a process that a test leaves is a failure with its name, and gone."""
    for name, line, why in (("a file", "mkdir \"$TMPDIR/the file\"", "in TMPDIR: the file"), ("a process", "setsid sleep 4712 >/dev/null 2>&1 &", "runs on: sleep 4712"),
                            ("a process with no environment", "cd \"$TMPDIR\"; env -i setsid sleep 4713 >/dev/null 2>&1 &", "runs on: sleep 4713"),
                            ("a process that has another variable of it",
                             "env -i setsid env -C / DATA=\"$TMPDIR/data\" sleep 4714 >/dev/null 2>&1 &", "runs on: sleep 4714"),
                            ("a process in another folder of that beginning",
                             "HERE=\"${TMPDIR}x\" TMPDIR=/nowhere setsid env -C / sleep 3 >/dev/null 2>&1 &", ""),
                            ("not even its folder", "rm -r \"$TMPDIR\"", "not even the folder"), ("nothing", "mktemp -u >/dev/null", "")):
        (tree / "tests/e2e/leaves.sh").write_text(f"#!/bin/bash\n# needs: nothing; takes: 2 s\n{line}\necho '3 passed, 0 failed, 0 skipped'\n")
        _, said = run(["bash", "script/e2e", "--one", "leaves"], tree)
        wanted = f"e2e.leaves: 3 passed, {1 if why else 0} failed, 0 skipped"
        note(f"script/e2e: a test that leaves {name}", "" if said.splitlines()[0] == wanted and why in said else said)
    note("what was left is gone", ", ".join(path.name for path in (tree / "tmp").iterdir()))
    kept = (tree / "tests/support/left.py").read_text()
    (tree / "tests/support/left.py").write_text("raise RuntimeError('no /proc is here')\n")
    _, said = run(["bash", "script/e2e", "--one", "leaves"], tree)
    log = (tree / "build/test/e2e-leaves.log").read_text()
    note("script/e2e: left.py itself fails", "" if said.startswith("e2e.leaves: 3 passed, 1 failed") and
         "RuntimeError: no /proc is here" in log else said + log)
    (tree / "tests/support/left.py").write_text(kept)
    shutil.rmtree(tree / "tmp", ignore_errors=True)
    (tree / "tmp").mkdir()


# Tests that end whoever runs them: they, a sound one beside them and the sum have to be there all the same.
KILLS = {"kills_run": "kill -9 $PPID", "kills_chain": "p=$PPID; while [ $p -gt 1 ]; do n=$(ps -o ppid= -p $p); "
         "case $(ps -o args= -p $p) in *e2e*--one*|xargs*) kill -9 $p ;; esac; p=$n; done"}


def vanished(tree):
    """A test whose run is killed, with its judge or with all that runs beside it, has failed, and so has the run of all."""
    for path in tree.glob("tests/e2e/*.sh"):
        if path.name != "lib.sh":
            path.unlink()
    for name, script in {"sound": "echo '4 passed, 0 failed, 0 skipped'", **KILLS}.items():
        (tree / f"tests/e2e/{name}.sh").write_text(f"#!/bin/bash\n# needs: nothing; takes: 2 s\n{script}\n")
    (tree / "tests/floors.tsv").write_text("test\tcases\n")
    (tree / "tests/cli/demands.py").write_text("print('1 passed, 0 failed, 0 skipped')\n")
    (tree / "script/lint").write_text("#!/bin/sh\necho '4 passed, 0 failed, 0 skipped'\n")
    for path, text in {"script/bootstrap": "", "build/tools/bin/cmake": "", "build/tools/bin/ctest": "", "build/dev/build.ninja": ""}.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(f"#!/bin/sh\n{text}")
    for path in [*tree.glob("build/tools/bin/*"), *tree.glob("script/*")]:
        path.chmod(0o755)
    for names, sums in ((["kills_run", "sound"], "4 passed, 1 failed, 0 skipped"), (["sound"], "4 passed, 0 failed, 0 skipped")):
        got, said = run(["script/e2e", *names], tree)
        note(f"script/e2e {' '.join(names)}: the sum", "" if sums in said.splitlines() and bool(got) == (len(names) > 1) else f"status {got}: {said}")
    got, said = run(["script/e2e", "kills_chain", "kills_run"], tree)
    note("script/e2e: those that an end of all kept from running",
         "" if got and "0 passed, 2 failed, 0 skipped" in said.splitlines() else f"status {got}: {said}")
    got, said = run(["script/test", "e2e", "lint"], tree)
    for line in ("e2e.sound                        4 passed   0 failed   0 skipped", "e2e.kills_run                    0 passed   1 failed   0 skipped",
                 "e2e.kills_chain                  0 passed   1 failed   0 skipped", "e2e.demands                      1 passed   0 failed   0 skipped"):
        note(f"script/test e2e: {line}", "" if got and line.split() in [one.split() for one in said.splitlines()] else f"status {got}: {said}")
    (tree / "build/test/ctest-dev.xml").write_text("<testsuite><testcase name=\"cli.a\" status=\"run\"><system-out>4 passed, 0 failed, 0 skipped</system-out>"
                                                   "</testcase></testsuite>")  # of the run before
    got, said = run(["script/test", "dev"], tree)
    note("script/test dev: a ctest that is killed", "" if got and "dev.results 0 passed 1 failed" in " ".join(said.split()) else f"status {got}: {said}")
    (tree / "script/e2e").write_text("#!/bin/sh\necho 'e2e.sound: 4 passed, 0 failed, 0 skipped'\n")
    got, said = run(["script/test", "e2e"], tree)
    note("script/test e2e: it is killed itself", "" if got and "e2e 0 passed 1 failed" in " ".join(said.split()) else f"status {got}: {said}")
    (tree / "tests/support/closing.py").write_text("import os\nos.kill(os.getpid(), 9)\n")
    got, said = run(["script/test", "lint"], tree)
    note("script/test lint: the judge is killed", "" if got and "lint 0 passed 1 failed" in " ".join(said.split()) else f"status {got}: {said}")


SLIPS = """\
one  src/a/x.cpp
  the first
- int one = 1;
+ int one = 0;

two  src/a/x.cpp
  it stands in two lines
- int two =
-     2;
+ int two = 0;

three  src/a/y.cpp
  the last of another file
- int three = 3;
+ int three = 0;
"""


def slips(tree):
    """--since takes the slips of the lines that changed; --list says which don't apply and where there are too few."""
    place = tree / "slips"
    files = {"bench/mutants.py": (ROOT / "bench/mutants.py").read_text(), "bench/mutants/a.txt": SLIPS,
             "src/a/x.cpp": "int one = 1;\nint zero = 0;\nint two =\n    2;\n", "src/a/y.cpp": "int three = 3;\n" + "\n" * 40}
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]

    def write(more):
        for name, text in more.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)

    def listed(*words):
        got, said = run(["/usr/bin/python3", "bench/mutants.py", "--list", *words], place)
        return got, " ".join(re.findall(r"^a (\w+)(?::|  )", said, re.M)), said
    write(files)
    run([*git, "init", "-q"], place)
    run([*git, "add", "."], place)
    run([*git, "commit", "-qm", "a"], place)
    got, _, said = listed()
    note("mutants --list: each applies", "" if not got and "3 slips, 0 do not apply" in said else said)
    for what, text, wanted in (("nothing", files["src/a/x.cpp"], ""), ("another line", files["src/a/x.cpp"].replace("zero = 0", "zero = 1"), ""),
                               ("its line", files["src/a/x.cpp"].replace("one = 1;", "one = 1; // of all"), "one"),
                               ("its second line", files["src/a/x.cpp"].replace("    2;", "    2; // of all"), "two"),
                               ("a line that went before it", files["src/a/x.cpp"].replace("int zero = 0;\n", ""), "one two"),
                               ("its own text", files["src/a/x.cpp"].replace("one = 1", "one = 2"), "one one")):
        write({"src/a/x.cpp": text})
        _, names, said = listed("--since", "HEAD")
        note(f"mutants --since: {what} changed", "" if names == wanted else said)
    got, _, said = listed()
    note("mutants --list: one that no longer applies", "" if got and "a one: does not stand" in said else said)
    write({"src/a/x.cpp": files["src/a/x.cpp"] + "\n" * 400})
    got, _, said = listed()
    note("mutants --list: too few", "" if got and "fewer than 8 slips per thousand lines: a" in said else said)


def skips(tree):
    for number, (table, line, results, status, word) in enumerate(SKIPS):
        (tree / "tests/skips.tsv").write_text(table)
        for name, text in (("skips", line), ("results", results)):
            (tree / name).write_text(text + "\n" if text else "")
        got, said = run(["/usr/bin/python3", "tests/support/skips.py", "skips", "results"], tree)
        note(f"skips.py: row {number}", "" if got == status and word in said and (word or "tests/skips.tsv" not in said) else f"status {got}: {said}")
    python = "import sys; sys.path.insert(0, 'tests/support'); import counted; counted.skip({!r}, 'a switch', 'it is away'); counted.close()"
    shell = ". tests/e2e/lib.sh; skip '{}' 'a switch' 'it is away'; finish"
    for part, required, status, word in (("nginx", "", 0, "SKIPPED: nginx: a switch: it is away\n0 passed, 0 failed, 1 skipped"),
                                         ("nginx", "all", 0, "0 passed, 0 failed, 1 skipped"),
                                         ("nginx", "age,nginx", 1, "'nginx' is required here and can't run: it is away"),
                                         ("", "", 1, "a skip names the part that is not here")):
        for kind, words in (("Python", ["/usr/bin/python3", "-c", python.format(part)]), ("shell", ["bash", "-c", shell.format(part), "tests/e2e/x.sh"])):
            got, said = run(words, tree, FAIRLEAD_TEST_REQUIRE=required)
            note(f"{kind}: skip '{part}' where '{required}' is required", "" if bool(got) == bool(status) and word in said else f"status {got}: {said}")


def scripts(tree):
    for number, (text, word) in enumerate(SCRIPTS.items()):
        folder = tree / f"scripts{number}"
        folder.mkdir()
        (folder / "x.txtar").write_text(text)
        got, said = run(["/usr/bin/python3", "tests/support/cli.py", "bin", folder], tree)
        note(f"cli.py: {text!r}", "" if bool(got) == bool(word) and word in said else f"status {got}: {said}")
    (tree / "scripts4/x.txtar").write_text("-- cmd --\necho a\n")
    run(["/usr/bin/python3", "tests/support/cli.py", "bin", "scripts4", "--update"], tree)
    note("cli.py --update writes what is missing", "" if (tree / "scripts4/x.txtar").read_text() == "-- cmd --\necho a\n-- stdout --\na\n" else "it does not")


def floors(tree):
    (tree / "tests/floors.tsv").write_text("test\tcases\twith skips\ncli.kept\t7\t6\ncli.more\t1\t-\n")
    (tree / "one").write_text("dev.cli.more 9 0 0\ndev.cli.kept 5 0 2\n"
                              "dev.cli.skips 3 0 1\ndev.cli.red 3 1 0\ndev.unit.a 5 0 0\nasan.unit.a 4 0 0\nskips 3 0 0\n")
    (tree / "two").write_text("> e2e.x                12 passed   0 failed   0 skipped\ne2e.x: 11 passed, 0 failed, 0 skipped\nx: 31 s\n")
    for words, wanted in ((["one", "two"], ["cli.kept\t7\t6", "cli.more\t9\t-", "e2e.x\t11\t-", "unit.a\t4\t-"]),
                          (["--all", "one"], ["cli.kept\t7\t5", "cli.more\t9\t-", "cli.skips\t-\t3", "e2e.x\t11\t-", "unit.a\t4\t-"])):
        run(["/usr/bin/python3", "tests/support/floors.py", *words], tree)
        found = [line for line in (tree / "tests/floors.tsv").read_text().splitlines() if not line.startswith("#")]
        note(f"floors.py {' '.join(words)} takes the least of sound runs", "" if found == ["test\tcases\twith skips", *wanted] else found)
    for counted_cases, row, failed in ((4, "", 0), (3, "", 1), (3, "e2e.newcomer\t3\t-\n", 0)):
        (tree / "tests/floors.tsv").write_text("test\tcases\twith skips\n" + row)
        (tree / "tests/e2e/newcomer.sh").write_text(f"#!/bin/bash\n# needs: nothing; takes: 2 s; cases: 4\necho '{counted_cases} passed, 0 failed, 0 skipped'\n")
        _, said = run(["bash", "script/e2e", "--one", "newcomer"], tree)
        note(f"a new test counts as many as its head says, until it has a row: {counted_cases}, {row or 'none'}",
             "" if said.startswith(f"e2e.newcomer: {counted_cases} passed, {failed} failed, 0 skipped") else said)


def by_hand():
    for line in FORBIDDEN + ALLOWED:
        note(f"by hand: {line}", "" if bool(BY_HAND.search(line)) == (line in FORBIDDEN) else "judged otherwise")
    found = [f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
             for path in sorted(one for kind in ("py", "sh", "cpp", "h") for one in (ROOT / "tests").rglob(f"*.{kind}"))
             for number, line in enumerate(path.read_text().splitlines(), 1) if BY_HAND.search(line) and str(path.relative_to(ROOT)) not in MEANS]
    closed = [path.name for path in sorted(TESTS.glob("cli/*.py")) if not os.access(path, os.X_OK)]
    note("each script can be started by its name; chmod +x", ", ".join(closed))
    note("no closing line and no skip is written by hand; tests/support/counted.py, tests/e2e/lib.sh and test::skip write them", "\n  ".join(found))


def long_lines():
    """A command of a script file can be read: cli.py puts lines together that end in a backslash."""
    found, inside = [], False
    for path in sorted(TESTS.glob("cli/*/*.txtar")):
        for line in path.read_text().splitlines():
            if re.fullmatch(r"-- .+ --", line):
                inside = line == "-- cmd --"
            elif inside and len(line) > 200:
                found.append(f"{path.relative_to(ROOT)}: {line[:60]}…")
    note("no command line of a script file is longer than 200 letters", ", ".join(found))


# A line of what is found whose message, or most of its place, is not said.
HIDDEN = re.compile(r"(?:: |:\d+:|^)\{\{\*\}\}(?:waived[^{]*\{\{\*\}\})? \[[\w/-]+\]$")
HIDDEN_LINES = ["a:1:10: {{*}} [github-pat]", "a:1:{{*}} [github-pat]", "a:1:10: {{*}}waived by W1{{*}} [github-pat]", "{{*}} [scan/nothing]"]
SAID_LINES = ["a:1:1: a key, added in commit {{*}} and removed later [private-key]",
              "{{*}}:8:17: error: it is put into a script [ci]", "u:{{*}}/a: status 500 [smoke/status]"]


def pinned():
    """A script file says what is found: place and message, and of scan every line."""
    for line in HIDDEN_LINES + SAID_LINES:
        note(f"pinned: {line}", "" if bool(HIDDEN.search(line)) == (line in HIDDEN_LINES) else "judged otherwise")
    found = [f"{path.relative_to(ROOT)}:{number}: {line}"
             for path in sorted(TESTS.glob("cli/*/*.txtar")) for number, line in enumerate(path.read_text().splitlines(), 1)
             if HIDDEN.search(line) or (line == "..." and path.parent.name == "scan")]
    note("what is found is pinned; support/cli.py --update writes it", "\n  ".join(found))


def there(test):
    """Where the test of that name is."""
    kind, _, name = test.partition(".")
    places = {"cli": (f"tests/cli/{name}.py", f"tests/cli/{name}"), "e2e": (f"tests/e2e/{name}.sh",), "drift": (f"tools/{name}.cpp", f"actions/{name}")}
    return test == "e2e.demands" or any((ROOT / place).exists() for place in places.get(kind, (f"tests/{kind}/{name}",)))


def variables():
    """What the tests and scripts read from the environment is no input of a tool: it would reach each tool that they start."""
    inputs = {"FAIRLEAD_" + row[1].upper().replace("-", "_") for row in rows("effects.tsv")}
    scripts = [ROOT / ".ci/run", TESTS / "e2e/lib.sh", *(TESTS / "support").glob("*.py"),
               *(path for folder in ("script", "release") for path in (ROOT / folder).iterdir() if path.is_file())]
    read = {name for path in scripts for name in re.findall(r"\bFAIRLEAD_[A-Z_]+\b", path.read_text(errors="replace"))}
    note("no variable of the tests is an input of a tool as well", ", ".join(sorted(read & inputs)))
    note("the tests' variables are found", "" if "FAIRLEAD_TEST_REQUIRE" in read and "FAIRLEAD_REQUIRE" in inputs else f"{read} {inputs}")


def tables():
    for table in ("floors.tsv", "skips.tsv"):
        gone = [row[0] for row in rows(table) if not there(row[0])]
        note(f"every test of tests/{table} is there; one that is removed on purpose takes its row along", ", ".join(gone))
        note(f"tests/{table} has rows", "" if rows(table) else "none")
    for table, number in ROWS.items():
        count = len(rows(table))
        note(f"tests/{table} only shrinks", "" if count == number else f"it has {count} rows, and {number} are known here: " +
             ("bring what the test lacks instead of listing it" if count > number else f"write {count} into ROWS"))
    known, listed = {row[0] for row in rows("floors.tsv")}, {row[0] for row in rows("skips.tsv")}
    tests = {f"{place.parent.name}.{place.stem}" for place in [*TESTS.glob("cli/*.py"), *TESTS.glob("e2e/*.sh")]} - {"e2e.lib"}
    tests |= {f"{place.parents[1].name}.{place.parent.name}" for kind in ("unit/*/*.cpp", "conformance/*/*.cpp", "cli/*/*.txtar") for place in TESTS.glob(kind)}
    none = sorted(test for test in tests - known if first_floor(test) is None)
    note("each test has a floor (tests/floors.tsv, or of a new one `cases: N` in its head)",
         none and f"write `; cases: N` behind `takes: … s` in the head of {', '.join(none)}: as many as it counts")
    lost = [row[0] for row in rows("floors.tsv") if row[1:] == ["-", "-"] or len(row) != 3 or (row[1] == "-" and row[0] not in listed)]
    note("each row of tests/floors.tsv has a number, and that of a run without skips where no skip is allowed", ", ".join(lost))


def heads():
    """Each test says what it needs and costs; what its own text skips for stands there."""
    for path in sorted([*TESTS.glob("cli/*.py"), *TESTS.glob("e2e/*.sh"), *TESTS.glob("*/*/head")]):
        if path.name == "lib.sh":
            continue
        text = path.read_text()
        second = (["", *text.splitlines(), ""] if path.name == "head" else text.splitlines() + ["", ""])[1]
        found = HEAD.fullmatch(second)
        kind, name = path.relative_to(TESTS).parts[:2]
        sources = [path] if path.name != "head" else []
        sources += [path.with_suffix(".py")] if kind == "e2e" and path.with_suffix(".py").exists() else []
        sources += TESTS.joinpath(kind, name).rglob("*.cpp") if path.name == "head" else []
        said = {part for source in sources for part in NAMED.findall(source.read_text()) if source.name != "silent_tests.py"}
        note(f"the head of {path.relative_to(ROOT)}", "" if found and said <= set(found[1].split(", ")) else
             f"it names {found[1].split(', ') if found else 'nothing'}, and the test skips for want of {sorted(said)}")
    note("a head is found by the test's name", "" if head_of("e2e.strace")[1] == {"strace"} and head_of("unit.no_such_folder") is None else "it isn't")


with tempfile.TemporaryDirectory(prefix="fairlead silent ") as scratch:
    place = pathlib.Path(scratch)
    for copied in JUDGES:
        (place / copied).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / copied, place / copied)
    for made in ("build/test", "bin", "tests/cli", "tmp"):
        (place / made).mkdir(parents=True)
    ends(place, ENDS, "")
    ends(place, ENDS_OF_ALL, "all")
    left(place)
    skips(place)
    scripts(place)
    floors(place)
    vanished(place)
    slips(place)
    by_hand()
    variables()
    tables()
    heads()
    long_lines()
    pinned()
counted.close()
