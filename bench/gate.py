#!/usr/bin/python3
"""fairlead-gate beside the bare parser and other readers, on big reports, in one run.

    script/bench gate [--size 300] [--only FORMAT]...  CPU and peak memory; 1 where a claim doesn't hold

The floor is what only parses: expat for XML, simdjson for JSON, fgets for lines (bench/gate_floor.cpp, compiled here; Debian: libsimdjson-dev). Each
report is made by the script below build/bench/gate, SIZE MB big, from a fixed seed. Peers read one of a tenth, and gate beside them
the same one. Three rounds, interleaved, the median counts; peers run once. Claims: at most 1.5 times the floor's CPU (lines:
twice), below 64 MB, ten times ahead of each peer; of hostile reports: refused or read in at most twice the time of a good one.

FAIRLEAD_BENCH_BIN  folder of the executables, default build/release/bin
FAIRLEAD_PEERS      folders with the peers' programs, by ':'; else PATH's. A peer that isn't there is skipped, and said so.
FAIRLEAD_NODE_MODULES  the folder whose node_modules has xml2js and jacoco-parse
"""
import argparse
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
GATE = pathlib.Path(os.environ.get("FAIRLEAD_BENCH_BIN", ROOT / "build/release/bin")).resolve() / "fairlead-gate"
WORK = ROOT / "build/bench/gate"
SEARCH = os.environ.get("FAIRLEAD_PEERS", "") + ":" + os.environ.get("PATH", "")
ROUNDS, MEMORY_MB, TIMES_AHEAD, PATIENCE = 3, 64, 10, 900
LIMITS = {"xml": 1.5, "json": 1.5, "json-lines": 1.5, "lines": 2.0}


# ---- the reports: a beginning, an end, and pieces of about 100 kB by their number

def junit(lot, i):
    cases = "".join(
        f'<testcase classname="shop.tests.Cart{i}Test" name="test_add_{k}" time="0.{lot.randrange(999):03}">'
        + ('<failure message="expected 1 but was 2" type="AssertionError">at shop/cart.py:12\n  in add</failure>' if lot.random() < 0.02 else "")
        + "</testcase>\n" for k in range(800))
    return f'<testsuite name="shop.tests.Cart{i}" tests="800">\n{cases}</testsuite>\n'


def cobertura(lot, i):
    lines = "".join(f'<line number="{k}" hits="{lot.randrange(3)}" branch="{"true" if k % 9 == 0 else "false"}"'
                    + (f' condition-coverage="50% (1/2)"' if k % 9 == 0 else "") + "/>\n" for k in range(1, 1600))
    return f'<class name="Cart{i}" filename="src/shop/cart{i}.py" line-rate="0.7"><methods/><lines>\n{lines}</lines></class>\n'


def jacoco(lot, i):
    lines = "".join(f'<line nr="{k}" mi="{lot.randrange(2) * 3}" ci="{lot.randrange(9)}" mb="0" cb="{lot.randrange(3)}"/>' for k in range(1, 1900))
    return f'<sourcefile name="Cart{i}.java">{lines}<counter type="LINE" missed="3" covered="9"/></sourcefile>\n'


def lcov(lot, i):
    return f"TN:\nSF:src/shop/cart{i}.c\n" + "".join(f"DA:{k},{lot.randrange(40)}\n" for k in range(1, 10000)) + "LF:9999\nLH:9000\nend_of_record\n"


def sarif(lot, i):
    return ("" if i == 0 else ",") + ",\n".join(
        f'{{"ruleId":"R{lot.randrange(90)}","level":"{lot.choice(["error", "warning", "note"])}","message":{{"text":"Variable x{k} is assigned but never used"}},'
        f'"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"src/shop/cart{i}.py"}},"region":{{"startLine":{k + 1},"startColumn":5,"endLine":{k + 1},"endColumn":9}}}}}}],'
        '"codeFlows":[{"threadFlows":[{"locations":[{"location":{"message":{"text":"flows here"},"physicalLocation":{"artifactLocation":{"uri":"src/shop/main.py"},"region":{"startLine":3}}}}]}]}],'
        f'"partialFingerprints":{{"primaryLocationLineHash":"{lot.getrandbits(64):016x}:1"}}}}' for k in range(180))


