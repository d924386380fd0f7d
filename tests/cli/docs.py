#!/usr/bin/python3
# needs: lint; takes: 34 s
"""docs.py BIN: every fenced block of README.md, docs/*.md and actions/*/README.md, as a reader would paste it.

  sh    each command line runs in a copy of the example application in a git repository, in the order of the block; what
        would reach for a server, or build, is accepted by the real executable (--explain-config) or looked up
  bash  a whole script runs there once
  yaml  a fairlead.yml, or a part of one, is judged by every tool that it speaks of; a workflow, or steps of one, by the
        actions' own declarations, by our executables and by actionlint
  text  is counted only
  console  is a recording, which tests/support/learn.py has run again by another test
A block of another kind, or a command that nobody here knows, fails. Each action has one spelling on all pages, in what
`fairlead init` writes and in the rendered READMEs. Prints the number of blocks per page.
"""
import contextlib
import datetime
import http.server
import os
import pathlib
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import learn  # noqa: E402
from counted import note  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "actions").glob("*/README.md"))]
VERSION = re.search(r"project\(fairlead VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
TOOLS = sorted(folder.name for folder in (ROOT / "actions").iterdir() if folder.is_dir())
FOREIGN = {name: f"{name}@{commit} # {version}" for name, version, commit in
           re.findall(r"\{\"([a-z/-]+)\", \"(v[0-9.]+)\", \"([0-9a-f]{40})\"", (ROOT / "src/base/foreign_actions.cpp").read_text())}
BEFORE = {"docker/metadata-action@v6"}  # what a reader of the page on migration has in his workflow today
LINTER = shutil.which("actionlint", path=f"{os.environ['PATH']}:{pathlib.Path.home()}/go/bin")
SERVE = {"deploy", "smoke"}  # these reach for servers: their section, words and inputs are judged, nothing is sent


def blocks(page):
    """Language, number of the first line and text of each fenced block."""
    found, opened = [], None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        fence = re.match(r"^ {0,3}```+(.*)$", line)
        if fence and opened is None:
            opened = (fence[1].strip(), number + 1, [])
        elif fence:
            found.append((opened[0], opened[1], "\n".join(opened[2]) + "\n"))
            opened = None
        elif opened is not None:
            opened[2].append(line)
    return found


# -- the sandbox ---------------------------------------------------------------------------------------------------

VARIABLES = {"DATABASE_URL": "postgres://localhost/shop", "SHOP_TOKEN": "none", "HOST": "shop.example.org"}
GENERAL = {"version", "app", "environments", "waivers", "max_waiver_days", "run"}
CASES = "".join(f'<testcase name="{n}" file="app.py"/>' for n in range(25))
REPORTS = {"build/junit.xml": f"<testsuite>{CASES}</testsuite>", "build/TEST-a.xml": f"<testsuite>{CASES}</testsuite>",
           "build/TEST-b.xml": f"<testsuite>{CASES}</testsuite>", "web/junit.xml": f"<testsuite>{CASES}</testsuite>",
           "reports/junit.xml": f"<testsuite>{CASES}</testsuite>"}
REPORTS["dist/app.js"] = "console.log(1)\n"
REPORTS["out/k6.json"] = '{"metrics": {"http_reqs": {"count": 9}, "http_req_duration": {"avg": 20, "p(95)": 90.5}}}'
REPORTS["out/lint.sarif"] = '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "lint"}}, "results": []}]}'
for lcov in ("coverage.info", "build/cov.info", "web/coverage/lcov.info"):
    REPORTS[lcov] = ("SF:app.py\nDA:1,1\nDA:2,1\nend_of_record\nSF:staged.py\nDA:1,1\nend_of_record\n"
                     "SF:src/auth/login.py\nDA:1,1\nBRDA:1,0,0,1\nend_of_record\n")


class Sandbox:
    """A clone of the example application with tags, a branch and something staged; reports and secrets ignored by git."""

    def __init__(self, folder):
        self.home = pathlib.Path(folder)
        self.work = self.home / "a shop"
        shutil.copytree(ROOT / "examples/notes", self.work, ignore=shutil.ignore_patterns("__pycache__", "reports", "data"))
        self.env = {"PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin:/usr/sbin", "HOME": folder, "LANG": "C.UTF-8", **VARIABLES}
        for who in ("AUTHOR", "COMMITTER"):
            self.env |= {f"GIT_{who}_NAME": "A", f"GIT_{who}_EMAIL": "a@example.org"}
        (self.work / "fairlead.yml").unlink()
        self.write(".gitignore", "build/\nreports/\n.env*\n.fairlead/\n__pycache__/\n.coverage\n*.info\nweb/\nout/\n")
        self.write("Makefile", "test lint:\n\tmkdir -p reports && cp build/junit.xml reports/junit.xml\n")
        self.write("src/empty.py", "\n")
        self.write("config/prod.yml", "debug: false\n")
        self.git("init", "-q", "-b", "main")
        for number, tags in enumerate((["v1.2.0", "api/v1.3.9"], ["v1.2.3", "api/v1.4.0"], [])):
            self.write(f"api/{number}", "x\n")
            self.git("add", "-A")
            self.git("commit", "-qm", f"feat: number {number}")
            for tag in tags:
                self.git("tag", tag)
        self.git("update-ref", "refs/remotes/origin/main", "HEAD~1")
        self.write("staged.py", "print()\n")
        self.git("add", "staged.py")
        for name, text in REPORTS.items():
            self.write(name, text)
        for name in ("login", "token", "tidy", "notes/one"):
            self.write(f"smoke/{name}.hurl", "GET https://app.example.org/\nHTTP 200\n")
        self.write("db/migrate/1_notes.up.sql", "CREATE TABLE notes (id bigint PRIMARY KEY);\n")
        self.write("db/migrate/1_notes.down.sql", "DROP TABLE notes;\n")
        for name in (".env.staging", ".env.production", ".env.deploy"):
            self.write(name, f"DATABASE_URL=postgres://notes@db{name}.example.org/notes?sslmode=verify-full\n"
                             f"NOTES_API_TOKEN=correct-horse-battery-staple{name}-4711\n")
            (self.work / name).chmod(0o600)

    def write(self, name, text):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def git(self, *words):
        return subprocess.run(["git", *words], cwd=self.work, env=self.env, check=True, stdout=subprocess.PIPE).stdout.decode().strip()

    def event(self):
        """What a runner tells of a pull request with one commit."""
        payload = self.home / "event.json"
        repository = '"repo": {"full_name": "acme/notes"}'
        payload.write_text(f'{{"number": 7, "pull_request": {{"head": {{"sha": "%s", {repository}}}, "base": {{"sha": "%s", {repository}}}}}}}'
                           % (self.git("rev-parse", "HEAD"), self.git("rev-parse", "HEAD~1")))
        return {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(payload)}

    def run(self, words, extra=None):
        done = subprocess.run(words, cwd=self.work, env=self.env | (extra or {}), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        return done.returncode, done.stdout.decode(errors="replace")


def sandbox(action, *arguments):
    with tempfile.TemporaryDirectory(prefix="fairlead docs ") as folder:
        return action(Sandbox(folder), *arguments)


# -- sh ------------------------------------------------------------------------------------------------------------

def command_lines(text):
    """Whole commands: continued lines, here-documents and a `case $?` with its command belong together; comments go."""
    lines, rest = [], text.splitlines()
    while rest:
        line = rest.pop(0)
        while line.endswith("\\"):
            line = line[:-1] + rest.pop(0)
        here = re.search(r"<<'?([A-Z]+)'?", line)
        if here:
            while rest[0] != here[1]:
                line += "\n" + rest.pop(0)
            line += "\n" + rest.pop(0)
        if rest and rest[0].startswith("case $? in"):
            end = rest.index("esac") + 1
            line, rest = "\n".join([line, *rest[:end]]), rest[end:]
        if line.strip() and not line.lstrip().startswith("#"):
            lines.append(line)
    return lines


def as_pasted(box, line):
    extra = box.event() if "# in a job" in line else {}
    status, said = box.run(["bash", "-c", line], extra)
    return f"gave status {status}: {said.strip()}" if status else ""


def accepted(box, line):
    """The executable takes the words, the file and the environment; nothing is done."""
    first, newline, judged = line.partition("\n")  # what follows a command is its `case $?`
    words = re.sub(r"\s+>\s*\S+\s*$", "", re.split(r"\s#\s", first)[0])
    return as_pasted(box, words + " --explain-config" + newline + judged)


def of_project(_, line):
    """What builds or installs: its script, preset or package must be there."""
    for part in re.split(r"&&|\|\|", re.split(r"\s#\s", line)[0]):
        words = shlex.split(part)
        if words[0].startswith("script/") and not os.access(ROOT / words[0], os.X_OK):
            return f"{words[0]} is no script of the project"
        if words[:2] == ["cmake", "--install"] and not re.search(r"^install\(", (ROOT / "cmake/tools.cmake").read_text(), re.M):
            return "nothing is installed"
        if words[0] == "cmake" and words[1] != "--install" and f'"name": "{words[-1]}"' not in (ROOT / "CMakePresets.json").read_text():
            return f"preset {words[-1]} is in no CMakePresets.json"
        if words[0] == "go" and not re.fullmatch(r"[\w./-]+@v[0-9.]+", words[-1]):
            return "a tool is installed with its version: MODULE@vX.Y.Z"
    return ""


def with_act(box, line):
    """act runs nothing, with status 0, for a job that no -P names and without an event: so each must be there."""
    words = shlex.split(re.split(r"\s#\s", line)[0])
    given = {words[i]: words[i + 1] for i in range(len(words) - 1) if words[i] in ("-W", "-e")}
    platforms = [words[i + 1].split("=")[0] for i in range(len(words)) if words[i] == "-P"]
    as_pasted(box, "fairlead init --force")
    for flag in ("-W", "-e"):
        if not (box.work / given.get(flag, "/none")).is_file():
            return f"act needs {flag} with a file that is there"
    for job in yaml.safe_load((box.work / given["-W"]).read_text())["jobs"].values():
        if job["runs-on"] not in platforms:
            return f"no -P names {job['runs-on']}: act would skip the job and say yes"
    return ""


def by_ours(box, line):
    """The event and the command of `fairlead act` for a change on a branch of its own, tagged; nothing is run."""
    as_pasted(box, "fairlead init --force")
    box.git("commit", "-q", "--allow-empty", "-m", "feat: a change")
    words = re.split(r"\s#\s", line)[0].rstrip()
    box.git("tag", "--force", (re.search(r"--tag (\S+)", words) or [0, "v9.9.9"])[1])
    for option in ("--dry-run", "--base HEAD~1"):
        words += "" if option.split()[0] in words else " " + option
    return as_pasted(box, words)


def image_of_act(_, line):
    """tests/e2e/act_container.sh makes such an image and runs jobs in it, where it may."""
    script = (ROOT / "tests/e2e/act_container.sh").read_text()
    return "" if all(word in script for word in re.findall(r"debootstrap --variant=\w+|docker import", line)) else "is done otherwise there"


def released(box, line):
    box.git("commit", "-qam", "feat: what was staged")
    return as_pasted(box, line)


def of_release(box, line):
    """A release as small as can be: what the line names is there, signed and listed."""
    tarball = "fairlead-0.2.0-linux-x64.tar.gz"
    box.run(["bash", "-c", f"""
        umask 077 && printf x >{tarball} && printf y >fairlead-scan && sha256sum {tarball} fairlead-scan >SHA256SUMS && echo '{{}}' >provenance.json
        (echo version 0.2.0 && sed 's|  |  fairlead-0.2.0-linux-x64/bin/|' SHA256SUMS) >fairlead.lock
        openssl genpkey -algorithm ed25519 -out PRIVATE.pem && openssl pkey -in PRIVATE.pem -pubout -out release.pem
        fairlead attest {tarball} --key PRIVATE.pem --predicate provenance.json --provenance fairlead-0.2.0.intoto.json"""])
    return as_pasted(box, re.sub(r"FILE(\.\.\.)?", tarball, re.split(r"\s#\s", line)[0]))


def with_origin(box, line):
    """The clone's server is a repository beside it, which has what a job would find there."""
    if not (box.home / "origin.git").exists():
        box.run(["bash", "-c", "git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q origin --all && "
                               "git update-ref refs/notes/first $(git commit-tree -m x HEAD^{tree}) && git push -q origin refs/notes/first"])
    return as_pasted(box, line)


COMMANDS = [  # the first that fits
    (r"fairlead (verify|attest)\b", of_release),
    (r"fairlead-tag release --dry-run", released),
    (r"(\w+=\S+ )*fairlead act\b", by_ours),
    (r"fairlead-preflight --(url|group host|run-django)", accepted),
    (r"fairlead-preflight (sign|checklist (?!.*--count))", accepted),  # tests/cli/checklists.py walks and signs
    (r"fairlead-preflight\b", as_pasted),
    (r"fairlead( init| doctor| run| scan| help| --|-(gate|scan|tag)\b)", as_pasted),
    (r"fairlead[- ](deploy|smoke|migrate|backup|recover)\b", accepted),
    (r"fairlead-[a-z]+\b", accepted),  # of a tool that is new: write a line of its own above where more can be tried
    (r"sudo (debootstrap|tar) ", image_of_act),
    (r"act ", with_act),
    (r"script/|cmake |go install |git clone |cd ", of_project),
    (r"git (fetch|push) ", with_origin),
    (r"(cat|printf|git|export) ", as_pasted),
]


def judge_shell(box, where, text, page_config, comes_after):
    """A line that speaks of an environment or of fairlead.yml gets the page's file, or that of the example; where the page
    shows its file first, every line does. Else the block begins without one."""
    example = (ROOT / "examples/notes/fairlead.yml").read_text()
    file = box.work / "fairlead.yml"
    for line in command_lines(text):
        handler = next((act for pattern, act in COMMANDS if re.match(pattern, line)), None)
        before = file.read_text() if file.exists() else None
        asks = page_config and before is None and "fairlead.yml" in line.partition(" # ")[2]
        if comes_after or "--env" in line or asks:
            file.write_text(whole(page_config or example))
        if re.match(r"fairlead run .*--env", line):
            handler = accepted  # it deploys; tests/e2e/chain.sh does
        if handler is None:
            note(where, f"nobody here knows how to try `{line}`")
        else:
            problem = handler(box, line)
            note(where, problem and f"`{line.splitlines()[0]}`: {problem}")
        if not line.startswith("fairlead init"):
            file.unlink(missing_ok=True)
            if before is not None:
                file.write_text(before)


# -- yaml ----------------------------------------------------------------------------------------------------------

def whole(text):
    """A fairlead.yml of a part of one: an environment's keys get an environment, and there always is one to ask for. The
    day until which a waiver holds is the reader's."""
    soon = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
    text = re.sub(r"(expires: )\d{4}-\d\d-\d\d", rf"\g<1>{soon}", text)
    keys = set(yaml.safe_load(text))
    if not keys & (GENERAL | set(TOOLS)):
        text = "environments:\n  staging:\n    url: https://staging.example.org\n" + re.sub(r"^(?=.)", "    ", text, flags=re.M)
    if "environments" not in keys and not re.search(r"^ *environments:\s*({.*)?$", text, re.M):
        text += "environments: {staging: {url: \"https://staging.example.org\"}}\n"
    chained = set(TOOLS) - {"backup"}  # that one has a timetable of its own
    if not yaml.safe_load(text).keys() & ({"run"} | chained) and not re.search(rf"^ +({'|'.join(sorted(chained))}):", text, re.M):
        text += "run: [scan]\n"  # a chain of something
    return text if "version" in keys else "version: 1\n" + text


def judge_config(box, where, text):
    box.write("fairlead.yml", whole(text))
    config = yaml.safe_load(whole(text))
    for part, keys in config.get("deploy", {}).get("components", {}).items():  # each is an application of its own
        box.write(keys["config"], f"version: 1\napp: {part}\ndeploy: {{target: {{kind: direct, root: /srv/{part}, command: [serve]}}}}\n"
                                  "environments: {staging: {url: https://staging.example.org}}\n")
    for name, values in config["environments"].items():
        for tool in TOOLS:
            if tool not in config and tool not in (values or {}):
                continue
            needs = (values or {}).get("env", {})  # what the reader has, and deploy asks for
            if "file" in needs:
                box.write(needs["file"], "")
            given = {secret: "of-the-reader" for secret in needs.get("secrets", [])}
            words = [f"fairlead-{tool}", "--env", name, "--explain-config"]
            if tool == "deploy" and "promote_from" in (values or {}).get("deploy", {}):
                words += ["--promote-from", ".fairlead/staging.json"]  # demanded, and not read yet
            status, said = box.run(words, given)
            note(where, status and f"fairlead-{tool} --env {name}: {said.strip()}")
        status, said = box.run(["fairlead", "--env", name, "--explain-config"])
        note(where, status and f"fairlead --env {name}: {said.strip()}")


def judge_hurl(box, where, text):
    box.write("page.hurl", text)
    status, said = box.run(["fairlead-smoke", "--dry-run", "page.hurl"])
    note(where, status and said.strip())


def spelling(uses, line):
    """What is wrong with how an action is named; `line` has the comment."""
    own = re.fullmatch(r"(.*/)?(fairlead|actions)/(actions/)?([a-z]+)?@?.*", uses) and "checkout" not in uses
    if uses.startswith(("actions/", "./actions", "OWNER/")) or own or "fairlead" in uses:
        if all(part in line for part in FOREIGN.get(uses.split("@")[0], "\n").split(" # ")):
            return ""
        if re.fullmatch(rf"fairlead/fairlead(/actions/({'|'.join(TOOLS)}))?@v{re.escape(VERSION)}", uses):
            return ""
        if re.fullmatch(rf"fairlead/fairlead(/actions/({'|'.join(TOOLS)}))?@[0-9a-f]{{40}}", uses) and (f"# v{VERSION}" in line or "built from source" in line):
            return ""
        return f"'{uses}': write fairlead/fairlead/actions/NAME@v{VERSION} or a row of src/base/foreign_actions.cpp"
    if uses in BEFORE or (re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", uses) and re.search(r"# v[0-9.]+", line)):
        return ""
    return f"'{uses}': a foreign action is pinned by its full commit, with the version as a comment"


def judge_spellings(where, text):
    for line in text.splitlines():
        for uses in re.findall(r"uses:\s*([^\s,}#]+)", line):
            note(where, spelling(uses, line))


class Router(http.server.BaseHTTPRequestHandler):
    """What a dry run of a deployment asks: does a router answer?"""

    def do_GET(self):
        self.send_response(503)
        self.end_headers()

    def log_message(self, *_):
        pass


def start_router():
    server = http.server.HTTPServer(("127.0.0.1", 0), Router)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {"NOTES_PORT": str(server.server_address[1])}


def proven_set(box, store):
    """A database that is here, and a set of it that was verified."""
    facts = {"DATABASE_URL": f"sqlite:{box.home}/notes.db"}
    if not (box.home / "notes.db").exists():
        with contextlib.closing(sqlite3.connect(box.home / "notes.db")) as database:
            database.execute("CREATE TABLE notes (id integer PRIMARY KEY)")
        for command in ("run", "verify"):
            box.run(["fairlead-backup", command, "--store", store], facts)
    return facts


def judge_step(box, where, step):
    uses = step.get("uses", "")
    if not uses.startswith("fairlead/"):
        return
    tool = uses.split("@")[0].split("/")[-1]
    action = ROOT if tool == "fairlead" else ROOT / "actions" / tool
    declared = yaml.safe_load((action / "action.yml").read_text())["inputs"]
    given = {name: str(value) for name, value in (step.get("with") or {}).items()}
    unknown = sorted(set(given) - set(declared))
    note(where, unknown and f"{uses} has no input {', '.join(unknown)}")
    given = {name: re.sub(r"\$\{\{[^}]*\}\}", "1.4.0", value) for name, value in given.items() if name in declared}
    facts = {"FAIRLEAD_BIN_DIR": str(BIN), "GITHUB_SHA": box.git("rev-parse", "v1.2.3"), **box.event()}
    if given.get("command") == "release":
        box.git("commit", "-qam", "feat: what was staged")
        box.git("remote", "add", "origin", "https://example.org/shop.git")
        box.git("update-ref", "-m", "update by push", "refs/remotes/origin/pushed", "HEAD")
        given["dry-run"] = "true"
    if tool == "tag":
        facts |= {"GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/tags/v1.2.3"}
    if tool == "backup":
        given["store"] = f"file:{box.home}/backups"
        facts |= proven_set(box, given["store"])
    if given.get("command") in {"rollback", "promote"}:  # of what was deployed before; tests/e2e/deploy.sh does
        inputs = {"INPUT_" + name.upper().replace("-", "_"): value for name, value in given.items()}
        status, said = box.run([f"fairlead-{tool}", "--explain-config"], inputs)
    else:
        if tool in SERVE or "env" in given:  # decided, and nothing is sent
            given["dry-run"] = "true"
            facts |= VARIABLES | ROUTER | {"GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_REF": "refs/heads/main"}
        words = [f"{name}={value}" for name, value in given.items()]
        status, said = box.run(["/usr/bin/python3", ROOT / "tests/support/action_step.py", action, *words,
                                *(word for name, value in facts.items() for word in ("--env", f"{name}={value}"))])
    note(where, status and f"{uses} with {given} gave status {status}: {said.strip()}")


def judge_workflow(box, where, text, page_config):
    value = yaml.safe_load(text)
    if isinstance(value, list):  # steps of one
        text = ("on: push\npermissions: {}\njobs:\n  job:\n    runs-on: ubuntu-24.04\n    steps:\n" + re.sub(r"^(?=.)", "      ", text, flags=re.M))
        value = yaml.safe_load(text)
    note(where, "" if True in value or "on" in value else "a workflow says when it runs: on:")
    if page_config:
        box.write("fairlead.yml", whole(page_config))
    else:
        shutil.copy(ROOT / "examples/notes/fairlead.yml", box.work / "fairlead.yml")
    for job in value["jobs"].values():
        for step in job["steps"]:
            if "report" in (step.get("with") or {}):  # says itself what it judges
                (box.work / "fairlead.yml").unlink(missing_ok=True)
            judge_step(box, where, step)
    lint(where, text)


def lint(where, text):
    if not LINTER:
        return
    done = subprocess.run([LINTER, "-shellcheck=", "-pyflakes=", "-ignore", "label .* is unknown", "-"],
                          input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    note(where, done.returncode and done.stdout.decode().strip())


ROUTER = start_router()


# -- all -----------------------------------------------------------------------------------------------------------

def is_workflow(text):
    value = yaml.safe_load(text)
    return isinstance(value, list) or "jobs" in value


def main():
    unclassified = 0
    for page in PAGES:
        name, counts, config = page.relative_to(ROOT), {}, None
        found, shown = blocks(page), False
        own = "fairlead/fairlead@" if page.stem == "fairlead" else f"fairlead/fairlead/actions/{page.parent.name}@"
        if page.name == "README.md" and page.parent != ROOT or page.stem == "fairlead":
            many = sum(own in text for language, _, text in found if language == "yaml")
            note(name, many < 3 and f"{many} examples of its action; a reader gets three")
        for language, _, text in found:  # the page's fairlead.yml: its first that has a section of ours
            if language == "yaml" and not config and not is_workflow(text) and set(yaml.safe_load(text)) & set(TOOLS):
                config = text
        for language, line, text in found:
            where, counts[language] = f"{name}:{line}", counts.get(language, 0) + 1
            shown = shown or text == config
            if language == "sh":
                sandbox(judge_shell, where, text, config, config is not None and shown)
            elif language == "bash":
                note(where, sandbox(as_pasted, text))
            elif language == "yaml" and is_workflow(text):
                judge_spellings(where, text)
                sandbox(judge_workflow, where, text, config)
            elif language == "yaml":
                sandbox(judge_config, where, text)
            elif language == "hurl":
                sandbox(judge_hurl, where, text)
            elif language == "console":
                note(where, str(name) not in learn.RECORDED and "is in no list of tests/support/learn.py, so nobody runs it again")
            elif language != "text":
                unclassified += 1
                note(where, f"a block in '{language}' is tried by nobody; expected sh (each line), bash (as a whole), console (a recording), yaml, hurl or text")
        print(f"{str(name):32}" + "  ".join(f"{language} {count}" for language, count in sorted(counts.items())))
    for arguments in ([], ["services/shop"]):
        def written(box):
            folder = box.work / (arguments[0] if arguments else "")
            folder.mkdir(parents=True, exist_ok=True)
            box.run(["bash", "-c", f"cd '{folder}' && fairlead init --force"])
            for file in sorted((box.work / ".github/workflows").glob("*.yml")):
                judge_spellings(f"init's {file.name}", file.read_text())
                lint(f"init's {file.name}", file.read_text())
        sandbox(written)
    if not LINTER:
        counted.skip("lint", "actionlint on the workflows of the pages", "it is not installed; script/lint says how to get it")
    print(f"{unclassified} blocks are tried by nobody")
    counted.close()


main()
