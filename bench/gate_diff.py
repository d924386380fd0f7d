#!/usr/bin/python3
"""gate_diff.py BIN [--changes 40] [--seed 1] [--diff-cover PROGRAM] [--list]: is coverage of the diff what diff-cover says?

Makes changes by lot in small repositories: lines edited, added and removed, files new, removed, renamed, copied and moved with an
edit, line ends and modes changed, the last line end taken away, a merge of the base, a submodule, changes that are staged or not.
A Cobertura report measures the lines of all files by lot. For each change the added lines that are measured, and those of them
that aren't covered, are held against diff-cover's (pip install diff-cover) and against `git diff -U0`.
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

parser = argparse.ArgumentParser()
parser.add_argument("bin", type=pathlib.Path)
parser.add_argument("--changes", type=int, default=40)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--diff-cover", default="diff-cover")
parser.add_argument("--list", action="store_true")
GIVEN = parser.parse_args()
ENV = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": "/dev/null",
       "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
       "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always"}


def run(folder, *words, fine=(0,)):
    done = subprocess.run([str(w) for w in words], cwd=folder, env=ENV, capture_output=True, text=True, errors="replace")
    if done.returncode not in fine:
        sys.exit(f"{words} in {folder}: {done.stdout}{done.stderr}")
    return done.stdout


class Change:
    def __init__(self, folder, lot):
        self.folder, self.lot, self.did, self.number = folder, lot, [], 0
        run(folder, "git", "init", "-q", "-b", "main", ".")
        for i in range(6):
            self.write(f"app/{'ab'[i % 2]}/f{i}.py", [self.line() for _ in range(lot.randint(8, 60))])
        self.commit()
        run(folder, "git", "checkout", "-q", "-b", "topic")

    def line(self):
        self.number += 1
        return self.lot.choice(["", "    ", "}"] + [f"value_{self.number} = {self.number}"] * 12)

    def files(self):
        return sorted(p for p in self.folder.glob("app/**/*.py") if not p.is_symlink())

    def some(self):
        return self.lot.choice(self.files())

    def write(self, path, lines, end="\n", last=True):
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((end.join(lines) + (end if last else "")).encode())

    def commit(self):
        run(self.folder, "git", "add", "-A")
        run(self.folder, "git", "commit", "-q", "--allow-empty", "-m", "x")

    def edited(self, path):
        lines = path.read_bytes().decode().replace("\r\n", "\n").splitlines() or [""]
        for _ in range(self.lot.randint(1, 6)):
            at = self.lot.randrange(len(lines) + 1)
            what = self.lot.choice("radd")
            if what == "r" and lines[at:]:
                lines[at] = self.line()
            elif what == "a":
                lines[at:at] = [self.line() for _ in range(self.lot.randint(1, 5))]
            else:
                del lines[at:at + self.lot.randint(1, 3)]
        return lines

    # What may happen in a change.
    def edit(self):
        path = self.some()
        self.write(path, self.edited(path))

    def new(self):
        self.write(f"app/{self.lot.choice('abc')}/new{self.number}.py", [self.line() for _ in range(self.lot.randint(1, 20))])

    def remove(self):
        self.some().unlink()

    def rename(self):
        path = self.some()
        run(self.folder, "git", "mv", path, path.with_name(f"renamed{self.number}_{self.lot.randint(0, 999)}.py"), fine=(0, 128))

    def move(self):
        path = self.some()
        lines = self.edited(path)
        path.unlink()
        self.write(f"app/moved/{self.lot.randint(0, 9999)}_{path.name}", lines)

    def copy(self):
        path = self.some()
        (path.parent / f"copy{self.lot.randint(0, 9999)}.py").write_bytes(path.read_bytes())

    def crlf(self):
        path = self.some()
        self.write(path, path.read_bytes().decode().replace("\r\n", "\n").splitlines(), end="\r\n")

    def mode(self):
        self.some().chmod(0o755)

    def no_end(self):
        path = self.some()
        self.write(path, self.edited(path), last=False)

    def merge(self):
        self.commit()
        run(self.folder, "git", "checkout", "-q", "main")
        self.new()
        self.commit()
        run(self.folder, "git", "checkout", "-q", "topic")
        run(self.folder, "git", "merge", "-q", "--no-edit", "main")

    def submodule(self):
        if (self.folder / "sub").exists():
            return
        other = self.folder.parent / (self.folder.name + "-sub")
        other.mkdir()
        run(other, "git", "init", "-q", "-b", "main", ".")
        (other / "s.py").write_text("s = 1\n")
        run(other, "git", "add", "-A")
        run(other, "git", "commit", "-q", "-m", "s")
        run(self.folder, "git", "submodule", "--quiet", "add", other, "sub")

    def stage(self):
        run(self.folder, "git", "add", "-A")

    def report(self):
        parts = []
        for path in self.files():
            lines = path.read_bytes().decode().split("\n")
            rows = "".join(f'<line number="{n}" hits="{self.lot.randint(0, 1)}"/>' for n, line in enumerate(lines, 1)
                           if line.strip() and self.lot.random() < 0.9)
            parts.append(f'<class name="x" filename="{path.relative_to(self.folder)}"><lines>{rows}</lines></class>')
        (self.folder / "coverage.xml").write_text('<?xml version="1.0"?><coverage version="7"><sources><source>.</source></sources>'
                                                  f'<packages><package name="."><classes>{"".join(parts)}</classes></package></packages></coverage>')


def ours(folder):
    out = json.loads(run(folder, GIVEN.bin.resolve() / "fairlead-gate", "--report", "coverage.xml", "--base", "main", "--format", "json"))
    diff = out["coverage"]["diff"]
    return {file["path"]: (file["lines"]["total"], file["lines"]["total"] - file["lines"]["covered"]) for file in diff["files"]}


def theirs(folder):
    run(folder, GIVEN.diff_cover, "coverage.xml", "--compare-branch=main", "--format", "json:peer.json")
    stats = json.loads((folder / "peer.json").read_text())["src_stats"]
    (folder / "peer.json").unlink()
    shown = {}
    for path, file in stats.items():
        missed = len(file["violation_lines"])
        total = missed + len(file["covered_lines"])
        if total:
            shown[path] = (total, missed)
    return shown


def plain(folder):
    """What plain git says: the added lines since the merge base, in the work tree."""
    base = run(folder, "git", "merge-base", "main", "HEAD").strip()
    hits = {}
    report = (folder / "coverage.xml").read_text()
    for name, rows in re.findall(r'filename="([^"]*)"><lines>(.*?)</lines>', report):
        hits[name] = {int(n): h != "0" for n, h in re.findall(r'number="(\d+)" hits="(\d)"', rows)}
    shown, path = {}, None
    for line in run(folder, "git", "diff", "-U0", "--no-color", "--no-ext-diff", "--ignore-submodules", base).splitlines():
        if line.startswith("+++ "):
            path = line[6:].split("\t")[0] if line != "+++ /dev/null" else None
        found = path and re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line)
        if found:
            first, count = int(found[1]), int(found[2] or 1)
            known = [hits.get(path, {})[n] for n in range(first, first + count) if n in hits.get(path, {})]
            if known:
                total, missed = shown.get(path, (0, 0))
                shown[path] = (total + len(known), missed + known.count(False))
    return shown


kinds = [Change.edit] * 4 + [Change.new, Change.remove, Change.rename, Change.move, Change.copy, Change.crlf, Change.mode, Change.no_end,
                            Change.merge, Change.submodule, Change.stage]
lot = random.Random(GIVEN.seed)
equal = like_git = lines = 0
with tempfile.TemporaryDirectory() as scratch:
    for number in range(GIVEN.changes):
        folder = pathlib.Path(scratch) / str(number)
        folder.mkdir()
        (folder / ".gitignore").write_text("coverage.xml\npeer.json\n")
        change = Change(folder, lot)
        for _ in range(lot.randint(1, 8)):
            kind = lot.choice(kinds)
            kind(change)
            change.did.append(kind.__name__)
        if lot.random() < 0.7:
            change.commit()
            change.did.append("commit")
        change.report()
        mine, peer, git = ours(folder), theirs(folder), plain(folder)
        lines += sum(total for total, _ in mine.values())
        equal += mine == peer
        like_git += mine == git
        if GIVEN.list and not mine == peer == git:
            print(number, " ".join(change.did))
            for path in sorted({*mine, *peer, *git}):
                if not mine.get(path) == peer.get(path) == git.get(path):
                    print(f"  {path}: ours {mine.get(path)}, diff-cover {peer.get(path)}, git {git.get(path)}")
print(f"changes {GIVEN.changes}, measured lines {lines}: equal to diff-cover {equal}, to git diff {like_git}")
