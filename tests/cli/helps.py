#!/usr/bin/python3
# needs: nothing; takes: 60 s
"""helps.py BIN: what a help names can be asked for: each format that it lists, each variable that it says is read.

Walks every command's --help. A format is tried beside a configuration that isn't there: what comes back may be about
anything but the format. A variable is tried with --explain-config, which has to say that the value came from it.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from counted import PROGRAMS, close, note

BIN = pathlib.Path(sys.argv[1]).resolve()
VALUES = {"boolean": "true", "integer": "1", "count": "1", "positive": "1", "up_to_1000": "1", "number": "1", "size": "1MiB", "duration": "1s"}


def run(words, folder, **variables):
    return subprocess.run([BIN / words[0], *words[1:]], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, env={"PATH": f"{BIN}:/usr/bin:/bin", "HOME": folder, **variables})


def unfolded(text):
    return re.sub(r"\n {8,}", " ", text)


def formats_of(text):
    found = re.search(r"--format FORMAT +Format of the report .*?One of ([^.]+)\.", unfolded(text), re.S)
    return re.split(r",\s+", found[1]) if found else []


def value_of(row):
    if row["name"] == "output":
        return "json:x.json"
    if row["allowed"]:
        return row["allowed"][-1]
    return VALUES.get(row["type"], "x")


def run_explained(words, folder, variables):
    return run([*words, "--explain-config"], folder, **dict(variables)).stdout


def is_told(variable, text):
    return re.search(rf"\b{variable}\b", text)


def all_told(variables, text):
    return [one for one in variables if is_told(one[0], text)]


def walk(folder):
    for program in PROGRAMS:
        rows = json.loads(run([program, "--render", "inputs"], folder).stdout)
        commands = next((row["allowed"] for row in rows if row["name"] == "command"), [None])
        for command in commands:
            words = [program, *([command] if command else [])]
            text = run([*words, "--help"], folder).stdout
            formats = formats_of(text)
            note(f"{' '.join(words)}: formats", "" if formats else "its help names none")
            for name in formats:
                said = run([*words, "--format", name, "--config", "nowhere.yml"], folder).stdout
                note(f"{' '.join(words)} --format {name}", said.strip()[-200:] if "format" in said.lower().replace("--format", "") and name in said
                     and "nowhere" not in said else "")
                asked = run([*words, "--output", f"{name}:there/x", "--config", "nowhere.yml"], folder).stdout
                note(f"{' '.join(words)} --output {name}", asked.strip()[-200:] if "has no format" in asked or "is unknown" in asked else "")
            flags = set(re.findall(r"^ +(?:-\w, )?--([a-z0-9-]+)", text, re.M))
            typed = set(re.findall(r"--([a-z0-9-]+)", (re.search(r"Each flag --x-y but (.*?) is also", unfolded(text), re.S) or ["", ""])[1]))
            shown = [row for row in rows if row["name"] in flags - typed - {"help", "version", "explain-config", "config", "command"}]
            for which in range(max(len(row["variables"]) for row in shown)):
                asked = [(row["variables"][which], formats[0] if row["name"] == "format" else value_of(row)) for row in shown if which < len(row["variables"])]
                left = asked  # one whose value is refused hides the others
                while told := all_told(left, run_explained(words, folder, left)):
                    left = [one for one in left if one not in told]
                for variable, value in asked:
                    told = (variable, value) not in left or is_told(variable, run_explained(words, folder, [(variable, value)]))
                    note(f"{' '.join(words)}: {variable}", "" if told else "has no effect")


with tempfile.TemporaryDirectory(prefix="fairlead helps ") as scratch:
    walk(scratch)
close()
