#!/usr/bin/python3
"""trust_host.py BIN: root deploys among others. What another user of the host, or the application, has put in the way is
neither followed nor believed, and nobody but the router gets to the sockets."""
import fcntl
import grp
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import rig as rigs
from until import wait_for

NOBODY = pwd.getpwnam("nobody")
CONNECT = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])"
checks = rigs.checks


def as_user(command, user="nobody", groups=()):
    wanted = ",".join(str(grp.getgrnam(g).gr_gid) for g in groups)
    return subprocess.run(["setpriv", f"--reuid={user}", f"--regid={NOBODY.pw_gid}",
                           f"--groups={wanted}" if wanted else "--clear-groups", *map(str, command)],
                          capture_output=True, text=True)


def connects(path, **who):
    return as_user(["/usr/bin/python3", "-c", CONNECT, path], **who).returncode == 0


def running(pid):
    try:
        return "Z" not in pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def started(pid):
    return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def refused(done, part, what):
    checks.that(done.returncode == 2 and part in done.stderr, what, f"{done.returncode}: {done.stderr.strip()}")


class Planted:
    """What a neighbour has put below the root, for as long as one attempt lasts."""

    def __init__(self, rig):
        self.rig, self.victim = rig, rig.work / "victim"
        self.victim.mkdir()
        (self.victim / "precious").write_text("precious\n")

    def untouched(self, what):
        names = sorted(p.name for p in self.victim.iterdir())
        checks.that(names == ["precious"] and (self.victim / "precious").read_text() == "precious\n", what, names)

    def attempt(self, path, make, part, what):
        kept = path.with_name(path.name + ".kept")
        if os.path.lexists(path):
            os.rename(path, kept)
        make(path)
        for command in ("apply", "down", "status"):
            refused(self.rig.run(command), part, f"{what}: {command} is refused")
        self.untouched(f"{what}: what it leads to stays as it was")
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        if os.path.lexists(kept):
            os.rename(kept, path)


def owned_by_nobody(path):
    path.mkdir()
    os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)


def forged_file(text, victim_owner=True):
    def make(path):
        path.write_text(text)
        path.chmod(0o640)
        if victim_owner:
            os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)
    return make


def places(rig):
    planted = Planted(rig)
    root, slots = rig.root, rig.root / "slots"
    link = lambda path: path.symlink_to(planted.victim)
    file_link = lambda path: path.symlink_to(planted.victim / "precious")
    slot = json.loads((rig.state_folder / "state.json").read_text())["slot"]
    for path in (root / "releases", root / "run", slots, slots / slot, root / "shared"):
        planted.attempt(path, link, "is a link", f"{path.relative_to(root)} as a link")
    for name in ("log", "env", "launch.json", "process.json", "lock"):
        planted.attempt(slots / slot / name, file_link, "is a link", f"a slot's {name} as a link")
    for path in (root / "releases", slots, slots / slot, root / "run"):
        planted.attempt(path, owned_by_nobody, "belongs to 'nobody'", f"{path.relative_to(root)} of another user")
    planted.attempt(rig.state_folder, owned_by_nobody, "belongs to 'nobody'", "a state folder that another user planted")
    planted.attempt(rig.state_folder / "state.json", forged_file("{}"), "belongs to 'nobody'", "state.json of another user")
    planted.attempt(rig.state_folder / "lock", file_link, "is a link", "the lock as a link")
    planted.attempt(root / "owner", file_link, "is a link", "the root's owner file as a link")
    for path in (root, rig.state_folder, slots):
        mode = path.stat().st_mode & 0o7777
        for wrong in (0o777, 0o1777):
            path.chmod(wrong)
            refused(rig.run("apply"), "can be written by everybody", f"{path.name} with {wrong:o} is refused")
        path.chmod(mode)
    os.chown(rig.work, NOBODY.pw_uid, -1)
    refused(rig.run("down"), "belongs to ", "a folder above the root that is another user's is refused")
    os.chown(rig.work, 0, -1)
    sticky = rig.work / "sticky"
    sticky.mkdir()
    sticky.chmod(0o1777)
    for name, make in (("planted", owned_by_nobody), ("linked", lambda p: (p.symlink_to(planted.victim), os.lchown(p, NOBODY.pw_uid, -1)))):
        make(sticky / name)
        rig.configure(root=f'"{sticky / name}"', state=f'"{sticky}/state-{name}"')
        refused(rig.run("apply", "--release-version", "1.0.0"), "belongs to 'nobody'", f"a root {name} in a sticky folder is refused")
        rig.configure(state=f'"{sticky / name}"')
        refused(rig.run("down"), "belongs to 'nobody'", f"a state folder {name} in a sticky folder is refused")
    rig.configure()
    planted.untouched("nothing was written through a link into another user's folder")
    checks.that(rig.served() == "1.0.0", "the release served all the while", rig.served())