def go_test(lot, i):
    package = f"example.com/shop/cart{i}"
    lines = []
    for k in range(190):
        head = f'{{"Time":"2026-01-02T03:04:05.{k:06}Z","Action":"%s","Package":"{package}","Test":"TestAdd{k}"%s}}'
        lines += [head % ("run", ""), head % ("output", f',"Output":"=== RUN   TestAdd{k}\\n"'), head % ("output", f',"Output":"--- PASS: TestAdd{k} (0.00s)\\n"'),
                  head % ("pass", ',"Elapsed":0.01')]
    lines.append(f'{{"Time":"2026-01-02T03:04:06Z","Action":"pass","Package":"{package}","Elapsed":1.2}}')
    return "\n".join(lines) + "\n"


# format -> the floor's kind, the file's name, beginning, piece, end
FORMATS = {
    "junit": ("xml", "junit.xml", "<testsuites>\n", junit, "</testsuites>\n"),
    "cobertura": ("xml", "cobertura.xml", '<coverage line-rate="0.7" version="7"><packages><package name="shop"><classes>\n', cobertura,
                  "</classes></package></packages></coverage>\n"),
    "jacoco": ("xml", "jacoco.xml", '<report name="shop"><package name="com/example"><class name="com/example/Cart"/>\n', jacoco, "</package></report>\n"),
    "lcov": ("lines", "lcov.info", "", lcov, ""),
    "sarif": ("json", "lint.sarif", '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"lint"}},"invocations":[{"executionSuccessful":true}],"results":[\n', sarif, "]}]}\n"),
    "go-test": ("json-lines", "test.json", "", go_test, ""),
}
# What is made to be slow: name -> beginning, the piece that is repeated, end.
HOSTILE = {
    "one attribute": ('<testsuite><testcase name="', "x" * 65536, '"/></testsuite>'),
    "one text": ("<testsuite><testcase name='a'><system-out>", "x" * 65536, "</system-out></testcase></testsuite>"),
    "one line": ("SF:a.c\nDA:1,", "1" * 65536, "\nend_of_record\n"),
    "nested elements": ("<testsuite>", "<a>" * 20000, "</testsuite>"),
    "one string": ('{"version":"2.1.0","runs":[{"results":[{"message":{"text":"', "x" * 65536, '"}}]}]}'),
}
XML2JS = ("node", ["-e", "new (require('xml2js').Parser)().parseString(require('fs').readFileSync('FILE'), (e, r) => console.log(!e))"], "npm xml2js")
# format -> the peers: the program's name, its words with FILE, who has it
PEERS = {
    "junit": [("junitparser", ["verify", "FILE"], "PyPI junitparser"),
              XML2JS],
    "cobertura": [("pycobertura", ["show", "FILE"], "PyPI pycobertura"),
                  XML2JS],
    "jacoco": [XML2JS,
               ("node", ["-e", "require('jacoco-parse').parseFile('FILE', (e, r) => console.log(e, r.length))"], "npm jacoco-parse")],
    "lcov": [("lcov", ["--summary", "FILE"], "Debian lcov"), ("lcov_cobertura", ["FILE", "-o", "/dev/null"], "PyPI lcov_cobertura")],
    "sarif": [("sarif", ["summary", "FILE"], "PyPI sarif-tools"), ("jq", [".runs[].results | length", "FILE"], "Debian jq"),
              ("reviewdog", ["-f=sarif", "-reporter=local", "-filter-mode=nofilter", "< FILE"], "Go module reviewdog/reviewdog/cmd/reviewdog")],
    "go-test": [("gotestsum", ["--raw-command", "cat", "FILE"], "Go module gotest.tools/gotestsum"), ("go-junit-report", ["-parser", "gojson", "-in", "FILE", "-out", "/dev/null"],
                                                                                              "Go module jstemmer/go-junit-report/v2")],
}


def made(path, size_mb, begin, piece, end):
    """The file, written if it isn't there yet in that size. `piece`: a text, or what gives the i-th."""
    wanted = size_mb * 1_000_000
    if path.exists() and abs(path.stat().st_size - wanted) < 1_000_000:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    lot, i = random.Random(1128), 0
    with open(path, "w") as out:
        out.write(begin)
        while out.tell() < wanted:
            out.write(piece if isinstance(piece, str) else piece(lot, i))
            i += 1
        out.write(end)
    return path


