#!/usr/bin/python3
"""script/bench scan_labels SCAN FOLDER [--gitleaks GITLEAKS] [--detect-secrets PROGRAM] [--misses]: precision and recall.

FOLDER holds a clone OWNER+NAME (a bare one will do) of each repository of bench/scan_labels.tsv, with its commit; what is missing is left
out and said. Each scanner runs with its default rules over the files of that commit; then is counted which of the labelled lines it
reports. `with test`: precision if what is made up for tests counts as wrong. --misses names the places where ours and the label differ.
Nothing of a line is printed. Exit 1: recall is not above gitleaks', or there are more than half of its false ones.
"""
import argparse
import collections
import functools
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("scan", type=pathlib.Path)
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--gitleaks")
parser.add_argument("--detect-secrets")
parser.add_argument("--misses", action="store_true")
GIVEN = parser.parse_args()
LABELS = pathlib.Path(__file__).with_suffix(".tsv")
VARIANTS = {"all lines": (), "without hashes of passwords": ("hash",), "without hashes and weak passwords": ("hash", "weak-password")}


def labels():
    lines = [line for line in LABELS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    head = lines[0].split("\t")
    return [dict(zip(head, line.split("\t"))) for line in lines[1:]]


def check_out(clone, commit, to):
    env = {**os.environ, "GIT_INDEX_FILE": f"{to}.index"}
    subprocess.run(["git", "-C", clone, "read-tree", commit], env=env, check=True, capture_output=True)
    # A clone may lack a large file; the other files are written all the same.
    subprocess.run(["git", "-C", clone, "checkout-index", "-a", "-f", f"--prefix={to}/"], env=env, check=False, capture_output=True)


def run(words, folder):
    return subprocess.run(list(map(str, words)), cwd=folder, check=False, capture_output=True).stdout


def line_of(finding, text):
    """gitleaks tells where the match begins, which may be above the secret, and counts otherwise in decoded text."""
    secret = finding["Secret"].split("\n")[0].strip().encode()
    places = [*range(finding["StartLine"], finding["EndLine"] + 1), *range(1, len(text) + 1)]
    return next((n for n in places if n <= len(text) and secret and secret in text[n - 1]), finding["EndLine"])


def reports(folder):
    """Scanner, path, line, what it says."""
    for f in json.loads(run([GIVEN.scan.resolve(), "tree", "--format", "json"], folder))["findings"]:
        for place in f.get("places") or [f]:
            yield "ours", place["file"], place["line"], f["rule"]
            if f["severity"] == "error":
                yield "ours, errors only", place["file"], place["line"], f["rule"]
    if GIVEN.gitleaks:
        run([GIVEN.gitleaks, "dir", ".", "--no-banner", "-f", "json", "-r", "../gitleaks.json"], folder)
        for f in json.loads((folder.parent / "gitleaks.json").read_text()):
            text = (folder / f["File"]).read_bytes().split(b"\n")
            yield "gitleaks", f["File"], line_of(f, text), f["RuleID"]
    if GIVEN.detect_secrets:
        for path, found in json.loads(run([GIVEN.detect_secrets, "scan", "--all-files"], folder))["results"].items():
            for f in found:
                yield "detect-secrets", path, f["line_number"], f["type"]


@functools.cache
def lines_of(clone, commit, path):
    """As they are stored: on disk the ends of lines may differ."""
    return subprocess.run(["git", "-C", clone, "cat-file", "blob", f"{commit}:{path}"], check=False, capture_output=True).stdout.split(b"\n")


def is_labelled(row):
    text, number = lines_of(GIVEN.folder / row["repository"], row["commit"], row["path"]), int(row["line"])
    return number <= len(text) and hashlib.sha256(text[number - 1]).hexdigest() == row["sha256"]


def gather(rows):
    told, seen = collections.defaultdict(lambda: collections.defaultdict(set)), []
    for name, commit in {row["repository"]: row["commit"] for row in rows}.items():
        clone = GIVEN.folder / name
        if not clone.is_dir():
            print(f"{name}: no clone; left out", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as temporary:
            files = pathlib.Path(temporary) / "files"
            check_out(clone, commit, files)
            mine = [row for row in rows if row["repository"] == name]
            right = [row for row in mine if is_labelled(row)]
            seen += right
            if len(right) < len(mine):
                print(f"{name}: {len(mine) - len(right)} lines are not the labelled ones; left out", file=sys.stderr)
            for scanner, path, line, rule in reports(files):
                told[scanner][(name, path.removeprefix("./"), int(line))].add(rule)
    return seen, told


def share(part, whole):
    return f"{part / whole:.3f}" if whole else "-"


def table(rows, told):
    """Of each scanner: recall and false ones."""
    labelled = collections.Counter(row["label"] for row in rows)
    print(f"{'':20}{'true':>6}{'false':>7}{'test':>6}{'precision':>11}{'with test':>11}{'recall':>8}")
    result = {}
    for scanner, found in told.items():
        hit = collections.Counter(row["label"] for row in rows if (row["repository"], row["path"], int(row["line"])) in found)
        right, wrong, made_up = hit["secret"], hit["none"], hit["test"]
        result[scanner] = (right / max(labelled["secret"], 1), wrong)
        print(f"{scanner:20}{right:6}{wrong:7}{made_up:6}{share(right, right + wrong):>11}"
              f"{share(right, right + wrong + made_up):>11}{share(right, labelled['secret']):>8}")
    return result


rows, told = gather(labels())
failed = not rows
for name, left_out in VARIANTS.items():
    kept = [row for row in rows if row["kind"] not in left_out]
    of = collections.Counter(row["label"] for row in kept)
    print(f"{name}: {len(kept)} lines, {of['secret']} secret, {of['test']} test, {of['none']} none")
    result = table(kept, told)
    if "gitleaks" in result:
        failed |= result["ours"][0] <= result["gitleaks"][0] or 2 * result["ours"][1] > result["gitleaks"][1]
for row in rows if GIVEN.misses else ():
    place = (row["repository"], row["path"], int(row["line"]))
    if (row["label"] == "secret") != (place in told["ours"]):
        print(row["label"], row["kind"] or "-", ",".join(sorted(told["ours"].get(place, ()))) or "not reported", *place)
sys.exit(1 if failed else 0)
