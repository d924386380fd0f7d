#!/usr/bin/python3
"""script/bench mutants [--room NAME]... [--draw N [--seed S]] [--since COMMIT] [--jobs N] [--patience S] [--list] [NAME...]:
do the tests fail when the source is wrong?

bench/mutants/ROOM.txt holds careless slips of src/ROOM, one below the other:

    ready-in-a-row  src/deploy/watch.cpp
      an application that flaps is taken for ready
    - good = judgement.good ? good + 1 : 0;
    + good = judgement.good ? good + 1 : good;
    = why no test can tell it from the source (only where that is so)

The text behind `-` has to stand in the file exactly once, however it is broken into lines; that behind `+` takes its place.
Lines may be repeated. Each slip is made in a tree of its own (build/mutants/N: what is here, committed or not), built with
shared libraries and without optimisation, so that one source is compiled and one library linked, which takes seconds. Then
are asked, until the first that fails: the unit tests that have the name of the source, those of its room, the command-line
tests of its room, the unit tests of the rooms that use it, and the command-line tests that start a tool it is linked into.
Who uses what is read from the includes, what a test starts from its text; those that share a word with the source's path come
first, then the quick ones, until --patience is used up (600 seconds of command-line tests a slip). Conformance and end-to-end
tests don't run: the own cases have to notice by themselves. A slip that makes a test hang is killed as well, by six times what
the test takes without (two minutes at least): on a busy machine mistrust those. What fails without a slip counts for none.
The test that noticed is remembered in build/mutants/killers and asked first the next time.

--draw takes so many of each room by lot; the seed is printed and makes the same lot again. --since takes those that stand in
lines that differ from where this branch left COMMIT (where lines were only taken out, in those around), and does nothing where
there are none.

Ends with 1 where less than 90 % of a room's are killed, or one does not apply or does not build; with --list where one does not
apply, or a room has fewer than eight per thousand lines.
"""
import argparse
import collections
import concurrent.futures
import functools
import json
import os
import pathlib
import random
import re
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
TABLES = ROOT / "bench/mutants"
WORK = ROOT / "build/mutants"
ROOMS = sorted(path.name for path in (ROOT / "src").iterdir() if path.is_dir())
LEAST_SECONDS, LEAST_KILLED = 120, 0.9
LEAST_FIRST, LEAST_DENSE = 600, 8  # seconds of a test that was never measured here; slips per thousand lines


class Slip:
    def __init__(self, room, name, file):
        self.room, self.name, self.file = room, name, file
        self.meaning, self.before, self.after, self.equivalent = [], [], [], []

    def place(self, text):
        """Where what it changes stands in the text; None where that is not exactly once."""
        words = " ".join(self.before).split()
        found = list(re.finditer(r"\s+".join(map(re.escape, words)), text)) if words else []
        return found[0].span() if len(found) == 1 else None

    def applied(self, text):
        """The text with the slip in it; None where it has no place."""
        place = self.place(text)
        return place and text[:place[0]] + "\n".join(self.after) + text[place[1]:]

    def is_in(self, changed):
        """Whether the lines that changed, {file: ranges}, touch its place; one without a place has moved, so it counts."""
        if self.file not in changed:
            return False
        text = (ROOT / self.file).read_text() if (ROOT / self.file).is_file() else ""
        place = self.place(text)
        first, last = (text.count("\n", 0, at) + 1 for at in place) if place else (0, 0)
        return not place or any(one.start <= last and first < one.stop for one in changed[self.file])


def read_table(path):
    slips, slip = [], None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        mark, rest = line[:2], line[2:].strip()
        if not line or line.startswith("#"):
            continue
        parts = {"- ": "before", "+ ": "after", "+": "after", "= ": "equivalent", "  ": "meaning"}
        if mark in parts and slip:
            getattr(slip, parts[mark]).append(rest)
        elif (head := re.fullmatch(r"([a-z0-9][a-z0-9-]*)\s+(\S+)", line)):
            slip = Slip(path.stem, *head.groups())
            slips.append(slip)
        else:
            sys.exit(f"{path}:{number}: '{line}' is no line of a table of slips; bench/mutants.py shows one")
    names = [slip.name for slip in slips]
    for slip in slips:
        if not slip.file.endswith(".cpp") or not slip.file.startswith(f"src/{path.stem}/"):
            sys.exit(f"{path}: {slip.name} changes {slip.file}; expected a .cpp of src/{path.stem}: one library is linked anew")
        if names.count(slip.name) > 1 or not slip.before or not slip.meaning:
            sys.exit(f"{path}: {slip.name} stands there twice, or says not what it changes or means")
    return slips