def identities(rig):
    """Numbers in files are hints: only who holds the slot's lock, and its child, is signalled."""
    slot = json.loads((rig.state_folder / "state.json").read_text())["slot"]
    folder = rig.root / "slots" / slot
    true = json.loads((folder / "process.json").read_text())
    victim = subprocess.Popen(["sleep", "600"], preexec_fn=lambda: (os.setgid(NOBODY.pw_gid), os.setuid(NOBODY.pw_uid)), start_new_session=True)
    forged = {**true, "supervisor": victim.pid, "supervisor_started": started(victim.pid), "process": victim.pid, "process_started": started(victim.pid)}
    planted = (folder / "process.json").with_suffix(".true")
    os.rename(folder / "process.json", planted)
    forged_file(json.dumps(forged) + "\n")(folder / "process.json")
    refused(rig.run("down"), "belongs to 'nobody', so its content is not trusted", "a process.json of another user is refused")
    checks.that(victim.poll() is None, "and the process that it names lives")
    (folder / "process.json").unlink()
    forged_file(json.dumps(forged) + "\n", victim_owner=False)(folder / "process.json")
    (folder / "lock").write_text(str(victim.pid))
    done = rig.run("down")
    checks.that(victim.poll() is None, "a process.json that names a foreign process, however it came there, kills nobody")
    checks.that(done.returncode == 0 and not running(true["supervisor"]) and not running(true["process"]),
                "and down finds the supervisor that was started there, by itself", done.stderr)
    os.rename(planted, folder / "process.json")
    done = rig.run("down")
    checks.that(done.returncode == 0 and victim.poll() is None and not rig.processes(), "with its own state back, there is nothing left to stop", done.stderr)
    victim.kill()
    victim.wait()


def sockets(rig):
    if not any(g.gr_name == "www-data" for g in grp.getgrall()):
        return checks.skip("www-data", "sockets of a group", "no group www-data is here")
    rig.configure(root=f'"{rig.root}"\n        socket_group: www-data')
    checks.that(rig.apply().returncode == 0, "a release with target.socket_group is deployed")
    slot = json.loads((rig.state_folder / "state.json").read_text())["slot"]
    path = rig.root / "run" / f"{slot}.sock"
    checks.that(oct((rig.root / "run").stat().st_mode & 0o7777) == "0o2750", "the folder of the sockets is closed to others")
    checks.that(oct(path.stat().st_mode & 0o777) == "0o660" and path.stat().st_gid == grp.getgrnam("www-data").gr_gid,
                "a socket is its group's", f"{path.stat()}")
    checks.that(not connects(path) and not connects(rig.root / "run" / "current.sock"), "another local user doesn't get past nginx")
    checks.that(connects(rig.root / "run" / "current.sock", groups=["www-data"]), "the router's group does")
    planted = as_user(["/usr/bin/python3", "-c", "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", rig.root / "run" / "b.sock"])
    checks.that(planted.returncode != 0, "nor can it take the other slot's socket before us")
    lock = rig.state_folder / "lock"
    held = as_user(["flock", "-n", lock, "true"])
    checks.that(held.returncode != 0 and oct(lock.stat().st_mode & 0o777) == "0o600", "another user can't take the lock")
    with open(lock, "r+") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        began = time.monotonic()
        done = rig.run("down", "--wait-lock", "300ms")
        checks.that(done.returncode == 3 and "is held by" in done.stderr and time.monotonic() - began < 10,
                    "a lock that is held for ever is waited for until the deadline, and told", done.stderr)


def surroundings(rig):
    """The deployer's PATH is not the application's."""
    evil = rig.work / "evil bin"
    evil.mkdir()
    (evil / "python3").write_text("#!/bin/sh\ntouch '%s/ran'\nexec /usr/bin/python3 \"$@\"\n" % rig.work)
    (evil / "python3").chmod(0o755)
    text = (rig.work / "fairlead.yml").read_text()
    (rig.work / "fairlead.yml").write_text(text.replace("/usr/bin/python3, app.py", "python3, app.py"))
    rig.release("1.1.0")
    done = rig.run("apply", "--release-version", "1.1.0", PATH=f"{evil}:{rig.environment['PATH']}")
    state = json.loads((rig.state_folder / "state.json").read_text())
    process = json.loads((rig.root / "slots" / state["slot"] / "process.json").read_text())["process"]
    variables = pathlib.Path(f"/proc/{process}/environ").read_bytes().decode().split("\0")
    paths = [v for v in variables if v.startswith("PATH=")]
    checks.that(done.returncode == 0 and not (rig.work / "ran").exists(), "a program in the deployer's PATH is not the application's", done.stderr)
    checks.that(paths == ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "and its PATH is a fixed one", paths)
    (rig.work / "only").mkdir()
    (rig.work / "only" / "fairlead-only-here").write_text("#!/bin/sh\n")
    (rig.work / "only" / "fairlead-only-here").chmod(0o755)
    (rig.work / "fairlead.yml").write_text(text.replace("/usr/bin/python3, app.py", "fairlead-only-here, app.py"))
    done = rig.run("plan", PATH=f"{rig.work}/only:{rig.environment['PATH']}")
    checks.that(done.returncode == 3 and "is not in the application's PATH" in done.stderr, "one that only the deployer finds is told by plan", done.stderr)
    (rig.work / "fairlead.yml").write_text(text)


