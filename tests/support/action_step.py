#!/usr/bin/python3
"""Runs the step of one of our actions as GitHub runs it: with the variables of its own `env:` and the runner's, no more.

    action_step.py ACTION_FOLDER [--interrupt SECONDS] [--env NAME=value]... [INPUT=value]...

--interrupt: SIGINT to the step's first process, and to no other, as the runner does when a job is cancelled.

Runs in the current folder. What the step writes to GITHUB_OUTPUT comes as `output NAME=value` lines on stderr, after what
the step wrote there. Exit status: the step's. 70: the action itself is wrong (an input or output that it doesn't declare,
a `${{ }}` in its script, a value that is no plain input).
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

import yaml

NAME = r"[A-Za-z_][A-Za-z0-9_-]*"


def wrong(message):
    print(f"action_step.py: {message}", file=sys.stderr)
    sys.exit(70)


def resolve(text, inputs):
    """The value of an env entry: plain text, or exactly one input."""
    if "${{" not in text:
        return text
    one = re.fullmatch(r"\$\{\{ inputs\.(%s) \}\}" % NAME, text)
    if not one:
        wrong(f"'{text}' is more than one input")
    if one.group(1) not in inputs:
        wrong(f"input '{one.group(1)}' is not declared")
    return inputs[one.group(1)]


def read_pairs(path):
    """NAME<<DELIMITER blocks, the only form that our tools write."""
    pairs, lines = {}, path.read_text().splitlines()
    while lines:
        head = re.fullmatch(r"(%s)<<(.+)" % NAME, lines.pop(0))
        if not head:
            wrong("GITHUB_OUTPUT holds a line that is no NAME<<DELIMITER")
        end = lines.index(head.group(2))
        pairs[head.group(1)] = "\n".join(lines[:end])
        del lines[: end + 1]
    return pairs


def environment_of(folder, inputs, temp, extra):
    """The variables of the step of the action in FOLDER: the runner's, extra, and those of its own `env:`. And its script."""
    action = yaml.safe_load((folder / "action.yml").read_text())
    (step,) = action["runs"]["steps"]
    if action["runs"]["using"] != "composite" or step["shell"] != "bash" or "${{" in step["run"]:
        wrong("the action is not one composite bash step without expressions in its script")
    environment = {"PATH": os.environ["PATH"], "HOME": temp, "LANG": "C.UTF-8", "CI": "true", "GITHUB_ACTIONS": "true",
                   "GITHUB_WORKSPACE": os.getcwd(), "GITHUB_ACTION_PATH": str(folder), "GITHUB_OUTPUT": f"{temp}/output",
                   "GITHUB_STEP_SUMMARY": f"{temp}/summary", "RUNNER_TEMP": temp, "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64"}
    environment.update(extra)
    environment.update({name: resolve(str(value), inputs) for name, value in (step.get("env") or {}).items()})
    for name in ("output", "summary"):
        pathlib.Path(temp, name).touch()
    script = pathlib.Path(temp, "step.sh")
    script.write_text(step["run"])
    return environment, ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]


def main(arguments):
    folder = pathlib.Path(arguments.pop(0)).resolve()
    action = yaml.safe_load((folder / "action.yml").read_text())
    declared = action.get("inputs") or {}
    inputs = {name: str((spec or {}).get("default") or "") for name, spec in declared.items()}
    extra, interrupt = {}, None
    while arguments:
        word = arguments.pop(0)
        if word == "--interrupt":
            interrupt = float(arguments.pop(0))
            continue
        target = inputs
        if word == "--env":
            word, target = arguments.pop(0), extra
        name, _, value = word.partition("=")
        if target is inputs and name not in inputs:
            wrong(f"{folder.name} has no input '{name}'")
        target[name] = value

    for name, spec in (action.get("outputs") or {}).items():
        if spec["value"] != "${{ steps.%s.outputs.%s }}" % (action["runs"]["steps"][0]["id"], name):
            wrong(f"output '{name}' has the value {spec['value']}")

    with tempfile.TemporaryDirectory(prefix="runner temp ") as temp:
        environment, words = environment_of(folder, inputs, temp, extra)
        bash = subprocess.Popen(words, env=environment)
        try:
            bash.wait(interrupt)
        except subprocess.TimeoutExpired:
            bash.send_signal(signal.SIGINT)
            bash.wait()
        for name, value in read_pairs(pathlib.Path(temp, "output")).items():
            if name not in (action.get("outputs") or {}):
                if declared.keys() >= {"only", "skip"}:  # the front command: its tools write theirs, nobody can name them
                    continue
                wrong(f"output '{name}' is written and not declared")
            print(f"output {name}={value}", file=sys.stderr)
        return bash.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
