#!/usr/bin/python3
"""trust_release.py BIN: root deploys what a hostile hand built, beside a hostile user of the host. What a release's content
and its prepare command may write, start and become; that nobody else writes to it meanwhile; umasks; bombs; kills."""
import io
import itertools
import os
import pathlib
import pwd
import signal
import subprocess
import sys
import tarfile
import time

from rig import Rig, checks

TARGET, OTHER = pwd.getpwnam("nobody"), pwd.getpwnam("daemon")

# prepare, as somebody hostile would write it. What it gets is written to shared/data, which is its user's.
PREPARE = r"""
say() { echo "$1" >> data/got; }
say "uid $(id -u) $(id -G)"
say "suid $(./set-user-id -u)"
say "path $PATH, app $FAIRLEAD_APP, of the deployer $DEPLOYERS"
grep -q '^NoNewPrivs:.1' /proc/self/status && say "no new privileges"
cp /usr/bin/id mine && chmod 4755 mine
chmod 0666 app.py && chmod 0777 .
ln -s /etc/shadow shadow
ln app.py data/second-name
( echo x > "$OUTSIDE/made" ) 2>/dev/null && say "wrote outside"
( echo x >> ../../owner ) 2>/dev/null && say "wrote to owner"
( mkdir ../planted ) 2>/dev/null && say "wrote to releases"
cat /etc/shadow > /dev/null 2>&1 && say "read shadow"
# One that stays, with the file open for writing.
exec 9>>app.py
setsid timeout 120 sh -c 'while [ ! -e data/stop ]; do echo "evil = 1" >&9; sleep 0.05; done' >/dev/null 2>&1 </dev/null &
exit 0
"""

# Another user of the host, as fast as it can, while root deploys: what it gets is a line on standard output.
HOSTILE = r"""
import os, pathlib, sys
root, stop = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
got, looks = set(), 0
def attempt(what, act):
    try:
        act()
        got.add(what)
    except OSError:
        pass
while not stop.exists():
    looks += 1
    for folder in (root, root / "releases", root / "slots", root / "shared"):
        attempt(f"made a file in {folder}", lambda: os.close(os.open(folder / "planted", os.O_CREAT | os.O_WRONLY)))
        attempt(f"made a link in {folder}", lambda: os.symlink("/etc", folder / "link"))
        attempt(f"renamed in {folder}", lambda: os.rename(folder / "releases", folder / "moved"))
    try:
        releases = list(os.scandir(root / "releases"))
    except OSError:  # not made, or not open to others yet
        releases = []
    for release in releases:
        if release.name.startswith(".tmp-"):
            attempt(f"looked into {release.name}", lambda: os.listdir(release.path))
        for path, folders, files in os.walk(release.path):
            attempt(f"made a file in {path}", lambda: os.close(os.open(path + "/planted", os.O_CREAT | os.O_WRONLY)))
            for name in files:
                file = os.path.join(path, name)
                if "/data" not in file:
                    attempt(f"wrote to {file}", lambda: os.close(os.open(file, os.O_WRONLY)))
                    attempt(f"changed the mode of {file}", lambda: os.chmod(file, 0o777))
                    attempt(f"replaced {file}", lambda: os.unlink(file))
print(looks, *sorted(got), sep="\n")
"""


def as_user(user, *command):
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *command]


def archive(rig, members, name="release.tar"):
    """The rig's release, and members of (TarInfo attributes, content), as a tar."""
    text = io.BytesIO()
    with tarfile.open(fileobj=text, mode="w") as tar:
        for file in sorted((rig.work / "release").iterdir()):
            tar.add(file, file.name)
        for attributes, content in members:
            info = tarfile.TarInfo()
            for key, value in attributes.items():
                setattr(info, key, value)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    (rig.work / name).write_bytes(text.getvalue())


def configure(rig, target="", release="{path: release.tar}"):
    rig.configure()
    file = rig.work / "fairlead.yml"
    file.write_text(file.read_text().replace("{path: release}", release).replace("shared: [data]", "shared: [data]" + target))