def read_tables():
    paths = sorted(TABLES.glob("*.txt"))
    if strange := [path.name for path in paths if path.stem not in ROOMS]:
        sys.exit(f"bench/mutants: {', '.join(strange)} is not named like a folder of src")
    return [slip for path in paths for slip in read_table(path)]


def lines_of(room):
    """Of its sources, for how densely slips stand."""
    return sum(path.read_text().count("\n") for path in (ROOT / "src" / room).rglob("*.cpp"))


class House:
    """Who uses whom, by the includes; what a command-line test starts, by its text."""

    def __init__(self, root):
        self.root = root
        self.uses = {room: self.included(sorted((root / "src" / room).rglob("*.[ch]*"))) - {room} for room in ROOMS}
        self.tools = {}
        for path in [*(root / "tools").glob("*.cpp"), *(root / "tools/helpers").glob("*.cpp")]:
            texts = [path, *(one for one in [root / f"tools/inputs/{path.stem}.h"] if one.exists())]
            self.tools[path.stem] = self.whole(self.included(texts))

    @staticmethod
    def included(paths):
        found = {room for path in paths if path.is_file() for room in re.findall(r'^#include "([a-z_]+)/', path.read_text(), re.M)}
        return found & set(ROOMS)

    def whole(self, rooms):
        """They, and what they use."""
        found, due = set(), set(rooms)
        while due:
            found |= due
            due = {used for room in due for used in self.uses[room]} - found
        return found

    @functools.cache
    def users(self, room):
        return [other for other in ROOMS if other != room and room in self.whole(self.uses[other])]

    @functools.cache
    def started(self, test):
        """The tools that a command-line test starts; none: those of a table, which are all."""
        path = self.root / "tests/cli" / test
        texts = [one.read_text() for one in (path.glob("*.txtar") if path.is_dir() else [path.with_suffix(".py")]) if one.is_file()]
        words = {word for text in texts for word in re.findall(r"\bfairlead-([a-z]+)\b", text)} | {test.split("_")[0]}
        return words & set(self.tools)

    def asked(self, slip, tests, seconds):
        """The tests of `tests`, in the order in which they are asked."""
        words = set(re.split(r"[/_.]", slip.file)) - {"src", "cpp", slip.room}
        holding = {tool for tool, rooms in self.tools.items() if slip.room in rooms}
        own = {slip.room, *(holding if len(holding) == 1 else [])}
        users = set(self.users(slip.room))
        ranked = []
        for test in tests:
            kind, _, name = test.partition(".")
            parts = name.split("_")
            if kind == "unit":
                rank = 0 if name == slip.room else 2 if name in users else None
            elif parts[0] in own or words & set(parts):
                rank = 1
            else:
                started = self.started(name)
                rank = 4 if not started else 3 if started & holding else None
            if rank is not None:
                ranked.append((rank, -len(words & set(parts)), name not in own, seconds.get(test, 30), test))
        return [test for *_, test in sorted(ranked)]


