"""SIGKILL of `apply` before and after the act of each journal step, on its way and on its way back; then the same release,
another one, or a rollback is asked for. And all at once: deployer, supervisors, application, router (a power loss, as far as
processes and the page cache can play one). The releases end in turn as ENDINGS says; with recreate each holds its data, too."""
import collections
import contextlib
import fcntl
import itertools
import json
import os
import pathlib
import signal
import threading
import time

from cells import CELLS, QUICK_CANARY, Cell, Unknown, describe, wait_for
from deploy_table import lanes, write
from rig import Load

ENDINGS = {"at once": {}, "drains 5 s": {"sigterm": "graceful", "drains": 5}, "deaf": {"sigterm": "ignore"}}
LOAD = ("--fresh", "2", "--kept", "2", "--think-ms", "10", "--slow", "1")
FIRST = {"direct": "nginx-link", "direct-tcp": "haproxy", "compose": "nginx-link"}  # whose steps are all played
FORWARD, BACK = "forward", "back"
NO_ACT = ("plan", "undo-end", "end")


def points(names):
    """Before each act and, but for the marks that are no act, after it; each name once."""
    return [name + after for name in dict.fromkeys(names) for after in ("", "+") if not (after and name in NO_ACT)]


ORDER = ("plan", "fetch", "prepare", "start", "ready", "switch", "judge", "verify", "bake", "drain", "stop", "record", "commit", "prune", "end")


def order(item):
    """Steps as most strategies go; the way back after them."""
    name = item[0].removesuffix("+")
    act = name.removeprefix("undo-")
    return act != name, ORDER.index(act) if act in ORDER else len(ORDER), item[0]


class Seen:
    """Table 7.2 as it was observed: of each point what users saw, and what then came of it, over all cells."""
    THEN = ("rerun", "other", "rollback", "power")

    def __init__(self, options):
        self.options = options
        self.points, self.lock, self.lost, self.sent, self.played, self.began = {}, threading.Lock(), 0, 0, 0, time.monotonic()
        self.cells = collections.defaultdict(collections.Counter)

    def add(self, cell, ending, point, then, meanwhile, outcome, lost):
        with self.lock:
            self.played += 1
            self.cells[cell][ending] += 1
            row = self.points.setdefault(point, collections.defaultdict(collections.Counter))
            if then != "power":
                row["meanwhile"][meanwhile] += 1
            row[then][outcome] += 1
            if lost:
                self.lost, self.sent = self.lost + lost["lost"], self.sent + lost["sent"]
            if "table" in self.options:  # what is known by now
                command = "script/bench deploy kills" + "".join(f" --{name} {self.options[name]}" for name in ("all", "sample") if name in self.options)
                write(pathlib.Path(self.options["table"]), "kills", command, self.began, self.markdown())

    def markdown(self):
        told = lambda counted: ", ".join(f"{outcome} ({count})" for outcome, count in counted.most_common())
        lines = [f"\n{self.played} kills, {self.lost:,} of {self.sent:,} requests lost. In brackets: how often.\n",
                 "| killed at | meanwhile | the same again | another release | rollback | power loss, then the same |", "|---" * 6 + "|"]
        lines += [f"| `{point}` | {told(row['meanwhile'])} | " + " | ".join(told(row[then]) for then in self.THEN) + " |" for point, row in sorted(self.points.items(), key=order)]
        lines += ["\nThe cells, by how what served ends at SIGTERM.\n", f"| cell | {' | '.join(ENDINGS)} |", "|---" * (len(ENDINGS) + 1) + "|"]
        lines += [f"| {cell} | " + " | ".join(str(counted[ending]) for ending in ENDINGS) + " |" for cell, counted in sorted(self.cells.items())]
        return "\n".join(lines) + "\n"


