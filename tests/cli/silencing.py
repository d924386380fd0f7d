#!/usr/bin/python3
# needs: nothing; takes: 11 s
"""silencing.py BIN [NAME...]: what a change does so that scan, gate and the chain say yes to it.

Each way is tried as a fork's pull request, on pull_request_target, in a run that follows a fork's and by a comment on
a pull request: the answer stays no. In the same repository it works, and is annotated at its line. The table is printed.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
PROGRAMS = f"{BIN}:/usr/local/bin:/usr/bin:/bin"
TOKEN = "gh" + "p_SbXOIkDj8Q6xzR8t8JDvTNsLAbgZJ51A1HT7"
LEAK = f'token = "{TOKEN}"\n'
BASE = """version: 1
app: shop
gate:
  reports:
    unit: {path: reports/junit.xml}
    cover: {path: reports/lcov.info}
    lint: {path: reports/lint*.sarif, min_files: 2}
  tests: {min: 2, max_failed: 0, max_skipped: 0}
  coverage: {total: {lines: 80}}
  findings: {max: {error: 0, warning: 0}}
  max_age: 1h
scan: {exclude: [vendor/**]}
run:
  - {name: tests, exec: [make, test]}
  - gate
environments:
  ci: {profile: development}
"""
WAIVER = "waivers:\n  - {id: W1, rule: RULE, owner: eve, reason: later, expires: DAY}\n"
DAY = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 5 * 86400))
CASE, SKIPPED, FAILED = '<testcase name="a"/>', '<testcase name="s"><skipped/></testcase>', '<testcase name="f"><failure/></testcase>'
LCOV = "SF:a.c\nDA:1,1\nDA:2,{}\nend_of_record\n"
SARIF = '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[%s]}]}'


def suite(*cases):
    return "<testsuite>" + "".join(cases) + "</testsuite>"


GOOD = {"reports/junit.xml": suite(CASE, CASE), "reports/lcov.info": LCOV.format(1),
        "reports/lint1.sarif": SARIF % "", "reports/lint2.sarif": SARIF % ""}


def swapped(old, new):
    assert old in BASE, old
    return BASE.replace(old, new)


def waived(rule):
    return BASE + WAIVER.replace("RULE", rule).replace("DAY", DAY)


def nearer(name, tool, words, near, **more):
    """The job works in app/, where the change puts a file of its own."""
    return dict(name=f"{name}: a nearer file", files={"app/fairlead.yml": near, **more}, where=("app/fairlead.yml", ""), inside="app",
                reports=GOOD | {"reports/junit.xml": suite(CASE), "app/reports/junit.xml": suite(CASE)}, command=[tool, *words])


def gate(name, config, where, reports, words=()):
    return dict(name="gate: " + name, files={"fairlead.yml": config}, where=("fairlead.yml", where), reports=GOOD | reports,
                command=["fairlead-gate", *words])


def scan(name, where, command=("range",), leak=LEAK, **files):
    given = {key.replace("__", "/").replace("_yml", ".yml"): text for key, text in files.items()}
    return dict(name="scan: " + name, files={"leak.txt": leak} | given, where=where, reports={},
                command=["fairlead-scan", *command])


def chain(name, config, where, reports, recipe="true"):
    return dict(name="chain: " + name, files={"fairlead.yml": config, "Makefile": f"test:\n\t{recipe}\n"},
                where=("fairlead.yml", where), reports=GOOD | reports, command=["fairlead", "run"])


YML = "fairlead.yml"
FAILING = {"reports/junit.xml": suite(CASE, CASE, FAILED)}
WAYS = [
    scan("allow", (YML, "allow"), fairlead_yml=swapped("scan: {", "scan:\n  allow: ['^gh']\nx: {").replace("x: {exclude: [vendor/**]}\n", "")),
    scan("exclude", (YML, "leak.txt"), fairlead_yml=swapped("vendor/**]", "vendor/**, leak.txt]")),
    scan("skip", (YML, "skip: ["), fairlead_yml=swapped("scan: {", "scan: {skip: [github-pat, generic-api-key], ")),
    scan("only", (YML, "only"), fairlead_yml=swapped("scan: {", "scan: {only: [jwt], ")),
    scan("max_file_size", (YML, "max_file_size"), ("tree", "leak.txt", "fairlead.yml"), LEAK + "# " + "x" * 3000,
         fairlead_yml=swapped("scan: {", "scan: {max_file_size: 2kB, ")),
    scan("rules", (YML, "rules"), fairlead_yml=swapped("scan: {", "scan: {rules: own.toml, "), **{"own.toml": "[[rules]]\nid='x'\nregex='zzz'\n"}),
    scan(".gitleaks.toml", (".gitleaks.toml", ""), **{".gitleaks.toml": "[extend]\nuseDefault=true\ndisabledRules=['github-pat', 'generic-api-key']\n"}),
    scan("an environment's section", (YML, "skip: ["), ("range", "--env", "ci"),
         fairlead_yml=swapped("  ci: {profile: development}", "  ci:\n    scan:\n      skip: [github-pat, generic-api-key]")),
    scan("waiver", (YML, "W1"), fairlead_yml=waived("scan/github-pat")),
    scan(".gitleaksignore", (".gitleaksignore", "leak.txt"), **{".gitleaksignore": "leak.txt:github-pat:1\n"}),
    scan("baseline", (".fairlead/scan.jsonl", "github-pat"), **{".fairlead__scan.jsonl": "WRITTEN"}),
    scan("comment in the line", ("leak.txt", "token"), leak=LEAK.strip() + " # fairlead: ignore[github-pat] a sample\n"),
    scan("comment above", ("leak.txt", "ignore"), leak="# fairlead: ignore[github-pat] a sample\n" + LEAK),
    scan("comment on the file", ("leak.txt", "ignore-file"), leak=LEAK + "# fairlead: ignore-file[github-pat] samples\n"),
    scan("gitleaks:allow", ("leak.txt", "token"), leak=LEAK.strip() + " # gitleaks:allow a sample\n"),
    gate("max_failed", swapped("max_failed: 0", "max_failed: 9"), "max_failed", FAILING),
    gate("max_skipped as a share", swapped("max_skipped: 0", "max_skipped: 99%"), "max_skipped",
         {"reports/junit.xml": suite(CASE, CASE, SKIPPED)}),
    gate("max_skipped taken away", swapped(", max_skipped: 0", ""), "tests:",
         {"reports/junit.xml": suite(CASE, CASE, SKIPPED)}),
    gate("tests.min", swapped("min: 2,", "min: 1,"), "tests:", {"reports/junit.xml": suite(CASE)}),
    gate("coverage", swapped("lines: 80", "lines: 50"), "lines: 50", {"reports/lcov.info": LCOV.format(0)}),
    gate("coverage taken away", swapped("  coverage: {total: {lines: 80}}\n", ""), "reports:",
         {"reports/lcov.info": LCOV.format(0)}),
    gate("coverage.exclude", swapped("coverage: {total", "coverage: {exclude: [b.c], total"), "exclude",
         {"reports/lcov.info": LCOV.format(1) + LCOV.format(0).replace("a.c", "b.c")}),
    gate("findings.max.error", swapped("error: 0", "error: 5"), "error: 5",
         {"reports/lint1.sarif": SARIF % '{"level":"error","message":{"text":"m"}}'}),
    gate("findings.max.warning", swapped(", warning: 0", ""), "findings:",
         {"reports/lint1.sarif": SARIF % '{"level":"warning","message":{"text":"m"}}'}),
    gate("an optional report", swapped("lcov.info}", "lcov.info, optional: true}").replace("  coverage: {total: {lines: 80}}\n", ""),
         "optional", {"reports/lcov.info": None}),
    gate("min_files", swapped("min_files: 2", "min_files: 1"), "min_files", {"reports/lint2.sarif": None}),
    gate("a report taken away", swapped("    cover: {path: reports/lcov.info}\n", "").replace("  coverage: {total: {lines: 80}}\n", ""), "unit:",
         {"reports/lcov.info": "nonsense"}),
    gate("another path", swapped("reports/junit.xml", "reports/good.xml"), "good.xml",
         FAILING | {"reports/good.xml": suite(CASE, CASE)}),
    gate("max_age", swapped("max_age: 1h", "max_age: off"), "max_age",
         {name: (text, 7200) for name, text in GOOD.items()}),
    gate("waiver", waived("gate/tests-failed"), "W1", FAILING),
    gate("the file taken away", None, "", FAILING | {"reports/junit.xml": suite(CASE)},
         ["--report", "reports/junit.xml", "--max-age", "off"]),
    nearer("gate", "fairlead-gate", (), "version: 1\ngate: {reports: {unit: {path: reports/junit.xml}}, max_age: off}\n"),
    nearer("scan", "fairlead-scan", ("range",), "version: 1\nscan: {skip: [github-pat, generic-api-key]}\n", **{"app/leak.txt": LEAK}),
    chain("the step taken away", swapped("  - gate\n", ""), "name: tests", FAILING),
    chain("another command", swapped("[make, test]", "[sh, -c, 'touch reports/*']"), "touch", {}, "false"),
]


class Tree:
    """A repository with base and head, head checked out."""

    def __init__(self, folder, way):
        self.folder, self.way = pathlib.Path(folder), way
        self.git("init", "-q", "-b", "main", ".")
        if "inside" in way:
            self.write({way["inside"] + "/kept": ""})
        self.write({YML: BASE, ".gitignore": "reports/\nevent.json\nhome/\n.fairlead/out\n"})
        self.base = self.head = self.commit("base")
        files = dict(way["files"])
        for name in [name for name, text in files.items() if text == "WRITTEN"]:
            files.pop(name)
            self.write(files)
            self.git("add", "-A")
            self.run("", ["fairlead-scan", "--write-baseline", "--accept-new"])
        self.write(files)
        self.head = self.commit("head")
        reports = {name: value if isinstance(value, tuple) else (value, 0) for name, value in way["reports"].items()}
        old = time.time() - 7200  # the tree is older than its reports
        for name in ("fairlead.yml", ".gitignore", *files):
            if (self.folder / name).exists():
                os.utime(self.folder / name, (old - 3600, old - 3600))
        for name, (text, age) in reports.items():
            if text is not None:
                self.write({name: text})
                os.utime(self.folder / name, (time.time() - age,) * 2)

    def git(self, *words):
        env = {"PATH": PROGRAMS, "HOME": str(self.folder / "home"), "GIT_CONFIG_NOSYSTEM": "1"}
        for who in ("AUTHOR", "COMMITTER"):
            env |= {f"GIT_{who}_NAME": "A", f"GIT_{who}_EMAIL": "a@example.org"}
        return subprocess.run(["git", *words], cwd=self.folder, env=env, check=True, capture_output=True, text=True).stdout

    def write(self, files):
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            if text is not None:
                path.write_text(text)

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD").strip()

    def run(self, event, command=None, source="eve/shop"):
        """The tool's answer in a job of that event."""
        request = {"base": {"sha": self.base, "repo": {"full_name": "acme/shop"}},
                   "head": {"sha": self.head, "repo": {"full_name": source}}}
        payload = {"number": 7, "pull_request": request, "repository": {"full_name": "acme/shop", "default_branch": "main"},
                   "issue": {"number": 7, "pull_request": {"url": "https://api.github.com/x"}},
                   "workflow_run": {"head_sha": self.head, "event": "pull_request", "head_repository": {"full_name": source}}}
        (self.folder / "event.json").write_text(json.dumps(payload))
        sha = self.head if event == "pull_request" else self.base
        env = {"PATH": PROGRAMS, "HOME": str(self.folder / "home"), "GITHUB_ACTIONS": "true", "GITHUB_SHA": sha,
               "GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(self.folder / "event.json")}
        command = command or self.way["command"]
        if event in ("workflow_run", "issue_comment") and command[:2] == ["fairlead-scan", "range"]:
            command = [*command, f"{self.base}..{self.head}"]  # these events name no range
        return subprocess.run([BIN / command[0], *command[1:]], cwd=self.folder / self.way.get("inside", ""), env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)

    def place(self):
        file, needle = self.way["where"]
        if not needle:
            return f"file={file},line=1"
        lines = (self.folder / file).read_text().splitlines()
        return f"file={file},line={next(i for i, line in enumerate(lines, 1) if needle in line)}"


FOREIGN = [("pull_request", "eve/shop"), ("pull_request_target", "acme/shop"), ("workflow_run", "eve/shop"),
           ("issue_comment", "eve/shop")]
ANSWER = {0: "yes", 1: "no", 2: "wrong use", 3: "could not"}
names = sys.argv[2:]
problems = count = 0
print(f"{'way':36}" + "".join(f"{event:21}" for event, _ in FOREIGN) + "same repository")
for way in WAYS:
    if names and not any(name in way["name"] for name in names):
        continue
    with tempfile.TemporaryDirectory(prefix="fairlead silencing ") as folder:
        tree = Tree(folder, way)
        row, wrong = f"{way['name']:36}", []
        for event, source in FOREIGN:
            ran = tree.run(event, source=source)
            count += 1
            row += f"{ANSWER.get(ran.returncode, ran.returncode):21}"
            refused = ran.returncode == 3 and "fairlead run is refused for" in ran.stderr and event != "pull_request"
            if ran.returncode != 1 and not refused:
                wrong.append(f"{event}: status {ran.returncode}\n{ran.stdout}{ran.stderr}")
            if "::warning " in ran.stdout and "silenced" in ran.stdout:
                wrong.append(f"{event}: what doesn't count is told\n{ran.stdout}")
        ran = tree.run("pull_request", source="acme/shop")
        count += 1
        place = tree.place()
        told = [line for line in (ran.stdout + ran.stderr).splitlines()
                if line.startswith("::warning ") and place + "," in line + "," and "silenced" in line]
        row += f"{ANSWER.get(ran.returncode, ran.returncode)}, {'told at ' + place if told else 'NOT TOLD'}"
        if ran.returncode != 0 or not told:
            wrong.append(f"same repository: status {ran.returncode}, expected a warning at {place}\n{ran.stdout}{ran.stderr}")
    problems += len(wrong)
    print(row)
    for text in wrong:
        print("    | " + text.replace("\n", "\n    | "))
counted.close(count - problems, problems)