class Tree:
    """A copy of the project, built once. A slip gets a library of its own and programs that find it beside them."""

    def __init__(self, jobs):
        self.jobs = jobs
        self.source = WORK / "tree"
        self.build = self.source / "build/mutants"
        self.environment = {**os.environ, "CCACHE_BASEDIR": str(WORK), "CCACHE_NOHASHDIR": "1",
                            "CCACHE_SLOPPINESS": "pch_defines,time_macros,include_file_mtime,include_file_ctime",
                            "FAIRLEAD_CONFORMANCE": "/nowhere", "FAIRLEAD_TEST_REQUIRE": "",
                            "PATH": os.environ["PATH"] + ":/usr/sbin", "TMPDIR": scratch()}
        self.compilers, self.linkers = {}, {}
        self.commands = {}  # of the command-line tests, by ctest's names
        self.units = {}  # by ctest's names: the program
        self.house = None
        self.seconds = dict(read_pairs(WORK / "seconds", float))  # what a test takes without a slip
        self.costs = {}  # the same as the tests' heads say it, of a quiet machine
        self.broken, self.guard, self.guards = {}, threading.Lock(), collections.defaultdict(threading.Lock)

    def run(self, argv, seconds=7200, **more):
        """Status (None: too long) and what was said."""
        process = subprocess.Popen(argv, cwd=self.build if self.build.exists() else self.source, text=True, errors="replace",
                                   env={**self.environment, **more}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            said = process.communicate(timeout=seconds)[0]
            return process.returncode, said
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None, f"took longer than {seconds:.0f} s"

    def must(self, argv):
        status, said = self.run(argv)
        if status != 0:
            sys.exit(f"{' '.join(map(str, argv))}: {said[-3000:]}")
        return said

    def renew(self):
        """As ROOT is now; what did not change keeps its time, so that it isn't compiled again."""
        if not (self.source / ".git").exists():
            shutil.rmtree(self.source, ignore_errors=True)
            subprocess.run(["git", "clone", "-q", "--shared", ROOT, self.source], check=True)
        git = ["git", "-C", str(self.source)]
        head = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
        subprocess.run([*git, "fetch", "-q", ROOT, head], check=True)
        subprocess.run([*git, "checkout", "-q", "--detach", "-f", head], check=True)
        listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-coz", "--exclude-standard"], check=True, capture_output=True, text=True)
        wanted = {name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}
        there = subprocess.run([*git, "ls-files", "-coz", "--exclude-standard"], check=True, capture_output=True, text=True)
        for name in {name for name in there.stdout.split("\0") if name} - wanted:
            (self.source / name).unlink(missing_ok=True)
        for name in wanted:
            ours, copy = ROOT / name, self.source / name
            if ours.is_symlink() or ours.is_dir():
                continue
            if not copy.exists() or copy.read_bytes() != ours.read_bytes():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ours, copy)
        self.must(["cmake", "--preset", "mutants", "-S", self.source])
        self.house = House(self.source)

    def find_tests(self):
        """What ctest knows, but what installs a whole build or looks at texts alone: slips show in neither."""
        bin_folder = str(self.build / "bin")
        for test in json.loads(self.must(["ctest", "--test-dir", self.build, "--show-only=json-v1"]))["tests"]:
            kind, _, name = test["name"].partition(".")
            self.costs[test["name"]] = next((one["value"] for one in test["properties"] if one["name"] == "COST"), 1)
            if kind == "unit":
                self.units[test["name"]] = f"unit_{name}"
            script = self.source / f"tests/cli/{name}.py"
            if kind != "cli" or not any(bin_folder in word for word in test.get("command", [])):
                continue
            if not script.is_file() or "--install" not in script.read_text():
                self.commands[test["name"]] = test["command"]

    def build_for(self, rooms):
        """The programs, and the unit tests of the rooms and of those that use them."""
        units = {room for one in rooms for room in [one, *self.house.users(one)]}
        self.units = {name: program for name, program in self.units.items() if name.partition(".")[2] in units}
        bin_folder = self.build / "bin"
        others = {pathlib.Path(word).name for argv in self.commands.values() for word in argv if pathlib.Path(word).parent == bin_folder}
        tools = ["fairlead" if tool == "fairlead" else f"fairlead-{tool}" for tool in self.house.tools]
        self.must(["ninja", "-j", str(self.jobs), "-C", self.build, *tools, *sorted(others), *self.units.values()])
        for row in json.loads((self.build / "compile_commands.json").read_text()):
            self.compilers[str(pathlib.Path(row["file"]).relative_to(self.source))] = row["command"]
        for room in rooms:
            said = self.must(["ninja", "-C", self.build, "-t", "commands", f"lib{room}.so"])
            self.linkers[room] = said.strip().split("\n")[-1]

    def made(self, slip, text, place):
        """Compiles the changed source and links its library in the folder `place`; what the compiler says against it."""
        place.mkdir(parents=True, exist_ok=True)
        source = place / pathlib.PurePath(slip.file).name
        source.write_text(text)
        words = shlex.split(self.compilers[slip.file])
        theirs = words[words.index("-o") + 1]
        words[words.index("-o") + 1] = str(source.with_suffix(".o"))
        words[words.index("-c") + 1] = str(source)
        status, said = self.run(words)
        if status != 0:
            return next((line for line in said.splitlines() if "error" in line), said[-300:])
        library = f"lib{slip.room}.so"
        linker = self.linkers[slip.room].replace(f" -o {library} ", f" -o {place / library} ")
        linker = linker.replace(f" {theirs} ", f" {source.with_suffix('.o')} ")
        status, said = self.run(["sh", "-c", linker])
        if status != 0:
            return said[-300:]
        for other in self.build.glob("lib*.so"):
            if other.name != library:
                (place / other.name).symlink_to(other)
        tests = place / "tests"
        tests.mkdir()
        for other in (self.build / "tests").glob("lib*.so"):
            (tests / other.name).symlink_to(other)
        (place / "bin").mkdir()
        for program in (self.build / "bin").iterdir():
            os.link(program, place / "bin" / program.name)
        return ""

    def most(self, name):
        if name not in self.seconds:
            return max(LEAST_FIRST, 10 * self.costs[name])
        return max(LEAST_SECONDS, 6 * self.seconds[name])

    def unit(self, place, name, *filters, abort=True):
        """The cases that fail; with `abort` the first."""
        argv = [place / "bin" / self.units[name], *(["--abort"] if abort else []), *filters]
        status, said = self.run(argv, self.most(name), LD_LIBRARY_PATH=f"{place}:{place / 'tests'}")
        if status == 0:
            return []
        titles = re.findall(r"^-{79}\n(.+?)\n-{79}\n", said, re.M | re.S)
        names = [title.split("\n")[0].strip() for title in titles] or ["died" if status else said]
        return [f"{name} {one}" for one in dict.fromkeys(names)]

    def script(self, place, name):
        """Of the command line: the scripts of a folder that fail, or of a program of tests/cli as many as it says have failed:
        one more than without a slip is noticed, too."""
        argv = [word.replace(str(self.build / "bin"), str(place / "bin")) for word in self.commands[name]]
        status, said = self.run(argv, self.most(name), LD_LIBRARY_PATH=str(place))  # some cases run a copy of a program,
        if status == 0:  # which finds no library beside it
            return []
        scripts = sorted(set(re.findall(r"^\S*?([\w-]+)\.txtar: ", said, re.M)))
        count = re.findall(r"^\d+ passed, (\d+) failed", said, re.M)
        if scripts and status:
            return [f"{name} {script}" for script in scripts]
        return [f"{name} ({number + 1})" for number in range(int(count[-1]))] if count and count[-1] != "0" and status else [name]

    def sound(self, name):
        """What of a test fails without any slip proves nothing with one; asked once, when it is first needed."""
        with self.guard:
            guard = self.guards[name]
        with guard:
            if name in self.broken:
                return self.broken[name]
            start = time.monotonic()
            failed = self.unit(self.build, name, abort=False) if name in self.units else self.script(self.build, name)
            self.seconds[name] = time.monotonic() - start
            for one in failed:
                print(f"{one} fails without a slip and is not asked", flush=True)
            self.broken[name] = set(failed)
            write_pairs(WORK / "seconds", {test: f"{took:.1f}" for test, took in self.seconds.items()})
            return self.broken[name]

    def fails(self, place, name, *filters):
        """What fails here and not without a slip."""
        broken = self.sound(name)
        failed = self.unit(place, name, *filters, abort=not broken) if name in self.units else self.script(place, name)
        return [one for one in failed if one not in broken]

    def own(self, place, slip):
        """The same of the cases that have the name of the slip's source: mostly they notice."""
        parts = pathlib.PurePath(slip.file).parts
        room = self.source / "tests/unit" / pathlib.PurePath(*parts[1:-1])
        stem = pathlib.PurePath(slip.file).stem
        files = [path.stem for path in room.glob("*.cpp") if path.stem == stem or path.stem.startswith(stem + "_")]
        name = f"unit.{slip.room}"
        return self.fails(place, name, "-#", ",".join(f"[#{one}]" for one in files)) if files and name in self.units else []

    def noticed(self, place, slip, patience):
        """The first that fails; how many weren't asked any more."""
        if failed := self.own(place, slip):
            return failed[0], 0
        left, unasked = patience, 0
        for name in self.house.asked(slip, [*self.units, *self.commands], {**self.costs, **self.seconds}):
            if name in self.commands and left <= 0:
                unasked += 1
                continue
            start = time.monotonic()
            if failed := self.fails(place, name):
                return failed[0], 0
            if name in self.commands:
                left -= time.monotonic() - start
        return "", unasked


