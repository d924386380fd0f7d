#!/usr/bin/python3
"""way_back.py BIN [WORDS...]: SIGKILL of `apply` at its steps, and in the midst of one that takes its time (stop~), then each command that may come next, with a real nginx and
applications that end at once, drain for a while at SIGTERM (and answer nobody meanwhile), ignore it, or hold an exclusive lock on
their data. A command that says that a release serves (status 0) is believed only if that release alone answers, whole.
A sample; FAIRLEAD_TEST_REQUIRE=way-back: all of it. WORDS: rows whose names hold them all. Prints the table."""
import concurrent.futures
import itertools
import subprocess
import sys
import time

from rig import Rig, checks

DRAINS = 1
APPLICATIONS = {"at once": {}, "drains": {"sigterm": "graceful", "drains": DRAINS}, "deaf": {"sigterm": "ignore"},
                "locks": {"sigterm": "graceful", "drains": DRAINS, "locks": "data/lock"}}
POINTS = {"recreate": ["plan", "stop", "stop~", "stop+", "start", "start+", "ready+", "switch", "switch+", "bake", "commit", "commit+", "prune"],
          "rolling": ["start", "start+", "ready+", "switch", "switch+", "verify", "drain", "stop", "stop~", "stop+", "bake", "commit", "commit+"],
          "blue-green": ["start+", "switch+", "bake", "drain", "stop", "stop+", "commit", "commit+"]}
BACK = ["undo-stop", "undo-stop~", "undo-stop+", "undo-start", "undo-start+", "undo-ready", "undo-switch", "undo-switch+"]  # recreate, of a sick release
NEXT = ["the same", "another", "rollback", "rollback by name", "down"]
SAMPLE = 7  # of this many rows one; none of the lists is as long
REPLICAS = 2