class Kills:
    def __init__(self, rig, checks, table):
        self.rig, self.checks, self.table, self.number = rig, checks, table, 0
        self.locks = {"locks": "data/lock"} if rig.strategy == "recreate" and rig.place != "compose" else {}

    def ending(self):
        """Of the newest release."""
        return list(ENDINGS)[self.number % len(ENDINGS)]

    def next_release(self, **behaviour):
        self.number += 1
        self.rig.release(f"3.{self.number}.0", **ENDINGS[self.ending()], **self.locks, **behaviour)
        return self.rig.version

    def lock_freed(self):
        start = time.monotonic()

        def free():
            with open(self.rig.state_folder / "lock") as file, contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
        return wait_for(free, 5) and time.monotonic() - start

    def seen(self):
        """Who answers: one version, several, or what a client gets."""
        return " ".join(sorted({self.rig.served() for _ in range(30)}))  # a quarter of the requests may be the candidate's

    def row(self, ending, point, then, meanwhile, outcome, problems, lost=None):
        text = f"meanwhile {meanwhile:<8} then {outcome}"
        self.table.add(self.rig.name(), ending, point, then, meanwhile, outcome if not problems else "**wrong**", lost if not self.rig.may_lose() else None)
        counted = f"  {describe(lost)}" if lost else ""
        bad = lost and lost["lost"] and not self.rig.may_lose()
        self.checks.that(not problems and not bad, f"{self.rig.name()} {ending:<10} kill@{point:<13} {then:<8} {text}{counted}",
                         f"{problems} {lost['by_kind'] if lost else ''}")

    def killed(self, point, then, way):
        rig = self.rig
        stable, before, ending = rig.served(), self.before, self.ending()
        wanted = candidate = self.next_release(**({"sick_after": 1.5} if way == BACK else {}))
        load = Load(rig, *LOAD, "--slow-url", rig.url + "/?sleep=0.8") if rig.strategy != "recreate" and way == FORWARD else None
        died = rig.apply(fault=f"kill@{point}")
        if way == BACK and died.returncode == 1:  # the machine was so busy that it turned sick before it was ready
            wanted = candidate = self.next_release(sick_after=4)
            died = rig.apply(fault=f"kill@{point}")
        freed = self.lock_freed()
        problems = [] if died.returncode == -9 else [f"was not killed: {died.returncode} {died.stderr[-600:]}"]
        if freed is False or freed > 0.1:
            problems.append(f"the lock was free after {freed}")
        meanwhile = self.seen()
        if then == "rerun":
            if way == BACK:  # a sick release would be taken back again: it is mended
                wanted = self.next_release()
            done, expected = rig.apply(), wanted
        elif then == "other":
            expected = self.next_release()
            done = rig.apply()
        else:
            done = rig.run("rollback")
            expected = stable  # the way back of what was interrupted is the rollback asked for
        lost = load.end() if load else None
        serves = self.seen()
        good = serves == expected
        if done.returncode or not good:
            problems.append(f"{then} gave {done.returncode}, {serves} serves, expected {expected}\n{done.stdout[-300:]}{done.stderr[-900:]}")
        problems += rig.leftovers()
        names = {stable: "stable", candidate: "new", wanted: "new", before: "before"}
        called = lambda text: " ".join(names.get(word, word) for word in text.split()) if "no answer" not in text else "nothing"
        self.row(ending, point, then, called(meanwhile), f"{done.returncode}, {called(serves) if then != 'other' else 'other' if good else serves}", problems, lost)
        if then == "rollback" or problems:
            self.settle()
        else:
            self.before = self.previous()

    def previous(self):
        """The version that served before the one that serves, as committed."""
        return json.loads((self.rig.state_folder / "state.json").read_text())["previous"].rpartition("-")[0]

    def power(self, point):
        """Everything ends at once; the host comes back, its router too. Without a service manager nothing serves until a rerun."""
        rig, ending = self.rig, self.ending()
        self.next_release()
        died = rig.apply(fault=f"kill@{point}")
        for pid in rig.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        rig.restart_router()
        status = rig.run("status", "--check")
        done = rig.apply()
        serves = self.seen()
        problems = [] if died.returncode == -9 else [f"was not killed: {died.returncode}"]
        if done.returncode or serves != rig.version:
            problems.append(f"rerun gave {done.returncode}, {serves} serves\n{done.stderr[-900:]}")
        if status.returncode != 1:
            problems.append(f"status --check gave {status.returncode}: {status.stdout[-300:]}{status.stderr[-300:]}")
        problems += rig.leftovers()
        self.row(ending, point, "power", "nothing", f"{done.returncode}, {'new' if serves == rig.version else serves}", problems)
        self.before = self.previous()

    def settle(self):
        """A release that was deployed over another, whatever the row left."""
        rig = self.rig
        self.before = rig.served()
        self.next_release()
        done = rig.apply()
        if done.returncode or rig.served() != rig.version:
            raise RuntimeError(f"the next deployment: {done.returncode}\n{done.stdout}{done.stderr}")


def undo_names(rig, kills):
    """What a sick release's way back announces."""
    kills.next_release(sick_after=0.9)
    done = rig.apply()
    journal = max((rig.state_folder / "deployments").iterdir(), key=lambda folder: folder.name) / "journal.jsonl"
    steps = [json.loads(line).get("step", "") for line in journal.read_text().splitlines()]
    if done.returncode != 1 or not any(step.startswith("undo-") for step in steps):
        raise RuntimeError(f"a sick release was not taken back: {done.returncode} {steps} {done.stderr}")
    return [step for step in steps if step.startswith("undo-")] + ["undo-end"]


def asked(options, full, number):
    """(point, then) -> whether it is played. The same again at each point; another release, a rollback and a power loss where
    an act is done and the next one isn't announced; with --all yes all at each, with --sample N of these each N-th. Through other
    routers than a place's first: at switches."""
    wanted, each, rows = options.get("points", "").split(), int(options.get("sample", 0)), itertools.count(number)

    def play(point, then):
        if each:
            return next(rows) % each == 0
        if wanted:
            return point in wanted
        act = point.removesuffix("+").removeprefix("undo-")
        return (full or act == "switch") and (then == "rerun" or "all" in options or point.endswith("+") or act in NO_ACT)
    return play


def matrix(options, checks, table, one, full):
    try:
        quick = QUICK_CANARY if "canary" in one else {}
        rig = Cell(options["bin"], *one, bake="300ms", stop__timeout="7s", **quick).begin()
    except Unknown as why:
        return checks.skip("cells", " ".join(one), str(why))
    play, ways = asked(options, full, CELLS.index(one)), ("rerun", "other", "rollback")
    try:
        kills = Kills(rig, checks, table)
        kills.settle()
        names = ["plan", *rig.steps(), "commit", "prune"]
        for point in points(names):
            for then in (then for then in ways if play(point, then)):
                kills.killed(point, then, FORWARD)
            if play(point, "power"):
                kills.power(point)
        rig.changes["bake"] = "5s"
        rig.configure()
        for point in points(undo_names(rig, kills)):
            for then in (then for then in ways if play(point, then)):
                kills.killed(point, then, BACK)
    finally:
        rig.close()


def run(options, checks):
    words, table = options.get("only", "").split(), Seen(options)
    jobs = collections.defaultdict(list)  # most of it is waiting; an engine is one thread's
    for one in sorted(CELLS, key=lambda one: (FIRST[one[0]] != one[2], one[1] == "recreate")):
        if all(word in one for word in words):
            full = FIRST[one[0]] == one[2] or "all" in options
            jobs[one[:1] if one[0] == "compose" else one[:2]].append(lambda one=one, full=full: matrix(options, checks, table, one, full))
    lanes(checks, *jobs.values())