def application(rig):
    """The application as target.user: it gets at nothing of what decides over it."""
    rig.configure(root=f'"{rig.root}"\n        user: nobody\n        socket_group: www-data')
    rig.release("1.2.0")
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.served() == "1.2.0", "a release runs as target.user, and the router reaches it", done.stderr)
    state = json.loads((rig.state_folder / "state.json").read_text())
    slot = rig.root / "slots" / state["slot"]
    process = json.loads((slot / "process.json").read_text())
    status = pathlib.Path(f"/proc/{process['process']}/status").read_text()
    wanted = "\t".join(["Uid:"] + [str(NOBODY.pw_uid)] * 4)
    checks.that(wanted in status and "NoNewPrivs:\t1" in status and "CapPrm:\t0000000000000000" in status, "as that user for good, without a capability", status)
    checks.that(f"Uid:\t0" in pathlib.Path(f"/proc/{process['supervisor']}/status").read_text(), "while its supervisor stays ours")
    for name, act in (("its launch.json", f"echo x >>'{slot}/launch.json'"), ("its process.json", f"rm -f '{slot}/process.json' && ! test -e '{slot}/process.json'"),
                      ("its log", f"ln -sf /etc/passwd '{slot}/log'"), ("its variables", f"cat '{slot}/env'"), ("its lock", f"exec 9<'{slot}/lock'"),
                      ("the router's link", f"ln -sfn b/app.sock '{rig.root}/run/current.sock'"), ("a new slot", f"mkdir '{rig.root}/slots/c'"),
                      ("the releases", f"mkdir '{rig.root}/releases/evil'"), ("the history", f"cat '{rig.state_folder}/history.jsonl'")):
        done = as_user(["sh", "-c", act])
        checks.that(done.returncode != 0, f"the application's user gets not at {name}", done.stdout)
    path = rig.root / "run" / state["slot"] / "app.sock"
    checks.that(path.exists() and path.stat().st_uid == NOBODY.pw_uid, "its socket is in a folder of its own")
    checks.that(connects(path, groups=["www-data"]) and not connects(path, user="daemon"), "to the router's group, not to others")
    # A link in the place of its socket: what it leads to is not opened to all.
    secret = rig.work / "secret"
    secret.write_text("x")
    secret.chmod(0o600)
    path.unlink()
    path.symlink_to(secret)
    os.lchown(path, NOBODY.pw_uid, NOBODY.pw_gid)
    os.kill(process["process"], signal.SIGKILL)
    again = lambda: json.loads((slot / "process.json").read_text())["process"] not in (0, process["process"]) and connects(path, groups=["www-data"])
    checks.that(wait_for(again, 30), "killed, with a link in the place of its socket, it is started again and serves")
    checks.that(oct(secret.stat().st_mode & 0o777) == "0o600", "a link in the place of its socket opens nothing")
    done = rig.run("down")
    checks.that(done.returncode == 0 and not rig.processes(), "down ends what runs as that user", done.stderr)
    rig.configure()
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.served() == "1.2.0", "without target.user it serves from the old place again", done.stderr)


def output(rig):
    """What the application prints is text to whoever deploys."""
    rig.release("1.3.0", health="exit", noise="\x1b]0;owned\x07\x1b[2J::error::forged\n##[error]forged\n::stop-commands::forged\u202e")
    done = rig.run("apply", "--release-version", "1.3.0", GITHUB_ACTIONS="true")
    said = done.stdout + done.stderr
    checks.that(done.returncode == 1 and "forged" in said, "the last lines of a release that fails are shown", said)
    checks.that("\x1b" not in said and "\x07" not in said and "\u202e" not in said, "without a control character", repr(said))
    checks.that(not any(line.lstrip().startswith("::") and "forged" in line or "##[" in line for line in said.splitlines()),
                "and no command of the runner is among them", said)
    logs = list((rig.state_folder / "deployments").glob("*/candidate.log"))
    checks.that(logs and not any("\x1b" in log.read_text() for log in logs), "nor a control character in candidate.log")
    rig.release("1.4.0", claims="1.4.0\x1b[2J\n::error::forged")
    done = rig.run("apply", "--release-version", "1.4.0", GITHUB_ACTIONS="true")
    said = done.stdout + done.stderr
    checks.that(done.returncode == 1 and "\x1b" not in said and "\n::error::forged" not in said, "nor in the version that an application tells", repr(said))
    rig.release("1.5.0", claims="9.9.9")
    checks.that(rig.apply().returncode == 1 and rig.served() == "1.2.0", "an application that answers as another release is not deployed")


if os.geteuid() != 0:
    checks.leave("root", "only root deploys among others")
if not shutil.which("setpriv"):
    checks.leave("setpriv", "it is not installed")
host = rigs.Rig(sys.argv[1])
host.work.chmod(0o755)
try:
    first = host.apply()
    checks.that(first.returncode == 0, "root deploys below its own root", first.stderr)
    for part in (places, identities, sockets, surroundings, application, output):
        print(f"-- {part.__name__}", flush=True)
        part(host)
finally:
    host.close()
checks.close()
