#!/usr/bin/python3
"""Makes the repositories that bench/tag.py measures on, once.

    tag_repositories.py FOLDER

FOLDER/tags-packed, tags-loose, tags-mixed: 20,000 commits with five tags each, every tenth of them annotated, HEAD detached at
the highest; the tags are packed, or files of their own, or half of them. FOLDER/commits: 200,000 commits without a commit-graph, the
first tagged v1.0.0.
"""
import pathlib
import shutil
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


def make_packed(folder):
    start(folder)
    git(folder, "fast-import", "--quiet", input=b"".join(commit(n, f"feat: change {n}") for n in range(1, TAGS // 5 + 1)))
    listed = subprocess.run(["git", "-C", folder, "rev-list", "--reverse", "main"], check=True, stdout=subprocess.PIPE, text=True)
    ids = listed.stdout.split()
    names = [f"v{n // 1000}.{n // 10 % 100}.{n % 10}" + ("-rc.1" if n % 7 == 0 and n + 1 < TAGS else "") for n in range(TAGS)]
    annotated = [f"tag {names[n]}\nfrom {ids[n // 5]}\ntagger Ann <ann@example.org> {1600000000 + n} +0000\ndata 1\nx\n"
                 for n in range(0, TAGS, 10)]
    git(folder, "fast-import", "--quiet", input="".join(annotated).encode())
    plain = "".join(f"create refs/tags/{names[n]} {ids[n // 5]}\n" for n in range(TAGS) if n % 10)
    git(folder, "update-ref", "--stdin", input=plain.encode())
    git(folder, "pack-refs", "--all")
    git(folder, "repack", "-adq")
    git(folder, "checkout", "--quiet", "--detach", names[-1])


def unpack(folder, share):
    """A copy of the packed ones, of which every share-th tag is a file of its own."""
    packed = folder.parent / "tags-packed"
    shutil.copytree(packed, folder)
    listed = subprocess.run(["git", "-C", folder, "for-each-ref", "--format=%(objectname) %(refname)"], check=True,
                            stdout=subprocess.PIPE, text=True).stdout.splitlines()
    for number, line in enumerate(listed):
        if number % share == 0:
            name = folder / ".git" / line.split()[1]
            name.parent.mkdir(parents=True, exist_ok=True)
            name.write_text(line.split()[0] + "\n")
    if share == 1:
        (folder / ".git" / "packed-refs").unlink()


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
    kinds = (("tags-packed", make_packed), ("tags-loose", lambda folder: unpack(folder, 1)),
             ("tags-mixed", lambda folder: unpack(folder, 2)), ("commits", make_commits))
    for name, make in kinds:
        if not (where / name / "done").exists():
            make(where / name)
            (where / name / "done").touch()
