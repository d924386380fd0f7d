"""All commands of all executables, as the declarations hold them, and how tests call each: tests/commands.tsv.

    commands.py BIN [NAME...]   calls each in its project and compares the status (the walk `calls`)

A line of the table: executable, command, project (tests/support/projects.py), status there, the words behind the command. `-` is an
empty cell. A command may have further lines, for words that let it do more; every walk takes the first. What is declared in no executable has `beside` in place of a project and, in place of words, why. A command without a line, a line
without a command and an executable that renders no list end every walk. FAIRLEAD_WALK=fairlead-x,… walks these executables only.
"""
import copy
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import counted

TABLE = pathlib.Path(__file__).resolve().parent.parent / "commands.tsv"
HEAD = "executable\tcommand\tproject\tstatus\twords"


class Command:
    def __init__(self, declared):
        self.executable, self.command = declared["executable"], declared["command"]
        self.declared, self.inputs = declared, declared["inputs"]
        self.needs = {need["need"] for need in declared["needs"]}
        self.project, self.status, self.words, self.first, self.further = "", 0, [], True, []

    def __str__(self):
        return f"{self.executable} {self.command}".strip()

    def __getattr__(self, name):  # acts, irreversible, lasting, only_tells, reads_config, hidden, default
        if name.startswith("_") or name not in self.declared:
            raise AttributeError(name)
        return self.declared[name]

    def may(self, need):
        """Whether it has that need as it is called here."""
        return any(row["need"] == need and (not row["input"] or "--" + row["input"] in self.words) for row in self.declared["needs"])

    def called(self):
        """With its words, where it isn't its first line."""
        return str(self) if self.first else f"{self} {shlex.join(self.words)}"

    def calls(self):
        """It and its further lines of the table."""
        yield self
        for project, status, words in self.further:
            other = copy.copy(self)
            other.project, other.status, other.words, other.first = project, status, words, False
            yield other

    @property
    def argv(self):
        return [self.executable, *([self.command] if self.command else []), *self.words]


def executables(bin_folder):
    return sorted(path.name for path in pathlib.Path(bin_folder).glob("fairlead*") if os.access(path, os.X_OK) and path.is_file())


def rendered(program):
    """What it declares; nothing where it knows no such question."""
    done = subprocess.run([program, "--render", "commands"], capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    if done.returncode:
        return []
    return [Command(json.loads(line)) for line in done.stdout.decode().splitlines()]


def words_of_front(bin_folder):
    """The words that `fairlead` itself knows, as its refusal lists them."""
    said = subprocess.run([pathlib.Path(bin_folder) / "fairlead", "zzzzzzzz"], capture_output=True, text=True).stderr
    listed = said.partition("expected ")[2].split("\n")[0]
    return re.findall(r"[a-z][a-z-]*", listed.replace(" or ", " ").replace(" and ", " "))


def rows(table):
    head, *lines = table.read_text().splitlines()
    problems = [] if head == HEAD else [f"{table.name}:1: expected '{HEAD}'"]
    found = {}
    for number, line in enumerate(lines, 2):
        cells = line.split("\t")
        if len(cells) != 5 or not all(cells):
            problems.append(f"{table.name}:{number}: expected {HEAD.replace(chr(9), ', ')} with one tab between, '-' for nothing")
            continue
        key = (cells[0], cells[1].strip("-") and cells[1])
        project, status, words = cells[2:]
        if project == "beside":
            found[key] = [(number, project, status, words)]
        elif not status.isdigit():
            problems.append(f"{table.name}:{number}: '{status}' is not a status; write that of the command in '{project}'")
        else:
            found.setdefault(key, []).append((number, project, int(status), [] if words == "-" else shlex.split(words)))
    return found, problems


def beside(bin_folder, declared, table):
    """The lines of the table that are beside the declarations, each proven to be; (problems, their names)."""
    problems, names = [], []
    programs = {one.executable for one in declared}
    said = {one.command for one in declared if one.executable == "fairlead"} | {name.removeprefix("fairlead-") for name in programs}
    unknown = {("fairlead", word) for word in words_of_front(bin_folder) if word not in said}
    unknown |= {(name, "") for name in executables(bin_folder) if name not in programs}
    for key, [(number, project, _, _), *_] in table.items():
        if project != "beside":
            continue
        if key[0] in programs and key not in unknown:
            problems.append(f"{TABLE.name}:{number}: {' '.join(key).strip()} is declared, or not there")
        elif key in unknown:  # not every build has the client of the tests
            names.append(" ".join(key).strip())
    for executable, word in sorted(unknown - set(table)):
        problems.append(f"{f'{executable} {word}'.strip()} declares no commands; add its line with `beside` and why to tests/commands.tsv")
    return problems, names


def load(bin_folder):
    """Every declared command with its line; ends the process where one of both lacks the other."""
    declared = [one for name in executables(bin_folder) for one in rendered(pathlib.Path(bin_folder) / name)]
    table, problems = rows(TABLE)
    more, names = beside(bin_folder, declared, table)
    problems += more
    for one in declared:
        lines = table.get((one.executable, one.command))
        if not lines:
            problems.append(f"{one} has no line in tests/commands.tsv")
        elif lines[0][1] != "beside":
            (_, one.project, one.status, one.words), *one.further = lines
            one.further = [line[1:] for line in one.further]
    known = {(one.executable, one.command) for one in declared}
    for key, [(number, project, _, _), *_] in table.items():
        if key not in known and project != "beside":
            problems.append(f"{TABLE.name}:{number}: there is no command {' '.join(key).strip()}")
    if not declared:
        problems.append(f"no executable in {bin_folder} declares a command")
    if problems:
        print("\n".join(problems))
        counted.close(0, len(problems))
    only = os.environ.get("FAIRLEAD_WALK", "").split(",")
    return Walk([one for one in declared if only == [""] or one.executable in only], names)


class Walk:
    """Hands out every command and counts those that were asked; `finish` fails where one was not."""

    def __init__(self, every, beside_them=()):
        self.every, self.beside = every, list(beside_them)
        self.asked, self.wrong = set(), []

    def __iter__(self):
        for one in self.every:
            yield one
            self.asked.add(str(one))  # only where the loop came back

    def __len__(self):
        return len(self.every)

    def executables(self):
        return list(dict.fromkeys(one.executable for one in self.every))

    def of(self, executable):
        return [one for one in self.every if one.executable == executable]

    def fault(self, command, text):
        self.wrong.append((str(command), text))
        print(f"FAILED  {command.called()}: {text}")

    def told(self):
        """The line that says how many; whether it were all."""
        print(f"walked {len(self.asked)} of {len(self.every)} commands (declared by {len(self.executables())} executables; "
              f"beside them {', '.join(self.beside) or 'nothing'})")
        return len(self.asked) == len(self.every)

    def finish(self):
        whole = self.told()
        faulty = {name for name, _ in self.wrong}
        counted.close(len(self.asked - faulty), len(faulty) + (not whole))


def main():
    import projects
    bin_folder, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    walk = load(bin_folder)
    with tempfile.TemporaryDirectory(prefix="fairlead calls ") as scratch:
        world = projects.World(scratch, bin_folder)
        if names:
            walk = Walk([one for one in walk.every if str(one) in names])
        for one in (call for command in walk for call in command.calls()):
            done = world.lay(one.project).run(one.argv)
            if done.returncode != one.status or names:
                said = (done.stderr + done.stdout).decode(errors="replace")
                (walk.fault if done.returncode != one.status else print)(one, f"status {done.returncode}, expected {one.status}\n{said}")
        world.close()
    walk.finish()


if __name__ == "__main__":
    main()
