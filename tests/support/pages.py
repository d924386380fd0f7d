#!/usr/bin/python3
"""pages.py ROOT [--update]: lints every Markdown page that git has or would add.

A block of code that never closes hides what follows; a link within the project has to lead to a file, and its #anchor to a
heading or an <a id>. Links to other sites are not looked at. A page of docs/ says below its title for whom it is, since
which version it holds and how long it takes to read, which has a limit; --update counts the minutes again. A picture is an SVG of docs/pictures, written by
hand: a page shows it and says what it shows; it loads nothing, and all have the same style, which follows dark and light.
"""
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import counted

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")


def prose(text):
    """A page's lines without its blocks of code, and the number of the line that opens a block which never closes."""
    lines, opened = [], None
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if opened:
            if fence and fence[1].startswith(opened[0]) and not fence[2].strip():
                opened = None
            lines.append("")
        elif fence and "`" not in fence[2]:
            opened = (fence[1], number)
            lines.append("")
        else:
            lines.append(line)
    return lines, opened and opened[1]


def anchors(text):
    """Where a #anchor may lead: the headings as GitHub names them, and each <a id>."""
    found, seen = set(), {}
    for line in prose(text)[0]:
        found |= set(re.findall(r'<a id="([^"]+)"', line))
        heading = re.match(r"^#{1,6} +(.+?)(?: +#+)? *$", line)
        if heading:
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1])
            anchor = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            seen[anchor] = seen.get(anchor, -1) + 1
            found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
    return found


ABOUT = re.compile(r"^\*(For .+)\. Since (\d+\.\d+)\. (\d+) minutes? to read\.\*$")
WORDS_A_MINUTE = 200
# A page for one need is read in five minutes, an explanation in ten. What is looked up may be longer.
EXPLANATIONS = {"deploy-canary-judge", "deploy-steps", "gate-counts", "held", "preflight-production", "threat-model"}
REFERENCE = {
    "backup-reference", "dependencies", "deploy-settings", "exit-status", "gate-formats", "index", "migrate-reference", "migrate-rules",
    "preflight-figures", "preflight-peers", "preflight-peers-rules", "preflight-rules", "probes-http", "production-kit-files",
    "scan-reference", "scan-rules",
}


def minutes(text):
    return math.ceil(len(" ".join(prose(text)[0]).split()) / WORDS_A_MINUTE)


def said_so(right):
    return f"{right} minute" + ("s" if right > 1 else "")


def about(text, name):
    """What is wrong with the line below the title of a page of docs/, and with the page's length."""
    line = [*text.split("\n", 3), "", "", ""][2]
    said, right = ABOUT.match(line), minutes(text)
    if not said:
        yield 3, "write for whom the page is: *For ADMINISTRATORS. Since 0.1. 3 minutes to read.*"
    elif int(said[3]) != right:
        yield 3, f"it takes {said_so(right)} to read; run tests/support/pages.py . --update"
    most = 10 if name in EXPLANATIONS else 5
    if name not in REFERENCE and right > most:
        yield 1, f"takes {said_so(right)} to read, {most} at most; move a part to a page of its own"


def timed(text):
    """The page with the minutes that it takes."""
    return re.sub(r"(?m)\d+ minutes? to read\.\*$", f"{said_so(minutes(text))} to read.*", text, count=1)


def problems(page, documents=False):
    text = page.read_text()
    lines, unclosed = prose(text)
    if documents:
        yield from about(text, page.stem)
    if unclosed:
        yield unclosed, "the block of code that opens here is never closed and hides what follows; close it"
    for number, line in enumerate(lines, 1):
        if re.search(r"!\[\s*\]\(", line):
            yield number, "say in the brackets what the picture shows: it is read to those who don't see it"
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"(`+).*?\1", "", line)):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            there = (page.parent / name) if name else page
            if not there.exists():
                yield number, f"the link to '{target}' leads nowhere"
            elif anchor and anchor not in anchors(there.read_text()):
                yield number, f"'{target}': there is no such heading or id"


