#!/usr/bin/python3
"""script/bench mutants [--domain NAME]... [--jobs N] [--list] [NAME...]: do the tests fail when the source is wrong?

bench/mutants/DOMAIN.txt holds careless slips, one below the other:

    ready-in-a-row  src/deploy/watch.cpp
      an application that flaps is taken for ready
    - good = judgement.good ? good + 1 : 0;
    + good = judgement.good ? good + 1 : good;
    = why no test can tell it from the source (only where that is so)

The text behind `-` has to stand in the file exactly once, however it is broken into lines; that behind `+` takes its place.
Lines may be repeated. Each slip is made in a tree of its own (build/mutants/N: what is here, committed or not), built with
shared libraries and without optimisation, so that one source is compiled and one library linked; then the unit tests of its
domain run, and if none fails, the command-line tests and the unit tests of what links the domain, until the first that
fails. Conformance and end-to-end tests don't run: the own cases have to notice by themselves. A slip that makes a test hang is
killed as well, by six times what the test takes without (two minutes at least): on a busy machine mistrust those. The test that noticed is
remembered in build/mutants/killers and asked first the next time.

Ends with 1 where a slip stayed alive or did not apply, or where less than 90 % of a domain's are killed.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
TABLES = ROOT / "bench/mutants"
WORK = ROOT / "build/mutants"
DOMAINS = ["base", "sys", "cli", "config", "report", "ledger", "gate", "scan", "tag", "smoke", "deploy", "chain", "act", "init", "attest", "verify", "preflight"]
TOOLS = ["gate", "scan", "tag", "smoke", "deploy", "preflight"]
# What else has to notice a slip, by ctest's names: the command line of the domain, then the unit tests of what links it.
# Without cli.man, which installs a whole build: a slip has none.
FURTHER = {
    **{tool: [f"cli.{tool}", "cli.effects", "cli.silencing", "cli.fairlead"] for tool in TOOLS},
    "chain": ["cli.fairlead"],
    "act": ["cli.fairlead"],
    "init": ["cli.fairlead"],
    "attest": ["unit.verify", "cli.fairlead"],
    "verify": ["cli.fairlead"],
    "ledger": ["unit.deploy", "cli.deploy"],
    "cli": ["cli.common", "cli.fairlead", "cli.canary", *(f"cli.{tool}" for tool in TOOLS)],
    "config": ["unit.cli", "cli.common", "cli.wrong_config", "cli.wrong_sections", "cli.waiver_rules", "cli.silencing",
               *(f"unit.{tool}" for tool in TOOLS), *(f"cli.{tool}" for tool in TOOLS)],
    "report": ["unit.cli", "cli.common", *(f"unit.{tool}" for tool in TOOLS), *(f"cli.{tool}" for tool in TOOLS)],
    "sys": ["unit.report", "unit.config", "unit.cli", *(f"unit.{tool}" for tool in TOOLS), "cli.common", "cli.confine",
            *(f"cli.{tool}" for tool in TOOLS)],
    "base": ["unit.sys", "unit.report", "unit.config", "unit.cli", *(f"unit.{tool}" for tool in TOOLS), "cli.common",
             *(f"cli.{tool}" for tool in TOOLS)],
}
FURTHER["deploy"].append("cli.deploy_effects")
FURTHER["smoke"].append("cli.smoke_effects")
UNIT_SECONDS, FURTHER_SECONDS, LEAST_KILLED = 120, 300, 0.9


class Slip:
    def __init__(self, domain, name, file):
        self.domain, self.name, self.file = domain, name, file
        self.room = file.split("/")[1]
        self.meaning, self.before, self.after, self.equivalent = [], [], [], []

    def applied(self, text):
        """The text with the slip in it; None where what it changes does not stand there exactly once."""
        words = " ".join(self.before).split()
        found = list(re.finditer(r"\s+".join(map(re.escape, words)), text)) if words else []
        if len(found) != 1:
            return None
        return text[:found[0].start()] + "\n".join(self.after) + text[found[0].end():]


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
        if not slip.file.endswith(".cpp"):
            sys.exit(f"{path}: {slip.name} changes {slip.file}, but only a .cpp is compiled anew")
        if names.count(slip.name) > 1 or not slip.before or not slip.meaning:
            sys.exit(f"{path}: {slip.name} stands there twice, or says not what it changes or means")
    return slips


class Tree:
    """A copy of the project, built once. A slip gets a library of its own and programs that find it beside them."""

    def __init__(self):
        self.source = WORK / "tree"
        self.build = self.source / "build/mutants"
        self.environment = {**os.environ, "CCACHE_BASEDIR": str(WORK), "CCACHE_NOHASHDIR": "1",
                            "CCACHE_SLOPPINESS": "pch_defines,time_macros,include_file_mtime,include_file_ctime",
                            "FAIRLEAD_CONFORMANCE": "/nowhere", "FAIRLEAD_REQUIRE": "",
                            "PATH": os.environ["PATH"] + ":/usr/sbin", "TMPDIR": scratch()}
        self.compilers, self.linkers = {}, {}
        self.broken = set()  # what fails without a slip
        self.sound = {}  # seconds that a unit test takes without one

    def run(self, argv, seconds=3600, **more):
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
            return None, f"took longer than {seconds} s"

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
        tools = [path.stem for path in (self.source / "tools").glob("*.cpp")]
        self.must(["ninja", "-C", self.build, *(f"fairlead-{name}" if name != "fairlead" else name for name in tools),
                   *(f"unit_{path.name}" for path in (self.source / "tests/unit").iterdir())])

    def read_commands(self):
        for row in json.loads((self.build / "compile_commands.json").read_text()):
            self.compilers[str(pathlib.Path(row["file"]).relative_to(self.source))] = row["command"]
        for path in (self.source / "src").iterdir():
            said = self.must(["ninja", "-C", self.build, "-t", "commands", f"lib{path.name}.so"])
            self.linkers[path.name] = said.strip().split("\n")[-1]

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
        linker = self.linkers[slip.room].replace(f" -o {library} ", f" -o {place / library} ").replace(f" {theirs} ", f" {source.with_suffix('.o')} ")
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

    def unit(self, place, domain, *filters):
        """The unit test that fails, or nothing."""
        argv = [place / "bin" / f"unit_{domain}", "--abort", *filters]
        status, said = self.run(argv, max(UNIT_SECONDS, 6 * self.sound.get(domain, 0)), LD_LIBRARY_PATH=f"{place}:{place / 'tests'}")
        if status == 0:
            return ""
        title = re.search(r"^-{79}\n(.+?)\n-{79}\n", said, re.M | re.S)
        name = title.group(1).split("\n")[0].strip() if title else "died" if status else said
        return f"unit.{domain} {name}"

    def own(self, place, slip):
        """The same of the cases that have the name of the slip's source: mostly they notice."""
        parts = pathlib.PurePath(slip.file).parts
        room = self.source / "tests/unit" / pathlib.PurePath(*parts[1:-1])
        stem = pathlib.PurePath(slip.file).stem
        files = [path.stem for path in room.glob("*.cpp") if path.stem == stem or path.stem.startswith(stem + "_")]
        return self.unit(place, slip.room, "-#", ",".join(f"[#{name}]" for name in files)) if files else ""

    def script(self, place, name):
        """Of the command line: the first of a folder's scripts, or the program of tests/cli, that fails here only."""
        folder = self.source / "tests/cli" / name
        argv = (["tests/support/cli.py", place / "bin", folder] if folder.is_dir() else [f"tests/cli/{name}.py", place / "bin"])
        status, said = self.run(["/usr/bin/python3", self.source / argv[0], *argv[1:]], FURTHER_SECONDS,
                                LD_LIBRARY_PATH=str(place))  # some cases run a copy of a program, which finds no library beside it
        if status == 0:
            return []
        scripts = sorted(set(re.findall(r"^\S*?([\w-]+)\.txtar: ", said, re.M)))
        return [f"cli.{name} {script}" for script in scripts] if scripts and status else [f"cli.{name}"]

    def asked(self, place, name):
        kind, _, rest = name.partition(".")
        failed = [one for one in [self.unit(place, rest)] if one] if kind == "unit" else self.script(place, rest)
        return [one for one in failed if one not in self.broken]

    def further(self, place, domain):
        return next((noticed[0] for name in [f"unit.{domain}", *FURTHER[domain]]
                     if name not in self.broken and (noticed := self.asked(place, name))), "")

    def check_sound(self, domains):
        """What fails without any slip proves nothing with one."""
        for name in sorted({f"unit.{domain}" for domain in domains} | {name for domain in domains for name in FURTHER[domain]}):
            start = time.monotonic()
            failures = self.asked(self.build, name)
            self.sound[name.removeprefix("unit.")] = time.monotonic() - start
            for failed in failures:
                self.broken |= {failed} if name.startswith("cli.") else {failed, name}
                print(f"{failed} fails without a slip and is not asked", flush=True)