def scratch():
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else os.environ.get("TMPDIR", "/tmp")


def tried(tree, slip, known, patience):
    """What became of it, and who noticed or why not."""
    file = tree.source / slip.file
    changed = slip.applied(file.read_text() if file.is_file() else "")
    if changed is None:
        return "did not apply", f"'{' '.join(slip.before)}' does not stand in {slip.file} exactly once"
    if slip.equivalent:
        return "equivalent", " ".join(slip.equivalent)
    place = WORK / "slips" / slip.room / slip.name
    shutil.rmtree(place, ignore_errors=True)
    try:
        if wrong := tree.made(slip, changed, place):
            return "did not build", wrong
        test, _, case = known.partition(" ")
        if test in tree.units and case and case != "died" and not case.startswith("took "):
            if tree.fails(place, test, re.sub(r"([\[\],\\\\])", r"\\\1", case)):
                return "killed", known
        elif test in tree.commands and tree.fails(place, test):
            return "killed", known
        noticed, unasked = tree.noticed(place, slip, patience)
        if noticed:
            return "killed", noticed
        return "alive", "; ".join(slip.meaning) + (f" ({unasked} tests were not asked: --patience)" if unasked else "")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def read_pairs(path, of=str):
    lines = path.read_text().splitlines() if path.exists() else []
    return [(line.split("\t", 1)[0], of(line.split("\t", 1)[1])) for line in lines if "\t" in line]


