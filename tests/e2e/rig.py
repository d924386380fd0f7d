"""What the deployment tests share: a scratch folder with an application, a real unprivileged nginx, the strict load
client, and checks of what a deployment left. Nothing outside the scratch folder is touched."""
import atexit
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import counted as checks  # noqa: E402

CONFIG = """\
version: 1
app: probe
deploy:
  release: {{path: release}}
  strategy: {strategy}
  health: {{path: /health, interval: 100ms, timeout: 2s, deadline: {deadline}, healthy_after: 2, version: {{json: $.version}}}}
  verify: {{requests: 5}}
  bake: {bake}
  drain: {{timeout: {drain}}}
  stop: {{timeout: {stop}}}
environments:
  staging:
    url: {url}
    env: {{file: secrets.env, secrets: [PROBE_TOKEN, PROBE_KEY], from: [printf, "PROBE_PIN=%s\\n", "pin-{pin}"]}}
    deploy:
      target:
        kind: direct
        root: {root}
        state: {state}
        supervise: own
        command: [/usr/bin/python3, app.py, "{{socket}}"]
        shared: [data]
"""


def free_port():
    return free_ports(1)


def free_ports(count):
    """The first of so many in a row; none of those that the kernel gives to whoever connects (a load's connections would take
    one that nobody listens at yet), nor of those that deploy gives to containers."""
    while True:
        first = random.randrange(10000, 20000)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for port in range(first, first + count):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first


class Load:
    """The load under way; end() gives what it counted."""
    live = set()

    def __init__(self, rig, *arguments):
        command = [rig.bin / "fairlead-load", "--url", rig.url + "/", *arguments]
        self.process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, text=True)
        Load.live.add(self.process)
        time.sleep(0.3)  # requests of every kind are under way

    @staticmethod
    @atexit.register
    def end_all():
        """Those that a test left when it failed, or was ended."""
        for process in Load.live:
            process.kill()

    def end(self):
        Load.live.discard(self.process)
        self.process.send_signal(signal.SIGTERM)
        return json.loads(self.process.communicate(timeout=60)[0])


def start_nginx(folder, text):
    """An unprivileged nginx that tries nothing again, with that in its http block."""
    user = "user root;" if os.geteuid() == 0 else ""
    paths = "".join(f'{name}_temp_path "{folder}/{name}";' for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f'{user} daemon off; worker_processes 2; pid "{folder}/pid"; error_log "{folder}/error.log";'
        f'events {{ worker_connections 1024; }} http {{ access_log off; keepalive_requests 1000000; proxy_next_upstream off; {paths} {text} }}')
    return subprocess.Popen([program("nginx"), "-e", f"{folder}/error.log", "-c", str(folder / "nginx.conf")], start_new_session=True)


