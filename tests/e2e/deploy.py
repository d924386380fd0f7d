#!/usr/bin/python3
"""deploy.py BIN: fairlead-deploy with a real nginx under a strict load; every zero has a control that fails."""
import base64
import contextlib
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import urllib.parse

from rig import Load, Rig, checks
from until import wait_until

SWITCHES = 20


def twenty_switches(rig, checks):
    """Slow requests in flight and an application that dies at SIGTERM at once."""
    load = Load(rig, "--fresh", "3", "--kept", "3", "--think-ms", "5", "--slow", "3", "--slow-url", rig.url + "/?sleep=1")
    good = rig.switch(SWITCHES, "2")
    posts = Load(rig, "--fresh", "2", "--kept", "2", "--method", "POST")
    rig.release("2.99.0")
    good += rig.apply().returncode == 0
    post, lost = posts.end(), load.end()
    checks.that(good == SWITCHES + 1, f"{SWITCHES} switches", f"{good} good")
    checks.that(lost["lost"] == 0, f"0 of {lost['sent']} lost over {SWITCHES} switches", lost)
    checks.that(post["lost"] == 0, f"0 of {post['sent']} POSTs lost", post)
    checks.that(not rig.leftovers(), "nothing stale is left", rig.leftovers())


def control_without_drain(rig, checks):
    """The same application stopped without waiting for its requests: the client has to see it."""
    rig.configure(drain="0ms")
    load = Load(rig, "--fresh", "0", "--kept", "0", "--slow", "4", "--slow-url", rig.url + "/?sleep=4")
    rig.release("3.0.0")
    done = rig.apply()
    lost = load.end()
    rig.configure()
    checks.that(done.returncode == 0 and lost["lost"] > 0, f"control: without the drain {lost['lost']} of {lost['sent']} are lost")
    checks.that(rig.history()[-1]["cut_requests"] >= lost["lost"], "the history says how many requests were cut", rig.history()[-1])


def sick_releases(rig, checks):
    """Each is taken back by itself; what served before goes on serving, nothing of it is lost."""
    before = rig.served()
    cases = {"answers 500": ({"health": "sick"}, "failed", "answers 500"),
             "exits at once": ({"health": "exit"}, "failed", "ended with status 1"),
             "is never ready": ({"health": "never"}, "failed", "not ready within"),
             "has the wrong version": ({"claims": "0.0.1"}, "failed", "answers with version 0.0.1"),
             "turns sick while baking": ({"sick_after": 1.0}, "rolled_back", "became sick"),
             "dies while baking": ({"exit_after": 1.0}, "rolled_back", "ended with status 9")}
    rig.configure(bake="4s", deadline="3s")
    for name, (behaviour, verdict, reason) in cases.items():
        rig.release("4.0.0", noise="the token is {PROBE_TOKEN}", **behaviour)
        done = rig.apply()
        record = rig.history()[-1]
        checks.that(done.returncode == 1 and record["verdict"] == verdict and reason in record["reason"]
                    and rig.served() == before and not rig.leftovers(),
                    f"a release that {name}: {verdict}, exit 1, {before} serves",
                    f"{done.returncode} {record} {rig.served()} {rig.leftovers()}\n{done.stderr}")
        checks.that("the token is ***" in done.stdout, "its last lines are shown, masked", done.stdout)
    rig.configure()


