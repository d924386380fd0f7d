#!/usr/bin/python3
# needs: nothing; takes: 13 s
"""hostile_names.py BIN: what is called so that it steers something steers nothing, in any command of any executable.

Files, folders, a branch, a tag, an author, a message and the project's own folder have names with line ends, commands of the runner,
escape sequences, quotes, `$(…)`, leading dashes, 255 bytes and bytes that are not UTF-8. Each command (tests/support/commands.py) runs
beside them in a terminal's environment and in a job's of GitHub: its status is the one without them, the runner's own rules
(tests/e2e/runner.py) find no command and no output but ours, no control character is printed, and nothing was started.
"""
import json
import os
import pathlib
import re
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "e2e")]
import commands  # noqa: E402
import runner  # noqa: E402
from projects import World  # noqa: E402

NAMES = [b"x\n::error::forged", b"::set-output name=forged::forged", b"x ##[set-output name=forged]forged", b"a\r::warning::forged",
         b"\x1b[31mforged\x1b[0m", b"$(touch forged)", b"`touch forged`", b"a'b\"c; touch forged", b"-rf", b"--output=forged", b"--", b"\xff\xfe\x80forged",
         "\u202eforged\u009b".encode(), b"{{forged}}", b"${forged}", b"forged<<EOF", b"%0A::error::forged", b"*?[forged]", b"x" * 249 + b"forged"]
HOME = "home $(touch forged) 'a' \";x ##[error]forged"
# A look at names is their work: what they say of a file may be another thing.
SHOWN = set()  # the commands that printed a part of a hostile name: a look at nothing would prove nothing
JUDGES = {"fairlead-preflight check": (0, 1), "fairlead-preflight checklist": (0, 1)}
CONTROLS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]")


def plant(world):
    """On top of a project that is laid out: committed, untracked and ignored."""
    work = os.fsencode(world.work)
    for place in (b"", b"docs/", b"reports/"):
        os.makedirs(os.path.join(work, place), exist_ok=True)
        for name in NAMES:
            with open(os.path.join(work, place, name), "w") as file:
                file.write("text\n")
    for name in NAMES[:-1]:
        os.makedirs(os.path.join(work, b"src", name), exist_ok=True)
        with open(os.path.join(work, b"src", name, b"a.py"), "w") as file:
            file.write("print('a')\n")
    world.git("add", "--", "docs", "src")
    world.git("-c", "user.name=::error::forged", "commit", "-q", "--cleanup=verbatim", "-m", "feat: x\n\n::error::forged\n\x1b[31m $(touch forged)")
    world.git("checkout", "-q", "-b", "$(touch${IFS}forged)\"';forged")
    world.git("tag", "v1.0.0-$(touch${IFS}forged)'$forged")


def environment(world, github):
    if not github:
        return {}
    temporary = world.home / "tmp"
    head = world.git("rev-parse", "HEAD")
    (temporary / "event.json").write_text(json.dumps({"repository": {"full_name": "acme/shop", "default_branch": "main"}, "ref": "refs/heads/main",
                                                      "before": world.git("rev-parse", "HEAD~1"), "after": head}))
    (temporary / "outputs").write_text("")
    return {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(temporary / "event.json"), "GITHUB_SHA": head,
            "GITHUB_REF": "refs/heads/$(touch${IFS}forged)\"';forged", "GITHUB_OUTPUT": str(temporary / "outputs"),
            "GITHUB_STEP_SUMMARY": str(temporary / "summary"), "RUNNER_TEMP": str(temporary), "GITHUB_REPOSITORY": "acme/shop"}


def faults(world, command, github):
    done = world.run(command.argv, **environment(world, github))
    SHOWN.update({str(command)} if b"forged" in done.stdout + done.stderr else ())
    streams = {"stdout": done.stdout, "stderr": done.stderr}
    if done.returncode not in JUDGES.get(str(command), (command.status,)):
        yield f"status {done.returncode}, expected {command.status}: {(done.stderr + done.stdout)[-300:].decode(errors='replace')}"
    for name, stream in streams.items():
        found = CONTROLS.search(stream.replace(b"\r\n", b"\n"))
        if found:
            yield f"{name} holds {found.group()!r}: {stream[max(0, found.start() - 60):found.end() + 60]!r}"
        if github:
            for line, *said in runner.commands_of(stream.decode("utf-8", "surrogateescape")):
                if runner.is_forged(line, *said):
                    yield f"{name} has a forged command: {line[:120]!r}"
    outputs = world.home / "tmp/outputs"
    if github and outputs.exists():
        pairs, error = runner.pairs_of(runner.read(outputs))
        if error or any("forged" in name for name, _ in pairs):
            yield f"GITHUB_OUTPUT holds {pairs} {error or ''}"
    started = [str(path) for path in (world.work / "forged", world.home / "forged", world.home.parent / "forged") if path.exists()]
    if started:
        yield f"a name was run: {started}"


def main():
    walk = commands.load(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="fairlead names ") as scratch:
        world = World(scratch, sys.argv[1], HOME)
        made = set()
        for command in walk:
            name = f"named {command.project}"
            if name not in made:
                world.lay(command.project)
                plant(world)
                world.keep(name)
                made.add(name)
            for github in (False, True):
                world.lay(name)
                for fault in faults(world, command, github):
                    walk.fault(command, f"{'in a job: ' if github else ''}{fault}")
        world.close()
    print(f"{len(SHOWN)} commands printed a hostile name")
    if len(SHOWN) < 5 and len(walk) > 20:  # not a walk of a few
        walk.fault(walk.every[0], f"hardly any command shows the names: {sorted(SHOWN)}")
    walk.finish()


main()
