"""Repositories made by git itself, and what plain git says of them: the truth that a clone is held to."""
import functools
import pathlib
import re
import subprocess
import tempfile

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
WORK = pathlib.Path(tempfile.mkdtemp(prefix="fairlead clones "))
ENV = {"PATH": PATH, "HOME": str(WORK), "GIT_CONFIG_NOSYSTEM": "1", "LANG": "C.UTF-8", "GIT_TEMPLATE_DIR": str(WORK / "template")}
CONFIG = """[protocol "file"]
	allow = always
[user]
	name = Ann
	email = ann@example.org
[init]
	defaultBranch = develop
[advice]
	detachedHead = false
	graftFileDeprecated = false
[gc]
	auto = 0
[core]
	fsync = none
"""


def git(*words, env=None):
    return subprocess.run(["git", *words], env=env or ENV, check=True, capture_output=True, text=True).stdout


class Upstream:
    """A bare repository with default branch develop, and what git says of it."""

    def __init__(self, folder, grow, object_format="sha1"):
        self.folder, self.stream, self.tips, self.count = folder, "", {}, 0
        self.digits = 64 if object_format == "sha256" else 40
        git("init", "-q", "--bare", "-b", "develop", f"--object-format={object_format}", folder)
        for key in ("allowFilter", "allowAnySHA1InWant"):
            git("-C", folder, "config", f"uploadpack.{key}", "true")
        grow(self)
        subprocess.run(["git", "-C", folder, "fast-import", "--quiet"], input=self.stream.encode(), env=ENV, check=True)
        git("-C", folder, "pack-refs", "--all")

    def grow(self, branch, count, start=None, merge=None, kind="fix", path="src", who="Ann"):
        for _ in range(count):
            self.count += 1
            n = self.count
            subject = f"Merge branch '{merge}'" if merge else f"{kind}: change{n:03}"
            by = f"{who} <{who.lower()}@example.org> {1700000000 + 3600 * n} +0000"
            tip = self.tips.get(start or branch)
            self.stream += f"commit {full(branch)}\nmark :{n}\nauthor {by}\ncommitter {by}\ndata {len(subject)}\n{subject}\n"
            self.stream += (f"from :{tip}\n" if tip else "") + (f"merge :{self.tips[merge]}\n" if merge else "")
            self.stream += f"M 100644 inline {path}/{n}\ndata 0\n\n"
            self.tips[branch], start, merge = n, None, None

    def tag(self, name, branch="develop", annotated=False):
        if annotated:
            by = f"Ann <ann@example.org> {1700000000 + 3600 * self.count} +0000"
            self.stream += f"tag {name}\nfrom :{self.tips[branch]}\ntagger {by}\ndata {len(name)}\n{name}\n"
        else:
            self.stream += f"reset refs/tags/{name}\nfrom :{self.tips[branch]}\n\n"

    @functools.lru_cache(maxsize=None)
    def git(self, *words):
        return git("-C", self.folder, *words).strip()

    def releases(self, prefix, *merged):
        """{numbers: tag} of the releases whose tags begin with prefix."""
        named = [(tag, re.fullmatch(re.escape(prefix) + r"(\d+)\.(\d+)\.(\d+)", tag))
                 for tag in self.git("tag", "--list", *merged).split()]
        return {tuple(map(int, found.groups())): tag for tag, found in named if found}

    def highest(self, tag, prefix="v"):
        """The image tags of a pushed release tag, where a moving one moves only to the highest of its line."""
        text = tag[len(prefix):]
        if "-" in text:
            return {text}
        own = tuple(map(int, text.split(".")))
        top = lambda n: own == max(numbers for numbers in self.releases(prefix) if numbers[:n] == own[:n])
        lines = {3: text, 2: text.rsplit(".", 1)[0], 1: text.split(".", 1)[0], 0: "latest"}
        return {line for n, line in lines.items() if n == 3 or top(n)}

    def next(self, head, prefix, *paths):
        """The version that the commits ask for, whether that is a new one, and the tags that are in its way."""
        before = self.releases(prefix, "--merged", head)
        base = max(before, default=None)
        since = [f"{before[base]}..{head}"] if before else [head]
        kinds = {line.split(":")[0] for line in self.git("log", "--no-merges", "--format=%s", *since, "--", *paths).splitlines()}
        if not before:
            found = (0, 1, 0)
        elif "feat" in kinds:
            found = (base[0], base[1] + 1, 0)
        else:
            found = (base[0], base[1], base[2] + bool(kinds))
        above = {numbers: tag for numbers, tag in self.releases(prefix).items() if numbers >= found}
        return ".".join(map(str, found)), bool(kinds), above if kinds else {}, found in above and bool(kinds)

    def changes(self, head):
        """What a changelog up to head has to name: the commits since the highest release behind it, and who is new."""
        before = self.releases("v", "--merged", head)
        before = {numbers: tag for numbers, tag in before.items() if self.git("rev-parse", f"{tag}^{{commit}}") != head}
        base = before[max(before)] if before else None
        since = f"{base}..{head}" if base else head
        who = lambda of: set(self.git("log", "--no-merges", "--format=%an", of).splitlines())
        subjects = self.git("log", "--no-merges", "--format=%s", since)
        return set(re.findall(r"change\d+", subjects)), who(since) - who(base) if base else None