def smoke_auto(rig):
    """What smoke says where it has to find out by itself which version is live."""
    command = [str(rig.bin / "fairlead-smoke"), rig.url + "/health", "--expect-version", "auto", "--deadline", "5s",
               "--env", "staging", "--config", str(rig.work / "fairlead.yml")]
    done = subprocess.run(command, env=rig.environment, cwd=rig.work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return f"{done.returncode} {done.stdout.splitlines()[-1]}"


def rollback_and_history(rig, checks):
    rig.release("5.0.0")
    rig.apply()
    rig.release("5.1.0")
    rig.apply()
    said = smoke_auto(rig)
    checks.that(said.startswith("0 ") and said.endswith("version 5.1.0 answers"), "smoke's auto is what was deployed by hand", said)
    load = Load(rig, "--fresh", "2", "--kept", "2")
    done = rig.run("rollback", "--reason", "slow queries")
    lost = load.end()
    record = rig.history()[-1]
    checks.that(done.returncode == 0 and rig.served() == "5.0.0" and record["command"] == "rollback"
                and record["reason"] == "slow queries", "rollback goes to the release before", done.stderr)
    checks.that(lost["lost"] == 0, f"0 of {lost['sent']} lost by it", lost)
    said = smoke_auto(rig)
    checks.that(said.startswith("0 ") and said.endswith("version 5.0.0 answers"), "and after a rollback what serves again", said)
    done = rig.run("rollback", "--to", "5.1.0")
    checks.that(done.returncode == 0 and rig.served() == "5.1.0", "rollback --to takes a version", done.stderr)
    done = rig.run("rollback", "--to", "0.0.9")
    checks.that(done.returncode == 2 and "was never deployed" in done.stderr + done.stdout, "a release that never was: exit 2", done.stderr)
    again = rig.apply()
    checks.that(again.returncode == 0 and "already deployed" in again.stdout, "the same release again: exit 0, already deployed", again.stdout)
    shown = rig.run("history", "--format", "json")
    checks.that(shown.returncode == 0 and len(json.loads(shown.stdout)["records"]) == min(20, len(rig.history())), "history prints the newest 20 and its chain holds", shown.stdout[-300:])
    file = rig.state_folder / "history.jsonl"
    text = file.read_text()
    file.write_text(text.replace("slow queries", "fast queries"))
    checks.that(rig.run("history").returncode == 1, "an edited history is noticed")
    file.write_text("".join(text.splitlines(keepends=True)[:-1]))
    checks.that(rig.run("history").returncode == 1 and rig.run("status", "--check").returncode == 1, "so is one whose last record was cut off")
    file.write_text(text)
    checks.that(rig.run("history").returncode == 0, "as it was, it holds")


def refusals(rig, checks):
    rig.release("6.0.0", start_delay=3)
    first = subprocess.Popen(rig.command("apply", "--release-version", "6.0.0"), env=rig.environment, cwd=rig.work,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until("it waits for an application that takes three seconds", lambda: rig.step() == "ready")
    second = rig.apply()
    checks.that(second.returncode == 3 and "6.0.0" in second.stderr, "a second deployer is refused, exit 3", second.stderr)
    first.send_signal(signal.SIGTERM)
    first.send_signal(signal.SIGTERM)  # as timeout(1) does it: to the process and to its group
    checks.that(first.wait() == 1, "the first, interrupted by a signal that came twice, has undone: exit 1")
    rig.configure(root=f'"{rig.work}/{"x" * 100}"')
    done = rig.apply()
    checks.that(done.returncode == 2 and "107" in done.stderr, "a socket path over 107 bytes is refused at plan time", done.stderr)
    url = rig.url
    rig.url = url.rpartition(":")[0] + ":1"
    rig.configure()
    done = rig.apply()
    rig.url = url
    rig.configure()
    checks.that(done.returncode == 3 and "router" in done.stderr, "without a router nothing is touched, exit 3", done.stderr)
    small = rig.work / "small"
    small.mkdir()
    if os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=755", "none", str(small)], capture_output=True).returncode == 0:
        rig.configure(root=f'"{small}"')
        done = rig.apply()
        subprocess.run(["umount", "-l", str(small)])
        checks.that(done.returncode == 3 and "MiB" in done.stderr, "a full disk is named, exit 3", done.stderr)
        rig.configure()
    else:
        checks.skip("root", "a full disk is named, exit 3", "nobody else mounts one")
    (rig.work / "file").write_text("")
    rig.configure(root=f'"{rig.work}/other"', state=f'"{rig.work}/file/state"')
    done = rig.apply()
    rig.configure()
    checks.that(done.returncode == 3 and "file" in done.stderr, "a state folder that can't be made is named, exit 3", done.stderr)


def forms(secret):
    """The literal and what it looks like in base64 (three alignments), percent-encoded and JSON-escaped."""
    raw = secret.encode()
    cut = [base64.b64encode(b"." * shift + raw).decode()[(0, 2, 3)[shift]:].rstrip("=")[:-1] for shift in range(3)]
    return {secret, urllib.parse.quote(secret, safe=""), json.dumps(secret)[1:-1], secret.replace("/", "\\/"), *cut}


def secrets_stay(rig, checks):
    """The values of env.secrets are in the serving slot's env file (0600) and nowhere else: not in root, not in state,
    not in the log of an application that prints them itself, not in anything that any command of this test printed."""
    noise = "{PROBE_TOKEN} {PROBE_KEY} {PROBE_PIN} in {PLAIN} text of {FAIRLEAD_RELEASE} in {FAIRLEAD_ENVIRONMENT}"
    rig.release("6.5.0", health="exit", noise=noise)
    rig.apply()
    rig.release("6.6.0", noise=noise)
    rig.run("plan", "--release-version", "6.6.0")
    for arguments in ([], ["--force", "--format", "json"], ["--force", "--format", "github", "-v"]):
        rig.apply(*arguments)
    for command in (["status"], ["history", "--format", "json"], ["rollback", "--reason", rig.environment["PROBE_KEY"]]):
        rig.run(*command)
    secrets = dict(line.split("=", 1) for line in (rig.work / "secrets.env").read_text().splitlines() if "c4n4ry" in line)
    secrets |= {"PROBE_KEY": rig.environment["PROBE_KEY"], "PROBE_PIN": "pin-c4n4ry"}
    wanted = {form for secret in secrets.values() for form in forms(secret)}
    found, looked = set(), 0
    for folder in (rig.root, rig.state):
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                looked += 1
                text = path.read_bytes().decode(errors="replace")
                found |= {str(path) for form in wanted if form in text}
    state = json.loads((rig.state_folder / "state.json").read_text())
    env = rig.root / "slots" / state["slot"] / "env"
    carried = {str(path) for path in rig.state_folder.glob("carried/*.json")}
    checks.that(found - carried == {str(env)}, f"of {looked} files only the slot's env, and what releases carry, hold a secret in one of {len(wanted)} forms", found)
    checks.that(carried and {pathlib.Path(path).stem for path in carried} <= {path.stem for path in rig.state_folder.glob("releases/*.json")}
                and all(pathlib.Path(path).stat().st_mode & 0o777 == 0o600 for path in carried), "which is 0600, and goes with its release", carried)
    checks.that(env.stat().st_mode & 0o777 == 0o600, "which is 0600")
    shown = [line for line in rig.processes() for form in wanted if form in line]
    checks.that(rig.processes() and not shown, "no process has one on its command line", shown)
    log = "".join(path.read_text() for path in rig.root.glob("slots/*/log*"))
    checks.that("*** *** *** in visible text" in log, "the application's own log has ***, and its settings as they are", log)
    checks.that(re.search("text of 6.6.0-[0-9a-f]{12} in staging\n", log), "the application is told its release and its environment", log)
    leaked = [form for form in wanted if form in rig.said]
    checks.that(not leaked, f"none of the {len(rig.said)} characters that were printed does", leaked)
    lines = [path.read_text() for path in rig.root.glob("slots/*/env")]
    checks.that(all(value in "".join(lines) for value in secrets.values()), "the application got them all")


def looks(rig, checks):
    """logs, status --resources, --metrics, --watch."""
    rig.release("1.5.0")
    rig.apply()
    logs = rig.run("logs")
    checks.that(logs.returncode == 0 and "(1.5.0-" in logs.stdout, "logs prints what the release printed", logs.stdout + logs.stderr)
    slot = next(line.split()[1].rstrip(":") for line in rig.run("status").stdout.splitlines() if "serves" in line)
    one = rig.run("logs", slot, "--lines", "1")
    checks.that(one.returncode == 0 and len(one.stdout.splitlines()) <= 3, "logs SLOT --lines 1", one.stdout)
    for wrong, words in ((["logs", "c"], "not a slot or instance"), (["history", "--lines", "3"], "--lines"), (["status", "--of", "a"], "")):
        done = rig.run(*wrong)
        checks.that(done.returncode == 2 and words in done.stdout + done.stderr, f"{wrong} is refused", done.stdout + done.stderr)
    metrics = rig.work / "shop.prom"
    status = rig.run("status", "--resources", "--metrics", str(metrics), "--check")
    checks.that(status.returncode == 0 and "memory" in status.stdout and "restarts 0" in status.stdout,
                "status --resources says what each instance takes", status.stdout + status.stderr)
    lines = metrics.read_text().splitlines()
    taken = [float(line.split()[-1]) for line in lines if line.startswith("fairlead_deploy_memory_bytes{")]
    checks.that(lines[-1] == "# EOF" and taken and 100_000 < taken[0] < 1_000_000_000, "--metrics writes OpenMetrics", "\n".join(lines))
    told = json.loads(rig.run("status", "--resources", "--format", "json").stdout)["resources"]
    checks.that(told and told[0]["state"] == "running" and told[0]["memory_bytes"] > 100_000, "the JSON has the same", str(told))
    watching = subprocess.Popen(rig.command("status", "--watch", "100ms"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out = ""
    for line in watching.stdout:
        out += line
        if out.count("is deployed to") > 2:
            break
    watching.send_signal(signal.SIGINT)
    out += watching.communicate(timeout=20)[0]
    checks.that(watching.returncode == 0 and out.count("is deployed to") > 2, "status --watch prints it again until a signal", f"{watching.returncode} {out[-600:]}")


def supervisor_restarts(rig, checks):
    rig.release("7.0.0")
    rig.apply()
    pid = json.loads(subprocess.run(["curl", "-s", rig.url + "/"], capture_output=True, text=True).stdout)["pid"]
    os.kill(pid, signal.SIGKILL)
    checks.that(wait_until("it is started again", lambda: rig.served() == "7.0.0"), "a process that dies is started again")
    status = rig.run("status")
    checks.that(status.returncode == 0 and "serves" in status.stdout, "status says what serves", status.stdout)
    with open(f"/proc/{pid_of_supervisor(rig)}/environ", "rb") as file:
        names = {entry.split(b"=")[0].decode() for entry in file.read().split(b"\0") if entry}
    checks.that(not names & {"PROBE_KEY", "RUNNER_TRACKING_ID"} and "PATH" in names, "the supervisor has a clean environment", names)
    os.kill(pid_of_supervisor(rig), signal.SIGKILL)
    time.sleep(0.3)  # a supervisor that watched it would have started it again
    status = rig.run("status")
    checks.that(rig.served() == "7.0.0" and "supervisor was killed" in status.stdout, "an application whose supervisor was killed goes on serving, status says it", status.stdout)
    load = Load(rig, "--fresh", "2", "--kept", "2", "--slow", "2", "--slow-url", rig.url + "/?sleep=1")
    rig.release("7.1.0")
    done = rig.apply()
    lost = load.end()
    checks.that(done.returncode == 0 and lost["lost"] == 0 and not rig.leftovers(), "and is replaced like any other",
                f"{done.stderr} {lost} {rig.leftovers()}")


def impatient(rig, checks):
    """A signal while the old release still has a long request: the new one is committed, the old one is left to it."""
    load = Load(rig, "--fresh", "1", "--kept", "0", "--slow", "3", "--slow-url", rig.url + "/?sleep=14", "--think-ms", "50")
    rig.release("7.5.0")
    start = time.monotonic()
    done = rig.apply(fault="int@drain")
    took = time.monotonic() - start
    checks.that(done.returncode == 3 and took < 10 and rig.served() == "7.5.0" and rig.history()[-1]["verdict"] == "deployed",
                "interrupted while a long request runs: committed, exit 3, the old release is left to it", f"{took} {done.stderr}")
    done = rig.apply()
    checks.that(done.returncode == 0 and not rig.leftovers(), "the next run stops the old release", f"{done.stderr} {rig.leftovers()}")
    lost = load.end()
    checks.that(lost["lost"] == 0, f"0 of {lost['sent']} lost by it", lost)


def hostile_releases(rig, checks):
    """What a tar or a folder must not do."""
    rig.configure()
    before, outside, tar = rig.served(), rig.work / "outside", rig.work / "release.tar"
    outside.mkdir()
    config = rig.work / "fairlead.yml"
    config.write_text(config.read_text().replace("{path: release}", "{path: release.tar}").replace("shared: [data]", "shared: [data/uploads]"))
    link, hard, device = tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE
    cases = {"names above it": (("../outside/x", b"x"),), "a link and a file through it": (("l", link, str(outside)), ("l/x", b"x")),
             "a hard link out of it": (("h", hard, "../outside/h"),), "a device": (("d", device, ""),),
             "a link where a shared folder is": (("data", link, str(outside)),)}
    for name, members in cases.items():
        with tarfile.open(tar, "w") as archive:
            for file in (rig.work / "release").iterdir():
                archive.add(file, file.name)
            for member, *rest in members:
                info = tarfile.TarInfo(member)
                if len(rest) == 2:
                    info.type, info.linkname = rest
                info.size = len(rest[0]) if len(rest) == 1 else 0
                archive.addfile(info, io.BytesIO(rest[0] if len(rest) == 1 else b""))
        done = rig.apply()
        checks.that(done.returncode == 1 and not list(outside.iterdir()) and rig.served() == before,
                    f"a tar with {name} is refused, nothing is written outside", f"{done.returncode} {done.stdout} {done.stderr} {list(outside.iterdir())}")
    rig.configure()
    rig.release("9.0.0")
    script = rig.work / "release" / "script"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o6777)
    done = rig.apply()
    modes = {p.name: oct(p.stat().st_mode & 0o7777) for p in next(rig.root.glob("releases/9.0.0-*")).iterdir() if p.is_file()}
    checks.that(done.returncode == 0 and modes["script"] == "0o555" and modes["app.py"] == "0o444", "its files are read-only, and no set-user-id program", f"{modes} {done.stderr}")
    script.unlink()


def shared_files(rig, checks):
    """A file that all releases share: never made a folder of, asked for where nobody put it there, kept by every release."""
    config, key = rig.work / "fairlead.yml", rig.root / "shared/config/master.key"
    name = lambda: config.write_text(config.read_text().replace("shared: [data]", "shared: [data, config/master.key]"))
    rig.configure()
    name()
    rig.release("9.1.0")
    before = rig.served()
    done, planned = rig.apply(), rig.run("plan", "--release-version", "9.1.0")
    checks.that(done.returncode == 2 == planned.returncode and "put it there" in done.stderr and not key.parent.exists() and rig.served() == before,
                "a shared file that is not there is asked for, by plan too, before anything is touched", done.stderr)
    inside = rig.work / "release/config/master.key"
    inside.parent.mkdir()
    inside.write_text("of the release")
    done = rig.apply()
    checks.that(done.returncode == 2 and str(inside) in done.stderr, "the release has one: the way out copies it", done.stderr)
    key.mkdir(parents=True)
    done = rig.apply()
    checks.that(done.returncode == 2 and "a file in the release and a folder" in done.stderr, "a folder that an earlier version made of it is told", done.stderr)
    key.rmdir()
    key.write_text("first")
    done = rig.apply()
    link = rig.root / "current/config/master.key"
    checks.that(done.returncode == 0 and link.is_symlink() and link.read_text() == "first", "deployed, it is the shared one", done.stderr)
    link.write_text("changed by the application")
    shutil.rmtree(inside.parent)
    rig.release("9.1.1")
    done = rig.apply()
    told = rig.run("status", "--check")
    checks.that(done.returncode == 0 == told.returncode and link.read_text() == "changed by the application",
                "the next release has what was written to it, and that is no drift", done.stderr + told.stdout)
    rig.configure()


def dependencies(rig, checks):
    """What the release needs is installed by `prepare`, from the lock file that is part of it."""
    config, release = rig.work / "fairlead.yml", rig.work / "release"
    rig.configure()
    install = "sha256sum --check requirements.lock && mkdir installed && mv greeting.py installed"
    config.write_text(config.read_text().replace("shared: [data]", f"prepare: [[sh, -c, '{install}']]"))
    rig.release("9.0.1")
    (release / "greeting.py").write_text("TEXT = 'hello'\n")
    digest = hashlib.sha256((release / "greeting.py").read_bytes()).hexdigest()
    (release / "requirements.lock").write_text(f"{digest}  greeting.py\n")
    done = rig.apply()
    installed = list(rig.root.glob("releases/9.0.1-*/installed/greeting.py"))
    checks.that(done.returncode == 0 and rig.served() == "9.0.1" and installed, "dependencies are installed from the lock file", done.stderr)
    rig.release("9.0.2")
    (release / "greeting.py").write_text("TEXT = 'not what was locked'\n")
    done = rig.apply()
    checks.that(done.returncode == 1 and "greeting.py: FAILED" in done.stdout and rig.served() == "9.0.1",
                "an install that fails is told and stops the deployment, what served goes on", done.stdout)
    for name in ("greeting.py", "requirements.lock"):
        (release / name).unlink()


def mistakes(rig, checks):
    """Of whoever runs the machine."""
    before = rig.served()
    config = rig.work / "fairlead.yml"
    rig.configure()
    config.write_text(config.read_text().replace("shared: [data]", "prepare: [[sh, -c, 'echo migrating; echo no such table >&2; exit 3']]"))
    rig.release("9.1.0")
    done = rig.apply()
    checks.that(done.returncode == 1 and "no such table" in done.stdout and "ended with status 3" in done.stdout
                and "c4n4ry" not in done.stdout, "prepare's own output is shown when it fails", done.stdout)
    checks.that(rig.served() == before and rig.history()[-1]["verdict"] == "failed", "a migration that fails leaves the old release serving", rig.history()[-1])
    rig.configure(state=f'"{rig.work}/elsewhere"')
    done = rig.apply()
    checks.that(done.returncode == 2 and str(rig.state_folder) in done.stderr, "another state folder for the same root is refused", done.stderr)
    rig.configure()
    rig.apply()
    load = Load(rig, "--fresh", "2", "--kept", "2")
    shutil.rmtree(rig.state)
    done = rig.apply()
    lost = load.end()
    checks.that(done.returncode == 0 and lost["lost"] == 0 and not rig.leftovers(), f"a lost state folder is made again, 0 of {lost['sent']} lost", f"{done.stderr} {lost} {rig.leftovers()}")
    for pid in rig.pids():
        os.kill(pid, signal.SIGKILL)  # a reboot
    wait_until("they have ended", lambda: not rig.pids())
    status = rig.run("status", "--check")
    checks.that(status.returncode == 1 and "does not run" in status.stdout, "after a reboot status --check says what does not run", status.stdout)
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.served() == rig.version and not rig.leftovers(), "and the same command starts it again", f"{done.stderr} {rig.leftovers()}")
    rig.configure(stop="1s")
    rig.release("9.2.0", sigterm="ignore")
    rig.apply()
    rig.release("9.3.0")
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.history()[-1]["killed"] and "did not react to SIGTERM" in done.stderr, "an application that ignores SIGTERM is killed, said and recorded", done.stderr)
    rig.configure()


def full_disk(rig, checks):
    """The disk fills up during the bake of a release that turns sick, then of one that is well: what was set aside is
    enough to go back, or forward, and to record it."""
    small = rig.work / "disk"
    small.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=80m", "none", str(small)], capture_output=True).returncode:
        return checks.skip("root", "a disk that fills up in the bake, and on the way back", "nobody else mounts one")
    rig.run("down")
    try:
        for name in ("root", "state"):
            (small / name).mkdir()
            subprocess.run(["mount", "--bind", str(small / name), str(getattr(rig, name))], check=True)
        filler = small / "filler"
        for version, behaviour, status in (("10.0.0", {}, 0), ("10.1.0", {"sick_after": 1.5}, 1), ("10.2.0", {}, 0)):
            rig.configure(bake="3s")
            rig.release(version, **behaviour)
            with subprocess.Popen(rig.command("apply", "--release-version", version), env=rig.environment, cwd=rig.work, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
                wait_until("the bake", lambda: rig.step() == "bake" or run.poll() is not None)
                with open(filler, "wb", buffering=0) as file:
                    while version != "10.0.0":
                        try:
                            file.write(b"." * 4096)
                        except OSError:
                            break
                said = run.stderr.read()
            full = subprocess.run(["cp", str(filler), str(small / "more")], capture_output=True).returncode != 0
            checks.that(run.returncode == status and rig.served() == ("10.0.0" if status else version) and full == (version != "10.0.0"),
                        f"{version} on a disk that gets full: exit {status}, {rig.served()} serves", f"{run.returncode} {said}")
            for file in (filler, small / "more"):
                file.unlink()
        done = rig.apply()
        checks.that(done.returncode == 0 and not rig.leftovers() and [r["verdict"] for r in rig.history()] == ["deployed", "rolled_back", "deployed"]
                    and (rig.state_folder / "reserve").stat().st_size == 65536, "with room again it is set aside again", f"{done.stderr} {rig.leftovers()} {rig.history()}")
        for way, served in (("rollback", "10.0.0"), ("down", None)):
            with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(b"." * 4096)
            done = rig.run(way)
            now = None if way == "down" else rig.served()
            checks.that(done.returncode == 0 and now == served, f"{way} on a full disk", f"{done.returncode} {now} {done.stderr}")
            filler.unlink()
            rig.apply()  # sets the reserve aside again
        rig.run("down")
    finally:
        for folder in (rig.root, rig.state, small):
            subprocess.run(["umount", "-l", str(folder)], capture_output=True)
        rig.configure()
        rig.apply()


def carried(rig, checks):
    """A rollback needs nothing of today's: no fairlead.yml, no secret in the shell, no router until the switch; damaged
    records are told and set aside; a lost state is made again."""
    rig.configure()
    rig.release("20.0.0", path="/health")
    rig.apply()
    shutil.copy(rig.work / "release" / "app.py", rig.work / "release" / "moved.py")
    config = rig.work / "fairlead.yml"
    config.write_text(config.read_text().replace("app.py,", "moved.py,").replace("path: /health", "path: /healthz"))
    rig.release("20.1.0", path="/healthz")
    (rig.work / "release" / "app.py").unlink()
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.served() == "20.1.0", "a release with another command and another health path", done.stdout + done.stderr)
    shown = rig.run("rollback", "--dry-run")
    checks.that("the settings that 20.0.0-" in shown.stdout and "app.py" in shown.stdout and "/health\n" in shown.stdout, "the plan of its rollback says with which settings", shown.stdout)
    done = rig.run("rollback")
    checks.that(done.returncode == 0 and rig.served() == "20.0.0", "a rollback starts the old release with its own command and health path", done.stdout + done.stderr)
    done = rig.run("rollback", "--to", "20.1.0")
    checks.that(done.returncode == 0 and rig.served() == "20.1.0", "and the other one with its own", done.stdout + done.stderr)
    folder = rig.work / "elsewhere"
    folder.mkdir()
    (rig.work / "secrets.env").rename(rig.work / "secrets.kept")
    config.write_text("version: [")
    done = subprocess.run([*rig.as_user, str(rig.bin / "fairlead-deploy"), "rollback", "--root", str(rig.root)], cwd=folder, capture_output=True, text=True,
                          env={"PATH": rig.environment["PATH"], "HOME": str(rig.work)}, stdin=subprocess.DEVNULL)
    checks.that(done.returncode == 0 and rig.served() == "20.0.0", "a rollback by the root alone: no fairlead.yml, no secret in the shell", done.stdout + done.stderr)
    env = next(rig.root.glob("slots/*/env")).parent.parent / json.loads((rig.state_folder / "state.json").read_text())["slot"] / "env"
    checks.that("c4n4ry" in env.read_text(), "with the variables that it was deployed with", env.read_text())
    (rig.work / "secrets.kept").rename(rig.work / "secrets.env")
    rig.configure()
    config.write_text(config.read_text().replace("  staging:\n", "  staging:\n    profile: production\n"))
    rig.release("20.2.0", path="/health")
    done = rig.apply()
    by_root = [*rig.as_user, str(rig.bin / "fairlead-deploy"), "rollback", "--to", "20.1.0", "--root", str(rig.root)]
    alone = {"cwd": folder, "capture_output": True, "text": True, "env": {"PATH": rig.environment["PATH"], "HOME": str(rig.work)}, "stdin": subprocess.DEVNULL}
    refused = subprocess.run(by_root, **alone)
    checks.that(done.returncode == 0 and refused.returncode == 2 and "to confirm, say --confirm staging" in refused.stderr and rig.served() == "20.2.0",
                "the root knows the profile that it was deployed with: a rollback further back is confirmed where that is production", done.stderr + refused.stdout + refused.stderr)
    done = subprocess.run([*by_root, "--confirm", "staging"], **alone)
    checks.that(done.returncode == 0 and rig.served() == "20.1.0", "and done then", done.stdout + done.stderr)
    rig.configure()
    rig.run("rollback", "--to", "20.0.0")
    url, rig.url = rig.url, rig.url.rpartition(":")[0] + ":1"
    rig.configure()
    done = rig.run("rollback", "--to", "20.1.0")
    rig.url = url
    rig.configure()
    checks.that(done.returncode == 1 and "the router at" in done.stderr and "does not answer there" in done.stdout and rig.served() == "20.1.0",
                "a rollback while the router is down is done, and not said to serve", done.stdout + done.stderr)

    history, kept = rig.state_folder / "history.jsonl", {}
    lines = history.read_text().splitlines(keepends=True)
    history.write_text("".join([*lines[:-2], "{not a record\n", lines[-1]]))
    record = next(rig.state_folder.glob("releases/20.0.0-*.json"))
    record.write_bytes(b"\xff\x00")
    old = sorted(rig.state_folder.glob("deployments/*/journal.jsonl"))[0]
    old.write_text("\x00\n" + old.read_text())
    done = rig.run("rollback", "--to", "20.0.0")
    told = [f"history.jsonl:{len(lines) - 1}", record.name, f"{old.parent.name}/journal.jsonl:1"]
    checks.that(done.returncode == 0 and rig.served() == "20.0.0" and all(one in done.stderr for one in told), "damaged records are told with file and line, and stop no rollback", done.stdout + done.stderr)
    checks.that(all(pathlib.Path(f"{one}.damaged-1").exists() for one in (history, record, old)), "each is kept beside its place")
    again = rig.run("history")
    checks.that(again.returncode == 1 and "does not match the line before it" in again.stdout + again.stderr, "the history says where it was damaged", again.stdout + again.stderr)

    before = sorted(path.name for path in (rig.root / "releases").iterdir())
    shutil.rmtree(rig.state_folder)
    done = rig.run("status", "--rebuild")
    state = json.loads((rig.state_folder / "state.json").read_text())
    checks.that(done.returncode == 0 and state["current"].startswith("20.0.0-") and state["slot"], "status --rebuild: a state that was lost is made again", f"{state} {done.stdout} {done.stderr}")
    rig.release("20.2.0")
    done = rig.apply()
    after = sorted(path.name for path in (rig.root / "releases").iterdir())
    checks.that(done.returncode == 0 and set(before) < set(after), "the next deployment removes no release that the lost state knew", f"{before} {after} {done.stdout} {done.stderr}")
    done = rig.run("rollback")
    checks.that(done.returncode == 0 and rig.served() == "20.0.0", "and is rolled back to what served before", done.stdout + done.stderr)
    (rig.work / "release" / "moved.py").unlink()


def down(rig, checks):
    """Requests under way are finished; then nothing runs, and nothing of it is left but its files."""
    slow = subprocess.Popen(["curl", "-sv", "-w", "%{http_code}", rig.url + "/?sleep=2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    next(line for line in slow.stderr if line.startswith("> GET"))  # the request is under way
    before = rig.served()
    done = rig.run("down", "--reason", "moving house")
    code = slow.communicate(timeout=30)[0][-3:]
    record = rig.history()[-1]
    checks.that(done.returncode == 0 and "stopped:" in done.stdout and code == "200", "down lets requests end, then stops what serves", f"{done.stdout} {done.stderr} {code}")
    checks.that((record["command"], record["verdict"], record["reason"], record["version"]) == ("down", "stopped", "moving house", before), "the history has it", record)
    left = [p.name for folder in ("run", "slots/a", "slots/b") for p in (rig.root / folder).iterdir() if not p.name.startswith("log")]
    checks.that(not rig.processes() and not left and not (rig.root / "current").is_symlink(), "no process, no socket, no secret, no link is left", f"{rig.processes()} {left}")
    status, check = rig.run("status"), rig.run("status", "--check")
    checks.that((status.returncode, check.returncode) == (0, 1) and all("nothing is deployed" in one.stdout for one in (status, check)),
                "status says so, and --check that nothing serves", status.stdout + check.stdout)
    again = rig.run("down")
    checks.that(again.returncode == 0 and "nothing runs" in again.stdout and rig.history()[-1] == record, "once more: exit 0, nothing is done", again.stdout)
    for fault in ("kill@switch", "kill@drain", "kill@stop+", "kill@commit"):
        rig.apply()
        died, rerun = rig.run("down", fault=fault), rig.run("down")
        checks.that(died.returncode == -9 and rerun.returncode == 0 and not rig.processes(), f"down, {fault}: a rerun converges", f"{died.stderr} {rerun.stderr} {rig.processes()}")
    done = rig.apply()
    checks.that(done.returncode == 0 and not rig.leftovers(), "apply starts it again", f"{done.stderr} {rig.leftovers()}")


def pid_of_supervisor(rig):
    state = json.loads((rig.state_folder / "state.json").read_text())
    return json.loads((rig.root / "slots" / state["slot"] / "process.json").read_text())["supervisor"]


def recreate(rig, checks):
    rig.configure(strategy="recreate")
    before = rig.served()
    rig.release("8.0.0", health="sick")
    rig.configure(strategy="recreate", deadline="2s")
    done = rig.apply()
    checks.that(done.returncode == 1 and rig.served() == before, "recreate starts the old release again when the new one fails", done.stderr)
    rig.release("8.1.0")
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.served() == "8.1.0" and not rig.leftovers(), "recreate replaces a release", f"{done.stderr} {rig.leftovers()}")
    rig.configure()


def unprivileged(bin_folder, checks):
    if os.geteuid() != 0:
        return  # then all the rest was
    rig = Rig(bin_folder, user=65534)
    try:
        for version in ("1.0.0", "1.1.0"):
            rig.release(version)
            done = rig.apply()
            checks.that(done.returncode == 0 and rig.served() == version and not rig.leftovers(),
                        f"without privileges {version} is deployed", f"{done.stderr} {rig.leftovers()}")
        rig.as_user, before = ["setpriv", "--reuid=65533", "--regid=65533", "--clear-groups"], rig.as_user
        rig.work.chmod(0o711)
        (rig.work / "fairlead.yml").chmod(0o644)
        done = rig.run("status")
        checks.that(done.returncode == 3 and "Permission denied" in done.stderr, "status for a user who may not see it: exit 3, not 'nothing is deployed'", f"{done.stdout} {done.stderr}")
        rig.as_user = before
        os.chown(rig.root / "releases", 0, 0)
        rig.release("1.2.0")
        done = rig.apply()
        checks.that(done.returncode == 3 and "Permission denied" in done.stderr and "releases" in done.stderr
                    and rig.served() == "1.1.0", "a folder that may not be written is named, exit 3", done.stderr)
    finally:
        rig.close()


def main():
    rig = Rig(sys.argv[1])
    wanted = sys.argv[2:]
    try:
        done = rig.run("plan", "--release-version", "1.0.0")
        checks.that(done.returncode == 0 and not rig.root.exists() and not rig.state.exists(), "plan writes nothing", done.stderr)
        done = rig.apply()
        checks.that(done.returncode == 0 and rig.served() == "1.0.0", "the first deployment", done.stderr)
        for part in (twenty_switches, control_without_drain, sick_releases, rollback_and_history, refusals,
                     secrets_stay, looks, supervisor_restarts, impatient, recreate, hostile_releases, shared_files, dependencies, mistakes, full_disk, carried, down):
            if not wanted or part.__name__ in wanted:
                part(rig, checks)
    finally:
        rig.close()
    if not wanted or "unprivileged" in wanted:
        unprivileged(sys.argv[1], checks)
    checks.close()


main()
