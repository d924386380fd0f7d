"""What stands beside a deployment is away for a while: the engine is killed, restarted or held, each with live-restore and without,
or the router is restarted. `apply` is held before and after the act of each step, what it needs goes, `apply` goes on, and a
second later it is there again. Then the same release is asked for once more."""
import collections
import itertools
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

from cells import Cell, Unknown, describe, engine
from deploy_kills import points
from deploy_table import write
from rig import Load
from until import wait_for

GONE = 1.0  # seconds
LOAD = ("--fresh", "2", "--kept", "2", "--think-ms", "10")
ENGINE = ("killed", "restarted", "held")


def engine_away(how):
    """Takes it away now; gives what brings it back."""
    one = engine()
    if how == "held":
        one.daemon.send_signal(signal.SIGSTOP)
        return lambda: one.daemon.send_signal(signal.SIGCONT)
    pid = one.work / "exec/containerd/containerd.pid"
    one.daemon.send_signal(signal.SIGKILL if how == "killed" else signal.SIGTERM)
    one.daemon.wait()
    if how == "killed":  # containerd outlives the engine that started it, whose successor would wait for it in vain
        os.kill(int(pid.read_text()), signal.SIGKILL)
        pid.unlink()
    return one.start


def router_away(rig):
    rig.nginx.terminate()
    rig.nginx.wait()
    return rig.start_router


def live_restore(wanted):
    one = engine()
    one.stop()
    (one.work / "daemon.json").write_text(json.dumps({"live-restore": wanted}))
    one.start()


def stands(process):
    return pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


class Away:
    def __init__(self, options, checks):
        self.options, self.checks, self.rows, self.number, self.began = options, checks, [], 0, time.monotonic()

    def held(self, rig, point):
        """`apply` of the next release, standing at this point; None: it ended before."""
        self.number += 1
        rig.release(f"4.{self.number}.0")
        process = subprocess.Popen(rig.command("apply", "--release-version", rig.version), cwd=rig.work, text=True,
                                   env={**rig.environment, "FAIRLEAD_FAULT": f"stop@{point}"}, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        wait_for(lambda: process.poll() is not None or stands(process), 60)
        return process

    def run(self, rig, what, point, goes, lossless):
        """One row: `goes` takes something away and gives what brings it back."""
        stable, process = rig.served(), self.held(rig, point)
        problems = [f"it ended before: {process.communicate()[1][-600:]}"] if process.poll() is not None else []
        load = Load(rig, *LOAD) if lossless else None
        back = goes()
        process.send_signal(signal.SIGCONT)
        returns = threading.Timer(GONE, back)
        returns.start()
        wait_for(lambda: process.poll() is not None or (stands(process) and process.send_signal(signal.SIGCONT)), 180)  # rolling comes by again
        if process.poll() is None:
            process.kill()
            problems.append("it never ended")
        out, err = process.communicate()
        returns.join()
        wait_for(lambda: rig.served() in (stable, rig.version), 30)
        first, serves = process.returncode, self.answers(rig, stable)
        if first == 0 and serves != "new" or first not in (0, 1, 3):
            problems.append(f"status {first}, {serves} serves: {out[-300:]}{err[-900:]}")
        lost = load.end() if load else None
        again = rig.apply()
        if again.returncode or self.answers(rig, stable) != "new":
            problems.append(f"again: status {again.returncode}, {rig.served()} serves: {again.stdout[-300:]}{again.stderr[-900:]}")
        problems += rig.leftovers()
        if lost and lost["lost"]:
            problems.append(f"lost: {lost['by_kind']}")
        told = (err.strip().splitlines() or [""])[-1] if first else ""
        self.rows.append((rig.name(), what, point, f"{first}, {serves}", "0, new" if not problems else "**wrong**", describe(lost) if lost else "not counted", told))
        self.checks.that(not problems, f"{rig.name()} {what} at {point:<10} {first}, {serves} serves; again: 0, new", problems)
        self.write()

    @staticmethod
    def answers(rig, stable):
        seen = {rig.served() for _ in range(20)}
        return "new" if seen == {rig.version} else "old" if seen == {stable} else " ".join(sorted(seen))

    def write(self):
        if "table" in self.options:
            write(pathlib.Path(self.options["table"]), "away", "script/bench deploy away", self.began, table(self.rows))


def table(rows):
    """One line for each cell and what was away; what most points have isn't named point by point."""
    lines = [f"\n{len(rows)} runs; after each the same `apply` once more.\n", "| cell | away | runs | `apply` ends with, who serves then | again | requests lost |", "|---" * 6 + "|"]
    for (cell, what), group in itertools.groupby(rows, lambda row: row[:2]):
        group = list(group)
        ends = collections.defaultdict(list)
        for row in group:
            ends[row[3]].append(f"`{row[2]}`")
        told = "; ".join(f"{end}: {len(points) if len(points) > 10 else ', '.join(points)}" for end, points in sorted(ends.items()))
        counts = [re.match(r"([\d,]+) sent, ([\d,]+) lost", row[5]) for row in group]
        sent, lost = (sum(int(count[n].replace(",", "")) for count in counts if count) for n in (1, 2))
        lines.append(f"| {cell} | {what} | {len(group)} | {told} | {', '.join(sorted({row[4] for row in group}))} | {f'**{lost:,}** of {sent:,}' if sent else 'not counted'} |")
    return "\n".join(lines) + "\n"


def every_point(rig):
    """Before and after each act of a deployment of this cell, which is made."""
    rig.release(f"3.{time.monotonic_ns()}.0")
    done = rig.apply()
    if done.returncode:
        raise RuntimeError(done.stderr)
    return [point for point in points([*rig.steps(), "commit", "prune"]) if not point.startswith("plan")]


def by_engine(away, rig, at):
    project = json.loads((rig.work / "compose.yml").read_text())
    project["services"]["web"]["restart"] = "always"
    (rig.work / "compose.yml").write_text(json.dumps(project))
    for kept in (True, False):
        live_restore(kept)
        every = every_point(rig)  # what the engine's end stopped is replaced
        for how in ENGINE:
            for point in at or every:
                # Its containers end with an engine that keeps none alive; one that is only held ends nothing.
                away.run(rig, f"engine {how}{', live-restore' if kept else ''}", point, lambda how=how: engine_away(how), kept or how == "held")


def by_router(away, rig, at):
    for point in at or every_point(rig):
        away.run(rig, "the router restarted", point, lambda: router_away(rig), False)


CELLS = [(("compose", "blue-green", "nginx-link"), by_engine), (("direct", "blue-green", "nginx-link"), by_router), (("direct", "rolling", "haproxy"), by_router)]


def run(options, checks):
    words, away = options.get("only", "").split(), Away(options, checks)
    for one, rows in CELLS:
        if not all(word in one for word in words):
            continue
        try:
            rig = Cell(options["bin"], *one, bake="1s").begin()
        except Unknown as why:
            checks.skip(why.part, " ".join(one), str(why))
            continue
        try:
            rows(away, rig, options.get("points", "").split())
        finally:
            rig.close()