def full(branch):
    return branch if branch.startswith("refs/") else f"refs/heads/{branch}"


def grown(up, until=""):
    """Tags on and off the branch, light and annotated, pre-releases, a component, and the highest on a side branch."""
    up.grow("develop", 5, who="Zoe")
    up.tag("v0.9.0")
    up.grow("develop", 5, kind="feat", path="api")
    up.tag("v1.0.0", annotated=True)
    up.tag("api/v1.0.0")
    up.grow("gone", 2, start="develop")  # a release branch that was deleted after its release
    up.tag("v2.0.5", "gone")
    up.stream += f"reset refs/heads/gone\nfrom {'0' * up.digits}\n\n"
    up.grow("develop", 5)
    up.tag("v1.2.0")
    up.grow("hotfix", 2, start="develop")
    up.tag("v1.2.1", "hotfix", annotated=True)
    up.grow("hotfix", 1)
    up.tag("v1.2.9", "hotfix", annotated=True)
    up.grow("develop", 5)
    up.tag("v2.0.0-rc.1")
    up.grow("develop", 3, kind="feat", path="api")
    up.tag("v2.0.0", annotated=True)
    up.tag("api/v1.1.0")
    up.grow("main", 2, start="develop")
    up.grow("develop", 6)
    if until == "v2.1.0":
        return
    up.tag("v2.1.0", annotated=True)
    up.grow("next", 3, start="develop", kind="feat")
    up.tag("v2.2.0", "next")
    up.grow("next", 2, kind="feat")
    up.tag("v3.0.0", "next", annotated=True)
    up.grow("develop", 3, kind="feat")
    up.tag("v2.2.0-rc.1", annotated=True)
    up.grow("topic", 2, start="develop", who="Bob")
    up.grow("develop", 2, path="api")
    up.grow("develop", 1, merge="topic")
    up.grow("develop", 4, kind="feat", who="Zoe")
    up.grow("refs/pull/7/head", 1, start="develop", who="Bob")
    up.grow("refs/pull/7/merge", 1, start="develop", merge="refs/pull/7/head")
    up.stream += f"reset refs/pipelines/123\nfrom :{up.tips['develop']}\n\n"


def older(up):
    """The same, before its last releases."""
    grown(up, until="v2.1.0")


def first(up):
    """A repository at its first release."""
    up.grow("develop", 1, kind="feat")
    up.tag("v0.1.0")


def unreleased(up):
    up.grow("develop", 1, kind="feat")


def upstreams():
    (WORK / "template").mkdir()
    (WORK / ".gitconfig").write_text(CONFIG)
    made = {grow.__name__: Upstream(WORK / f"{grow.__name__}.git", grow) for grow in (grown, older, first, unreleased)}
    return made | {"sha256": Upstream(WORK / "sha256.git", grown, "sha256")}