def drawn(folder):
    """What is wrong with the pictures: (file, problem)."""
    shown = "".join(page.read_text() for page in [folder.parent.parent / "README.md", *folder.parent.glob("*.md")])
    styles = {}
    for file in sorted(folder.glob("*.svg")):
        text = file.read_text()
        try:
            root = xml.etree.ElementTree.fromstring(text)
        except xml.etree.ElementTree.ParseError as why:
            yield file, f"isn't XML: {why}"
            continue
        name = "{http://www.w3.org/2000/svg}"
        styles[root.findtext(f"{name}style")] = file
        if not root.findtext(f"{name}title") or root.get("role") != "img":
            yield file, 'needs a <title> and role="img"'
        if re.search(r"href=|<script|<image|@import|@font-face|url\((?!#)|<!", text):
            yield file, "loads something; a picture brings all that it needs"
        if f"](pictures/{file.name})" not in shown and f"](docs/pictures/{file.name})" not in shown:
            yield file, "no page shows it"
    if len(styles) > 1 or any("prefers-color-scheme: dark" not in style for style in styles):
        yield next(iter(styles.values())), f"all pictures have the same <style>, for dark and light: {', '.join(file.name for file in styles.values())} differ"


# What is wrong has to be seen: a page, the line and what is said of it.
WRONG = [
    ("# a\n```sh\nls\n", 2, "never closed"),
    ("# a\n````md\n```sh\n```\n\n## hidden\n", 2, "never closed"),
    ("text\n```sh\nls\n```\n~~~\n", 5, "never closed"),
    ("see [b](no-such-page.md)\n", 1, "leads nowhere"),
    ("![]()\n", 1, "what the picture shows"),
    ("# one\n\nsee [two](#two)\n", 3, "no such heading"),
    ("# one\n```md\n# two\n```\nsee [two](#two)\n", 5, "no such heading"),
]
ABOUT_WRONG = [
    ("# a\n\ntext\n", "for whom"),
    ("# a\n\n*For us. Since 0.1. 2 minutes to read.*\n", "it takes 1 minute to"),
    ("# a\n\n*For us. 1 minute to read.*\n", "for whom"),
]
LONG = "# a\n\n*For us. Since 0.1. 6 minutes to read.*\n\n" + "word " * 1001
SOUND = "# One: `two`, three!\n## b\n## b\n[a](#one-two-three) [b](#b-1) [c](#here) `[d](none)` [e](https://e.org/#x)\n<a id=\"here\"></a>\n````md\n```sh\n````\n"


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        page = pathlib.Path(scratch) / "page.md"
        for text, line, wanted in [*WRONG, (SOUND, 0, "")]:
            page.write_text(text)
            found = list(problems(page))
            right = (len(found) == 1 and found[0][0] == line and wanted in found[0][1]) if line else not found
            if not right:
                print(f"of {text!r} is said {found}")
            passed += right
            failed += not right
        for text, wanted in [*ABOUT_WRONG, (LONG, "5 at most"), ("# a\n\n*For us. Since 0.1. 1 minute to read.*\n", "")]:
            page.write_text(text)
            found = list(problems(page, documents=True))
            right = (len(found) == 1 and wanted in found[0][1]) if wanted else not found
            if not right:
                print(f"of {text!r} is said {found}")
            passed += right
            failed += not right
    root = pathlib.Path(sys.argv[1])
    odd = list(drawn(root / "docs/pictures"))
    for file, problem in odd:
        print(f"{file.relative_to(root)}: {problem}")
    passed += not odd
    failed += len(odd)
    updates = sys.argv[2:] == ["--update"]
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"], cwd=root,
                            stdout=subprocess.PIPE, check=False).stdout.decode().split("\0")
    pages = [root / name for name in listed if name] or [p for p in root.rglob("*.md") if "build" not in p.parts]
    for page in pages:
        documents = page.parent == root / "docs"
        if documents and updates:
            page.write_text(timed(page.read_text()))
        found = list(problems(page, documents)) if page.exists() else []
        for number, problem in found:
            print(f"{page.relative_to(root)}:{number}: {problem}")
        passed += not found
        failed += bool(found)
    counted.close(passed, failed)


if __name__ == "__main__":
    main()