def listing(folder):
    return [p for p in folder.rglob("*") if not p.is_symlink()] if folder.exists() else []


def prepared_by_somebody_hostile(rig, checks):
    outside = rig.work / "outside"
    outside.mkdir()
    configure(rig, f"\n        user: {TARGET.pw_name}\n        prepare: [[env, 'OUTSIDE={outside}', sh, prepare.sh]]")
    rig.release("1.0.0")
    archive(rig, [({"name": "prepare.sh", "mode": 0o755}, PREPARE.encode()),
                  ({"name": "set-user-id", "mode": 0o6755}, pathlib.Path("/usr/bin/id").read_bytes()),
                  ({"name": "open", "mode": 0o666}, b"x")])
    stop = rig.work / "stop"
    hostile = subprocess.Popen(as_user(OTHER, "/usr/bin/python3", "-c", HOSTILE, str(rig.root), str(stop)), stdout=subprocess.PIPE, text=True)
    deployers = rig.work / "deployers"
    deployers.mkdir()
    (deployers / "sh").write_text("#!/bin/sh\nexit 9\n")
    (deployers / "sh").chmod(0o755)
    done = rig.run("apply", "--release-version", "1.0.0", PATH=f"{deployers}:{rig.environment['PATH']}", DEPLOYERS="x")
    stop.touch()
    looks, *got = hostile.communicate()[0].splitlines()
    checks.that(done.returncode == 0 and rig.served() == "1.0.0", "root deploys an archive that prepares itself", done.stderr + done.stdout)
    checks.that(int(looks) > 3 and not got, f"another user of the host got nothing in {looks} rounds meanwhile", got)
    data = rig.root / "shared" / "data"
    said = (data / "got").read_text().splitlines()
    checks.that(said[:2] == [f"uid {TARGET.pw_uid} {TARGET.pw_gid}", f"suid {TARGET.pw_uid}"],
                "prepare runs as target.user, and a set-user-id program of the release as nobody else", said)
    checks.that(said[2] == "path /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin, app probe, of the deployer ",
                "and with the application's environment, not with its deployer's PATH", said)
    checks.that("no new privileges" in said, "prepare can get no more rights than it has", said)
    checks.that(len(said) == 4 and not list(outside.iterdir()), "prepare reads and writes nothing of root's", said)
    release = next((rig.root / "releases").iterdir())
    sealed = listing(release)
    checks.that(len(list((rig.root / "releases").iterdir())) == 1 and len(sealed) >= 6, "one release is there, whole", sealed)
    wrong = [f"{p} {p.stat().st_uid} {oct(p.stat().st_mode)}" for p in [release, *sealed]
             if p.stat().st_uid != 0 or p.stat().st_mode & 0o7022 or (p.is_file() and p.stat().st_mode & 0o222)]
    checks.that(not wrong, "all of it is root's, for nobody to write to, with no set-user-id bit", wrong)
    app, original = release / "app.py", (rig.work / "release" / "app.py").read_bytes()
    size = (data / "second-name").stat().st_size
    time.sleep(0.3)  # it writes every 50 ms
    checks.that((data / "second-name").stat().st_size == size and "left" in done.stderr and "left running" in done.stderr, "a process that prepare left in another session ended with it", done.stderr)
    checks.that(app.read_bytes().startswith(original), "what is served began as what was deployed")
    before = app.read_bytes()
    time.sleep(0.2)  # as above
    checks.that(app.read_bytes() == before and rig.run("status", "--check").returncode == 0, "what is served is what was sealed, whatever is written to the descriptors of before",
                rig.run("status", "--check").stdout)
    (data / "stop").touch()
    os.chmod(app, 0o644)
    app.write_bytes(before + b"\n# by hand\n")
    drift = rig.run("status", "--check")
    checks.that(drift.returncode == 1 and "'app.py' was changed" in drift.stdout + drift.stderr, "status --check tells a file that was changed after the seal", drift.stdout + drift.stderr)


