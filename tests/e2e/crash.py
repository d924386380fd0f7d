#!/usr/bin/python3
"""crash.py BIN: SIGKILL and SIGINT of `apply` at every step of the journal, with a real nginx under a strict load.

After SIGKILL a rerun has to converge: the wanted release serves, nothing was lost, no stale process, socket, lock or
folder. After SIGINT the route is back or the release is committed within 7 s, and the journal says which.
Prints the table."""
import sys
import time

from rig import Checks, Load, Rig

FORWARD = ["plan", "fetch", "prepare", "start", "ready", "switch", "verify", "bake", "drain", "stop", "commit", "prune"]
RECREATE = ["stop", "start", "ready", "switch", "bake", "commit"]
BACK = ["undo-switch", "undo-drain", "undo-stop", "undo-record", "undo-prune", "undo-end"]
LOAD = ["--fresh", "2", "--kept", "2", "--think-ms", "10", "--slow", "1"]


def load(rig):
    return Load(rig, *LOAD, "--slow-url", rig.url + "/?sleep=0.8")


def points(steps):
    """Before each act and, but for the marks that are no act, after it."""
    return [s + after for s in steps for after in ("", "+") if not (after and s in ("plan", "undo-end"))]


class Matrix:
    def __init__(self, rig, checks):
        self.rig, self.checks, self.number = rig, checks, 0

    def next_release(self, **behaviour):
        self.number += 1
        self.rig.release(f"2.{self.number}.0", **behaviour)

    def row(self, fault, outcome, lost, problems, extra=""):
        good = not problems and lost["lost"] == 0
        self.checks.that(good, f"{fault:<18} {outcome:<28} sent {lost['sent']:>5}  lost {lost['lost']}  {extra}",
                         f"{problems} {lost['by_kind']}")

    def killed(self, point):
        """SIGKILL of a good release's deployment, then a rerun."""
        self.next_release()
        steady = load(self.rig)
        died = self.rig.apply(fault=f"kill@{point}")
        rerun = self.rig.apply()
        lost = steady.end()
        problems = self.rig.leftovers()
        if died.returncode != -9:
            problems.append(f"was not killed: {died.returncode} {died.stderr[-300:]}")
        if rerun.returncode != 0 or self.rig.served() != self.rig.version:
            problems.append(f"rerun gave {rerun.returncode}, {self.rig.served()} serves\n{rerun.stderr[-800:]}")
        self.row(f"kill@{point}", f"rerun {rerun.returncode}, {self.rig.served()} serves", lost, problems)

    def killed_recreating(self, point):
        """The same for recreate, without load: it has a gap."""
        self.next_release()
        died, rerun = self.rig.apply(fault=f"kill@{point}"), self.rig.apply()
        problems = self.rig.leftovers()
        if died.returncode != -9 or rerun.returncode != 0 or self.rig.served() != self.rig.version:
            problems.append(f"{died.returncode}, {rerun.returncode}, {self.rig.served()} serves\n{rerun.stderr[-800:]}")
        self.row(f"recreate {point}", f"rerun {rerun.returncode}, {self.rig.served()} serves", {"sent": 0, "lost": 0, "by_kind": {}}, problems)

    def killed_going_back(self, point):
        """SIGKILL on the way back from a release that never gets well behind nginx, then the mended one."""
        before = self.rig.served()
        self.next_release(sick_after=0.9)
        died = self.rig.apply(fault=f"kill@{point}")
        steady = load(self.rig) if died.returncode == -9 and point not in ("undo-switch",) else None
        self.next_release()
        rerun = self.rig.apply()
        lost = steady.end() if steady else {"sent": 0, "lost": 0, "by_kind": {}}
        problems = self.rig.leftovers()
        if died.returncode != -9:
            problems.append(f"was not killed: {died.returncode} {died.stderr[-600:]}")
        if rerun.returncode != 0 or self.rig.served() != self.rig.version:
            problems.append(f"rerun gave {rerun.returncode}, {self.rig.served()} serves\n{rerun.stderr[-800:]}")
        self.row(f"kill@{point}", f"from {before}, {self.rig.served()} serves", lost, problems)

    def interrupted(self, point):
        before = self.rig.served()
        self.next_release()
        steady = load(self.rig)
        start = time.monotonic()
        done = self.rig.apply(fault=f"int@{point}")
        took = time.monotonic() - start
        lost = steady.end()
        serves, record = self.rig.served(), self.rig.history()[-1]
        back = serves == before and done.returncode == 1 and record["verdict"] == "aborted"
        forward = serves == self.rig.version and done.returncode == 0 and record["verdict"] == "deployed"
        problems = self.rig.leftovers()
        if not back and not forward:
            problems.append(f"neither back nor forward: {done.returncode}, {serves} serves, {record['verdict']}\n{done.stderr[-800:]}")
        if took > 7:
            problems.append(f"took {took:.1f} s")
        if self.rig.journal_end(record["deployment"]) != record["verdict"]:
            problems.append("the journal does not say how it ended")
        self.row(f"int@{point}", f"exit {done.returncode}, {record['verdict']}", lost, problems, f"{took:.1f} s")


def main():
    checks = Checks()
    rig = Rig(sys.argv[1], bake="300ms")
    only = sys.argv[2:]
    try:
        first = rig.apply()
        checks.that(first.returncode == 0 and rig.served() == "1.0.0", "the first deployment", first.stderr)
        matrix = Matrix(rig, checks)
        wanted = lambda kind, point: not only or f"{kind}@{point}" in only
        for point in points(FORWARD):
            if wanted("kill", point):
                matrix.killed(point)
        for point in points(FORWARD):
            if wanted("int", point):
                matrix.interrupted(point)
        rig.configure(bake="3s")
        for point in points(BACK):
            if wanted("kill", point):
                matrix.killed_going_back(point)
        rig.configure(bake="300ms", strategy="recreate")
        for point in points(RECREATE):
            if wanted("recreate", point):
                matrix.killed_recreating(point)
    finally:
        rig.close()
    checks.finish()


main()
