"""What `status --check` says: of three replicas behind HAProxy under load, 200 times, that all is well; of each part that is missing, that it is."""
import collections
import os
import shutil
import signal

from cells import Cell, describe
from rig import Load


def remove(folder, start):
    for path in folder.iterdir():
        if path.name.startswith(start):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def lead_elsewhere(lane):
    lane.unlink()
    lane.symlink_to("/elsewhere.sock")


def kill(rig, word=""):
    for pid, text in rig.pids().items():
        if word in text:
            os.kill(pid, signal.SIGKILL)


def stop_router(rig):
    os.killpg(rig.nginx.pid, signal.SIGKILL)  # with its workers
    rig.nginx.wait()


# 1.0.0 was before 2.0.0, which serves.
PARTS = {
    "the socket": lambda rig: [(rig.root / f"run/{slot}.sock").unlink(missing_ok=True) for slot in "ab"],
    "the router's link": lambda rig: (rig.root / "run/current.sock").unlink(),
    "one lane of 20": lambda rig: lead_elsewhere(rig.root / "run/lane/03"),
    "the record of the release before": lambda rig: remove(rig.state_folder / "releases", "1.0.0"),
    "the settings of the release before": lambda rig: remove(rig.state_folder / "carried", "1.0.0"),
    "the files of the release before": lambda rig: remove(rig.root / "releases", "1.0.0"),
    "the state": lambda rig: (rig.state_folder / "state.json").unlink(),
    "the history": lambda rig: (rig.state_folder / "history.jsonl").unlink(),
    "the router": stop_router,
    "the supervisor": lambda rig: kill(rig, "supervise"),
    "the application and its supervisor": kill,
}


def well(options, checks, count):
    rig = Cell(options["bin"], "direct", "rolling", "haproxy", target__replicas=3).begin()
    try:
        load, found = Load(rig, "--fresh", "3", "--kept", "3", "--think-ms", "5"), collections.Counter()
        for _ in range(count):
            seen = rig.run("status", "--check")
            found[seen.returncode] += 1
            if seen.returncode:
                print(seen.stdout[-400:], seen.stderr[-300:], flush=True)
        checks.that(found[0] == count, f"{count} looks at what is well: {count - found[0]} false alarms; {describe(load.end())}", found)
    finally:
        rig.close()


def missing(options, checks, what, take):
    rig = Cell(options["bin"], "direct", "rolling" if "lane" in what else "blue-green", "nginx-link", bake="300ms").begin()
    try:
        rig.release("2.0.0")
        assert rig.apply().returncode == 0
        take(rig)
        seen = rig.run("status", "--check")
        told = [line for line in seen.stdout.splitlines() if "[deploy/" in line]
        checks.that(seen.returncode == 1 and told, f"without {what}: status {seen.returncode}, {told[0] if told else 'nothing told'}", seen.stdout + seen.stderr)
    finally:
        rig.close()


def run(options, checks):
    well(options, checks, int(options.get("looks", 200)))
    for what, take in PARTS.items():
        missing(options, checks, what, take)
