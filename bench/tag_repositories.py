#!/usr/bin/python3
"""Makes the repositories that bench/tag.py measures on, once.

    tag_repositories.py FOLDER

FOLDER/tags: one commit, 100,000 packed lightweight tags. FOLDER/commits: 200,000 commits without a commit-graph, the
first tagged v1.0.0.
"""
import pathlib
import subprocess
import sys

TAGS, COMMITS = 100_000, 200_000
TYPES = ("fix", "feat", "docs", "chore", "refactor", "test", "perf")


def git(folder, *words, **more):
    subprocess.run(["git", "-C", folder, "-c", "gc.auto=0", *words], check=True, stdout=subprocess.DEVNULL, **more)


def start(folder):
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")


def commit(number, message):
    data = message.encode()
    parent = f"from :{number - 1}\n" if number > 1 else ""
    head = f"commit refs/heads/main\nmark :{number}\ncommitter Ann <ann@example.org> {1600000000 + number * 60} +0000\n"
    return head.encode() + b"data %d\n%s\n" % (len(data), data) + parent.encode()


def make_tags(folder):
    start(folder)
    git(folder, "fast-import", "--quiet", input=commit(1, "feat: first"))
    tip = subprocess.run(["git", "-C", folder, "rev-parse", "main"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    names = [f"v{n // 1000}.{n // 10 % 100}.{n % 10}" + ("-rc.1" if n % 7 == 0 else "") for n in range(TAGS)]
    lines = [f"{tip} refs/tags/{name}" for name in sorted(names)]
    (folder / ".git" / "packed-refs").write_text("# pack-refs with: peeled fully-peeled sorted \n" + "\n".join(lines) + "\n")


def make_commits(folder):
    start(folder)
    body = "Why this was done is said in two lines of text, so that the message\nhas the length that messages have.\n"
    stream = b"".join(commit(n, f"{TYPES[n % 7]}(part{n % 50}): change number {n}\n\n{body}") for n in range(1, COMMITS + 1))
    git(folder, "fast-import", "--quiet", input=stream)
    root = subprocess.run(["git", "-C", folder, "rev-list", "--max-parents=0", "main"], check=True, stdout=subprocess.PIPE,
                          text=True).stdout.strip()
    git(folder, "tag", "v1.0.0", root)


if __name__ == "__main__":
    where = pathlib.Path(sys.argv[1])
    for name, make in (("tags", make_tags), ("commits", make_commits)):
        if not (where / name / "done").exists():
            make(where / name)
            (where / name / "done").touch()
