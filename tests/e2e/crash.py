#!/usr/bin/python3
"""crash.py BIN [KIND@POINT...]: SIGKILL and SIGINT of `apply` at steps of the journal, with a real nginx under a strict load.
Those where what is true changes; FAIRLEAD_TEST_REQUIRE=crash: all. Of every place, strategy and router: script/bench deploy kills.

After SIGKILL a rerun has to converge: the wanted release serves, nothing was lost, no stale process, socket, lock or
folder. After SIGINT the route is back or the release is committed within 7 s, and the journal says which.
Prints the table."""
import sys
import time

from rig import Load, Rig, checks

FORWARD = ["plan", "fetch", "prepare", "start", "ready", "switch", "verify", "bake", "drain", "stop", "commit", "prune"]
RECREATE = ["stop", "start", "ready", "switch", "bake", "commit"]
BACK = ["undo-switch", "undo-drain", "undo-stop", "undo-record", "undo-prune", "undo-end"]
SAMPLE = {"kill": ["fetch+", "prepare+", "start+", "switch", "switch+", "bake", "drain", "stop+", "commit", "commit+", "undo-switch", "undo-switch+",
                   "undo-stop+", "undo-end"],
          "int": ["prepare", "start", "switch+", "bake", "drain", "commit"], "recreate": ["stop+", "start+", "commit"], "back": ["fetch+"]}
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
        counted = f"sent {lost['sent']:>5}  lost {lost['lost']}" if lost else "no load"
        self.checks.that(not problems and not (lost and lost["lost"]), f"{fault:<18} {outcome:<28} {counted}  {extra}",
                         f"{problems} {lost and lost['by_kind']}")

    def killed(self, point, going_back=False, under_load=True):
        """SIGKILL at a point, then a rerun: of the same good release; or, when it died on the way back from one that
        turns sick, of the mended one. A sick release loses requests by itself until requests are led back."""
        before = self.rig.served()
        self.next_release(**({"sick_after": 0.9} if going_back else {}))
        steady = load(self.rig) if under_load and not going_back else None
        died = self.rig.apply(fault=f"kill@{point}")
        if going_back:
            steady = load(self.rig) if point != "undo-switch" else None
            self.next_release()
        rerun = self.rig.apply()
        lost = steady.end() if steady else None
        problems = self.rig.leftovers()
        if died.returncode != -9:
            problems.append(f"was not killed: {died.returncode} {died.stderr[-600:]}")
        if rerun.returncode != 0 or self.rig.served() != self.rig.version:
            problems.append(f"rerun gave {rerun.returncode}, {self.rig.served()} serves\n{rerun.stderr[-800:]}")
        self.row(f"kill@{point}", f"{before}, rerun {rerun.returncode}: {self.rig.served()}", lost, problems)

    def taken_back(self, point):
        """SIGKILL before anything of the release runs, then a rollback: nothing of the release is left."""
        before = self.rig.served()
        self.next_release()
        died, done = self.rig.apply(fault=f"kill@{point}"), self.rig.run("rollback")
        problems = self.rig.leftovers()
        if died.returncode != -9 or done.returncode != 0 or self.rig.served() != before:
            problems.append(f"{died.returncode}, rollback gave {done.returncode}, {self.rig.served()} serves\n{done.stderr[-800:]}")
        self.row(f"kill@{point}", f"{before}, rollback {done.returncode}: {self.rig.served()}", None, problems)

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
    rig = Rig(sys.argv[1], bake="300ms")
    only = sys.argv[2:]
    try:
        first = rig.apply()
        checks.that(first.returncode == 0 and rig.served() == "1.0.0", "the first deployment", first.stderr)
        matrix = Matrix(rig, checks)
        wanted = lambda kind, point: f"{kind}@{point}" in only if only else point in SAMPLE[kind] or checks.is_required("crash")
        for point in points(FORWARD):
            if wanted("kill", point):
                matrix.killed(point)
        for point in ("fetch+", "prepare+"):
            if wanted("back", point):
                matrix.taken_back(point)
        for point in points(FORWARD):
            if wanted("int", point):
                matrix.interrupted(point)
        rig.configure(bake="3s")
        for point in points(BACK):
            if wanted("kill", point):
                matrix.killed(point, going_back=True)
        rig.configure(bake="300ms", strategy="recreate")
        for point in points(RECREATE):
            if wanted("recreate", point):
                matrix.killed(point, under_load=False)  # it has a gap
    finally:
        rig.close()
    checks.close()


main()
