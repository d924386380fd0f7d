#!/usr/bin/python3
# needs: nothing; takes: 2 s; cases: 22
"""pre_commit_hooks.py BIN: the hooks of .pre-commit-hooks.yaml, each run as pre-commit runs it.

pre-commit splits an entry like a shell, puts `args` behind it and then the names of the files, unless pass_filenames is
false (its documentation, "Creating new hooks"). Each hook says no where a secret is and yes where none is.
"""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import counted  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(sys.argv[1]).resolve()
TOKEN = "gh" + "p_SbXOIkDj8Q6xzR8t8JDvTNsLAbgZJ51A1HT7"
KEYS = {"id", "name", "description", "entry", "language", "pass_filenames", "require_serial", "stages", "minimum_pre_commit_version"}
STAGES = {"pre-commit", "pre-push", "manual"}
NAMES = ["plain.txt", "two words.txt", "a,b.txt", "--dashes.txt", "ümlaut.txt", "sub/deep.txt"]


def run(words, folder, **variables):
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                          env={"PATH": f"{BIN}:/usr/bin:/bin", "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1", "LANG": "C.UTF-8", **variables})


def repository(folder, contents):
    run(["git", "init", "-q", "-b", "main", "."], folder)
    for name, text in contents.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    run(["git", "add", "-A"], folder)
    return folder


def hook_run(hook, contents):
    with tempfile.TemporaryDirectory() as folder:
        repository(folder, contents)
        names = list(contents) if hook.get("pass_filenames", True) else []
        return run([*shlex.split(hook["entry"]), *hook.get("args", []), *names], folder, GIT_INDEX_FILE=".git/index")


def wrong_shape(hook):
    """What pre-commit would refuse, or what would run another program than ours."""
    if set(hook) - KEYS:
        return f"unknown keys {sorted(set(hook) - KEYS)}"
    if hook["language"] != "system" or not hook["entry"].startswith("fairlead-scan "):
        return "it is not our own program"
    if not set(hook["stages"]) <= STAGES:
        return f"unknown stages {hook['stages']}"
    return None


def named_by(page):
    """The ids in the page's .pre-commit-config.yaml."""
    config = yaml.safe_load(re.search(r"^```text\n(repos:.*?)^```", page, re.M | re.S)[1])
    return {hook["id"] for repository in config["repos"] for hook in repository["hooks"]}


def wrong_status(hook, contents, status):
    done = hook_run(hook, contents)
    return None if done.returncode == status else f"status {done.returncode} in place of {status}: {done.stdout}{done.stderr}"


def cases(hooks):
    yield "the file lists hooks with ids of their own", None if len({hook["id"] for hook in hooks}) == len(hooks) > 0 else "they are not"
    page = (ROOT / "docs/scan.md").read_text()
    yield "the page names no other hook", None if named_by(page) <= {hook["id"] for hook in hooks} else "it does"
    for hook in hooks:
        told = hook["id"]
        yield f"{told}: its keys", wrong_shape(hook)
        yield f"{told}: the page names it", None if told in named_by(page) else "it does not"
        yield f"{told}: no secret", wrong_status(hook, {name: "hello\n" for name in NAMES}, 0)
        yield f"{told}: empty files", wrong_status(hook, {"empty": ""}, 0)
        for name in NAMES:
            yield f"{told}: a secret in {name}", wrong_status(hook, {"other.txt": "hello\n", name: f"token = {TOKEN}\n"}, 1)


def main():
    failed = passed = 0
    for name, problem in cases(yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())):
        passed, failed = passed + (not problem), failed + bool(problem)
        if problem:
            print(f"{name}: {problem}")
    counted.close(passed, failed)


main()