def write_pairs(path, pairs):
    path.write_text("".join(f"{key}\t{value}\n" for key, value in sorted(pairs.items())))


def changed_since(commit):
    """The lines that differ from where this branch left the commit: {file: ranges}."""
    def git(*words):
        done = subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"script/bench mutants: --since {commit}: {done.stderr.strip()}")
        return done.stdout

    base, changed, file = git("merge-base", commit, "HEAD").strip(), {}, None
    for line in git("-c", "core.quotePath=false", "diff", "-U0", "--no-color", "--no-ext-diff", "--src-prefix=a/", "--dst-prefix=b/", base).splitlines():
        if line.startswith("+++ "):
            file = line[6:]
        elif hunk := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line):
            start, count = int(hunk[1]), int(hunk[2] or 1)
            changed.setdefault(file, []).append(range(start, start + (count or 2)))  # taken out: the lines before and behind
    return changed


def drawn(slips, count, seed):
    """So many of each room, and the same ones for a seed whatever other rooms are asked for."""
    chosen = []
    for room in ROOMS:
        of_room = [slip for slip in slips if slip.room == room and not slip.equivalent]
        lot = set(random.Random(f"{seed} {room}").sample([slip.name for slip in of_room], min(count, len(of_room))))
        chosen += [slip for slip in of_room if slip.name in lot]
    return chosen


