#!/usr/bin/python3
# needs: nothing; takes: 12 s
"""refusals.py BIN: a refusal can't be taken for an answer, in any tool, command and format.

Every command of every executable (tests/support/commands.py) is refused by a wrong fairlead.yml, or by a wrong --output where
it reads none (status 2), and each tool in ways of its own (2 and 3). In JSON there is then
the verdict `error`, the error, and none of the keys that hold a result; formats of a tool's own are empty, and so is
GITHUB_OUTPUT, but for what tag's peer writes before a label that it can't read. `version` is nowhere the tool's own. In a folder that was removed each command says so.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import commands  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
SHARED = {"schema", "tool", "tool_version", "verdict", "environment", "findings", "violations", "skipped", "timings", "error", "decided"}
OWN = {"deploy": {"record"}}  # what became of a deployment that broke off
COMMON = ("text", "github", "sarif", "junit", "json", "markdown", "html", "codequality")
TARGET = "target: {kind: direct, root: srv, state: state, command: [serve]}"
# Tool, fairlead.yml's lines, words.
WAYS = [
    ("tag", "", ["--labels", "a={{foo 1}}"]),
    ("tag", "", ["--strict", "--tags", "x,perfix=y"]),
    ("tag", "", ["--tags", "type=semver,pattern={{version"]),
    ("tag", "", ["--tags", "{{#each x}}{{/each}}"]),
    ("tag", "", ["--sha", "HEAD~1"]),
    ("tag", "", ["--ref", "v1"]),
    ("tag", "", ["--event", "push", "--ref", "refs/tags/v1.0.0", "--flavor", "latest=highest", "--tags", "type=semver,pattern={{version}}"]),
    ("tag", "", ["next-version"]),
    ("tag", "", ["next-version", "--initial-version", "x"]),
    ("tag", "", ["changelog"]),
    ("tag", "", ["release"]),
    ("gate", "gate: {tests: {min: 1}}", []),
    ("gate", "gate: {reports: {all: {path: a.xml, format: junt}}}", []),
    ("scan", "scan: {only: [nonsense]}", []),
    ("scan", "", ["range", "HEAD~1..HEAD"]),
    ("smoke", "smoke: {base: 'http://127.0.0.1:1', checks: []}", []),
    ("smoke", "smoke: {base: 'http://127.0.0.1:1', ready: {path: /, version: auto}, checks: [{get: /}]}", []),
    ("deploy", "", ["apply"]),
    ("deploy", f"deploy: {{{TARGET}}}", ["apply"]),
    ("deploy", f"deploy: {{{TARGET}, bake: 30}}", ["status"]),
    ("deploy", f"deploy: {{{TARGET}}}", ["rollback"]),
    ("fairlead", "run: {steps: [{tool: nothing}]}", ["run"]),
    ("fairlead", "tag: {tags: [type=nothing]}", ["doctor"]),
]
failed = count = 0


def inputs_of(program):
    return json.loads(subprocess.run([BIN / program, "--render", "inputs"], capture_output=True, text=True, check=True).stdout)


def allowed(program, name):
    return next((row["allowed"] for row in inputs_of(program) if row["name"] == name), [])


def refused(tool, folder, config, words, form):
    """What is wrong with how it was refused; empty: nothing. None: it was no refusal."""
    outputs = folder / "outputs"
    outputs.write_text("")
    if config is not None:
        (folder / "fairlead.yml").write_text("version: 1\n" + config + "\n")
    program = tool if tool == "fairlead" else "fairlead-" + tool
    done = subprocess.run([BIN / program, *words, "--format", form], cwd=folder, capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, env={"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(folder),
                                                         "GITHUB_OUTPUT": str(outputs), "GIT_CEILING_DIRECTORIES": str(folder.parent)})
    # PostgreSQL takes a 2 of its restore_command for the end of the log.
    if done.returncode not in (2, 3):
        return None
    wrong = []
    written = outputs.read_text()
    if written and "a={{foo 1}}" not in words:
        wrong.append(f"GITHUB_OUTPUT holds {written!r}")
    if form == "json":
        try:
            said = json.loads(done.stdout)
        except ValueError:
            return [f"standard output is no JSON: {done.stdout[:200]!r}"]
        more = said.keys() - SHARED - OWN.get(tool, set())
        if more:
            wrong.append(f"has {sorted(more)}")
        if said.get("verdict") != "error" or not (said.get("error") or {}).get("message"):
            wrong.append(f"has the verdict {said.get('verdict')} and the error {said.get('error')}")
        if said.get("tool_version") != VERSION:
            wrong.append(f"has the tool_version {said.get('tool_version')}")
    elif form not in COMMON and done.stdout:
        wrong.append(f"prints {done.stdout[:200]!r}")
    elif form == "text" and done.stdout and tool == "tag":
        wrong.append(f"prints {done.stdout[:200]!r}")
    return wrong


VERSION = subprocess.run([BIN / "fairlead", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]


def formats_of(command, whole):
    known = next(row["allowed"] for row in command.inputs if row["name"] == "format")
    return [form for form in known if whole or form in ("text", "json") or form not in COMMON]


def without_folder(command, scratch):
    """What is wrong with what it says where its folder is gone."""
    words = [BIN / command.executable, *([command.command] if command.command else [])]
    done = subprocess.run(["sh", "-c", 'mkdir gone && cd gone && rmdir ../gone && exec "$@"', "sh", *words], cwd=scratch, capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, env={"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": scratch})
    good = done.returncode == 2 and (
        "the current folder was removed" in done.stderr or command.command == "supervise")  # which serves releases that go
    return [] if good else [f"in a folder that was removed: status {done.returncode}, {done.stdout[:200]!r} {done.stderr[:200]!r}"]


def main():
    global failed, count
    walk = commands.load(BIN)
    ways = [(tool, config, words, allowed(tool if tool == "fairlead" else "fairlead-" + tool, "format")) for tool, config, words in WAYS]
    for command in walk:
        tool = command.executable.removeprefix("fairlead-")
        word = [command.command] if command.command else []
        config, words = ("nonsense: [", word) if command.reads_config else ("", [*word, "--output", "nonsense:file"])
        ways.append((tool, config, words, formats_of(command, command is walk.of(command.executable)[0])))
    with tempfile.TemporaryDirectory(prefix="fairlead refusals ") as scratch:
        for number, (tool, config, words, forms) in enumerate(ways):
            for form in forms:
                folder = pathlib.Path(scratch).resolve() / f"{number}" / form
                folder.mkdir(parents=True)
                count += 1
                wrong = refused(tool, folder, config, words, form)
                if wrong is None:
                    wrong = ["was no refusal"]
                failed += bool(wrong)
                for line in wrong:
                    print(f"{tool} {' '.join(words)} --format {form} ({config}): {line}")
        for command in walk:
            count += 1
            wrong = without_folder(command, scratch)
            failed += bool(wrong)
            for line in wrong:
                print(f"{command.executable} {command.command}: {line}")
    failed += not walk.told()
    counted.close(count - failed, failed)


main()
