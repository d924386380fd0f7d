#!/usr/bin/python3
"""Somebody else at the target at every fault point of restore, recover, prune, rotate, up, down and repair: he writes, opens and holds,
creates, renames, deletes, changes the shape, runs the same command. What was acknowledged to him is in the target or in what was kept
of it; what is left is whole; status 0 is said of what is done, and every refusal tells its way out.

    script/bench adversary [TARGET...]     sqlite, folder, store, recover, postgres, redis, migrations; without any all

FAIRLEAD_BENCH_BIN   folder of the executables with fault points, default build/dev/bin
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "bench" / "adversary")]
BIN = pathlib.Path(os.environ.get("FAIRLEAD_BENCH_BIN", ROOT / "build/dev/bin")).resolve()
sys.argv = [sys.argv[0], str(BIN), *sys.argv[1:]]  # where tests/support looks for it
from until import go_on, wait_stopped  # noqa: E402

WAYS = re.compile(r"again|--\w|run: |restore the file|wait|look at it|mount its disk|take another|name the set|still needed|give the file a later version|fairlead-|restore it")


def run(scene, place, name):
    """One command that stands still at the place while `name` acts: (was it there?, status, its words)."""
    scene.reset()
    process = subprocess.Popen(scene.command(), cwd=scene.folder, env=scene.environment() | {"FAIRLEAD_FAULT": f"stop@{place}"}, text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    reached = wait_stopped(process)
    if reached:
        scene.acts[name](place)
    go_on(process)
    said = process.communicate(timeout=60)[0]
    scene.let_go()
    return reached, process.returncode, said


def play(scene, refusals):
    counts, refused = {}, 0
    for place in scene.places:
        for name in scene.acts:
            if (place, name) in scene.senseless:
                continue
            reached, status, said = run(scene, place, name)
            if not reached:
                yield place, name, f"it never came there: {said}"
                continue
            counts[place] = counts.get(place, 0) + 1
            refused += status != 0
            wrong = scene.judge(place, name, status)
            wrong += [] if status in (0, 1, 2, 3) else [f"status {status}"]
            wrong += ["no way out is told"] if status and not WAYS.search(said) else []
            if status:
                refusals[f"{scene.name} {place} {name}"] = said.strip()
            if wrong:
                yield place, name, "; ".join(wrong) + "\n" + said
    scene.runs = sum(counts.values())
    print(f"| {scene.name} | {', '.join(f'{place} {count}' for place, count in counts.items())} | {scene.runs} | {refused} |", flush=True)


def main():
    import files
    import migrations
    import servers
    wanted = sys.argv[2:] or [""]
    total, faults, refusals = 0, [], {}
    print("| command and target | fault points, with their runs | runs | refused |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="fairlead adversary ") as scratch:
        for make in [*files.SCENES, *servers.SCENES, *migrations.SCENES]:
            if not any(make.name.startswith(name) for name in wanted):
                continue
            for scene in make.scenes(pathlib.Path(scratch)):
                faults += [(scene.name, *fault) for fault in play(scene, refusals)]
                total += scene.runs
                scene.close()
    for name, place, act, why in faults:
        print(f"\nFAIL {name}, {place}, {act}: {why}")
    if "SHOW_REFUSALS" in os.environ:
        for where, said in refusals.items():
            print(f"\n{where}: {said}")
    print(f"\n{total} runs, {len(refusals)} refused, {len(faults)} wrong")
    return bool(faults) or not total


if __name__ == "__main__":
    sys.exit(main())