def children(pid):
    """Its own, not whatever has the same name."""
    return set(map(int, pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def program(name):
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not found:
        checks.leave(name, "it is not installed")
    return found


def answers(url, log=None):
    """Waits until something listens there."""
    for _ in range(100):
        time.sleep(0.05)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0:
                return
    raise RuntimeError(log.read_text() if log else f"nothing listens at {url}")


class Rig:
    lasting = 3  # processes of what serves: a supervisor, its logger and an application

    def __init__(self, bin_folder, user=None, **options):
        self.nginx = None
        self.bin = pathlib.Path(bin_folder).resolve()
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="fairlead e2e "))
        self.as_user, self.said = [], ""
        if user is not None:  # deploys without privileges; it has to reach the executable
            shutil.copy(self.bin / "fairlead-deploy", self.work)
            shutil.copy(self.bin / "fairlead-load", self.work)
            self.bin = self.work
            os.chown(self.work, user, user)
            self.as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        self.root, self.state = self.work / "root", self.work / "state"
        self.state_folder = self.state / "probe" / "staging"
        self.url = f"http://127.0.0.1:{free_port()}"
        self.environment = {"PATH": f"{self.bin}:{os.environ['PATH']}:/usr/sbin", "HOME": str(self.work), "LANG": "C.UTF-8",
                            "PROBE_KEY": "key" + "-" + "c4n4ry" + "-of-the-environment",
                            "RUNNER_TRACKING_ID": "github_of_this_job", "INPUT_REASON": ""}
        for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        self.configure(**options)
        (self.work / "secrets.env").write_text("PROBE_TOKEN=token-" + "c4n4ry/of+the=file\nPLAIN=visible\n")
        (self.work / "secrets.env").chmod(0o600)
        if user is not None:
            os.chown(self.work / "secrets.env", user, user)
        self.release("1.0.0")
        self.start_router()

    def configure(self, **options):
        values = {"strategy": "blue-green", "deadline": "8s", "bake": "500ms", "drain": "10s", "stop": "3s",
                  "url": self.url, "pin": "c4n4ry", "root": f'"{self.root}"', "state": f'"{self.state}"', **options}
        (self.work / "fairlead.yml").write_text(CONFIG.format(**values))

    def start_router(self):
        """What requests come through: self.nginx is its process."""
        folder = self.work / "nginx"
        folder.mkdir(exist_ok=True)
        (folder / "site.conf").write_text(self.run("router").stdout)
        self.nginx = start_nginx(folder, f'include "{folder}/site.conf";')
        answers(self.url, folder / "error.log")

    def release(self, version, **behaviour):
        """What the next apply deploys."""
        self.version = version
        folder = self.work / "release"
        folder.mkdir(exist_ok=True)
        shutil.copy(HERE / "app.py", folder)
        (folder / "behaviour.json").write_text(json.dumps({"of": version, **behaviour}))

    def command(self, *arguments):
        return [*self.as_user, str(self.bin / "fairlead-deploy"), *arguments, "--env", "staging", "--config", str(self.work / "fairlead.yml")]

    def run(self, *arguments, fault=None, **environment):
        variables = {**self.environment, **environment}
        if fault:
            variables["FAIRLEAD_FAULT"] = fault
        done = subprocess.run(self.command(*arguments), env=variables, cwd=self.work, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=120)
        self.said += done.stdout + done.stderr
        return done

    def apply(self, *arguments, fault=None):
        return self.run("apply", "--release-version", self.version, *arguments, fault=fault)

    def switch(self, times, major):
        """As many new releases, one after another: how many were deployed and serve."""
        good = 0
        for number in range(times):
            self.release(f"{major}.{number}.0")
            done = self.apply()
            good += done.returncode == 0 and self.served() == self.version
            if done.returncode:
                print(done.stderr)
        return good

    def history(self):
        file = self.state_folder / "history.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def journal_end(self, deployment):
        lines = (self.state_folder / "deployments" / deployment / "journal.jsonl").read_text().splitlines()
        return json.loads(lines[-1]).get("verdict")

    def step(self):
        """What the newest deployment is at."""
        journals = sorted(self.state_folder.glob("deployments/*/journal.jsonl"))
        last = journals[-1].read_text().splitlines()[-1:] if journals else []
        return json.loads(last[0]).get("step", "") if last and last[0].endswith("}") else ""

    def served(self):
        """Version that answers through nginx, or the failure."""
        done = subprocess.run(["curl", "-s", "-m", "5", self.url + "/health"], capture_output=True, text=True)
        try:
            return json.loads(done.stdout)["version"]
        except (ValueError, KeyError):
            return f"no answer: {done.stdout[:60]}"

    def processes(self):
        """Command lines of the supervisors, loggers and applications of this rig that run."""
        return list(self.pids().values())

    def pids(self):
        found = {}
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    command = (entry / "cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                text = b" ".join(command).decode(errors="replace")
                if str(self.root) in text and "nginx" not in command[0].decode(errors="replace"):
                    found[int(entry.name)] = text
        return found

    def sockets(self, slot):
        """That what serves has."""
        return {f"{slot}.sock"}

    def leftovers(self):
        """What must not be there once a deployment is over: more than a supervisor, its logger and an application, more than one socket or release in use,
        temporary files, open journals, a held lock."""
        problems = []
        state = json.loads((self.state_folder / "state.json").read_text())
        if len(self.processes()) != self.lasting:
            problems.append(f"processes: {self.processes()}")
        run = self.root / "run"
        sockets = {p.name for p in run.iterdir()} - {"current.sock", "lane"} if run.exists() else set()
        if sockets != self.sockets(state["slot"]):
            problems.append(f"sockets: {sockets}")
        for path in self.work.rglob("*"):
            name = path.name
            if name.startswith(".tmp-") or (name.startswith(".") and len(name.rpartition(".")[2]) == 12):
                problems.append(f"temporary: {path}")
        releases = sorted(p.name for p in (self.root / "releases").iterdir())
        recorded = sorted(p.stem for p in (self.state_folder / "releases").iterdir())
        if releases != recorded:
            problems.append(f"releases {releases}, recorded {recorded}")
        for folder in (self.state_folder / "deployments").iterdir():
            if self.journal_end(folder.name) is None:
                problems.append(f"open journal: {folder.name}")
        other = self.root / "slots" / ("b" if state["slot"] == "a" else "a")
        kept = sorted(p.name for p in other.iterdir()) if other.exists() else []
        if set(kept) - {"log", "log.1"}:
            problems.append(f"empty slot holds {kept}")
        locked = subprocess.run(["flock", "-n", str(self.state_folder / "lock"), "true"]).returncode != 0
        if locked:
            problems.append("the lock is held")
        return problems

    def close(self):
        if self.nginx:
            self.nginx.terminate()
            self.nginx.wait()
        for pid in [e.name for e in pathlib.Path("/proc").iterdir() if e.name.isdigit()]:
            try:
                command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(self.root) in command:
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    pass
        shutil.rmtree(self.work, ignore_errors=True)
