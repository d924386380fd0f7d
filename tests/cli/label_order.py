#!/usr/bin/python3
# needs: node; takes: 4 s
"""label_order.py BIN: keys of labels stand in the order in which node's localeCompare puts them, as the peer's do.

20,000 keys of ASCII, Latin, symbols, combining marks, emoji, Chinese, Japanese, Korean, Greek, Cyrillic, Hebrew, Arabic and
Thai, 1,000 a run. Left out are the five of these characters which Unicode 17 (node's ICU 78) orders otherwise than Unicode 15
(Debian 12's ICU 72), and what the syntax of lists, or the mask of secrets,
would take for something else.
"""
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
RANGES = {
    "word": [(0x61, 0x67), (0x41, 0x47), (0x2D, 0x30), (0x5F, 0x60), (0x31, 0x34)],
    "ascii": [(0x20, 0x7F)],
    "latin": [(0xA1, 0x250)],
    "symbols": [(0x2010, 0x2028), (0x2030, 0x205F), (0x20A0, 0x20C0), (0x2100, 0x214F), (0x2190, 0x2300), (0x2460, 0x2600),
                (0x3001, 0x3020), (0xFF01, 0xFF5F)],
    "marks": [(0x300, 0x370)],
    "emoji": [(0x1F300, 0x1F650), (0x1F680, 0x1F6D0), (0xFE0F, 0xFE10), (0x200D, 0x200E)],
    "east": [(0x4E00, 0x5120), (0x3041, 0x3097), (0x30A1, 0x3100), (0xAC00, 0xAD90)],
    "others": [(0x391, 0x3A2), (0x3B1, 0x3CA), (0x410, 0x450), (0x5D0, 0x5EB), (0x621, 0x63B), (0xE01, 0xE3A)],
}
MIXES = [["word"], ["ascii"], ["word", "latin"], ["word", "latin", "marks"], ["word", "symbols"], ["ascii", "emoji"],
         ["word", "east"], ["word", "others"], list(RANGES)]
LEFT_OUT = set('=",{}\\#@') | set("\u20a7\u20a8\u4f64\u503b\u50f7")


def keys(generator, count):
    pools = {name: [chr(c) for first, end in ranges for c in range(first, end) if chr(c) not in LEFT_OUT]
             for name, ranges in RANGES.items()}
    made = {}
    while len(made) < count:
        mix = generator.choice(MIXES)
        key = "".join(generator.choice(pools[generator.choice(mix)]) for _ in range(generator.randint(1, 7))).strip()
        if key:
            made[key] = ""
    return list(made)


def ours(labels):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([BIN / "fairlead-tag", "--context", "workflow", "--format", "json"], cwd=folder, capture_output=True,
                              text=True, env={"PATH": os.environ["PATH"], "INPUT_LABELS": "\n".join(f"{k}=x" for k in labels),
                                              "GITHUB_REF": "refs/heads/main"})
    if done.returncode != 0:
        sys.exit(f"fairlead-tag ended with {done.returncode}: {done.stderr}")
    return [key for key in json.loads(done.stdout)["labels"] if not key.startswith("org.opencontainers.")]


def theirs(labels):
    script = "const k = JSON.parse(require('fs').readFileSync(0)); k.sort((a, b) => a.localeCompare(b)); " \
             "console.log(JSON.stringify(Object.keys(Object.fromEntries(k.map(x => [x, 1])))))"  # whole numbers first
    done = subprocess.run(["node", "-e", script], input=json.dumps(labels), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main():
    if not shutil.which("node"):
        counted.leave("node", "it is not installed, and this is its order")
    generator = random.Random(2024)
    different = []
    for _ in range(20):
        labels = keys(generator, 1000)
        different += [pair for pair in zip(ours(labels), theirs(labels)) if pair[0] != pair[1]]
    for got, expected in different[:10]:
        print(f"{got!r} stands where {expected!r} should")
    print(f"20000 keys, {len(different)} elsewhere than node puts them")
    counted.close(not different, bool(different))


main()
