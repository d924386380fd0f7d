#!/usr/bin/python3
# needs: nothing; takes: 39 s
"""preflight_rules.py BIN [--update] [RULE...]: every rule of fairlead-preflight has a fixture tests/preflight/RULE.txtar.

In a fixture `-- bad/PATH --` is a project in which the rule finds something, `-- good/PATH --` its sound twin, in which
it doesn't, `-- fixed/PATH --` what --fix makes of bad's file (and nothing more the second time). `-- found --` has a line
FILE:LINE for each place in bad/ where it finds something. With two such places, or two files in bad/, it must stand there:
one that is found hides that the rule is silent about another. --update writes it; read the diff. `-- args --` are
further flags, one per line; `-- git --` names files that git tracks (bad/PATH, good/PATH; the rest isn't), `-- mode --`
has lines `600 bad/PATH`. {{generated}} is what a generator of secrets would make, and no scanner should find here.
Each message says thing, fact and way out within 160 characters, and each rule has its section in docs/.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from preflight_shown import SHOWN_BY  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
PROGRAM = BIN / "fairlead-preflight"
ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "preflight"
PAGE = ROOT / "docs" / "preflight-rules.md"
WITH_ALL = {"suppress-unused"}  # speaks of the others
UPDATE = "--update" in sys.argv
WORDS = [word for word in sys.argv[2:] if word != "--update"]


def sections(path):
    parts = re.split(r"^-- (.+?) --\n", path.read_text(), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def environment(folder):
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CEILING_DIRECTORIES": str(folder.parent)}


def lay_out(folder, parts, twin):
    for name, text in parts.items():
        if not name.startswith(twin + "/"):
            continue
        path = folder / name[len(twin) + 1:]
        path.parent.mkdir(parents=True, exist_ok=True)
        text = text.replace("{{generated}}", "".join(f"{letter}{number}" for number, letter in enumerate("kwzpqxvm", 13)))
        path.write_bytes(text.encode().replace(b"\\r\n", b"\r\n").replace(b"\\xEF\\xBB\\xBF", b"\xef\xbb\xbf")
                         .replace(b"\\xFF", b"\xff"))
    for line in parts.get("mode", "").splitlines():
        mode, name = line.split(" ", 1)
        if name.startswith(twin + "/"):
            (folder / name[len(twin) + 1:]).chmod(int(mode, 8))
    tracked = [name[len(twin) + 1:] for name in parts.get("git", "").splitlines() if name.startswith(twin + "/")]
    if "git" in parts:
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True, env=environment(folder))
        if tracked:
            subprocess.run(["git", "add", "-f", *tracked], cwd=folder, check=True, env=environment(folder))


def findings(folder, rule, args, *more):
    asked = [] if rule in WITH_ALL else ["--only", rule]
    done = subprocess.run([PROGRAM, *asked, "--all", "--format", "json", *args, *more], cwd=folder, capture_output=True,
                          text=True, timeout=60, env=environment(folder), stdin=subprocess.DEVNULL)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return None, f"status {done.returncode}: {done.stderr.strip() or done.stdout[:200]}"
    if report.get("error"):
        return None, str(report["error"])
    return [one for one in report["findings"] if one["rule"] == rule], ""


def check(rule):
    """What is wrong with the rule and its fixture."""
    wrong = []
    path = FIXTURES / f"{rule}.txtar"
    if rule in SHOWN_BY:
        return []
    if not path.exists():
        return [f"{rule}: there is no fixture tests/preflight/{rule}.txtar"]
    parts = sections(path)
    args = parts.get("args", "").split("\n")[:-1]
    with tempfile.TemporaryDirectory(prefix="fairlead preflight ") as scratch:
        scratch = pathlib.Path(scratch)
        for twin in ("bad", "good"):
            (scratch / twin).mkdir()
            lay_out(scratch / twin, parts, twin)
            found, error = findings(scratch / twin, rule, args)
            if found is None:
                wrong.append(f"{rule}: {twin}: {error}")
            elif twin == "bad" and not found:
                wrong.append(f"{rule}: nothing is found in bad/")
            elif twin == "bad":
                wrong += places(found, path, parts)
            elif twin == "good" and found:
                wrong.append(f"{rule}: found in good/: {found[0]['file']}:{found[0].get('line')}: {found[0]['message']}")
            for one in found or []:
                wrong += [f"{rule}: {fault}: {one['message']}" for fault in faults(one, scratch / twin)]
        if any(name.startswith("fixed/") for name in parts):
            wrong += fixed(rule, scratch / "bad", parts, args)
    return wrong


def places(found, path, parts):
    """What is wrong with `found`: where the rule speaks in bad/."""
    are = sorted({(one.get("file") or ".", one.get("line") or 0) for one in found})
    text = "".join(f"{file}:{line}\n" if line else f"{file}\n" for file, line in are)
    is_plain = len(are) < 2 and sum(name.startswith("bad/") for name in parts) < 2
    if text == parts.get("found") or (is_plain and "found" not in parts):
        return []
    if UPDATE:
        whole = re.sub(r"^-- found --\n(?:(?!-- ).*\n)*", "", path.read_text(), flags=re.M)
        path.write_text(re.sub(r"^-- ", lambda _: f"-- found --\n{text}-- ", whole, count=1, flags=re.M))
        return []
    what = "what is found in bad/ isn't what -- found -- says" if "found" in parts else "-- found -- has to say what is found in bad/"
    return [f"{path.stem}: {what}; --update {path.stem} writes it: {' '.join(text.split())}"]


def faults(finding, folder):
    message = finding["message"]
    if len(message) > 160:
        yield f"the message has {len(message)} characters"
    if message.count(";") < 2:
        yield "the message has no thing, fact and way out"
    path = folder / (finding.get("file") or ".")
    if finding.get("file") and finding["file"] != "(environment)":
        if not path.exists():
            if finding.get("line"):
                yield "it points into a file that isn't there"
        elif (finding.get("line") or 0) > path.read_bytes().count(b"\n") + 1:
            yield "it points behind the end of its file"


def fixed(rule, folder, parts, args):
    wanted = {name[6:]: text for name, text in parts.items() if name.startswith("fixed/")}
    for turn in ("", "again, "):
        found, error = findings(folder, rule, args, "--fix")
        if found is None:
            return [f"{rule}: --fix: {error}"]
        for name, text in wanted.items():
            path = folder / name
            is_now = path.read_text() if path.exists() else "(absent)"
            if is_now != text:
                return [f"{rule}: --fix {turn}made of {name}:\n{is_now}"]
    return []


def main():
    listed = json.loads(subprocess.run([PROGRAM, "rules", "--format", "json"], capture_output=True, text=True, check=True).stdout)
    rules = [one["id"] for one in listed["rules"] if "/" not in one["id"] and not one["id"].startswith("check-")]  # cli/checklists.py
    page = PAGE.read_text() if PAGE.exists() else ""
    chosen = [rule for rule in rules if not WORDS or rule in WORDS]
    wrong = [f"{word}: no rule has that name" for word in WORDS if word not in rules]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for found in pool.map(check, chosen):
            wrong += found
    if not WORDS:
        wrong += [f"{rule}: docs/preflight-rules.md has no section" for rule in rules if f"\n### {rule}\n" not in page]
        known = set(rules)
        wrong += [f"{path.name}: no rule has that name" for path in sorted(FIXTURES.glob("*.txtar")) if path.stem not in known]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    failed = len({line.split(":")[0] for line in wrong})
    print(f"{len(chosen)} rules")
    counted.close(max(0, len(chosen) - failed), failed)


main()