def scratch():
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else os.environ.get("TMPDIR", "/tmp")


def tried(tree, slip, known):
    """What became of it, and who noticed or why not."""
    file = tree.source / slip.file
    changed = slip.applied(file.read_text() if file.is_file() else "")
    if changed is None:
        return "did not apply", f"'{' '.join(slip.before)}' does not stand in {slip.file} exactly once"
    if slip.equivalent:
        return "equivalent", " ".join(slip.equivalent)
    place = WORK / "slips" / slip.domain / slip.name
    shutil.rmtree(place, ignore_errors=True)
    try:
        if wrong := tree.made(slip, changed, place):
            return "did not build", wrong
        test, _, case = known.partition(" ")
        if test.startswith("unit.") and case and case != "died" and not case.startswith("took "):
            if tree.unit(place, test.removeprefix("unit."), re.sub(r"([\[\],\\\\])", r"\\\1", case)):
                return "killed", known
        elif test.startswith("cli.") and test not in tree.broken and tree.asked(place, test):
            return "killed", known
        noticed = tree.own(place, slip) or tree.further(place, slip.domain)
        return ("killed", noticed) if noticed else ("alive", "; ".join(slip.meaning))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def read_killers():
    path = WORK / "killers"
    return dict(line.split("\t", 1) for line in path.read_text().splitlines() if "\t" in line) if path.exists() else {}


