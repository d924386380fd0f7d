#!/usr/bin/python3
# needs: newgit; takes: 22 s
"""clones.py BIN [--all] [--cells N] [--seed S] [--list] [NAME…]: decisions of fairlead-tag in each kind of clone, held to what
upstream says.

Each kind is made by git itself from one upstream, asked as in a workflow, and the truth is computed from upstream by plain
git. Beside the kinds that have a name stand cells by lot: how the clone began, refspecs, tag option, depth, filter, last fetch
and state (tests/support/clone_cells.py). Without --all it is a sample of both, the same for the same seed; --all takes every
kind and 2,400 cells. What may come back for one question to a kind:
  answered   the truth, without a word
  told       the truth, with a warning that says what it is based on
  refused    status 3, and the command of its message, run as it stands, makes the next run tell the truth; where the
             clone has a remote, --deepen does, too (for edge: where the message offers it)
  blind      not the truth, and nothing that git keeps in the clone could have said so
  unreadable status 3, because the store itself can't be read; the message says which
Anything else fails: a wrong answer (WRONG), also where a warning says that it is a guess (TOLD BUT WRONG: the remote could
have been asked, or the run refused); a right one without a word where it can only be luck (GUESSED); a refusal
where git's records (refs, refspecs, shallow file, tagOpt, promisor) say that all is there (NEEDLESS); a refusal that gives
no command (NO WAY OUT) or one that doesn't help (NO HELP); --deepen that doesn't (NOT DEEPENED); a status of its own (FAILED).
--list prints the tables, and for what fails the question with its answer. $NEWGIT names a folder with a git of 2.45 or newer.
In a cell nothing may be wrong, and the way out that a refusal gives has to help; what was refused though all is there is counted.
"""
import argparse
import concurrent.futures
import dataclasses
import functools
import http.server
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from clone_cells import chosen as cells_by_lot  # noqa: E402
from clone_cells import named  # noqa: E402
from clone_judge import RULES, command_of, judge_cell, next_is, table_of, tags_of  # noqa: E402
from clone_kinds import KINDS, PREPARE  # noqa: E402
from upstream import ENV, PATH, WORK, git, upstreams  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("bin", type=pathlib.Path)
parser.add_argument("names", nargs="*")
parser.add_argument("--all", action="store_true")
parser.add_argument("--cells", type=int)
parser.add_argument("--seed", type=int, default=28)
parser.add_argument("--list", action="store_true")
GIVEN = parser.parse_args()
BIN, LIST, NAMES = GIVEN.bin.resolve(), GIVEN.list, GIVEN.names
CELLS = GIVEN.cells if GIVEN.cells is not None else 2400 if GIVEN.all else 0 if NAMES else 60
DECISIONS = {"E": "edge", "H": "highest", "N": "next-version", "C": "changelog", "D": "describe"}


@dataclasses.dataclass
class Question:
    decision: str
    words: list
    right: object  # what fairlead-tag answered -> whether that is the truth
    event: str = "push"
    ref: str = "refs/heads/develop"
    sha: str = ""
    payload: dict = dataclasses.field(default_factory=dict)
    api: bool = False
    must: bool = False  # needs nothing of the clone
    blind: bool = True  # the kind's blindness holds for it
    luck: bool = False  # right without a word is luck where the kind doesn't hold it


PAYLOAD = {"repository": {"full_name": "acme/shop", "default_branch": "develop"}}


def edge(ran, wanted):
    return tags_of(ran) is not None and ("edge" in tags_of(ran)) == wanted


def changes_are(ran, truth, all_there):
    """Every commit of the range is named; a contributor is called new only where that is so, and always where all is there."""
    changes, new = truth
    text, _, rest = ran.stdout.partition("### New contributors")
    named = set(re.findall(r"Ann|Bob|Zoe", rest))
    return set(re.findall(r"change\d+", text)) == changes and (new is None or named == new or not all_there and named <= new)


