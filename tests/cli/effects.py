#!/usr/bin/python3
# needs: nothing; takes: 1 s
"""effects.py BIN: each declared input and each row of fairlead.yml has a test that shows its effect.

Walks tests/effects.tsv: the tool (or `common`, or `fairlead.yml`), the input or the dotted key, the test, what it shows. A
test is a file below tests/, for Catch2 with the name of its case: unit/deploy/carry/deployment_keys.cpp: NAME. It must be there, be run,
and mention the input (--name, its variable, where it takes words the program) or the key. Nothing may be without a line, but
for a tool's whole section: its keys show it.
That such a test fails when the input does nothing, script/bench effects proves; the file beside the programs by which it does is tried here.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
TESTS = pathlib.Path(__file__).resolve().parent.parent
SCHEMA = json.loads((TESTS.parent / "schema" / "fairlead.schema.json").read_text())
TOOLS = sorted(name[6:] for name in SCHEMA["definitions"] if name.startswith("whole-"))
FLAG = re.compile(r"^ {2,6}(?:-\w, )?--([a-z][a-z0-9.-]+)", re.M)
WORDS = {("gate", "report"), ("smoke", "urls"), ("scan", "target"), ("tag", "command"), ("deploy", "command"),
         ("scan", "command"), ("fairlead", "command"), ("fairlead", "words"), ("deploy", "to"), ("preflight", "command"), ("preflight", "target"),
         ("migrate", "command"), ("migrate", "files"), ("migrate", "count"), ("migrate", "name"), ("backup", "command"), ("backup", "id"),
         ("backup", "file")}


def printed(tool, *words):
    program = BIN / ("fairlead" if tool == "fairlead" else f"fairlead-{tool}")
    return subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout


def inputs():
    """(tool, name) of what --help and the action declare; what every tool has stands under `common`."""
    common = set()
    for tool in [*TOOLS, "fairlead"]:
        own, shared = printed(tool, "--help").split("\nexamples:")[0].split("flags of every tool:")
        common |= set(FLAG.findall(shared)) - {"render"}
        declared = yaml.safe_load(printed(tool, "--render", "action"))["inputs"]
        for name in dict.fromkeys([*FLAG.findall(own), *declared]):
            if name not in FLAG.findall(shared) and name not in ("confirm", "dry-run"):
                yield tool, name
    yield from (("common", name) for name in sorted(common | {"confirm", "dry-run"}))


def rows(schema, path=()):
    """The dotted keys below; `*` is a name that is free."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if path[:1] == ("environments",) and not name.startswith("whole-"):
            return  # a tool's section again
        schema = SCHEMA["definitions"][name]
        yield from rows(schema, path)
        return
    for part in schema.get("anyOf", []) + schema.get("allOf", []):
        yield from rows(part, path)
    for name, value in schema.get("properties", {}).items():
        if path in (("preflight", "rules"), ("migrate", "rules")):  # each rule has a fixture of its own
            return
        yield ".".join(path + (name,))
        yield from rows(value, path + (name,))
    for part, step in ((schema.get("additionalProperties"), ("*",)), (schema.get("items"), ())):
        if isinstance(part, dict):
            yield from rows(part, path + step)


def mentions(text, tool, name):
    if tool == "fairlead.yml":
        leaf = [part for part in name.split(".") if part != "*"][-1]
        return re.search(rf"(?<![\w-]){leaf}(?![\w-])", text)
    if (tool, name) in WORDS and re.search(rf"fairlead[- ]{tool}\b|\bfairlead\b", text):
        return True
    upper = name.upper().replace("-", "_")
    short = {"env": " -e ", "quiet": " -q", "verbose": " -v", "header": " -H"}.get(name, "\0")
    return re.search(rf"--{name}(?![\w-])|(INPUT|FAIRLEAD)_(\w+_)?{upper}\b|[\"']{name}[\"']", text) or short in text


def fault(tool, name, test):
    path, _, case = test.partition(": ")
    file = TESTS / path
    if not file.is_file():
        return f"there is no {path}"
    text = file.read_text()
    if path.endswith(".cpp"):
        found = re.search(r'TEST_CASE(?:_METHOD)?\((?:\w+,)?\s*"' + re.escape(case) + r'"(.*?)(?=\nTEST_CASE|\Z)', text, re.S)
        if not case or not found:
            return f"{path} has no case '{case}'"
        text = case + found.group(1)
    elif path.startswith("e2e/"):
        if not (TESTS.parent / "script" / "e2e").exists():
            return "script/e2e is gone"
        text += (TESTS / "e2e" / "rig.py").read_text()
        if case and case not in text:
            return f"{path} doesn't check '{case}'"
    return None if mentions(text, tool, name) else f"{test} doesn't mention it"


def ignored_beside():
    """What the file `ignored` beside the programs names does nothing, whoever starts them, and nothing else does."""
    with tempfile.TemporaryDirectory(prefix="fairlead effects ") as scratch:
        for name in ("fairlead", "fairlead-gate"):
            shutil.copy2(BIN / name, scratch)
        for words, wish, word in ((["fairlead-gate"], "gate --min-tests", "no report is named"), (["fairlead", "gate"], "gate --min-tests", "no report is named"),
                                  (["fairlead", "gate"], "nobody --nothing", "from --min-tests"), (["fairlead", "gate"], "", "from --min-tests")):
            (pathlib.Path(scratch) / "ignored").write_text(wish + "\n")
            said = subprocess.run([f"{scratch}/{words[0]}", *words[1:], "--min-tests", "x"], env={}, cwd=scratch, capture_output=True, text=True).stderr
            counted.note(f"{' '.join(words)} beside a file that names '{wish}'", "" if word in said else said)


ignored_beside()
declared = list(dict.fromkeys(inputs()))
keys = [("fairlead.yml", key) for key in dict.fromkeys(rows(SCHEMA))]
sections = {("fairlead.yml", f"{place}{tool}") for tool in TOOLS for place in ("", "environments.*.")}
table, faults = {}, []
for number, line in enumerate((TESTS / "effects.tsv").read_text().splitlines()[1:], 2):
    tool, name, test, shows = (line.split("\t") + [""] * 4)[:4]
    if (tool, name) in table:
        faults.append(f"effects.tsv:{number}: {tool} {name} has two lines")
    table[tool, name] = test
    if (tool, name) not in declared + keys:
        faults.append(f"effects.tsv:{number}: {tool} declares no {name}")
    elif not shows:
        faults.append(f"effects.tsv:{number}: {tool} {name}: what does the test show?")
    elif wrong := fault(tool, name, test):
        faults.append(f"effects.tsv:{number}: {tool} {name}: {wrong}")
without = [one for one in declared + keys if one not in table and one not in sections]
for tool, name in without:
    print(f"{tool}\t{name}\twithout a test: add `{tool}\t{name}\tcli/…\twhat it shows` to tests/effects.tsv")
for line in faults:
    print(line)
print(f"inputs {len(declared)}, rows {len(keys)}, without a test {len(without)}")
failed = len(without) + len(faults)
counted.close(len(declared) + len(keys) - len(without), failed)