def main():
    parser = argparse.ArgumentParser(prog="script/bench mutants", description=__doc__.split("\n")[0])
    parser.add_argument("--domain", action="append", choices=DOMAINS)
    parser.add_argument("--jobs", type=int, default=1, help="so many slips at once (1)")
    parser.add_argument("--list", action="store_true", help="say whether each applies; build and run nothing")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    options = parser.parse_args()
    slips = [slip for domain in DOMAINS if (TABLES / f"{domain}.txt").exists() and domain in (options.domain or DOMAINS)
             for slip in read_table(TABLES / f"{domain}.txt")]
    if unknown := set(options.names) - {slip.name for slip in slips}:
        sys.exit(f"script/bench mutants: no slip is named {', '.join(sorted(unknown))}")
    slips = [slip for slip in slips if not options.names or slip.name in options.names]
    if options.list:
        stray = [slip for slip in slips if not (ROOT / slip.file).is_file() or slip.applied((ROOT / slip.file).read_text()) is None]
        for slip in stray:
            print(f"{slip.domain} {slip.name}: does not stand in {slip.file} exactly once")
        print(f"{len(slips)} slips, {len(stray)} do not apply")
        return 1 if stray else 0
    WORK.mkdir(parents=True, exist_ok=True)
    killers, results, began = read_killers(), {}, time.monotonic()
    domains = sorted({slip.domain for slip in slips}, key=DOMAINS.index)
    tree = Tree()
    tree.renew()
    tree.read_commands()
    tree.check_sound(domains)
    print(f"{len(slips)} slips; built and found sound in {time.monotonic() - began:.0f} s", flush=True)
    began = time.monotonic()

    def one(slip):
        start = time.monotonic()
        name = f"{slip.domain}/{slip.name}"
        state, why = results[slip] = tried(tree, slip, killers.get(name, ""))
        print(f"{state:<13} {slip.domain} {slip.name} ({time.monotonic() - start:.1f} s): {why}", flush=True)
        if state == "killed":
            killers[name] = why
            (WORK / "killers").write_text("".join(f"{key}\t{by}\n" for key, by in sorted(killers.items())))

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(one, slips))
    took = time.monotonic() - began
    enough = True
    for domain in domains:
        states = [results[slip][0] for slip in slips if slip.domain == domain]
        count = {state: states.count(state) for state in ("killed", "alive", "equivalent", "did not apply", "did not build")}
        tells = len(states) - count["equivalent"]
        enough = enough and count["killed"] >= LEAST_KILLED * tells
        print(f"{domain:<8}" + ", ".join(f"{n} {state}" for state, n in count.items() if n or state in ("killed", "alive")))
    states = [state for state, _ in results.values()]
    tells = len(states) - states.count("equivalent")
    print(f"{len(states)} slips, {states.count('killed')} of {tells} that tests can tell killed, {took / max(len(states), 1):.1f} s each")
    return 0 if enough and states.count("killed") == tells else 1


if __name__ == "__main__":
    sys.exit(main())