TAGS = ["--format", "json", "--tags"]
VERSIONS = {"v": ("v1.2.9", "v2.0.0", "v2.1.0", "v2.2.0", "v3.0.0", "v2.2.0-rc.1", "v0.1.0"), "api/v": ("api/v1.0.0",)}
EVENTS = (("push", PAYLOAD, False), ("workflow_dispatch", {}, False), ("workflow_dispatch", {}, True))


def edge_questions(kind, head):
    """On two branches, with the default branch in the payload, told by the API, or to be found in the clone."""
    words = [*TAGS, "type=edge\ntype=sha"]
    for branch in ("develop", "main"):
        for event, payload, api in EVENTS:
            known = bool(payload) or kind.ci == "gitlab"
            yield Question("E", words, functools.partial(edge, wanted=branch == "develop"), event, f"refs/heads/{branch}", head,
                           payload, api, must=known or api, luck=not known and not api, blind=not known)
    if kind.ci == "github":  # a schedule runs on the default branch
        yield Question("E", words, functools.partial(edge, wanted=True), "schedule", sha=head, must=True, blind=False)


def highest_questions(up, own):
    """Of each pushed tag; a pre-release needs no other. A clone without the event's own tag can't be blind to that."""
    existing = set(up.git("tag", "--list").split())
    for prefix, versions in VERSIONS.items():
        words = ["--flavor", "latest=highest", *(["--tag-prefix", prefix] if prefix != "v" else []), *TAGS, RULES]
        for tag in sorted(existing.intersection(versions)):
            yield Question("H", words, lambda ran, truth=up.highest(tag, prefix): tags_of(ran) == truth, ref=f"refs/tags/{tag}",
                           sha=up.git("rev-parse", f"{tag}^{{commit}}"), payload=PAYLOAD, must="-rc" in tag, blind=tag in own)


def questions(kind, up, clone):
    """All that is asked in that clone, with the truth."""
    head = git("-C", clone, "rev-parse", "HEAD", env=env_of(kind)).strip()
    own = set(git("-C", clone, "tag", "--list", env=env_of(kind)).split())
    yield from edge_questions(kind, head)
    yield from highest_questions(up, own)
    at = {"sha": head, "payload": PAYLOAD}
    next_version = ["next-version", "--output", "json:TEMP/answer"]  # its warnings stand in the log's own format
    yield Question("N", next_version, functools.partial(next_is, truth=up.next(head, "v")), **at)
    if kind.up == "grown":
        yield Question("N", [*next_version, "--tag-prefix", "api/v", "--include", "api/**"],
                       functools.partial(next_is, truth=up.next(head, "api/v", "api")), **at)
    at_tag = own.intersection(up.releases("v", "--points-at", head).values())
    yield Question("C", ["changelog", "--format", "text", *(["--to", *at_tag] if at_tag else [])],
                   functools.partial(changes_are, truth=up.changes(head), all_there="C" in kind.holds), **at)
    described = up.git("describe", "--tags", "--always", "--abbrev=7", head).replace("/", "-")
    yield Question("D", [*TAGS, "type=raw,value={{describe}}"], lambda ran: tags_of(ran) == {described}, **at)


# ---- asking -------------------------------------------------------------------------------------------------------------


