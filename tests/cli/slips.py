#!/usr/bin/python3
# needs: nothing; takes: 52 s
"""A slip never acts: every word at edit distance 1 of every command of every executable is refused with status 2.

    slips.py BIN [--all] [--table]

The commands are those that the declarations hold (tests/support/commands.py). Each word is said in three ways: as the first
word, by INPUT_COMMAND, and behind `fairlead X`. Then each command gets each flag that belongs to others only and two of its own
mistyped, and each flag of a tool is mistyped. The folder they run in could be deployed: nothing in
it may change. Without --all every 128th word and every fourth flag is tried (tens of thousands of processes take their time). --table
prints which command refused which flag.
"""
import json
import os
import pathlib
import string
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import commands  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
STEP = 1 if "--all" in sys.argv else 128
FLAG_STEP = 1 if {"--all", "--table"} & set(sys.argv) else 4
LETTERS = string.ascii_lowercase + "-"
CONFIG = """version: 1
app: shop
run: [{name: mark, exec: [touch, ACTED]}]
scan: {}
environments:
  staging:
    url: http://127.0.0.1:9
    deploy:
      release: {path: release}
      target: {kind: direct, root: ROOT, command: [touch, ACTED], prepare: [[touch, ACTED]], state: STATE}
"""


def near(word):
    """All words at Damerau-Levenshtein distance 1 that a shell could pass."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    found = {a + b[1:] for a, b in cuts if b} | {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    found |= {a + c + b[1:] for a, b in cuts if b for c in LETTERS} | {a + c + b for a, b in cuts for c in LETTERS}
    return sorted(w for w in found if w and w != word and not w.startswith("-"))


class Runner:
    def __init__(self, work):
        self.work = work
        self.env = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(work), "LANG": "C.UTF-8"}
        self.errors = os.open(work.parent / "stderr", os.O_CREAT | os.O_RDWR, 0o600)
        self.null = os.open("/dev/null", os.O_RDWR)
        self.counts, self.wrong = {}, []

    def start(self, argv, **more):
        os.ftruncate(self.errors, 0)
        os.lseek(self.errors, 0, os.SEEK_SET)
        actions = [(os.POSIX_SPAWN_DUP2, self.null, 0), (os.POSIX_SPAWN_DUP2, self.null, 1),
                   (os.POSIX_SPAWN_DUP2, self.errors, 2)]
        pid = os.posix_spawn(BIN / argv[0], argv, {**self.env, **more}, file_actions=actions)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return status, os.pread(self.errors, 4096, 0).decode(errors="replace")

    def refused(self, kind, argv, said, **more):
        """Status 2, and the message speaks of what is unknown; a crash or another reason is none of it."""
        status, message = self.start(argv, **more)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        # PostgreSQL takes a 2 of its restore_command for the end of the log.
        if status != 2 or said not in message:
            self.wrong.append(f"{kind}: {' '.join(argv)} {more}: status {status}: {message.strip()[:160]}")


def inputs_of(program):
    return json.loads(subprocess.run([BIN / program, "--render", "inputs"], check=True, stdout=subprocess.PIPE).stdout)


def slips(runner, program, words, known):
    tool = program.removeprefix("fairlead-")
    for command in words:
        for word in near(command)[::STEP]:
            if word in known:
                continue
            runner.refused("word", [program, word], "is unknown")
            runner.refused("INPUT_COMMAND", [program], "is unknown", INPUT_COMMAND=word)
            if program != "fairlead":
                runner.refused("fairlead X", ["fairlead", tool, word], "is unknown")


def value_for(row):
    return [] if row["type"] == "boolean" else [row["allowed"][0] if row["allowed"] else "1"]


def foreign_flags(runner, program, inputs, words):
    rows = []
    for turn, command in enumerate(words):
        refused = []
        for row in inputs[turn % FLAG_STEP::FLAG_STEP]:
            if row["commands"] and command not in row["commands"] and row["type"] != "secret":
                runner.refused("foreign flag", [program, command, "--" + row["name"], *value_for(row)], "has no meaning")
                if row["variables"]:  # else from the command line alone
                    runner.refused("foreign input", [program, command], "has no meaning",
                                   **{row["variables"][0]: "true" if row["type"] == "boolean" else "1"})
                refused.append("--" + row["name"])
        rows.append((f"{program} {command}", refused))
    return rows


def mistyped_flags(runner, program, inputs):
    flags = {row["name"] for row in inputs if row["type"] != "secret"} | {"help", "version", "explain-config", "render"}
    for name in sorted(flags - {"command"}):
        for word in near(name)[:: 2 * STEP + 16]:
            if word not in flags:
                runner.refused("mistyped flag", [program, "--" + word], "is unknown")


def own_flags(runner, command):
    """Two of what the command takes, each mistyped behind it."""
    names = {row["name"] for row in command.inputs if row["flag"]}
    for name in sorted(names)[:: max(1, len(names) - 1)]:
        word = next(word for word in reversed(near(name)) if word not in names)
        runner.refused("mistyped of a command", [command.executable, *([command.command] if command.command else []), "--" + word], "is unknown")


def listing(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def main():
    rows = []
    with tempfile.TemporaryDirectory(prefix="fairlead slips ") as scratch:
        work = pathlib.Path(scratch).resolve() / "work"
        (work / "release").mkdir(parents=True)
        (work / "release" / "app").write_text("x")
        root = CONFIG.replace("ROOT", json.dumps(str(work / "root"))).replace("STATE", json.dumps(str(work / "state")))
        (work / "fairlead.yml").write_text(root)
        subprocess.run(["git", "init", "-q", work], check=True)
        os.chdir(work)
        before = listing(work)
        runner = Runner(work)
        walk = commands.load(BIN)
        tools = [name for name in walk.executables() if name != "fairlead"]
        for program in walk.executables():
            inputs = inputs_of(program)
            words = [one.command for one in walk.of(program)] if walk.of(program)[0].command else []  # else words are files
            known = [*words, "help", "emergency", *(name.removeprefix("fairlead-") for name in tools)] if program == "fairlead" else words
            slips(runner, program, known, known)
            rows += foreign_flags(runner, program, inputs, words)
            mistyped_flags(runner, program, inputs)
        for command in walk:
            own_flags(runner, command)
        if listing(work) != before:
            runner.wrong.append(f"something acted: {sorted(set(listing(work)) - set(before))}")
        status, _ = runner.start(["fairlead-deploy", "plan"])  # the right word is understood here
        if status == 2:
            runner.wrong.append(f"the folder can't be planned ({status}): then nothing above says anything")
    if "--table" in sys.argv:
        for name, refused in rows:
            print(f"{name:<26} {' '.join(refused)}")
    for line in runner.wrong[:40]:
        print("FAILED  " + line)
    total = sum(runner.counts.values())
    print(", ".join(f"{kind} {count}" for kind, count in runner.counts.items()))
    print(f"slips: {total} tried, {len(runner.wrong)} acted or were taken for something else")
    runner.wrong += [] if walk.told() else ["not every command was walked"]
    kinds = len(runner.counts)
    runner.wrong += [] if kinds >= 6 else [f"only {kinds} kinds were tried"]
    counted.close(kinds if not runner.wrong else 0, len(runner.wrong))


main()
