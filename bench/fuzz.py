#!/usr/bin/python3
"""script/bench fuzz [--runs N] [--minutes N] [--seed N] [TARGET...]: a million executions or 20 minutes of CPU each,
whichever comes first, of what takes the most hostile input: the targets of tests/fuzz with a line `// hostile: WHAT`, or
those that are named (`gate_`: all of gate's). Printed are the executions, how much of the code they reached (libFuzzer's
edges) and the seconds of CPU.

Builds the `asan` preset's fuzz targets. Every target starts from its seeds (tests/fuzz/corpus; of preflight's readers
the fixtures' files), never from what an earlier run found, and where setarch may fix the addresses, a seed and a number
of runs say which inputs were tried; without --seed it is random. Folders and archives are made in /dev/shm where that is
there. A target ends at its first failure; its input is kept in build/fuzz. Exit 1: one failed.
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUSY = 10  # so much longer than its CPU a target may take on a busy machine
SEEDS = ROOT / "build/fuzz/seeds"
TARGETS = {f"{path.parent.name}_{path.stem}": path for path in sorted((ROOT / "tests/fuzz").glob("*/*.cpp"))}
HOSTILE = re.compile(r"^// hostile: (.+)$", re.M)


def build(targets):
    programs = {f"fuzz_{target.split('_')[0]}" for target in targets}  # one per library
    subprocess.run(["cmake", "--preset", "asan"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "asan", "--target", *programs], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)


def run(target, runs, seed, scratch, minutes):
    """Executions, edges and what libFuzzer said last; a failure is its exit status."""
    seeds = [path for path in (ROOT / "tests/fuzz/corpus" / target, SEEDS / target) if path.is_dir()]
    fixed = ["setarch", "-R"] if subprocess.run(["setarch", "-R", "true"], stderr=subprocess.DEVNULL).returncode == 0 else []
    with tempfile.TemporaryDirectory(dir=scratch, prefix="fairlead-bench-") as folder:
        found = pathlib.Path(folder) / "found"
        found.mkdir()
        with tempfile.TemporaryFile() as said:
            child = subprocess.Popen([*fixed, ROOT / "build/asan/bin" / f"fuzz_{target}", f"-seed={seed}", f"-runs={runs}", "-reload=0",
                                      f"-max_total_time={minutes * 60 * BUSY}", "-timeout=60", "-rss_limit_mb=2048", "-close_fd_mask=3",
                                      "-print_final_stats=1", found, *seeds],
                                     cwd=ROOT / "build/fuzz", env={**os.environ, "TMPDIR": folder}, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=said,
                                     preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (minutes * 60, minutes * 60 + 60)))
            _, status, used = os.wait4(child.pid, 0)
            said.seek(0)
            text = said.read().decode(errors="replace")
    executions = re.findall(r"^(?:stat::number_of_executed_units: |#)(\d+)", text, re.M)
    edges = re.findall(r"\bcov: (\d+)", text)
    return (int(executions[-1]) if executions else 0, int(edges[-1]) if edges else 0, os.waitstatus_to_exitcode(status),
            used.ru_utime + used.ru_stime, text)


def main():
    parser = argparse.ArgumentParser(prog="script/bench fuzz")
    parser.add_argument("--runs", type=int, default=1_000_000, help="executions of each target")
    parser.add_argument("--minutes", type=int, default=20, help="at most, of each target")
    parser.add_argument("--seed", type=int, default=random.randrange(1, 1 << 31))
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="read_env, or read_ for all of read; default: those of the most hostile input")
    wanted = parser.parse_args()
    rooms = {f"{target.split('_')[0]}_" for target in TARGETS}
    for word in wanted.targets:
        if word not in TARGETS and word not in rooms:
            parser.error(f"'{word}' is no target; expected one of {', '.join(TARGETS)}, or one of {', '.join(sorted(rooms))}")
    named = {target for target in TARGETS if target in wanted.targets or f"{target.split('_')[0]}_" in wanted.targets}
    what = {target: HOSTILE.search(path.read_text()) for target, path in TARGETS.items()}
    targets = {found[1] if found else target: target for target, found in what.items() if (target in named if named else found)}
    if min(wanted.runs, wanted.seed, wanted.minutes) < 1:
        parser.error("--runs, --minutes and --seed are numbers from 1")
    build(targets.values())
    (ROOT / "build/fuzz").mkdir(exist_ok=True)
    subprocess.run([sys.executable, ROOT / "tests/fuzz/seeds.py", SEEDS], check=True)
    scratch = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None
    print(f"{wanted.runs} executions or {wanted.minutes} minutes each, -seed={wanted.seed}, in {scratch or tempfile.gettempdir()}", flush=True)
    total = failures = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        started = [pool.submit(run, target, wanted.runs, wanted.seed, scratch, wanted.minutes) for target in targets.values()]
        for name, job in zip(targets, started):
            executions, edges, status, seconds, said = job.result()
            is_over = status == -signal.SIGXCPU  # its minutes are
            status = 0 if is_over else status
            short = status == 0 and executions < wanted.runs and not is_over  # an ending that nobody asked for is no pass
            total, failures = total + executions, failures + (status != 0 or short)
            print(f"{name:<18} {executions:9} executions {edges:6} edges {int(status != 0 or short):2} failures {seconds:7.0f} s", flush=True)
            if status != 0 or short:
                print("\n".join("    " + line for line in said.splitlines()[-25:]))
    print(f"{total} executions of {len(targets)} targets, {failures} failed")
    return failures > 0


sys.exit(1 if main() else 0)
