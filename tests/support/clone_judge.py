"""One cell of clone_cells: made by git, asked as a user would, held to what plain git says of the full repository."""
import dataclasses
import json
import pathlib
import re
import shutil
import subprocess
import tempfile

from clone_cells import script
from clone_kinds import PREPARE
from upstream import ENV, WORK, git

TAGS = ["--format", "json", "--tags"]
RULES = "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{major}}"
HIGHEST = ["--flavor", "latest=highest", *TAGS, RULES]
JOB = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_SERVER_URL": "https://github.com"}


@dataclasses.dataclass
class Judged:
    """verdicts: by question right, wrong, refused, needless or no help."""
    cell: tuple
    verdicts: dict = dataclasses.field(default_factory=dict)
    told: dict = dataclasses.field(default_factory=dict)


def tags_of_text(text):
    try:
        return set(json.loads(text)["tags"])
    except (ValueError, KeyError, TypeError):
        return None


def answer_of(ran):
    """What came as an action's output, where it ran as one."""
    return getattr(ran, "answer", ran.stdout)


def tags_of(ran):
    return tags_of_text(answer_of(ran))


def command_of(ran):
    """The command of a refusal; None where it gives none."""
    found = re.search(r"run: ((?:git|rm) [^\n\"]*?)(?=, or |; | \(in |\\n|[\"\n]|$)", ran.stderr + ran.stdout)
    return found and re.sub(r" \(git [^)]*\)", "", found.group(1))


def next_is(ran, truth):
    version, changed, above, taken = truth
    named = any(tag in ran.stdout + ran.stderr for tag in above.values())
    if ran.returncode == 1:
        return bool(above) and named
    try:
        said = json.loads(answer_of(ran))
    except ValueError:
        return False
    return not taken and said.get("version") == version and said.get("changed") == changed and (named or not above)