def measured(words, folder=None):
    """CPU seconds, peak memory in MB, exit status; who takes longer than PATIENCE seconds is killed. A last word `< FILE` is its input."""
    words = [str(word) for word in words]
    given = open(words.pop()[2:], "rb") if words[-1].startswith("< ") else subprocess.DEVNULL
    child = subprocess.Popen(words, cwd=folder, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             env={**os.environ, "PATH": SEARCH, "NODE_OPTIONS": "--max-old-space-size=8192"})
    timer = threading.Timer(PATIENCE, child.kill)
    timer.start()
    _, status, used = os.wait4(child.pid, 0)
    timer.cancel()
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def gate(name, path):
    wide = {"junit": "--max-failed", "sarif": "--max-errors"}.get(name)
    return [GATE, "--report", path, "--max-age", "off", *([wide, "99999999"] if wide else [])]


def floor():
    program = WORK / "floor"
    if not program.exists() or program.stat().st_mtime < (ROOT / "bench/gate_floor.cpp").stat().st_mtime:
        WORK.mkdir(parents=True, exist_ok=True)
        subprocess.run(["c++", "-std=c++20", "-O2", "-o", program, ROOT / "bench/gate_floor.cpp", "-lexpat", "-lsimdjson"], check=True)
    return program


def compare(name, size, bare, wrong):
    kind, file_name, begin, piece, end = FORMATS[name]
    path = made(WORK / str(size) / file_name, size, begin, piece, end)
    rounds = [(measured([bare, kind, path]), measured(gate(name, path))) for _ in range(ROUNDS)]
    least, ours = (statistics.median(one[k][0] for one in rounds) for k in (0, 1))
    memory = max(one[1][1] for one in rounds)
    statuses = {one[1][2] for one in rounds} | {one[0][2] for one in rounds}
    print(f"| {name} | {size} MB | {least:.2f} s | {ours:.2f} s | {ours / least:.2f} | {memory:.0f} MB |", flush=True)
    if statuses != {0}:
        wrong.append(f"{name}: exit statuses {statuses}")
    if ours > LIMITS[kind] * least:
        wrong.append(f"{name}: {ours / least:.2f} times the floor, {LIMITS[kind]} are claimed")
    if memory > MEMORY_MB:
        wrong.append(f"{name}: {memory:.0f} MB")
    return ours


def beside_peers(name, size, wrong):
    kind, file_name, begin, piece, end = FORMATS[name]
    path = made(WORK / str(size) / file_name, size, begin, piece, end)
    ours = statistics.median(measured(gate(name, path))[0] for _ in range(ROUNDS))
    for program, words, where in PEERS[name]:
        found = shutil.which(program, path=SEARCH)
        if not found:
            print(f"SKIPPED: {program} is nowhere in FAIRLEAD_PEERS or PATH; {where} has it", file=sys.stderr)
            continue
        theirs, memory, status = measured([found, *[word.replace("FILE", str(path)) for word in words]], os.environ.get("FAIRLEAD_NODE_MODULES"))
        label = where.split()[1] if program == "node" else program
        print(f"| {name} | {size} MB | {label} | {theirs:.2f} s | {theirs / ours:.0f} | {memory:.0f} MB | {status} |", flush=True)
        if theirs < TIMES_AHEAD * ours:
            wrong.append(f"{name}: {label} takes {theirs / ours:.1f} times ours, {TIMES_AHEAD} are claimed")


def hostile(size, good, wrong):
    for name, (begin, piece, end) in HOSTILE.items():
        path = made(WORK / str(size) / f"hostile-{name.replace(' ', '-')}", size, begin, piece, end)
        took, memory, status = measured(gate("", path))
        print(f"| {name} | {size} MB | {took:.2f} s | {memory:.0f} MB | {status} |", flush=True)
        if took > 2 * good or memory > MEMORY_MB or status not in (0, 1):
            wrong.append(f"hostile, {name}: {took:.2f} s, {memory:.0f} MB, status {status}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--only", action="append", choices=FORMATS)
    given = parser.parse_args()
    wrong, bare, names = [], floor(), given.only or list(FORMATS)
    print("| format | size | floor | gate | ratio | peak |\n|---|---|---|---|---|---|")
    took = {name: compare(name, given.size, bare, wrong) for name in names}
    print("\n| format | size | peer | CPU | times ours | peak | status |\n|---|---|---|---|---|---|---|")
    for name in names:
        beside_peers(name, max(given.size // 10, 1), wrong)
    print("\n| hostile | size | CPU | peak | status |\n|---|---|---|---|---|")
    hostile(given.size, max(took.values()), wrong)
    print("\n".join(wrong) or "every claim holds")
    sys.exit(1 if wrong else 0)


main()
