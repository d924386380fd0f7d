#!/usr/bin/python3
"""next_versions.py BIN CLONE... [--releases 50] [--cliff GIT_CLIFF] [--list] [--before]: would the releases of real projects have
got their versions?

For each clone `fairlead init` writes its fairlead.yml in a copy of HEAD. Then at the commit of each of the last releases behind
HEAD `fairlead-tag next-version` is asked with that file, and git-cliff beside it: with the tags that were there before, by the
date of their commits, and nothing of what came later. Per clone: as released with the rows and by the defaults, by git-cliff;
how often a version was proposed that isn't above the release before. --before: the rows are written again for each release,
from what lies behind it, so that no release explains itself. --list names what isn't as released.

"any table" is the most that a table from types of commits to levels could explain, found by climbing from random tables: what is
missing there was decided by a person, or by something that isn't in the commits' types.
"""
import argparse
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("bin", type=pathlib.Path)
parser.add_argument("clones", nargs="+", type=pathlib.Path)
parser.add_argument("--releases", type=int, default=50)
parser.add_argument("--cliff")
parser.add_argument("--list", action="store_true")
parser.add_argument("--before", action="store_true")
GIVEN = parser.parse_args()
BIN = GIVEN.bin.resolve()
ENV = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": "/dev/null"}


def run(folder, *words):
    start = time.monotonic()
    done = subprocess.run([str(w) for w in words], cwd=folder, env=ENV, capture_output=True, text=True, errors="replace")
    return done, time.monotonic() - start


def git(folder, *words):
    done, _ = run(folder, "git", *words)
    if done.returncode:
        sys.exit(f"git {' '.join(words)} in {folder}: {done.stderr}")
    return done.stdout


def version_of(name):
    found = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)", name or "")
    return found and tuple(int(part) for part in found.groups())


class History:
    """The tags of a clone, each with its commit and that commit's date; the releases behind HEAD, highest first."""

    def __init__(self, clone):
        self.clone = clone.resolve()
        self.objects = git(clone, "rev-parse", "--path-format=absolute", "--git-path", "objects").strip()
        listed = git(clone, "for-each-ref", "refs/tags", "--format=%(refname:short) %(objectname) %(*objectname)")
        self.commits = {}
        for line in listed.splitlines():
            name, own, *peeled = line.split()
            self.commits[name] = (peeled or [own])[0]
        said = subprocess.run(["git", "log", "--no-walk=unsorted", "--stdin", "--format=%H %ct"], cwd=clone, env=ENV, text=True,
                              capture_output=True, input="\n".join(set(self.commits.values())) + "\n")
        dates = dict(line.split() for line in said.stdout.splitlines())
        self.commits = {name: commit for name, commit in self.commits.items() if commit in dates}
        self.dates = {name: int(dates[commit]) for name, commit in self.commits.items()}
        behind = [name for name in git(clone, "tag", "--merged", "HEAD").split() if version_of(name)]
        with_v = [name for name in behind if name[0] == "v"]
        kept = with_v if 2 * len(with_v) >= len(behind) else [name for name in behind if name[0] != "v"]
        self.releases = sorted(kept, key=version_of, reverse=True)

    def as_it_was(self, folder, commit, date):
        """A repository of its own at a commit, with the tags of then; nothing is copied."""
        git(folder, "init", "-q")
        (folder / ".git/objects/info/alternates").write_text(self.objects + "\n")
        behind = set(git(self.clone, "tag", "--merged", commit).split())
        then = [name for name, own in self.commits.items() if own != commit and (name in behind or self.dates[name] < date)]
        rows = sorted(f"{self.commits[name]} refs/tags/{name}\n" for name in then)
        (folder / ".git/packed-refs").write_text("".join(sorted(rows, key=lambda row: row[41:])))
        git(folder, "update-ref", "--no-deref", "HEAD", commit)
        return behind & set(then)


TYPED = re.compile(r"\s*([A-Za-z][\w-]*)(\([^)]*\))?(!)?:\s")


def types_of(clone, before, tag):
    """The types of the commits between two releases; `*` is a commit without one, `!` behind a type marks what breaks."""
    found = set()
    for message in git(clone, "log", "--format=%B%x00", f"{before}..{tag}").split("\0"):
        if message.strip():
            typed = TYPED.match(message)
            breaks = typed and typed[3] or re.search(r"(?m)^BREAKING[ -]CHANGE: ", message)
            found.add((typed[1].lower() if typed else "*") + ("!" if breaks else ""))
    return frozenset(found)


def level_of(before, version):
    major, minor, patch = before
    return {(major, minor, patch + 1): 1, (major, minor + 1, 0): 2, (major + 1, 0, 0): 3}.get(version)