def made(kind):
    """A fresh clone of that kind."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="clone ", dir=WORK))
    up = UPSTREAMS[kind.up]
    subprocess.run(["sh", "-c", PREPARE + kind.make], cwd=folder, check=True, capture_output=True,
                   env=env_of(kind) | {"U": f"file://{up.folder}", "UPSTREAM": str(up.folder)})
    return folder / kind.inside


def env_of(kind):
    return ENV | ({"PATH": f"{NEWGIT}:{PATH}", "GIT_EXEC_PATH": NEWGIT} if kind.newgit else {})


def ask(kind, question, clone, *more):
    """fairlead-tag's answer in a job of that event."""
    with tempfile.TemporaryDirectory(dir=WORK) as temp:
        event = pathlib.Path(temp, "event.json")
        event.write_text(json.dumps(question.payload))
        if kind.ci == "github":
            env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": question.event, "GITHUB_REF": question.ref,
                   "GITHUB_SHA": question.sha, "GITHUB_REPOSITORY": "acme/shop", "GITHUB_SERVER_URL": "https://github.com",
                   "GITHUB_EVENT_PATH": str(event), "RUNNER_TEMP": temp, "GITHUB_OUTPUT": f"{temp}/output"}
            env |= {"GITHUB_API_URL": f"http://127.0.0.1:{API}"} if question.api else {}
        else:
            of, name = ("CI_COMMIT_TAG" if "/tags/" in question.ref else "CI_COMMIT_BRANCH"), question.ref.split("/", 2)[2]
            env = {"GITLAB_CI": "true", "CI_COMMIT_SHA": question.sha, "CI_PROJECT_PATH": "acme/shop", of: name,
                   "CI_COMMIT_REF_NAME": name, "CI_PIPELINE_SOURCE": "push", "CI_DEFAULT_BRANCH": "develop"}
        words = [word.replace("TEMP", temp) for word in question.words]
        ran = subprocess.run([BIN / "fairlead-tag", *words, *more], cwd=clone, env=env_of(kind) | env,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        written = {file.name: file.read_text() for file in pathlib.Path(temp).iterdir() if file.is_file()}
        ran.answer = written.get("answer") or ran.stdout
        if ran.returncode == 3 and (results(ran) or written.get("output")):
            talkative.append(f"{' '.join(question.words)}: {ran.answer}{written.get('output', '')}")
        return ran


talkative = []  # refusals that hold what can be taken for an answer


def results(ran):
    """The keys of a refusal that a script would take for the answer."""
    try:
        return {"version", "tag", "tags", "tag-names", "changed", "previous"} & json.loads(ran.answer).keys()
    except (ValueError, AttributeError):
        return set()


def told(ran):
    """Whether a warning speaks of what it knows."""
    lines = [line for line in (ran.stdout + ran.stderr).splitlines() if "warning" in line]
    return any(re.search(r"default branch|clone|shallow|guess|assum|origin|refs|tags? ", line) for line in lines)


def brief(ran):
    """What was answered, in a line."""
    text = ran.stdout
    try:
        said = json.loads(text)
        text = " ".join(said["tags"]) if "tags" in said else text if "verdict" not in said else ""
    except ValueError:
        pass
    lines = [line.replace("::error::", "") for line in (ran.stderr + text).splitlines() if line]
    return re.sub(r"/\S*/fairlead clones \w+/clone \w+", "CLONE", " | ".join(dict.fromkeys(lines)))[:400]


class Cell:
    """One kind and one decision: verdicts of its questions, and what was wrong."""

    def __init__(self):
        self.verdicts, self.wrong = [], []

    def add(self, verdict, question=None, ran=None, note=""):
        self.verdicts.append(verdict)
        if verdict.isupper():
            words = " ".join(question.words).replace("\n", " ")
            given = ", payload" * bool(question.payload) + ", API" * question.api
            self.wrong.append(f"{verdict}: {words} ({question.event} {question.ref}{given}) {note}\n"
                              f"  status {ran.returncode}: {brief(ran)}")

    def text(self):
        order = sorted(set(self.verdicts), key=lambda word: (not word.isupper(), word))
        return "+".join(order)


def judge(kind):
    """{decision: Cell} of that kind."""
    clone = made(kind)
    cells, repaired, deepened = {letter: Cell() for letter in DECISIONS}, {}, set()
    for question in questions(kind, UPSTREAMS[kind.up], clone):
        cell, holds = cells[question.decision], question.must or question.decision in kind.holds
        ran = ask(kind, question, clone)
        blind = question.blind and question.decision in kind.blind
        if ran.returncode in (0, 1):
            if question.right(ran):
                lucky = question.luck and not holds and not blind and not kind.unreadable
                cell.add("told" if told(ran) else "GUESSED" if lucky else "answered", question, ran)
            else:
                exempt = blind or (kind.guess and question.luck and told(ran))
                cell.add("blind" if exempt else "TOLD BUT WRONG" if told(ran) else "WRONG", question, ran)
        elif ran.returncode != 3:
            cell.add("FAILED", question, ran)
        elif kind.unreadable and kind.unreadable in ran.stderr + ran.stdout:
            then, command = ran, command_of(ran)
            while command and then.returncode == 3 and command.count(" && ") < 3:  # the store first, then what the clone lacks
                then = after(kind, question, command, clone, repaired)
                command += f" && {command_of(then)}"
            cell.add("unreadable" if then is ran or question.right(then) else "NO HELP", question, then, f"after {command}")
        elif holds:
            cell.add("NEEDLESS", question, ran)
        else:
            refused(kind, question, ran, cell, clone, repaired, deepened)
    return cells


def after(kind, question, command, clone, repaired):
    """The answer in a fresh clone where that command, which was given for clone, was run."""
    if command not in repaired:
        repaired[command] = made(kind)
        there = command.replace(str(clone), str(repaired[command]))
        subprocess.run(["sh", "-c", there], cwd=repaired[command], env=env_of(kind), capture_output=True)
    return ask(kind, question, repaired[command])


def refused(kind, question, ran, cell, clone, repaired, deepened):
    """Whether what the refusal says to do leads to the truth."""
    command, says = command_of(ran), ran.stderr + ran.stdout
    if command:
        then = after(kind, question, command, clone, repaired)
    elif "write branch=" in says:
        words = [word.replace("type=edge", "type=edge,branch=develop") for word in question.words]
        then = ask(kind, dataclasses.replace(question, words=words), clone)
    else:
        cell.add("NO WAY OUT", question, ran)
        return
    if not question.right(then):
        cell.add("NO HELP", question, then, f"after {command}")
        return
    helps = kind.remote and (question.decision != "E" or "--deepen" in says)
    if helps and (question.decision, command) not in deepened:  # the first of each is enough
        deepened.add((question.decision, command))
        fetched = ask(kind, question, made(kind), "--deepen")
        if not question.right(fetched):
            cell.add("NOT DEEPENED", question, fetched)
            return
    cell.add("refused", question, ran)


class Api(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"full_name": "acme/shop", "name": "shop", "default_branch": "develop"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def newer_git():
    """The folder of a git that can make a reftable."""
    for folder in filter(None, (os.environ.get("NEWGIT"), "/usr/bin")):
        words = [f"{folder}/git", "init", "-q", "--ref-format=reftable", WORK / "probe"]
        if subprocess.run(words, capture_output=True, env=ENV).returncode == 0:
            return folder
    return None


try:
    UPSTREAMS = upstreams()
    NEWGIT = newer_git()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    API = server.server_port
    chosen = [kind for kind in KINDS if not NAMES or any(name in kind.name for name in NAMES)]
    if not GIVEN.all and not NAMES:
        chosen = random.Random(GIVEN.seed).sample(chosen, len(chosen) // 4)
    if LIST:
        print(f"{'kind':34}" + "".join(f"{name:30}" for name in DECISIONS.values()))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        judged = {kind.name: pool.submit(judge, kind) for kind in chosen if NEWGIT or not kind.newgit}
        for kind in chosen:
            if LIST and kind.name in judged:
                cells = judged[kind.name].result().values()
                print(f"{kind.name:34}" + "".join(f"{cell.text():30}" for cell in cells).rstrip(), flush=True)
        for kind in chosen:
            if kind.name not in judged:
                counted.skip("newgit", kind.name, "git here can't make one; NEWGIT=FOLDER names one of 2.45 or newer")
                continue
            for letter, cell in judged[kind.name].result().items():
                counted.note(f"{kind.name}, {DECISIONS[letter]}", "\n".join(cell.wrong))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        cells = list(pool.map(lambda cell: judge_cell(BIN, cell, UPSTREAMS), cells_by_lot(CELLS, GIVEN.seed)))
    for cell in cells:
        bad = [name for name, verdict in cell.verdicts.items() if verdict in ("wrong", "no help")]
        counted.note(named(cell.cell), "\n".join(f"{cell.verdicts[name].upper()}: {name}\n  {cell.told[name]}" for name in bad))
    if LIST:
        print("\n".join(table_of(cells)))
    counted.note("a refusal holds no result", talkative and f"{len(talkative)} do, the first: {talkative[0]}")
finally:
    shutil.rmtree(WORK, ignore_errors=True)
counted.close()
