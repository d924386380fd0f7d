"""Hours in small: a switch every 20 s under load; what grows is found."""
import pathlib
import statistics
import subprocess
import time

from cells import Cell, describe
from deploy_table import write
from rig import children

EVERY = 20  # seconds


def looks(rig):
    """{name: (KiB, descriptors)} of what lives on, and the disk's use in KiB."""
    seen = {}
    for pid, text in {**rig.pids(), **router(rig)}.items():
        try:
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            kib = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
            count = len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))
        except (OSError, StopIteration):
            continue
        name = text if text == "router" else "application" if "/app " in text else "supervisor and logger"
        old = seen.get(name, (0, 0))
        seen[name] = (old[0] + kib, old[1] + count)
    used = subprocess.run(["du", "-sk", str(rig.root), str(rig.state)], capture_output=True, text=True, check=False).stdout
    seen["disk"] = (sum(int(line.split()[0]) for line in used.splitlines()), 0)
    return seen


def router(rig):
    return {pid: "router" for pid in (rig.nginx.pid, *children(rig.nginx.pid))}


def flat(name, samples, checks):
    """Its last third against its first: a tenth and 1 MiB more at most, hardly a descriptor more."""
    third = max(len(samples) // 3, 1)
    first, last = ([statistics.median(column) for column in zip(*part)] for part in (samples[:third], samples[-third:]))
    bounded = last[0] <= first[0] * 1.1 + 1024 and last[1] <= first[1] + 4  # it has requests, too
    checks.that(bounded, f"{name}: {first[0]:.0f} KiB at first, {last[0]:.0f} at last, descriptors {first[1]:.0f} and {last[1]:.0f}")


def told(samples, minutes):
    """Each of them at the start, at the end and twice in between."""
    marks = [round(minutes * part / 3) for part in range(4)]
    lines = ["| | " + " | ".join(f"{mark} min" for mark in marks) + " |", "|---" * 5 + "|"]
    for name in samples[-1][1]:
        near = [min(samples, key=lambda one: abs(one[0] - mark * 60))[1].get(name, (0, 0)) for mark in marks]
        lines.append(f"| {name} | " + " | ".join(f"{kib:,} KiB" + (f", {count} descriptors" if count else "") for kib, count in near) + " |")
    return "\n".join(lines) + "\n"


def run(options, checks):
    minutes = float(options.get("minutes", 30))
    rig = Cell(options["bin"], *options.get("only", "").split()).begin()
    samples, good, number, began = [], 0, 0, time.monotonic()
    try:
        for number in range(1, 9):  # as many releases as are retained, and journals under way
            rig.release(f"1.{number}.0")
            rig.apply()
        load, start, number = rig.load(), time.monotonic(), 0
        while time.monotonic() < start + 60 * minutes and rig.nginx.poll() is None:
            next_one = time.monotonic() + EVERY
            number += 1
            rig.release(f"2.{number}.0")
            done = rig.apply()
            good += done.returncode == 0 and rig.served() == rig.version
            if done.returncode:
                print(done.stdout, done.stderr, flush=True)
            samples.append((time.monotonic() - start, looks(rig)))
            time.sleep(max(next_one - time.monotonic(), 0))
        lost = load.end()
        checks.that(rig.nginx.poll() is None, "the router ran all the time", f"it ended with {rig.nginx.poll()}")
        checks.that(good == number, f"{minutes:.0f} minutes, {number} switches of {rig.name()}", f"{good} good")
        checks.that(lost["lost"] == 0, f"0 of {lost['sent']:,} lost", describe(lost))
        for name in samples[-1][1]:
            flat(name, [one[name] for _, one in samples if name in one], checks)
        checks.that(not rig.leftovers(), "nothing stale is left", rig.leftovers())
        text = f"\n{number} switches, {lost['lost']:,} of {lost['sent']:,} requests lost.\n\n{told(samples, minutes)}"
        print(text, flush=True)
        if "table" in options:
            write(pathlib.Path(options["table"]), "soak", f"script/bench deploy soak --minutes {minutes:.0f}", began, text)
    finally:
        rig.close()