def explainable(releases):
    """RELEASES are pairs of a level and a set of types. How many the best table explains: a release has the highest level of its types."""
    types = sorted({one for _, types in releases for one in types})
    draw, most = random.Random(1), 0
    for _ in range(60):
        table = {one: draw.randrange(4) for one in types}
        score, climbed = -1, True
        while climbed:
            climbed = False
            for one in types:
                for level in range(4):
                    kept, table[one] = table[one], level
                    now = sum(wanted == max((table[two] for two in own), default=0) for wanted, own in releases)
                    if now > score:
                        score, climbed = now, True
                    else:
                        table[one] = kept
        most = max(most, score)
    return most


def written(folder):
    done, _ = run(folder, BIN / "fairlead", "init")
    text = (folder / "fairlead.yml").read_text() if (folder / "fairlead.yml").exists() else ""
    found = re.search(r"(?m)^tag:.*\n(?:[ #].*\n)*", text)
    rows = " ".join(line.strip().lstrip("- ") for line in (found[0].splitlines()[1:] if found else []) if line.strip() != "types:")
    return text, rows


def ours(folder, text):
    (folder / "fairlead.yml").write_text(text)
    done, took = run(folder, BIN / "fairlead-tag", "next-version", "--format", "json")
    if done.returncode:
        return None, f"status {done.returncode}: {done.stderr.strip()[:300]}", took
    answer = json.loads(done.stdout)
    if not answer["changed"]:
        return None, "nothing to release", took
    return version_of(answer["version"]), f"{answer['version']} {answer.get('decided_by', '')} {' '.join(answer.get('warnings', []))}", took


def cliff(folder):
    done, took = run(folder, GIVEN.cliff, "--unreleased", "--bumped-version", "--tag-pattern", r"^v?[0-9]+\.[0-9]+\.[0-9]+$")
    return version_of(done.stdout.strip()), took


def measure(clone):
    history = History(clone)
    with tempfile.TemporaryDirectory() as whole:
        folder = pathlib.Path(whole) / "copy"
        run(history.clone, "git", "clone", "-q", "--shared", history.clone, folder)  # large files may be missing: what is there is read
        text, rows = written(folder)
    count = dict.fromkeys(("releases", "rows", "defaults", "any_table", "cliff", "backwards", "cliff_backwards", "before"), 0)
    times, misses, steps = {"ours": 0.0, "cliff": 0.0}, [], []
    for tag in history.releases[:GIVEN.releases]:
        commit, truth = history.commits[tag], version_of(tag)
        with tempfile.TemporaryDirectory() as at:
            folder = pathlib.Path(at)
            behind = history.as_it_was(folder, commit, history.dates[tag])
            before = max((version_of(name) for name in behind if version_of(name)), default=(0, 0, 0))
            last = next((name for name in behind if version_of(name) == before), None)
            if last:
                steps.append((level_of(before, truth), types_of(history.clone, last, commit)))
            got, said, took = ours(folder, text)
            plain, _, _ = ours(folder, "")
            theirs, their_time = cliff(folder) if GIVEN.cliff else (None, 0)
            count["releases"] += 1
            count["rows"] += got == truth
            count["defaults"] += plain == truth
            count["cliff"] += theirs == truth
            count["backwards"] += got is not None and got <= before
            count["cliff_backwards"] += theirs is not None and theirs < before  # the same: nothing to release
            times["ours"], times["cliff"] = times["ours"] + took, times["cliff"] + their_time
            if GIVEN.before:
                git(folder, "checkout", "-q", "-f", commit)
                (folder / "fairlead.yml").unlink(missing_ok=True)
                earlier, own = written(folder)
                out, _, _ = ours(folder, earlier)
                count["before"] += out == truth
            if got != truth:
                misses.append(f"    {tag} after {'.'.join(map(str, before))}: {said}; git-cliff {'.'.join(map(str, theirs or ()))}")
    count["any_table"] = explainable(steps) + count["releases"] - len(steps)
    name = history.clone.parent.name if history.clone.name == "repo" else history.clone.name
    print(f"{name:28} {count['releases']:3} releases  rows {count['rows']:3}  defaults {count['defaults']:3}  any table {count['any_table']:3}  "
          + (f"rows of before {count['before']:3}  " if GIVEN.before else "")
          + (f"git-cliff {count['cliff']:3}  " if GIVEN.cliff else "") + f"backwards {count['backwards']}"
          + (f" (git-cliff {count['cliff_backwards']})  time {times['ours'] / times['cliff']:.2f}" if GIVEN.cliff else "")
          + f"  {rows or '(no row)'}", flush=True)
    if GIVEN.list:
        print("\n".join(misses), flush=True)
    return count


totals = [measure(clone) for clone in GIVEN.clones]
print(", ".join(f"{name.replace('_', ' ')} {sum(one[name] for one in totals)}" for name in totals[0]
                if (GIVEN.before or name != "before") and (GIVEN.cliff or "cliff" not in name)))
sys.exit(any(one["backwards"] for one in totals))