class Cell:
    def __init__(self, program, cell, upstreams):
        self.program, self.cell, self.up, self.old = program, cell, upstreams["grown"], upstreams["older"]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cell ", dir=WORK))
        self.env = ENV | {"U": f"file://{self.up.folder}", "OLD": f"file://{self.old.folder}", "UPSTREAM": str(self.up.folder),
                          "FAILED": f"{self.folder}.failed"}
        subprocess.run(["sh", "-c", PREPARE + script(*cell)], cwd=self.folder, capture_output=True, env=self.env, check=True)
        failed = pathlib.Path(self.env["FAILED"])
        stale = cell[6] == "older" and (cell[5] == "none" or failed.exists())
        failed.unlink(missing_ok=True)
        self.truth = self.old if stale else self.up

    def git(self, *words):
        ran = subprocess.run(["git", *words], cwd=self.folder, env=self.env, capture_output=True, text=True)
        return ran.stdout.strip() if ran.returncode == 0 else ""

    def ask(self, *words, ref="refs/heads/develop"):
        env = self.env | ({} if "--ref" in words else JOB | {"GITHUB_EVENT_NAME": "push", "GITHUB_REF": ref, "GITHUB_SHA": self.head})
        return subprocess.run([self.program / "fairlead-tag", *words], cwd=self.folder, env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)

    def questions(self, truth):
        """name: how to ask, and what is right."""
        for tag in ("v2.0.0", "v1.2.9"):
            yield f"latest of {tag}", lambda tag=tag: self.ask("--ref", f"refs/tags/{tag}", *HIGHEST), \
                lambda ran, tag=tag: tags_of(ran) == truth.highest(tag)
        if truth is self.up:
            yield "latest of the push of v2.1.0", lambda: self.ask(*HIGHEST, ref="refs/tags/v2.1.0"), \
                lambda ran: tags_of(ran) == truth.highest("v2.1.0")
        if not self.head:
            return
        yield "next-version", lambda: self.ask("next-version", "--format", "json"), \
            lambda ran: next_is(ran, truth.next(self.head, "v"))
        changes = truth.changes(self.head)[0]
        yield "changelog", lambda: self.ask("changelog", "--format", "text"), \
            lambda ran: set(re.findall(r"change\d+", ran.stdout.partition("### New contributors")[0])) == changes
        described = truth.git("describe", "--tags", "--always", "--abbrev=7", self.head).replace("/", "-")
        yield "describe", lambda: self.ask(*TAGS, "type=raw,value={{describe}}"), lambda ran: tags_of(ran) == {described}

    def holds_all(self, name):
        """Whether all is here that the question needs, whoever may know it."""
        listed = ["for-each-ref", "--format=%(refname) %(objectname)", "refs/tags"]
        here = set(self.git(*listed).splitlines())
        whole = self.git("rev-parse", "--is-shallow-repository") == "false"
        return here >= set(self.truth.git(*listed).splitlines()) and (whole or name.startswith("latest"))

    def judge(self):
        judged, refused = Judged(self.cell), []
        self.head = self.git("rev-parse", "-q", "--verify", "HEAD^{commit}")
        for name, ask, right in self.questions(self.truth):
            ran = ask()
            if ran.returncode in (0, 1):
                judged.verdicts[name] = "right" if right(ran) else "wrong"
            else:
                judged.verdicts[name] = "needless" if self.holds_all(name) else "refused"
                refused.append(name)
            if judged.verdicts[name] == "wrong" or ran.returncode not in (0, 1, 3):
                judged.verdicts[name] = "wrong"
            judged.told[name] = f"status {ran.returncode}: {ran.stderr.strip() or ran.stdout.strip()}"[:400]
        if self.head:
            self.walk_out(judged, refused)
        shutil.rmtree(self.folder, ignore_errors=True)
        return judged

    def question(self, name):
        return next((ask, right) for named, ask, right in self.questions(self.up) if named == name)

    def walk_out(self, judged, refused):
        """Each refusal's command leads to the truth; the first one's at once, the others' behind it."""
        for name in refused:
            ask, right = self.question(name)
            ran = ask()
            if ran.returncode == 3:
                command = command_of(ran)
                if not command and "run this in a clone" in ran.stderr:
                    continue
                done = command and subprocess.run(["sh", "-c", command], cwd=self.folder, env=self.env, capture_output=True, text=True)
                self.head = self.git("rev-parse", "-q", "--verify", "HEAD^{commit}")  # a mirror's goes on with the fetch
                ask, right = self.question(name)
                ran = ask()
                if ran.returncode not in (0, 1):
                    judged.verdicts[name] = "no help"
                    judged.told[name] += f"\n  after {command}: {done and done.stderr.strip()[-200:]}\n  {ran.stderr.strip()[:300]}"
                    return
            if not right(ran):
                judged.verdicts[name] = "wrong"
                judged.told[name] += f"\n  then: {ran.stdout.strip()[:300]}"
                return


def judge_cell(program, cell, upstreams):
    return Cell(program, cell, upstreams).judge()


def table_of(judged):
    """How many of each verdict by question, and the needless refusals by what led to them."""
    names, lines, counts = {}, [], {}
    for one in judged:
        for name, verdict in one.verdicts.items():
            names.setdefault(name, {}).setdefault(verdict, 0)
            names[name][verdict] += 1
            if verdict == "needless":
                reason = re.sub(r".*?/cell \w+/?\S* ", "", one.told[name].split(", so ")[0].split(" (in a ")[0])
                key = (re.sub(r"(the tag) \S+", r"\1 …", reason), one.cell[0], one.cell[5])
                counts[key] = counts.get(key, 0) + 1
    verdicts = ("right", "refused", "needless", "no help", "wrong")
    lines.append(f"{'question':32}" + "".join(f"{verdict:>10}" for verdict in verdicts))
    for name, found in names.items():
        lines.append(f"{name:32}" + "".join(f"{found.get(verdict, 0):10}" for verdict in verdicts))
    lines.append("needless refusals: how often | what it said | how the clone began | its last fetch")
    for key, count in sorted(counts.items(), key=lambda item: -item[1]):
        lines.append(f"{count:6} | " + " | ".join(key))
    return lines
