#!/usr/bin/python3
"""changelogs.py FAIRLEAD_TAG CLONE [FROM..TO]... CLONE ...: release notes of real projects, each commit accounted for?

For each clone its ranges, or without any the three newest releases and the one before each. Per range: the commits that git
counts, entries, how many of the commits are listed and left out, who is new; and, where a changelog of the project's own
(CHANGES, CHANGELOG, History, ChangeLog) has a section for the version, how many of the numbers (#12) in it ours names, too.
Ends with 1 where a commit is missing or told twice.
"""
import json
import pathlib
import re
import subprocess
import sys

TOOL = sys.argv[1]


def git(clone, *words):
    return subprocess.run(["git", "-C", clone, *words], capture_output=True, text=True, errors="replace").stdout.strip()


def newest(clone):
    tags = [t for t in git(clone, "tag", "--sort=-v:refname", "--merged", "HEAD").split("\n") if re.fullmatch(r"v?\d+\.\d+(\.\d+)?", t)]
    with_v = [t for t in tags if t[0] == "v"]
    tags = with_v if len(with_v) > len(tags) / 2 else [t for t in tags if t[0] != "v"]
    return [f"{before}..{tag}" for tag, before in zip(tags[:3], tags[1:4])]


def own_numbers(clone, tag):
    """The numbers in the section of the project's own changelog, as it stood a little later; None: it has none."""
    version = tag.lstrip("v")
    for name in git(clone, "ls-tree", "--name-only", "HEAD").split("\n"):
        if not re.match(r"(?i)(changes|changelog|history)\b", name):
            continue
        text = git(clone, "show", f"HEAD:{name}")
        parts = re.split(rf"(?m)^(?=\W{{0,6}}(?:version )?v?\d+\.\d+[\w.]*\b.*$)", text, flags=re.I)
        for part in parts:
            if re.match(rf"(?i)\W{{0,6}}(version )?v?{re.escape(version)}(?![\w.])", part):
                return set(re.findall(r"(?:#|issue:`|pr:`|/pull/|/issues/)(\d{2,6})\b", part))
    return None


wrong = ranges = commits = entries = listed = left = both = of_theirs = 0
words = sys.argv[2:]
while words:
    clone = words.pop(0)
    chosen = []
    while words and ".." in words[0] and not pathlib.Path(words[0]).exists():
        chosen.append(words.pop(0))
    for base, tag in (one.split("..") for one in chosen or newest(clone)):
        done = subprocess.run([TOOL, "changelog", "--context", f"git:{clone}", "--from", base, "--to", tag, "--format", "json"],
                              capture_output=True, text=True)
        account = json.loads(done.stdout)
        ids = [i for e in account["entries"] for i in e["commits"]] + [i for r in account["left_out"].values() for i in r]
        truth = git(clone, "rev-list", f"{base}..{tag}").split()
        fine = sorted(ids) == sorted(truth) and account["commits"] == len(truth)
        theirs = own_numbers(clone, tag)
        ours = set(re.findall(r"#(\d+)", account["changelog"]))
        counted = account["accounted"]
        print(f"{pathlib.Path(clone).name:12} {base + '..' + tag:28} commits {len(truth):5} entries {len(account['entries']):4} "
              f"listed {counted['listed']:4} left out {counted['left_out']:4} new {len(account.get('new_contributors', [])):3}"
              + (f" of their {len(theirs):3} numbers {len(theirs & ours):3}" if theirs else "") + ("" if fine else "  WRONG"))
        ranges, wrong = ranges + 1, wrong + (not fine)
        commits, entries = commits + len(truth), entries + len(account["entries"])
        listed, left = listed + counted["listed"], left + counted["left_out"]
        both, of_theirs = both + len((theirs or set()) & ours), of_theirs + len(theirs or set())
print(f"{ranges} ranges: {commits} commits, {entries} entries, {listed} listed, {left} left out, {wrong} wrong; "
      f"{both} of {of_theirs} numbers that their own notes name")
sys.exit(wrong > 0)