def tampered_releases_do_not_start(rig, checks):
    configure(rig, release="{path: release}")
    (rig.work / "release" / "prepare.sh").unlink(missing_ok=True)
    rig.release("2.0.0")
    first = rig.apply()
    rig.release("2.1.0")
    second = rig.apply()
    checks.that(first.returncode == 0 and second.returncode == 0, "two more are deployed", first.stderr + second.stderr)
    checks.that("run as root" in second.stderr, "without target.user root is told what that means", second.stderr)
    checks.that("run as root" in rig.run("plan").stdout, "and so does plan")
    app = next((rig.root / "releases").glob("2.0.0-*")) / "app.py"
    kept = app.read_bytes()
    os.chmod(app, 0o644)
    app.write_bytes(kept + b"\n# by hand\n")
    done = rig.run("rollback")
    checks.that(done.returncode == 1 and "'app.py' was changed" in done.stdout + done.stderr and rig.served() == "2.1.0",
                "a release that was changed after its seal is not rolled back to", done.stdout + done.stderr)
    rig.release("2.0.0")
    done = rig.apply()
    checks.that(done.returncode == 0 and app.read_bytes() == kept and rig.served() == "2.0.0", "deployed once more, it is made again", done.stdout + done.stderr)
    os.chmod(app, 0o644)
    app.write_bytes(kept + b"\n# by hand\n")
    file = rig.work / "fairlead.yml"
    file.write_text(file.read_text().replace("strategy: blue-green", "strategy: recreate").replace("deadline: 8s", "deadline: 2s"))
    rig.release("2.2.0", health="sick", noise="no cache at redis://shop:" + "pw-of-the-cache" + "@cache/0")
    done = rig.apply()
    said = done.stdout + done.stderr
    checks.that(done.returncode == 1 and "'app.py' was changed; it can't serve again, so nothing serves; deploy it again" in said,
                "nor is it gone back to when the next one is sick", said)
    checks.that("no cache at redis://" in said and "pw-of-the-cache" not in said, "what it said last is shown without the password of a URL in it", said)
    checks.that(rig.served().startswith("no answer") and not rig.processes(), "nothing serves then", rig.processes())
    rig.release("2.0.0")
    done = rig.apply()
    checks.that(done.returncode == 0 and app.read_bytes() == kept and rig.served() == "2.0.0", "and the next deployment goes on from there", done.stdout + done.stderr)


def with_words(command):
    """The processes with just these words."""
    wanted = command.encode().replace(b" ", b"\0") + b"\0"
    return [pid for pid in (int(p.name) for p in pathlib.Path("/proc").iterdir() if p.name.isdigit()) if command_of(pid) == wanted]


def survivors_of_a_killed_supervisor(rig, checks):
    lasting = f"sleep 1017.{os.getpid()}"  # another checkout's test has another number
    sessions = lambda: with_words(lasting)
    for user, version in ((TARGET.pw_name, "2.5.0"), ("", "2.6.0")):
        configure(rig, f"\n        user: {user}" if user else "", release="{path: release}")
        file = rig.work / "fairlead.yml"
        text = file.read_text()
        line = next(one for one in text.splitlines() if "command: [" in one)
        command = f"        command: [sh, -c, 'setsid -f {lasting}; exec /usr/bin/python3 app.py \"$FAIRLEAD_SOCKET\"']"
        file.write_text(text.replace(line, command))
        rig.release(version)
        done = rig.apply()
        first = sessions()
        checks.that(done.returncode == 0 and len(first) == 1, "an application leaves a process in a session of its own", f"{first} {done.stderr}")
        bystander = subprocess.Popen(as_user(OTHER, "/usr/bin/env", f"FAIRLEAD_SOCKET={rig.root}/run/a/app.sock", f"FAIRLEAD_SLOT=a", "sleep", "1018"))
        supervisor = next(pid for pid, command in rig.pids().items() if "supervise" in command)
        os.kill(supervisor, signal.SIGKILL)
        checks.that(rig.served() == version and sessions() == first, "its supervisor killed, both go on")
        done = rig.apply()
        second = sessions()
        checks.that(done.returncode == 0 and len(second) == 1 and second != first, "the next deployment ends what is left of the life before", f"{first} {second} {done.stderr}")
        checks.that(bystander.poll() is None, "and nothing of another user's, whatever variables it has")
        bystander.kill()
        bystander.wait()
        for pid in [pid for pid in rig.pids() if "fairlead-log" not in rig.pids().get(pid, "")]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        checks.that(sessions() == second, "all but that killed, it goes on")
        down = rig.run("down")
        checks.that(down.returncode == 0 and not sessions(), "down ends it, too", f"{sessions()} {down.stdout}{down.stderr}")


