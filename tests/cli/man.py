#!/usr/bin/python3
# needs: mandoc; takes: 1 s
"""man.py BIN: the man pages, as they are installed: each says all that the declaration says, and mandoc finds no fault.

Where mandoc is not installed the last is skipped aloud; script/bootstrap test brings it.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from counted import PROGRAMS, close, note, skip

BIN = pathlib.Path(sys.argv[1]).resolve()
SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES", "SEE ALSO"]


def printed(program, *words):
    return subprocess.run([BIN / program, *words], check=True, stdout=subprocess.PIPE).stdout.decode()


def keys(schema, definition, path=()):
    """Dotted keys of a section of fairlead.yml, by the schema; `NAME` is a free one."""
    for part in definition.get("anyOf", []) + definition.get("allOf", []):
        yield from keys(schema, part, path)
    for name, value in definition.get("properties", {}).items():
        yield ".".join((*path, name))
        yield from keys(schema, value, (*path, name))
    for value, step in ((definition.get("additionalProperties"), ("NAME",)), (definition.get("items"), ())):
        if isinstance(value, dict):
            yield from keys(schema, value, path + step)


def flags_of(page):
    return [flag.replace("\\", "") for flag in re.findall(r"^\.It (?:Fl \w , )?Fl (\\-\S+)", page, re.M)]


def judge(program, page):
    inputs = json.loads(printed(program, "--render", "inputs"))
    commands = next((row["allowed"] for row in inputs if row["name"] == "command"), [])
    sections = re.findall(r"^\.Sh (.+)$", page, re.M)
    wanted = [name for name in SECTIONS if name != "COMMANDS" or commands]
    note(f"{program}: sections", "" if [name for name in sections if name in wanted] == wanted else f"are {sections}")
    hidden = {"slot"} if program == "fairlead-deploy" else set()
    flags = {"-" + row["name"] for row in inputs if row["type"] != "secret" and row["name"] not in {"command"} | hidden}
    told = flags_of(page)
    note(f"{program}: flags", "" if set(told) == flags | {"-help", "-version", "-explain-config"} and len(told) == len(set(told))
         else f"differ: {sorted(set(told) ^ flags)}")
    for row in inputs:
        if row["type"] == "secret":
            note(f"{program}: {row['name']}", "" if f".It Ev {row['variables'][-1]}\n" in page else "its variable is not told")
    for command in commands:
        note(f"{program}: {command}", "" if ".It Cm " + command.replace("-", "\\-") in page else "is not told of")
    for secret in (".It Cm supervise\n", "\\-\\-render"):
        note(f"{program}: hidden", f"tells of {secret}" if secret in page else "")
    groups = [row["group"] for row in inputs if row["group"]]
    titles = [title for title in re.findall(r"^\.Ss (.+)$", page, re.M)]
    note(f"{program}: groups", "" if titles == [g[0].upper() + g[1:] for g in groups] + ["Flags of every tool"] else f"are {titles}")
    if program != "fairlead":
        tool = program.removeprefix("fairlead-")
        schema = json.loads(printed(program, "--render", "schema"))
        there = {name.replace("\\", "").replace("&", "").replace("[]", "") for name in re.findall(r"^\.It Va (\S+)", page, re.M)}
        # a map of which nothing is to be said is told by what is in it
        absent = sorted(key for key in keys(schema, schema["definitions"][tool])
                        if not any(f"{name}.".startswith(f"{tool}.{key}.") for name in there))
        note(f"{program}: keys of fairlead.yml", f"lacks {absent}" if absent else "")


def lint(folder):
    mandoc = shutil.which("mandoc")
    if not mandoc:
        skip("mandoc", "mandoc -Tlint", "it is not installed; script/bootstrap test brings it")
        return
    environment = {**os.environ, "MANPATH": str(folder)}
    subprocess.run([shutil.which("makewhatis", path=os.environ["PATH"] + ":/usr/sbin") or "true", folder], check=False, capture_output=True)
    for page in sorted((folder / "man1").iterdir()):
        said = subprocess.run([mandoc, "-Tlint", "-Wstyle", page], env=environment, capture_output=True, text=True)
        note(f"mandoc -Tlint {page.name}", said.stdout + said.stderr)
        shown = subprocess.run([mandoc, "-Tascii", "-Owidth=78", page], capture_output=True, text=True).stdout
        plain = re.sub(r".\x08", "", shown)
        wide = [line for line in plain.splitlines() if len(line) > 80 and "fairlead-" not in line]
        note(f"{page.name} in 80 columns", "\n".join(wide))


def main():
    with tempfile.TemporaryDirectory(prefix="fairlead man ") as scratch:
        subprocess.run(["cmake", "--install", BIN.parent, "--prefix", scratch], check=True, stdout=subprocess.PIPE)
        folder = pathlib.Path(scratch) / "share" / "man"
        for program in PROGRAMS:
            page = (folder / "man1" / f"{program}.1").read_text()
            note(f"{program}.1", "" if page == printed(program, "--render", "man") else "is not what the program renders")
            judge(program, page)
        lint(folder)


main()
close()
