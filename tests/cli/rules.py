#!/usr/bin/python3
# needs: nothing; takes: 5 s
"""rules.py BIN: each rule has an id, a title and a section of docs/ that is there; `fairlead-X rules` and SARIF tell the same.

Whatever id stands in a tool's source, or ends a line of what the script files of tests/cli expect, is one of them.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from pages import anchors  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = {"deploy", "scan", "tag", "preflight", "migrate"}  # of which `rules` is one; the words of the others are files and URLs
OF_EVERY_TOOL = {"silenced", "waiver-expired", "waiver-refused", "waiver-unused"}
problems = count = 0


def that(holds, what):
    global problems, count
    count += 1
    problems += not holds
    if not holds:
        print(what)


def ran(*words, environment=None):
    with tempfile.TemporaryDirectory(prefix="fairlead rules ") as folder:
        pathlib.Path(folder, "fairlead.yml").write_text("broken: [")  # nobody needs it for a list
        return subprocess.run([BIN / words[0], *words[1:]], cwd=folder, capture_output=True, text=True, timeout=60,
                              env={"PATH": os.environ["PATH"], "HOME": folder, **(environment or {})},
                              stdin=subprocess.DEVNULL)


def of_sarif(tool, *words):
    driver = json.loads(ran(tool, *words, "--format", "sarif").stdout)["runs"][0]["tool"]["driver"]
    return driver["rules"]


def sources(tool):
    text = "".join(path.read_text() for path in sorted((ROOT / "src" / tool).rglob("*.cpp")) if path.stem != "report_rules")
    if tool == "preflight":
        return set(re.findall(r'\{\.id = "([^"]+)"', text)) | set(re.findall(r'"(preflight/[a-z-]*[a-z])"', text))
    if tool == "migrate":
        return set(re.findall(r'\{"(mig-[a-z-]+)"', text)) | set(re.findall(r'"(migrate/[a-z-]*[a-z])"', text))
    if tool == "scan":
        return set(re.findall(r'\{\.id = "([^"]+)"', text)) | set(re.findall(r'"(scan/[a-z-]*[a-z])"', text))
    if tool == "deploy":  # of what became of a deployment: show() makes an id of each that is no yes
        text += ' "deploy/rolled-back" "deploy/failed" "deploy/aborted"'
    return set(re.findall(rf'"({tool}/[a-z-]*[a-z])"', text))


def expected_in_scripts():
    for script in (ROOT / "tests" / "cli").rglob("*.txtar"):
        yield from re.findall(r"\[((?:gate|smoke|deploy|tag|scan|preflight|migrate)/[a-z-]*[a-z])\]$", script.read_text(), re.M)


everything = set()
for tool in ("gate", "scan", "smoke", "deploy", "tag", "preflight", "migrate"):
    program = f"fairlead-{tool}"
    rules = json.loads(ran(program, "rules", "--format", "json").stdout)["rules"]
    ids = [rule["id"] for rule in rules]
    everything |= {rule if "/" in rule else f"{tool}/{rule}" for rule in ids}
    that(len(ids) == len(set(ids)), f"{tool}: each id stands once")
    if tool in ("preflight", "scan"):  # those with a command `explain`
        told = json.loads(ran(program, "explain", *ids, "--format", "json").stdout or '{"rules": []}')["rules"]
        that({one["id"] for one in told} == set(ids), f"{tool}: explain knows each rule")
    that({f"{tool}/{name}" for name in OF_EVERY_TOOL} <= set(ids), f"{tool}: those of every tool are told")
    that(sources(tool) and sources(tool) <= set(ids), f"{tool}: unregistered: {sorted(sources(tool) - set(ids))}")
    for rule in rules:
        page, _, anchor = rule["section"].partition("#")
        that(anchor in anchors((ROOT / page).read_text()), f"{rule['id']}: {rule['section']} is not there")
        that(rule["help"].startswith("https://") and rule["help"].endswith("/" + rule["section"]), f"{rule['id']}: help")
        that(rule["title"] and not re.search(r"[.\n]$|^\s", rule["title"]), f"{rule['id']}: title '{rule['title']}'")
        that(rule["severity"] in ("error", "warning", "info"), f"{rule['id']}: severity")
    levels = {"info": "note"}
    told = [(one["id"], one["shortDescription"]["text"], one["helpUri"], one["defaultConfiguration"]["level"])
            for one in of_sarif(program, "rules")]
    listed = [(rule["id"], rule["title"], rule["help"], levels.get(rule["severity"], rule["severity"])) for rule in rules]
    that(told == listed, f"{tool}: SARIF tells what `rules` lists")
    text = ran(program, "rules").stdout.splitlines()
    that([line.split()[0] for line in text[:-1]] == ids and text[-1] == f"{len(ids)} rules", f"{tool}: as text")
    that(all(re.fullmatch(r"\S+ +\S.*\S +docs/[a-z-]+\.md#\S+", line) for line in text[:-1]), f"{tool}: columns")
    asked = ran(program, "rules", "x")
    that(asked.returncode == 2 and "'x'" in asked.stderr, f"{tool}: a word beside it is refused: {asked.stderr}")
    flag = {"gate": "--min-tests", "scan": "--only", "smoke": "--seed", "deploy": "--reason", "tag": "--images", "preflight": "--only",
            "migrate": "--only"}[tool]
    asked = ran(program, "rules", flag, "1")
    that(asked.returncode == 2 and f"{flag} has no meaning for 'rules'" in asked.stderr, f"{tool}: {asked.stderr}")
    shown = ran(program, "--help").stdout
    that(re.search(r"^  rules +Lists the rules", shown, re.M), f"{tool}: help names it")
    that("rules" in ran(program, "--render", "man").stdout, f"{tool}: the man page names it")
    if tool in COMMANDS:
        asked = ran(program, environment={"INPUT_COMMAND": "rules"})
        that(asked.returncode == 0 and asked.stdout.splitlines()[:-1] == text[:-1], f"{tool}: as an input: {asked.stderr}")
for one in of_sarif("fairlead", "doctor"):
    page, _, anchor = one["helpUri"].partition("/docs/")[2].partition("#")
    that(anchor in anchors((ROOT / "docs" / page).read_text()), f"{one['id']}: {one['helpUri']} is not there")
for rule in sorted(set(expected_in_scripts())):
    that(rule in everything, f"{rule} is expected by a script file, and no tool lists it")
counted.close(count - problems, problems)