def list_them(slips, rooms, chosen):
    stray = [slip for slip in slips if not (ROOT / slip.file).is_file() or slip.applied((ROOT / slip.file).read_text()) is None]
    for slip in stray:
        print(f"{slip.room} {slip.name}: does not stand in {slip.file} exactly once")
    if chosen:
        rooms = []  # a few say nothing of them
        for slip in slips:
            print(f"{slip.room} {slip.name}  {slip.file}")
    thin = []
    for room in rooms:
        count, lines = sum(slip.room == room for slip in slips), lines_of(room)
        thin += [room] if 1000 * count < LEAST_DENSE * lines else []
        print(f"{room:<10}{count:>5} slips, {1000 * count / lines:5.1f} per thousand of {lines} lines")
    if thin:
        print(f"fewer than {LEAST_DENSE} slips per thousand lines: {', '.join(thin)}")
    print(f"{len(slips)} slips, {len(stray)} do not apply")
    return 1 if stray or thin else 0


def tell(slips, results, took):
    """Whether it is enough."""
    enough = True
    for room in sorted({slip.room for slip in slips}):
        states = collections.Counter(results[slip][0] for slip in slips if slip.room == room)
        tells = states.total() - states["equivalent"]
        enough = enough and states["killed"] >= LEAST_KILLED * tells and not states["did not apply"] + states["did not build"]
        kinds = ["killed", "alive", *(kind for kind in ("equivalent", "did not apply", "did not build") if states[kind])]
        print(f"{room:<10}{tells:>4} tried, " + ", ".join(f"{states[kind]} {kind}" for kind in kinds))
    states = [state for state, _ in results.values()]
    tells = len(states) - states.count("equivalent")
    print(f"{len(states)} slips, {states.count('killed')} of {tells} that tests can tell killed, {took / max(len(states), 1):.1f} s each")
    return enough


def main():
    parser = argparse.ArgumentParser(prog="script/bench mutants", description=__doc__.split("\n")[1])
    parser.add_argument("--room", "--domain", action="append", choices=ROOMS)
    parser.add_argument("--draw", type=int, metavar="N", help="so many of each room, by lot")
    parser.add_argument("--seed", help="the lot of a run before")
    parser.add_argument("--since", metavar="COMMIT", help="only those whose lines were changed since")
    parser.add_argument("--jobs", type=int, default=1, help="so many compilers, then slips, at once (1)")
    parser.add_argument("--patience", type=float, default=600, metavar="S", help="seconds of command-line tests for one slip (600)")
    parser.add_argument("--list", action="store_true", help="say whether each applies, and how densely they stand; run nothing")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    options = parser.parse_args()
    slips = [slip for slip in read_tables() if slip.room in (options.room or ROOMS)]
    if unknown := set(options.names) - {slip.name for slip in slips}:
        sys.exit(f"script/bench mutants: no slip is named {', '.join(sorted(unknown))}")
    slips = [slip for slip in slips if not options.names or slip.name in options.names]
    if options.since:
        changed = changed_since(options.since)
        slips = [slip for slip in slips if slip.is_in(changed)]
    if options.draw:
        seed = options.seed or str(secrets.randbelow(1_000_000))
        slips = drawn(slips, options.draw, seed)
        print(f"drawn by lot: --draw {options.draw} --seed {seed}", flush=True)
    if options.list:
        rooms = sorted({slip.room for slip in slips}) if options.since else options.room or ROOMS
        return list_them(slips, rooms, options.draw or options.since or options.names)
    if not slips:
        print("no slip is of what changed")
        return 0
    WORK.mkdir(parents=True, exist_ok=True)
    killers, results, began = dict(read_pairs(WORK / "killers")), {}, time.monotonic()
    tree = Tree(options.jobs)
    tree.renew()
    tree.find_tests()
    tree.build_for(sorted({slip.room for slip in slips}))
    print(f"{len(slips)} slips; built in {time.monotonic() - began:.0f} s", flush=True)
    began = time.monotonic()

    def one(slip):
        start = time.monotonic()
        name = f"{slip.room}/{slip.name}"
        state, why = results[slip] = tried(tree, slip, killers.get(name, ""), options.patience)
        print(f"{state:<13} {slip.room} {slip.name} ({time.monotonic() - start:.1f} s): {why}", flush=True)
        if state == "killed":
            killers[name] = why
            write_pairs(WORK / "killers", killers)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(one, slips))
    return 0 if tell(slips, results, time.monotonic() - began) else 1


if __name__ == "__main__":
    sys.exit(main())
