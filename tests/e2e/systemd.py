#!/usr/bin/python3
"""systemd.py BIN [PART...]: fairlead-deploy with Debian 12's systemd, booted in systemd-nspawn: what both keepers promise,
a reboot at every step, two apps whose names join alike, user units."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

from cells import Cell, describe, wait_for
from rig import answers, checks, children

HERE = pathlib.Path(__file__).resolve().parent
TREE = pathlib.Path(os.environ.get("FAIRLEAD_SYSTEMD_ROOT") or HERE.parent.parent / "build/tools/systemd-root")
PACKAGES = "systemd,systemd-sysv,dbus,libpam-systemd,nginx-light,curl,procps"


def make_tree():
    """The root of a Debian 12, once."""
    for name in ("systemd-nspawn", "debootstrap"):
        if not shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin"):
            checks.leave("systemd", f"{name} is not installed")
    if os.geteuid():
        checks.leave("systemd", "it takes root to boot one")
    if (TREE / "usr/lib/systemd/systemd").exists():
        return
    if not checks.is_required("systemd") and len(sys.argv) < 3:  # it takes minutes, and the network
        checks.leave("systemd", f"{TREE} is not here; FAIRLEAD_TEST_REQUIRE=systemd, or a part's name, makes it")
    shutil.rmtree(TREE, ignore_errors=True)
    TREE.parent.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(TREE), "http://deb.debian.org/debian"],
                          capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(TREE, ignore_errors=True)
        checks.leave("systemd", f"debootstrap: {made.stdout.strip().splitlines()[-1:]}")


def comm_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


class Booted(Cell):
    """A cell within: the scratch folder has the same path there, the network is this host's."""

    def __init__(self, bin_folder, **changes):
        self.machine, self.leader, self.nspawn = None, None, None
        super().__init__(bin_folder, **changes)

    def configure(self, **changes):
        super().configure(**{"target__supervise": "systemd", **changes})

    def start_router(self):
        """Boots; nginx is a unit of its own there."""
        if self.machine is None:
            self.mount()
            self.boot()
        (self.work / "site.conf").write_text(self.run("router").stdout)
        (self.machine / "etc/nginx/nginx.conf").write_text(
            f'user root; pid /run/nginx.pid; error_log "{self.work}/nginx.log"; events {{ worker_connections 512; }}'
            f'http {{ access_log off; proxy_next_upstream off; include "{self.work}/site*.conf"; }}')
        self.inside("systemctl", "enable", "nginx")
        self.inside("systemctl", "restart", "nginx")
        answers(self.url, self.work / "nginx.log")

    def mount(self):
        for name in ("upper", "within", "machine", "lib"):
            (self.work / name).mkdir()
        self.machine = self.work / "machine"
        subprocess.run(["mount", "-t", "overlay", "none", "-o", f"lowerdir={TREE},upperdir={self.work}/upper,workdir={self.work}/within",
                        str(self.machine)], check=True)
        for line in subprocess.run(["ldd", str(self.bin / "fairlead-deploy")], capture_output=True, text=True, check=True).stdout.splitlines():
            words = line.split()
            if len(words) > 2 and not words[0].startswith(("libc.", "libm.", "ld-linux", "libpthread", "libdl", "libresolv")):
                shutil.copy(words[2], self.work / "lib" / words[0])
        self.environment["LD_LIBRARY_PATH"] = str(self.work / "lib")

    def boot(self):
        start = time.monotonic()
        self.nspawn = subprocess.Popen(["systemd-nspawn", "--quiet", f"--directory={self.machine}", "--boot", "--register=no", "--keep-unit",
                                        f"--bind={self.work}", f"--bind-ro={self.bin}", "--console=read-only", "--link-journal=no"],
                                       stdin=subprocess.DEVNULL, stdout=open(self.work / "console", "a"), stderr=subprocess.STDOUT)
        # Its first children don't stay; the init within does.
        inner = lambda: [pid for pid in children(self.nspawn.pid) if comm_of(pid) == "systemd"]
        if not wait_for(inner, 60):
            raise RuntimeError((self.work / "console").read_text()[-2000:])
        self.leader = inner()[0]
        self.as_user = ["nsenter", f"--target={self.leader}", "--mount", "--uts", "--ipc", "--pid", "--cgroup", "--wdns=" + str(self.work)]
        state = lambda: self.inside("systemctl", "is-system-running").stdout.strip()
        if not wait_for(lambda: state() in ("running", "degraded"), 300):
            raise RuntimeError(f"{state()}: {(self.work / 'console').read_text()[-2000:]}")
        return time.monotonic() - start

    def inside(self, *words):
        return subprocess.run([*self.as_user, *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=90)

    def power_off(self):
        """As when the plug is pulled: every process is gone at once."""
        try:
            os.kill(self.leader, signal.SIGKILL)
        except ProcessLookupError:  # it never came up
            self.nspawn.kill()
        self.nspawn.wait()

    def units(self):
        return sorted(path.name for path in (self.machine / "etc/systemd/system").rglob("fairlead-*"))

    def close(self):
        if self.nspawn and self.nspawn.poll() is None:
            self.power_off()
        self.nginx = None
        if self.machine:
            subprocess.run(["umount", str(self.machine)], check=False)
        super().close()


# ---- what both keepers promise; `rig` is a cell on this host (own) or a booted one (systemd)

def pid_of(rig):
    return int(json.loads(subprocess.run(["curl", "-s", rig.url + "/"], capture_output=True, text=True, check=False).stdout or '{"pid": 0}')["pid"])


def main_process(rig):
    """As this host numbers it."""
    found = [pid for pid, text in rig.pids().items() if "/app " in text + " "]
    return found[0] if len(found) == 1 else 0


def contract(rig, checks):
    kind = "systemd" if isinstance(rig, Booted) else "own"
    that = lambda condition, what, detail="": checks.that(condition, f"{kind}: {what}", detail)
    rig.environment["TZ"] = "UTC"
    rig.release("2.0.0")
    done = rig.apply()
    that(done.returncode == 0 and rig.served() == "2.0.0", "a release is deployed", done.stderr[-800:])
    variables = pathlib.Path(f"/proc/{main_process(rig)}/environ").read_bytes().decode().split("\0")
    names = dict(entry.split("=", 1) for entry in variables if "=" in entry)
    that({"HOME", "LANG", "TZ", "PATH"} <= set(names), "the application gets HOME, LANG, TZ and PATH", sorted(names))
    that(names.get("PATH") == "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "its PATH is fixed", names.get("PATH"))
    that(not set(names) & {"RUNNER_TRACKING_ID", "LD_LIBRARY_PATH", "PROBE_KEY"}, "nothing of the deployer's environment", sorted(names))
    tracked = [text for pid, text in rig.pids().items() if b"RUNNER_TRACKING_ID" in pathlib.Path(f"/proc/{pid}/environ").read_bytes()]
    that(not tracked, "no process of it carries the runner's tracking variable", tracked)
    before = main_process(rig)
    os.kill(before, signal.SIGKILL)
    that(wait_for(lambda: rig.served() == "2.0.0" and main_process(rig) != before, 10), "killed, it is started again")
    before = main_process(rig)
    os.kill(before, signal.SIGTERM)  # it ends with status 0
    that(wait_for(lambda: rig.served() == "2.0.0" and main_process(rig) != before, 10), "ended with 0, it is started again", rig.served())
    rig.release("2.1.0", health="exit")
    done = rig.apply()
    that(done.returncode == 1 and "ended with status 1" in done.stdout + done.stderr and rig.served() == "2.0.0" and "no database here" in done.stdout,
         "one that exits at once: 1, with its last lines", f"{done.returncode} {done.stdout[-600:]} {done.stderr[-600:]}")
    rig.release("2.2.0", sigterm="ignore")
    rig.apply()
    rig.configure(stop__timeout="1s")
    rig.release("2.3.0")
    rig.apply()
    rig.release("2.4.0", sigterm="ignore")
    rig.apply()
    rig.release("2.5.0")
    done = rig.apply()
    rig.configure()
    that(done.returncode == 0 and rig.history()[-1]["killed"] and "did not react" in done.stderr, "one that ignores SIGTERM is killed, told and recorded", done.stderr[-800:])
    load = rig.load(slow=1)
    good = 0
    for number in range(3):
        rig.release(f"2.6.{number}")
        good += rig.apply().returncode == 0
    lost = load.end()
    that(good == 3 and lost["lost"] == 0, f"three switches, {describe(lost)}", lost)
    done = rig.run("rollback")
    that(done.returncode == 0 and rig.served() == "2.6.1", "a rollback", done.stderr[-600:])
    limits(rig, that)
    done = rig.run("down")
    left = rig.units() if kind == "systemd" else []
    that(done.returncode == 0 and not rig.processes() and not left, "down leaves no process and no unit", f"{rig.processes()} {left}")
    rig.release("2.9.0")
    rig.apply()


def limits(rig, that):
    """What a release may use is its own, in a rollback too."""
    rig.configure(target__limits={"memory": "512MiB", "processes": 200, "open_files": 512}, target__umask="0027")
    rig.release("2.8.0")
    planned, done = rig.run("plan", "--release-version", "2.8.0"), rig.apply()
    held = lambda: [pathlib.Path(f"/proc/{main_process(rig)}/{name}").read_text() for name in ("limits", "status")]
    is_held = lambda: "512                  512" in held()[0] and "Umask:\t0027" in held()[1]
    that(done.returncode == 0 and is_held(), "limits.open_files and umask are the process's", done.stderr[-600:])
    if isinstance(rig, Booted):
        unit = f"fairlead-probe-staging@{json.loads((rig.state_folder / 'state.json').read_text())['slot']}.service"
        shown = rig.inside("systemctl", "show", "--property=MemoryMax,TasksMax", unit).stdout
        that("MemoryMax=536870912" in shown and "TasksMax=200" in shown, "limits.memory and limits.processes are the unit's", shown)
    else:
        that(planned.stdout.count("nothing on this host enforces limits.") == 2 == done.stdout.count("nothing on this host enforces limits."),
             "plan and apply tell which limits nobody holds it to", planned.stdout)
    rig.configure()
    rig.release("2.8.1")
    rig.apply()
    free = not is_held()
    done = rig.run("rollback")
    that(free and done.returncode == 0 and rig.served() == "2.8.0" and is_held(), "a rollback has those that it was deployed with", done.stderr[-600:])


def reboots(rig, checks):
    """kill@STEP, the plug pulled, a boot: who serves before anybody does anything; then a rerun."""
    rig.release("3.0.0")
    rig.apply()
    names = list(dict.fromkeys(["plan", *rig.steps(), "prune"]))
    points = [name + after for name in names for after in ("", "+") if not (after and name == "plan")]
    first = next((word.partition("@")[2] for word in sys.argv[2:] if word.startswith("reboots@")), points[0])  # reboots@ready: from there on
    points = points[points.index(first):]
    for number, point in enumerate(points):
        stable = rig.served()
        rig.release(f"3.{number + 1}.0")
        died = rig.apply(fault=f"kill@{point}")
        meanwhile = rig.served()
        rig.power_off()
        took = rig.boot()
        there = wait_for(lambda: rig.served() in (stable, rig.version), 10)
        serves = rig.served()
        called = {stable: "stable", rig.version: "new"}.get(serves, "nothing")
        status = rig.run("status", "--check")
        done = rig.apply()
        good = died.returncode == -9 or died.returncode == 137
        checks.that(good and there and done.returncode == 0 and rig.served() == rig.version and not leftovers(rig),
                    f"reboot at {point:<9} ({took:.0f} s): {'stable' if meanwhile == stable else 'new'} served, then {called}; status --check {status.returncode}, a rerun {done.returncode}",
                    f"died {died.returncode}, {serves}; {done.stderr[-700:]} {leftovers(rig)} {rig.units()}")


def leftovers(rig):
    """As Rig.leftovers, for one process without supervisor and logger."""
    problems = [one for one in rig.leftovers() if not one.startswith("processes")]
    if len(rig.processes()) != 1:
        problems.append(f"processes: {rig.processes()}")
    return problems


def alike(rig, checks):
    """shop-eu + staging and shop + eu-staging."""
    from rig import free_port
    config = json.loads((rig.work / "fairlead.yml").read_text())
    served = {}
    for app, environment in (("shop-eu", "staging"), ("shop", "eu-staging")):
        section = json.loads(json.dumps(config["environments"]["staging"]))
        section["url"] = f"http://127.0.0.1:{free_port()}"
        section["deploy"]["target"]["root"] = str(rig.work / f"root-{app}")
        file = rig.work / f"{app}.yml"
        file.write_text(json.dumps({"version": 1, "app": app, "environments": {environment: section}}))
        command = [*rig.as_user, str(rig.bin / "fairlead-deploy")]
        more = ["--config", str(file), "--env", environment]
        call = lambda *words: subprocess.run([*command, *words, *more], env=rig.environment, cwd=rig.work, capture_output=True, text=True, check=False)
        (rig.work / f"site-{app}.conf").write_text(call("router").stdout)
        tested = rig.inside("nginx", "-t")
        if not checks.that(tested.returncode == 0, f"nginx takes what `router` prints for {app} + {environment}", tested.stderr.strip()[:300]):
            (rig.work / f"site-{app}.conf").unlink()
        rig.inside("systemctl", "reload", "nginx")
        done = call("apply", "--release-version", "1.0.0")
        served[app] = (section["url"], done, call)
    ask = lambda url: subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", url + "/health"], capture_output=True, text=True, check=False).stdout
    told = {app: (done.returncode, ask(url), done.stderr.strip().splitlines()[-1][:200]) for app, (url, done, _) in served.items()}
    first, second = told["shop-eu"], told["shop"]
    # Units of their own, or a refusal that touches nothing.
    checks.that(first[:2] == (0, "200") and (second[:2] == (0, "200") or (second[0] in (2, 3) and "rename" in second[2])),
                f"shop-eu + staging and shop + eu-staging: {first[:2]} and {second[:2]}", told)
    for _, _, call in served.values():
        call("down")


class OfUser:
    """An application that `web`, a user within, deploys below its own root."""

    def __init__(self, rig):
        from rig import free_port
        self.rig, self.folder, self.url = rig, rig.work / "of web", f"http://127.0.0.1:{free_port()}"
        rig.work.chmod(0o755)
        self.folder.mkdir()
        rig.inside("useradd", "--create-home", "--uid", "1500", "web")
        # A supervisor has nothing of our environment, LD_LIBRARY_PATH neither.
        (rig.machine / "etc/ld.so.conf.d/fairlead.conf").write_text(f"{rig.work}/lib\n")
        rig.inside("ldconfig")
        self.configure()
        (rig.work / "site-web.conf").write_text(self.call("router").stdout)
        rig.inside("systemctl", "reload", "nginx")

    def configure(self, **target):
        config = json.loads((self.rig.work / "fairlead.yml").read_text())
        section = config["environments"]["staging"]
        section.update(url=self.url, env={})
        section["deploy"]["release"] = {"path": "release"}
        section["deploy"]["target"].update(root=str(self.folder / "root"), state=str(self.folder / "state"), supervise="auto", **target)
        (self.folder / "fairlead.yml").write_text(json.dumps({**config, "app": "webs"}))
        subprocess.run(["chown", "-R", "1500:1500", str(self.folder)], check=True)

    def call(self, *words):
        command = [*self.rig.as_user, "setpriv", "--reuid=1500", "--regid=1500", "--init-groups", "env", "-u", "XDG_RUNTIME_DIR", "HOME=/home/web",
                   str(self.rig.bin / "fairlead-deploy"), *words, "--env", "staging", "--config", str(self.folder / "fairlead.yml")]
        return subprocess.run(command, env=self.rig.environment, cwd=self.folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)

    def apply(self, version, **behaviour):
        self.rig.release(version, **behaviour)
        shutil.copytree(self.rig.work / "release", self.folder / "release", symlinks=True, dirs_exist_ok=True)
        return self.call("apply", "--release-version", version)

    def systemctl(self, *words):
        return self.rig.inside("setpriv", "--reuid=1500", "--regid=1500", "--init-groups", "env", "XDG_RUNTIME_DIR=/run/user/1500", "systemctl", "--user", *words)

    def served(self):
        text = subprocess.run(["curl", "-s", "-m", "5", self.url + "/health"], capture_output=True, text=True, check=False).stdout
        return json.loads(text)["version"] if text.startswith("{") else text[:60]

    def processes(self):
        """Command lines and control groups, of its root."""
        found = []
        for pid in os.listdir("/proc"):
            try:
                words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if f"{self.folder}/root" in words:
                    found.append((words, pathlib.Path(f"/proc/{pid}/cgroup").read_text()))
            except OSError:
                continue
        return found


def user_units(rig, checks):
    """Without root: our supervisor and the line that is missing; with lingering a unit of the user's own systemd, also after a boot."""
    web = OfUser(rig)
    done = web.apply("4.0.0")
    checks.that(done.returncode == 0 and web.served() == "4.0.0" and "sudo loginctl enable-linger web" in done.stdout,
                "without lingering: our supervisor, and the line that makes it start at boot", done.stdout[-600:] + done.stderr[-600:])
    told = web.call("status")
    checks.that("nothing starts the application after a reboot; run `sudo loginctl enable-linger web`" in told.stdout, "status tells it, too", told.stdout)
    rig.inside("loginctl", "enable-linger", "web")
    there = wait_for(lambda: rig.inside("test", "-S", "/run/user/1500/systemd/private").returncode == 0, 30)
    load = subprocess.Popen([str(rig.bin / "fairlead-load"), "--url", web.url + "/", "--slow", "1"], stdout=subprocess.PIPE, text=True)
    time.sleep(0.3)  # requests are under way
    done = web.apply("4.1.0")
    load.send_signal(signal.SIGTERM)
    lost = json.loads(load.communicate(timeout=60)[0])
    left = web.processes()
    checks.that(there and done.returncode == 0 and web.served() == "4.1.0" and len(left) == 1 and "user@1500.service" in left[0][1],
                "with lingering the next one is a unit of the user's, and our supervisor is gone with what it kept", f"{left} {done.stdout[-600:]} {done.stderr[-600:]}")
    checks.that(lost["lost"] == 0, f"from one keeper to the other, {describe(lost)}", lost)
    told = web.call("status", "--check")
    checks.that(told.returncode == 0 and "note " not in told.stdout, "nothing is left to tell", told.stdout + told.stderr)
    rig.power_off()
    rig.boot()
    checks.that(wait_for(lambda: web.served() == "4.1.0", 30), "after a reboot it serves, before anybody logged in", web.served())
    done = web.call("rollback")
    checks.that(done.returncode == 0 and web.served() == "4.0.0" and len(web.processes()) == 1, "a rollback to what our supervisor had kept", done.stderr[-600:])
    web.configure(limits={"memory": "256MiB", "processes": 50, "open_files": 300}, umask="0077")
    planned = web.call("plan", "--release-version", "4.2.0")
    done = web.apply("4.2.0")
    slot = json.loads((web.folder / "state/webs/staging/state.json").read_text())["slot"]
    shown = web.systemctl("show", "--property=MemoryMax,TasksMax,LimitNOFILE,UMask", f"fairlead-webs-staging@{slot}.service").stdout
    checks.that(done.returncode == 0 and all(line in shown for line in ("MemoryMax=268435456", "TasksMax=50", "LimitNOFILE=300", "UMask=0077")),
                f"limits and umask are the unit's; plan: {planned.stdout.count('enforces limits')} that this user's systemd was not given", f"{shown} {done.stderr[-600:]}")
    done = web.call("down")
    units = rig.inside("ls", "/home/web/.config/systemd/user").stdout.split()
    checks.that(done.returncode == 0 and not web.processes() and not [u for u in units if u.startswith("fairlead")], "down leaves no process and no unit", f"{web.processes()} {units}")


def main():
    make_tree()
    wanted = sys.argv[2:]
    if not wanted or "contract" in wanted:
        rig = Cell(sys.argv[1]).begin()
        try:
            contract(rig, checks)
        finally:
            rig.close()
    rig = Booted(sys.argv[1]).begin()
    try:
        for part in (contract, reboots, alike, user_units):
            if not wanted or part.__name__ in [word.partition("@")[0] for word in wanted]:
                part(rig, checks)
    finally:
        rig.close()
    checks.close()


main()
