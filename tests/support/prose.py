#!/usr/bin/python3
"""prose.py ROOT [--update] [PAGE...]: how plainly the pages of docs/ and README.md are written.

Ten patterns of sentences that strangers had to read twice, each with its way out. Some hits are innocent, so tests/prose.tsv allows each page
as many as it has; the number may only fall. --update lowers it (and writes a new page's, of which the diff is read). With pages, their hits
are printed. Also told: sentences, and words in a sentence.
"""
import collections
import pathlib
import re
import sys

import counted
import pages

START = r"(?:^|(?<=[.;:|] ))"
RULES = {  # name: the pattern, and what to write
    "negated-noun": (r"\b(?:is|are|was|were|be|has|gives?) none\b|\b(?:is|are|was) no (?!longer|more|less)\w+|\b(?:is|are|as) a (?:no|yes)\b|makes a no of",
                     "negate the verb: `is not a mark`, `fails`"),
    "what-clause": (START + r"What (?!happens|it |you )|\b(?:of|in|by|with|to|from|for|and|but|beside|behind) what\b", "name the thing"),
    "bare-one": (r"\b(?:killed|new|old|further|short|second|a|the|that) ones?\b|\b(?:those|others)\b(?! (?:of|who))", "repeat the noun"),
    "complement-first": (START + r"(?:Of|Onto|Into|Beyond|Among) ", "begin with the subject"),
    "tell": (r"\b(?:is|are|only|not) told\b|\btells?\b(?! (?:you|us|the user))", "say who reports it and where: `prints`, `reports`, `shows`"),
    "inversion": (r"\b[Ss]o (?:is|are|do|does|can|has)\b|\b(?:nor|neither) (?:do|does|is|are|what)\b", "write a list, or `also`"),
    "but-for": (r"\b(?:but|less) (?:for|with|by|in|when|where) |nothing but|, less (?:our|the)\b", "`except`, `only if`"),
    "old-word": (r"\b(?:anew|mend(?:s|ed)?|likewise|whoever|whom|beside|behind|stands|lies|laid|parted|held against|the very|for good)\b",
                 "`again`, `fix`, `next to`, `after`, `anyone who`, `is in`"),
    "where-for-if": (START + r"[Ww]here (?!do|is|are|the file)", "`if` for a condition; `where` only for a place"),
}
LONG = 35  # words in a sentence
DEEP = 3  # `;` and `:` in one


def sentences(text):
    """Those of a page, without code, tables' lines and markup."""
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*|]|\d+\.) )", "\n".join(pages.prose(text)[0])):
        block = re.sub(r"<[^>]+>|!?\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"`[^`\n]*`", "X", block.replace("\n", " "))).strip()
        if re.match(r"#|\*For ", block):
            continue
        for cell in block.strip("|").split(" | ") if block.startswith("|") else [block]:
            for sentence in re.split(r"(?<=[.!?]) +(?=[A-Z*(])", re.sub(r"^(?:[-*]|\d+\.) +", "", cell.strip())):
                if re.search(r"[a-z]{2}", sentence):
                    yield sentence.strip("* ")


def hits(text):
    """(rule, sentence) of each hit."""
    for sentence in sentences(text):
        for name, (pattern, _) in RULES.items():
            if re.search(pattern, sentence):
                yield name, sentence
        words = len(re.findall(r"[\w'-]+", sentence))
        if words > LONG or len(re.findall(r"[;:](?= )", sentence)) >= DEEP:
            yield "long", sentence


def way_out(rule):
    return RULES[rule][1] if rule in RULES else f"at most {LONG} words and two of `;` `:`; make two sentences or a list"


def main():
    root = pathlib.Path(sys.argv[1])
    named = [pathlib.Path(word) for word in sys.argv[2:] if word != "--update"]
    for page in named:
        for rule, sentence in hits(page.read_text()):
            print(f"{page}: {rule}: {way_out(rule)}: {sentence}")
    if named:
        return
    table = root / "tests/prose.tsv"
    lines = table.read_text().splitlines() if table.exists() else []
    head = [line for line in lines if line.startswith("#")]
    allowed = {tuple(line.split("\t")[:2]): int(line.split("\t")[2]) for line in lines if line and not line.startswith("#")}
    files = {file.relative_to(root).as_posix(): file.read_text() for file in [root / "README.md", *sorted((root / "docs").glob("*.md"))]}
    found = collections.Counter((name, rule) for name, text in files.items() for rule, _ in hits(text))
    lengths = [len(sentence.split()) for text in files.values() for sentence in sentences(text)]
    print(f"{len(lengths)} sentences, {sum(lengths) / len(lengths):.1f} words in one, {sum(found.values())} hits of ten rules")
    if "--update" in sys.argv:
        known = {name for name, _ in allowed}
        kept = {place: min(count, allowed.get(place, 0)) if place[0] in known else count for place, count in found.items()}
        table.write_text("\n".join([*head, *(f"{name}\t{rule}\t{count}" for (name, rule), count in sorted(kept.items()) if count)]) + "\n")
        return
    for name in files:
        worse = [f"{rule} {count} (allowed {allowed.get((name, rule), 0)}): {way_out(rule)}" for (page, rule), count in sorted(found.items())
                 if page == name and count > allowed.get((name, rule), 0)]
        counted.note(name, worse and f"{'; '.join(worse)}; tests/support/prose.py . {name} prints them")
    lower = [f"{name} {rule}" for (name, rule), count in allowed.items() if found[name, rule] < count]
    counted.note("tests/prose.tsv", lower and f"allows more than there are: {', '.join(lower[:5])}; run tests/support/prose.py . --update")
    counted.close()


main()
