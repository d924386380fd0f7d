"""A fault at each step: what fairlead-deploy says, with which status, and who serves. Rows of what this fairlead-deploy does
not know yet are skipped, by its own words."""
import contextlib
import os
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import time

from cells import Cell, Unknown, describe, wait_for
from deploy_table import told_losses, write
from rig import Load


CLIENTS = ("--fresh", "3", "--kept", "3")


def start(rig):
    return subprocess.Popen(rig.command("apply", "--release-version", rig.version), env=rig.environment, cwd=rig.work,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(run):
    out, err = run.communicate(timeout=90)
    return subprocess.CompletedProcess([], run.returncode, out, err)


class Faults:
    rows = []  # of all of them: fault, exit status, who serves, message

    def __init__(self, rig, checks):
        self.rig, self.checks, self.number = rig, checks, 0

    def release(self, **behaviour):
        self.number += 1
        self.rig.release(f"7.{self.number}.0", **behaviour)

    def row(self, what, done, status, words, serves, more=""):
        """words: what the message has to hold."""
        said = done.stdout + done.stderr
        missing = [word for word in words if word not in said]
        now = self.rig.served()
        left = [problem for problem in self.rig.leftovers()] if status in (0, 1) else []
        line = next((text.strip() for text in done.stderr.splitlines() if words and words[0] in text), said.strip().splitlines()[-1] if said.strip() else "")
        who = "nobody" if "no answer" in now else "stable" if now != self.rig.version else "new"
        good = done.returncode == status and not missing and now == serves and not left and not more
        message = re.sub(r"fairlead: (info|warning): +[0-9.]+s +|/tmp/fairlead e2e [^ /]*|\(after:.*|\|", "", line)
        self.rows.append((what if good else f"**{what}**", str(done.returncode), who, message))
        self.checks.that(good, f"{what:<44} exit {done.returncode}, {who} serves: {line[:150]}",
                         f"expected {status} {missing} {now} instead of {serves}; {left} {more}\n{said[-1500:]}")

    def simple(self, what, behaviour, status, words, then="", **changes):
        rig, before = self.rig, self.rig.served()
        self.release(**behaviour)
        rig.configure(**changes)
        load = Load(rig, *CLIENTS)
        done = rig.apply()
        lost = load.end()
        rig.configure()
        # Before it has requests, nothing is lost; one that answers 500 loses its own.
        most = lost["lost"] if "bake" in what else 0
        more = describe(lost) if lost["lost"] > most else ""
        self.row(what + (f" ({describe(lost)})" if lost["lost"] else ""), done, status, words, before if status and then != "new" else rig.version, more)

    def unknown(self, what, **changes):
        """Whether this fairlead-deploy does not know these settings."""
        self.rig.configure(**changes)
        plan = self.rig.run("plan", "--release-version", "7.0.0")
        self.rig.configure()
        if plan.returncode != 2 or "unknown" not in plan.stderr:
            return False
        self.checks.skip("cells", what, plan.stderr.strip().splitlines()[0])
        return True


def candidates(faults):
    simple = faults.simple
    simple("candidate exits at once", {"health": "exit"}, 1, ["ended with status 1"])
    simple("candidate restarts in a loop", {"exit_after": 0.05}, 1, ["ended with status 9"], health__healthy_after=5)
    simple("candidate is never ready", {"health": "never"}, 1, ["not ready within"], health__deadline="2s")
    simple("candidate answers 500", {"health": "sick"}, 1, ["500"], health__deadline="2s")
    simple("the wrong version answers", {"claims": "0.0.1"}, 1, ["version 0.0.1 answers"], health__deadline="2s")
    simple("prepare (a migration) fails", {}, 1, ["ended with status 3"], target__prepare=[["sh", "-c", "echo no such table >&2; exit 3"]])
    simple("candidate turns sick in the bake", {"sick_after": 1.2}, 1, ["became sick"], bake="4s")
    memory, what = {"target__limits": {"memory": "64MiB"}}, "candidate meets its memory's limit (OOM)"
    if not faults.unknown(what, **memory):
        faults.rig.configure(**memory)
        if "nothing on this host enforces" in (plan := faults.rig.run("plan", "--release-version", "7.0.0")).stdout:
            faults.checks.skip("systemd", what, next(line.strip() for line in plan.stdout.splitlines() if "nothing here holds it" in line))
            faults.rig.configure()
        else:
            simple(what, {"leak_mib": 100}, 1, ["memory"], bake="6s", **memory)
    if not faults.unknown("hooks", hooks__post=[{"exec": ["false"]}]):
        fails = {"exec": ["sh", "-c", "echo no mail server >&2; exit 4"], "name": "tell"}
        simple("a pre hook fails", {}, 1, ["tell"], hooks__pre=[fails])
        simple("a post hook that takes back fails", {}, 1, ["tell"], hooks__post=[{**fails, "on_failure": "rollback"}])
        simple("a post hook fails", {}, 1, ["tell"], hooks__post=[fails], then="new")
    faults.rig.sections = {"smoke": {"checks": [{"get": "/"}]}}
    if not faults.unknown("smoke at the slot", verify__smoke=True):
        simple("smoke fails at the slot", {"pages": "sick"}, 1, ["smoke"], verify__smoke=True)
        simple("smoke is well", {}, 0, [], verify__smoke=True)
    faults.rig.sections = {}
    if not faults.unknown("deadline", deadline="2s"):
        simple("the deadline is over in the bake", {}, 3, ["deadline"], deadline="2s", bake="20s")


def crash(faults, what="candidate crashes in the bake", times=5, exit_after=1.2, bake="4s"):
    """Each connection has one request in flight when it dies; of those that come while requests are led back (some ms) few may
    meet nobody."""
    rig, clients, lost_of = faults.rig, 8, []
    rig.configure(bake=bake)
    for _ in range(times):
        before = rig.served()
        faults.release(exit_after=exit_after)
        load = Load(rig, *CLIENTS, "--slow", "2", "--slow-url", rig.url + "/?sleep=0.5")
        done, lost = rig.apply(), load.end()
        lost_of.append(lost["lost"])
        times = [one["at_ms"] for one in lost["losses"]]
        window = max(times) - min(times) if times else 0
        faults.row(f"{what}, {clients} connections ({describe(lost)} within {window} ms)", done, 1, ["ended with status 9"], before)
        if lost["lost"] > clients:
            print(*told_losses(rig, lost), sep="\n", flush=True)
    # One of them may meet a machine that has other work.
    checks = faults.checks
    checks.that(statistics.median(lost_of) <= clients, f"{what}: at most what was in flight, in the middle of {len(lost_of)}: {lost_of} lost of {clients} connections")
    rig.configure()


def configuration(faults):
    simple = faults.simple
    simple("an unknown key", {}, 2, ["fairlead.yml:1:", "unknown"], drian={"timeout": "1s"})
    simple("a strategy that nobody knows", {}, 2, ["fairlead.yml:1:"], strategy="green-blue")
    simple("a socket's path over 107 bytes", {}, 2, ["107"], target__root=str(faults.rig.work / ("x" * 100)))
    simple("the release is not there", {}, 2, ["nowhere"], release={"path": "nowhere"})


def disks(faults):
    """A state folder of 4 MiB that is full, from the start and in the bake."""
    rig, small = faults.rig, faults.rig.work / "small"
    small.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=755", "none", str(small)], capture_output=True, check=False).returncode:
        return faults.checks.skip("root", "a full disk", "nobody else mounts one")
    before = rig.served()
    rig.configure(target__root=str(small))
    faults.release()
    faults.row("the disk is full: no room for the release", rig.apply(), 3, ["MiB"], before)
    subprocess.run(["umount", "-l", str(small)], check=True)
    rig.configure()


def commit(faults):
    """From the bake on the history can't be written."""
    rig, file = faults.rig, str(faults.rig.state_folder / "history.jsonl")
    rig.configure(bake="2s")
    faults.release()
    load = Load(rig, "--fresh", "2", "--kept", "2")
    run = start(rig)
    wait_for(lambda: rig.step_begun("bake"))
    for words in (["--bind", file, file], ["-o", "remount,ro,bind", file]):
        if os.geteuid() or subprocess.run(["mount", *words], capture_output=True, check=False).returncode:
            run.communicate()
            load.end()
            return faults.checks.skip("root", "the commit can't be written", "nobody else mounts over it")
    try:
        done = ended(run)
    finally:
        subprocess.run(["umount", file], check=True)
    now, lost = rig.served(), load.end()
    rig.configure()
    rerun = rig.apply()
    faults.row(f"the commit can't be written ({describe(lost)}; a rerun gives {rerun.returncode})", done, 3, ["history.jsonl"], rig.version,
               "" if not lost["lost"] and not rerun.returncode and now == rig.version else f"{rerun.returncode} {now} {describe(lost)}")


def drains(faults):
    rig = faults.rig
    rig.configure(drain__timeout="1s")
    faults.release()
    load = Load(rig, "--fresh", "0", "--kept", "0", "--slow", "2", "--slow-url", rig.url + "/?sleep=4")
    done = rig.apply()
    load.end()
    rig.configure()
    faults.row("the old one does not drain", done, 0, ["still has"], rig.version)
    faults.release(sigterm="ignore")
    rig.apply()
    rig.configure(stop__timeout="1s")
    faults.release()
    faults.row("the old one ignores SIGTERM", rig.apply(), 0, ["did not react"], rig.version)
    rig.configure()


def routers(faults):
    """It dies in the bake: not the release's fault."""
    rig, before = faults.rig, faults.rig.served()
    rig.configure(bake="5s")
    faults.release()
    run = start(rig)
    wait_for(lambda: rig.step_begun("bake"))
    os.killpg(rig.nginx.pid, signal.SIGKILL)
    rig.nginx.wait()
    done = ended(run)
    rig.start_router()
    now = rig.served()
    rig.configure()
    rerun = rig.apply()
    faults.row(f"the router dies in the bake (then {now} serves, a rerun gives {rerun.returncode})", done, 3, ["router"], rig.version)


def signals(faults):
    rig = faults.rig
    for step, forward in (("prepare", False), ("ready", False), ("switch", False), ("bake", False), ("drain", True), ("commit", True)):
        before = rig.served()
        faults.release()
        load = Load(rig, "--fresh", "2", "--kept", "2")
        start = time.monotonic()
        done = rig.apply(fault=f"int@{step}")
        took, lost = time.monotonic() - start, load.end()
        faults.row(f"a signal at {step} ({took:.1f} s, {describe(lost)})", done, 0 if forward else 1, [], rig.version if forward else before,
                   "" if took < 7 and not lost["lost"] else describe(lost))


def way_back(faults):
    """The old release's files are changed while recreate runs, and the new one is sick: nothing whole is left to go back to."""
    rig = faults.rig
    rig.configure(strategy="recreate", health__deadline="1s")
    old = next(rig.root.glob(f"releases/{rig.served()}-*/behaviour.json"))
    kept = old.read_bytes()
    old.chmod(0o644)
    old.write_text('{"of": "somebody else"}')
    faults.release(health="sick")
    done = rig.apply()
    said = done.stdout + done.stderr
    rig.configure()
    now = rig.served()
    old.write_bytes(kept)
    old.chmod(0o444)
    faults.checks.that(done.returncode in (1, 3) and "sealed" in said, f"the way back fails: exit {done.returncode}, {now}; "
                       + next((line for line in said.splitlines() if "sealed" in line), "")[:200], said[-1200:])
    faults.release()
    faults.row("and the next deployment mends it", rig.apply(), 0, [], rig.version)


def ports(options, checks):
    """An application that speaks TCP, and somebody who has its port: before it starts, and between the look and the start."""
    with cell(options, checks, "direct-tcp", "blue-green", "haproxy") as faults:
        rig, before = faults.rig, faults.rig.served()
        with socket.create_server(("127.0.0.1", rig.port + 1)):
            faults.release()
            faults.row("its port is taken", rig.apply(), 1, [str(rig.port + 1), f"process {os.getpid()}"], before)
        faults.release()
        faults.row("and free again", rig.apply(), 0, [], rig.version)


def includes(options, checks):
    with cell(options, checks, "direct-tcp", "blue-green", "nginx-include") as faults:
        rig, main, before = faults.rig, faults.rig.work / "router/nginx.conf", faults.rig.served()
        kept = main.read_text()
        main.write_text(kept.replace("events {", "no_such_directive; events {", 1))
        faults.release()
        faults.row("the router's configuration was broken before us", rig.apply(), 3, ["no_such_directive"], before)
        # `nginx -t` passes over a port that is in use; the reload doesn't, and says so in its log only.
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            main.write_text(kept.replace("http {", f"http {{ server {{ listen 127.0.0.1:{port}; }}", 1))
            load = Load(rig, "--fresh", "2", "--kept", "0")
            done, lost = rig.apply(), load.end()
            faults.row(f"the reload is accepted, and no worker changes ({describe(lost)})", done, 3, ["worker"], before, describe(lost) if lost["lost"] else "")
        main.write_text(kept)
        faults.row("and the next deployment goes through", rig.apply(), 0, [], rig.version)


def images(options, checks):
    with cell(options, checks, "compose", "blue-green", "haproxy") as faults:
        rig, before = faults.rig, faults.rig.served()
        file = rig.work / "compose.yml"
        kept = file.read_text()
        for what, image in (("the image is not there", "127.0.0.1:9/nowhere:1"), ("no such digest", "probe@sha256:" + 64 * "0")):
            faults.number += 1
            rig.version = f"7.{faults.number}.0"
            file.write_text(kept.replace("probe:${TAG:-0}", image))
            faults.row(f"compose: {what}", rig.apply(), 3, [image.partition("@")[0]], before)
            file.write_text(kept)
        for what, behaviour, words in (("exits at once", {"health": "exit"}, ["ended with status"]), ("is never ready", {"health": "never"}, ["not ready"]),
                                       ("answers with the wrong version", {"claims": "0.1"}, ["version 0.1 answers"])):
            faults.release(**behaviour)
            load = Load(rig, *CLIENTS)
            done, lost = rig.apply(), load.end()
            faults.row(f"compose: candidate {what}", done, 1, words, before, describe(lost) if lost["lost"] else "")
        crash(faults, "compose: candidate crashes in the bake", exit_after=8, bake="20s")


@contextlib.contextmanager
def cell(options, checks, *which):
    """Faults of a rig of its own."""
    rig = Cell(options["bin"], *which, bake="300ms").begin()
    try:
        yield Faults(rig, checks)
    finally:
        rig.close()


def run(options, checks):
    began = time.monotonic()
    only = options.get("only", "").split()
    parts = [part for part in (configuration, candidates, crash, disks, commit, drains, routers, signals, way_back) if not only or part.__name__ in only]
    if parts:
        with cell(options, checks, "direct", "blue-green", "nginx-link") as faults:
            for part in parts:
                part(faults)
    for part in (ports, includes, images):
        if not only or part.__name__ in only:
            try:
                part(options, checks)
            except Unknown as why:
                checks.skip("cells", part.__name__, str(why))
    if "table" in options:
        lines = ["| fault | exit | serves | says |", "|---|---|---|---|", *("| " + " | ".join(row) + " |" for row in Faults.rows)]
        write(pathlib.Path(options["table"]), "faults", "script/bench deploy faults", began, "\n" + "\n".join(lines) + "\n")
