#!/usr/bin/python3
"""script/bench startup [BIN]: how long `--version` of each executable takes, against curl's in the same run, beside
/bin/true and node (where it is here); and what it costs a whole run of gate, scan, tag and smoke that the kernel holds it to what it needs (src/sys/process/confine.h).

Builds the `release` preset unless BIN names a folder of executables. 20 rounds through all of them, shuffled, so
that a busy moment hits each alike; 100 for the second table, whose differences are small. A run that isn't held has
libseccomp and Landlock taken away by a library that is loaded before (LD_PRELOAD); one that is held loads an empty one.
Exit 1: one is above 1.5 times curl's, or gate or scan not below it; one of a release (script/release: BIN is
build/stage/VERSION/ARCH/usr/bin) above 4 ms, or where the machine is busy above 4 times /bin/true.
"""
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS, HELD_ROUNDS = 20, 100
LIMIT = 1.5
RELEASE_MILLISECONDS, RELEASE_TIMES_TRUE = 4, 4
BELOW_CURL = ("fairlead-gate", "fairlead-scan")

# The least that a tool does after it is held: one small file is read, one port refuses at once.
HELD = {"fairlead-gate": ["--report", "report.xml"], "fairlead-scan": ["tree", "report.xml"],
        "fairlead-tag": ["--ref", "refs/tags/v1.2.3", "--event", "push", "--images", "x", "--tags", "type=raw,value=a"],
        "fairlead-smoke": ["--config", "smoke.yml"]}
NOT_HELD = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
void *seccomp_init(unsigned action) { (void)action; return 0; }
int seccomp_syscall_resolve_name(const char *name) { (void)name; return -1; }
long syscall(long number, ...) {
    static long (*real)(long, ...);
    long words[6];
    va_list rest;
    if (number == 444) { errno = ENOSYS; return -1; } /* landlock_create_ruleset */
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "syscall");
    va_start(rest, number);
    for (int i = 0; i < 6; ++i) words[i] = va_arg(rest, long);
    va_end(rest);
    return real(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}
"""


def build(root):
    subprocess.run(["cmake", "--preset", "release"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    programs = ["fairlead" if file.stem == "fairlead" else f"fairlead-{file.stem}"
                for file in sorted((root / "tools").glob("*.cpp"))]
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", *programs], cwd=root, check=True,
                   stdout=subprocess.DEVNULL)
    return [root / "build/release/bin" / name for name in programs]


def milliseconds(words, null, environment=None):
    streams = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
    start = time.perf_counter()
    pid = os.posix_spawn(words[0], words, os.environ if environment is None else environment, file_actions=streams)
    _, status = os.waitpid(pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(words)} failed")
    return (time.perf_counter() - start) * 1000


def medians(commands, rounds, null):
    """name: [words, environment] -> name: median, of rounds through all of them."""
    times = {name: [] for name in commands}
    for _ in range(2):  # into the page cache
        for words, environment in commands.values():
            milliseconds(words, null, environment)
    names, order = list(commands), random.Random(1)
    for _ in range(rounds):
        order.shuffle(names)
        for name in names:
            words, environment = commands[name]
            times[name].append(milliseconds(words, null, environment))
    return {name: statistics.median(values) for name, values in times.items()}


def libraries(program):
    listed = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    return sum("=>" in line for line in listed.splitlines())


def confinement(programs, curl, null):
    git, compiler = shutil.which("git"), shutil.which("cc") or shutil.which("c++")
    if not git or not compiler:
        print("SKIPPED: what confinement costs: git or a compiler is not here")
        return
    with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as folder:
        os.chdir(folder)
        pathlib.Path("report.xml").write_text("<testsuite><testcase name='a' classname='b'/></testsuite>")
        pathlib.Path("smoke.yml").write_text(
            "version: 1\nsmoke: {checks: [{get: 'http://127.0.0.1:9/', expect: refused}]}\n")
        for name, text in (("held", ""), ("not-held", NOT_HELD)):
            pathlib.Path(f"{name}.c").write_text(text)
            subprocess.run([compiler, "-O2", "-x", "c", "-shared", "-fPIC", "-o", f"{name}.so", f"{name}.c", "-ldl"], check=True)
        commands = {"curl": ([curl, "--version"], None), "git": ([git, "--version"], None)}
        for tool, words in HELD.items():
            for how in ("held", "not-held"):
                environment = {"PATH": os.environ["PATH"], "HOME": folder, "LD_PRELOAD": f"{folder}/{how}.so"}
                words_of = [programs[tool], *words]
                said = subprocess.run([*words_of, "-v"], env=environment, capture_output=True, text=True).stderr
                if ("doesn't keep" in said) != (how == "not-held"):
                    print(f"SKIPPED: what confinement costs: {tool} is {'not ' if how == 'held' else ''}held here\n{said}")
                    return
                commands[tool, how] = (words_of, environment)
        took = medians(commands, HELD_ROUNDS, null)
        os.chdir("/")
    print(f"{'a run of':<18} {'held':>9} {'not held':>11} {'ratio':>6} {'x curl':>7} {'x git':>7}")
    for tool in HELD:
        held, free = took[tool, "held"], took[tool, "not-held"]
        print(f"{tool:<18} {held:6.2f} ms {free:8.2f} ms {held / free:6.2f} {held / took['curl']:7.2f} {held / took['git']:7.2f}")
    for name in ("curl", "git"):
        print(f"{name + ' --version':<18} {took[name]:6.2f} ms")
    print(f"median of {HELD_ROUNDS}, interleaved")


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    if len(sys.argv) > 1:
        programs = sorted(file for file in pathlib.Path(sys.argv[1]).resolve().iterdir()
                          if file.name.startswith("fairlead") and file.name != "fairlead-load")
    else:
        programs = build(root)
    curl = shutil.which("curl") or sys.exit("curl is not here; apt-get install curl")
    null = os.open(os.devnull, os.O_WRONLY)
    true, node = shutil.which("true"), shutil.which("node")
    commands = {program: ([program, "--version"], None) for program in [true, curl, *map(str, programs)]}
    if node:
        commands[node] = ([node, "-e", "0"], None)
    took = medians(commands, ROUNDS, null)
    failed, ours = False, set(map(str, programs))
    print(f"{'--version of':<18} {'median':>9} {'x curl':>7} {'libraries':>9}")
    for program in commands:
        name, ratio, linked = os.path.basename(program), took[program] / took[curl], libraries(program)
        wrong = program in ours and (ratio > LIMIT or (name in BELOW_CURL and ratio >= 1))
        if program in ours and linked <= 3:  # glibc's own
            wrong = wrong or took[program] > max(RELEASE_MILLISECONDS, RELEASE_TIMES_TRUE * took[true])
        failed = failed or wrong
        print(f"{name:<18} {took[program]:6.2f} ms {ratio:7.2f} {linked:9}{'  TOO SLOW' if wrong else ''}")
    print(f"median of {ROUNDS}, interleaved; at most {LIMIT} x curl, gate and scan below curl; node runs -e 0\n")
    confinement({program.name: str(program) for program in map(pathlib.Path, programs)}, curl, null)
    return failed


sys.exit(1 if main() else 0)