def killed_in_prepare(rig, checks):
    lasting = f"sleep 1019.{os.getpid()}"
    of_prepare = lambda: with_words(lasting)
    for guarded, user in itertools.product((True, False), (f"\n        user: {TARGET.pw_name}", "")):
        configure(rig, f"{user}\n        prepare: [[sh, -c, 'echo began >> data/began; [ -e data/quick ] || setsid -w {lasting}']]", release="{path: release}")
        quick, began = rig.root / "shared" / "data" / "quick", rig.root / "shared" / "data" / "began"
        for file in (quick, began):
            file.unlink(missing_ok=True)
        rig.release(f"2.{7 if user else 8}.{int(guarded)}")
        running = subprocess.Popen(rig.command("apply", "--release-version", rig.version), env=rig.environment, cwd=rig.work, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not of_prepare():
            time.sleep(0.02)
        if not guarded:  # whoever kills all that has our name
            running.send_signal(signal.SIGSTOP)
            for pid in pathlib.Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split():
                os.kill(int(pid), signal.SIGKILL)
        running.send_signal(signal.SIGKILL)
        running.wait()
        deadline = time.monotonic() + (0.5 if guarded else 0)
        while time.monotonic() < deadline and of_prepare():
            time.sleep(0.01)
        checks.that(len(of_prepare()) == int(not guarded), "a prepare whose deployer is killed dies with it" if guarded else
                    "one whose guard is killed as well goes on in its session", of_prepare())
        quick.touch()
        done = rig.apply()
        checks.that(done.returncode == 0 and not of_prepare() and ("an earlier prepare" in done.stderr) != guarded, "the next deployment ends what is left before it begins its own, and says so", f"{of_prepare()} {done.stderr}")
        checks.that(began.read_text() == "began\n" * 2 and rig.served() == rig.version, "and serves", began.read_text())


def command_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def bombs(rig, checks):
    rig.release("3.0.0")
    with tarfile.open(rig.work / "bomb.tar.gz", "w:gz", compresslevel=1) as bomb, open("/dev/zero", "rb") as zeros:
        info = tarfile.TarInfo("zeros")
        info.size = 400 << 20
        bomb.addfile(info, zeros)
    empty = rig.work / "tmp"
    empty.mkdir()
    for release, key in (("{path: bomb.tar.gz}", "release.max_ratio"), ("{path: bomb.tar.gz, max_ratio: 10000, max_size: 300MiB}", "release.max_size"),
                         ("{path: release.tar, max_files: 2}", "release.max_files")):
        configure(rig, release=release)
        before = {p: p.stat().st_size for p in listing(rig.root)}
        for command in ("plan", "apply"):
            done = rig.run(command, "--release-version", "3.0.0", TMPDIR=str(empty))
            said = done.stdout + done.stderr
            checks.that(done.returncode == 1 and key in said, f"{command} refuses what is over {key}", said)
        checks.that({p: p.stat().st_size for p in listing(rig.root)}.keys() == before.keys() and not listing(empty), "and nothing of it was written")
    configure(rig, release="{path: bomb.tar.gz}")
    told = subprocess.run(["/usr/bin/time", "-f", "%M", *rig.command("plan")], env=rig.environment, cwd=rig.work, capture_output=True, text=True)
    peak = int(told.stderr.split()[-1]) >> 10
    checks.that(peak < 100, f"in {peak} MiB of memory", told.stderr)


def killed_while_it_unpacks(rig, checks):
    archive(rig, [({"name": "large"}, os.urandom(1 << 20) * 200)], "large.tar")
    configure(rig, release="{path: large.tar}")
    releases, empty = rig.root / "releases", rig.work / "tmp"
    before = {p.name for p in releases.iterdir()}
    running = subprocess.Popen(rig.command("apply", "--release-version", "4.0.0"), env={**rig.environment, "TMPDIR": str(empty)}, cwd=rig.work,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and running.poll() is None:
        begun = [p for p in releases.iterdir() if p.name.startswith(".tmp-") and (p / "large").exists()]
        if begun:
            break
    checks.that(begun and begun[0].stat().st_mode & 0o777 == 0o700, "what is being unpacked is nobody's but root's", begun)
    running.send_signal(signal.SIGKILL)
    running.wait()
    checks.that({p.name for p in releases.iterdir()} != before and not listing(empty), "killed while it unpacks, what was made lies below its own root only")
    configure(rig, release="{path: release}")
    rig.release("4.1.0", health="never")
    done = rig.apply()
    checks.that(done.returncode == 1 and not [p for p in releases.iterdir() if p.name.startswith(".")], "the next run takes it away, even one that fails", done.stderr)
    (rig.work / "release" / "behaviour.json").unlink()


def umasks(bin_folder, checks):
    for mask in (0o077, 0o027):
        rig = Rig(bin_folder)
        try:
            rig.work.chmod(0o755)
            before = os.umask(mask)
            done = rig.apply()
            os.umask(before)
            release = next((rig.root / "releases").glob("1.0.0-*"))
            modes = [oct(p.stat().st_mode & 0o7777) for p in (rig.root, rig.root / "releases", rig.root / "shared", release, release / "app.py")]
            checks.that(done.returncode == 0 and modes == ["0o755"] * 4 + ["0o444"], f"the first deployment under umask {mask:03o} can be reached by the application's user", f"{modes} {done.stderr}")
            reached = subprocess.run(as_user(TARGET, "cat", str(rig.root / "current" / "app.py")), capture_output=True)
            checks.that(reached.returncode == 0, "and is read by it", reached.stderr)
            secret = [oct(p.stat().st_mode & 0o7777) for p in rig.root.glob("slots/*/env")]
            checks.that(secret == ["0o600"], "but not its environment", secret)
        finally:
            rig.close()


def without_root(bin_folder, checks):
    rig = Rig(bin_folder, user=TARGET.pw_uid)
    try:
        configure(rig, "\n        user: root", release="{path: release}")
        done = rig.apply()
        checks.that(done.returncode == 2 and "only root" in done.stderr and not rig.root.exists(), "who is not root can't deploy as another user", done.stderr)
        configure(rig, f"\n        user: {TARGET.pw_name}", release="{path: release}")
        done = rig.apply()
        checks.that(done.returncode == 0 and "run as root" not in done.stderr, "but as themselves", done.stderr)
    finally:
        rig.close()


def main():
    if os.geteuid() != 0:
        checks.leave("root", "only root can play two users")
    rig = Rig(sys.argv[1])
    rig.work.chmod(0o755)
    try:
        for part in (prepared_by_somebody_hostile, tampered_releases_do_not_start, survivors_of_a_killed_supervisor, killed_in_prepare, bombs, killed_while_it_unpacks):
            part(rig, checks)
    finally:
        rig.close()
    umasks(sys.argv[1], checks)
    without_root(sys.argv[1], checks)
    checks.close()


main()