class Way:
    """One application under one strategy: row after row on one rig."""

    def __init__(self, bin_folder, strategy, name):
        self.strategy, self.name, self.number = strategy, name, 0
        self.rig = Rig(bin_folder, strategy=strategy, bake="300ms", stop="2500ms", drain="2s", deadline="6s")
        if strategy == "rolling":
            folder = self.rig.work / "nginx"
            text = (self.rig.work / "fairlead.yml").read_text()
            text += f"        replicas: {REPLICAS}\n      router: {{kind: nginx, config: \"{folder}/nginx.conf\", log: \"{folder}/access.log\"}}\n"
            (self.rig.work / "fairlead.yml").write_text(text)
            (folder / "site.conf").write_text(self.rig.run("router").stdout)
            self.rig.nginx.terminate()
            self.rig.nginx.wait()
            self.rig.start_router()
        self.rig.lasting = 3 * (REPLICAS if strategy == "rolling" else 1)

    def release(self, **behaviour):
        self.number += 1
        self.rig.release(f"1.{self.number}.0", **{**APPLICATIONS[self.name], **behaviour})
        return self.rig.version

    def serves(self, version):
        """Problems: 12 requests answered by that version alone, all of it there and nothing beside it."""
        problems = []
        answers = {self.rig.served() for _ in range(12)}
        if answers != {version}:
            problems.append(f"{sorted(answers)} answer, not {version}")
        if len(self.rig.processes()) != self.rig.lasting:
            problems.append(f"{len(self.rig.processes())} processes, not {self.rig.lasting}: {self.rig.processes()}")
        return problems

    def deployed(self, version):
        """Puts that release there, whatever was."""
        done = self.rig.apply()
        return [] if done.returncode == 0 and not self.serves(version) else [f"{version} can't be deployed: {done.returncode} {done.stderr[-600:]} {self.serves(version)}"]

    def row(self, point, then, sick=False):
        oldest, before = self.release(), None
        problems = self.deployed(oldest)
        before = self.release()
        problems += self.deployed(before)
        version = self.release(**({"well_for": 4} if sick else {}))
        died, said = self.killed(point)
        if died != -9:
            problems.append(f"was not killed: {died} {said[-300:]}")
        begun = time.monotonic()
        done = self.next(then, oldest, version)
        took = time.monotonic() - begun
        wanted = {"the same": version, "another": self.rig.version, "rollback": before, "rollback by name": oldest, "down": None}[then]
        if sick and then == "the same":  # it is what it was
            wanted = before if self.rig.served() == before else version
            problems += ["a sick release is called well"] if done.returncode == 0 and self.rig.served() == version else []
        elif done.returncode:
            problems.append(f"{then}: status {done.returncode}: {done.stderr[-600:]}")
        if wanted is None:
            problems += [f"still run: {self.rig.processes()}"] if self.rig.processes() else []
        else:
            problems += self.serves(wanted)
        serves = "nothing" if wanted is None else wanted
        checks.that(not problems, f"{self.strategy:<10} {self.name:<8} kill@{point:<13} {then:<17} {serves:>8} serves, {took:4.1f} s", problems)

    def killed(self, point):
        """Status of an apply, and what it said."""
        if not point.endswith("~"):
            died = self.rig.apply(fault=f"kill@{point}")
            return died.returncode, died.stderr
        process = subprocess.Popen(self.rig.command("apply", "--release-version", self.rig.version), env=self.rig.environment, cwd=self.rig.work,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while process.poll() is None and not self.is_at(point[:-1]):
            time.sleep(0.01)
        time.sleep(0.2)  # the application was told by now; one that ends at once has ended
        process.kill()
        said = process.communicate()[1]
        return process.returncode, said

    def is_at(self, step):
        journals = sorted(self.rig.state_folder.glob("deployments/*/journal.jsonl"))
        return f'"step":"{step}"' in journals[-1].read_text().rpartition("\n{")[2].replace(" ", "") if journals else False

    def next(self, then, oldest, version):
        if then == "the same":
            return self.rig.apply("--retry-bad")
        if then == "another":
            self.release()
            return self.rig.apply()
        if then == "rollback":
            return self.rig.run("rollback")
        if then == "rollback by name":
            return self.rig.run("rollback", oldest)
        return self.rig.run("down", "--reason", "a test")


def turned_sick(bin_folder, strategy, then):
    """There is a way out of a release that turned sick: by a fix, and by a rollback."""
    way = Way(bin_folder, strategy, "at once")
    try:
        before = way.release()
        problems = way.deployed(before)
        file = way.rig.work / "sick"
        version = way.release(sick_file=str(file))
        problems += way.deployed(version)
        file.touch()
        again = way.rig.apply()
        problems += [] if again.returncode == 1 and "does not serve" in again.stdout + again.stderr else [f"apply again calls it well: {again.returncode} {again.stdout}"]
        done = way.next(then, before, version)
        problems += [] if done.returncode == 0 else [f"status {done.returncode}: {done.stderr[-600:]}"]
        problems += way.serves(before if then == "rollback" else way.rig.version)
        checks.that(not problems, f"{strategy:<10} what serves turned sick, then {then}", problems)
    finally:
        way.rig.close()


def group(bin_folder, strategy, name, rows):
    way = Way(bin_folder, strategy, name)
    try:
        for _, _, point, then, sick in rows:
            way.row(point, then, sick)
    finally:
        way.rig.close()


def main():
    words = sys.argv[2:]
    rows = [(strategy, name, point, then, False) for strategy, points in POINTS.items() for name in APPLICATIONS
            if name != "locks" or strategy == "recreate" for point in points for then in NEXT
            if not (name == "at once" and point.endswith("~"))]
    rows += [("recreate", name, point, then, True) for name in APPLICATIONS for point in BACK for then in NEXT
             if not (name == "at once" and point.endswith("~"))]
    sick = list(itertools.product(("rolling", "blue-green", "recreate"), ("another", "rollback")))
    if words:
        rows = [row for row in rows if all(word in f"{row[0]} {row[1]} kill@{row[2]} {row[3]}" for word in words)]
        sick = [row for row in sick if all(word in f"{row[0]} sick {row[1]}" for word in words)]
    elif not checks.is_required("way-back"):
        rows = rows[::SAMPLE]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:  # most of it is waiting
        done = [pool.submit(group, sys.argv[1], *key, list(those)) for key, those in itertools.groupby(rows, lambda row: row[:2])]
        done += [pool.submit(turned_sick, sys.argv[1], *row) for row in sick]
    for one in done:
        one.result()
    checks.close()


main()
