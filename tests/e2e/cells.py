"""Place x strategy x router: a rig for each cell, with the compiled application and a load of every kind. A cell that this
fairlead-deploy does not know is told by its own words."""
import atexit
import functools
import itertools
import json
import os
import re
import shutil
import signal
import subprocess

from engine import Engine, Missing
from rig import Load, Rig, answers, free_port, free_ports, program, start_nginx
from until import wait_for  # noqa: F401, whoever takes cells takes it, too

PLACES = ("direct", "direct-tcp", "compose")
STRATEGIES = ("recreate", "blue-green", "rolling", "canary")
ROUTERS = ("nginx-link", "nginx-include", "haproxy", "caddy")
# What makes sense: links (Caddy's too) lead to sockets, an include file to ports.
CELLS = [(place, strategy, router) for place in PLACES for strategy in STRATEGIES for router in ROUTERS
         if not (place == "direct-tcp" and router in ("nginx-link", "caddy")) and not (place == "direct" and router == "nginx-include")]
# May lose: recreate has a gap, a reload closes idle connections under a request (nginx before 1.27.4).
MAY_LOSE = {("strategy", "recreate"): "its gap", ("router", "nginx-include"): "idle connections at a reload"}
# Changes of a cell: a canary whose verdict nobody waits for.
QUICK_CANARY = {"strategy__canary__min_hold": "200ms", "strategy__canary__step_deadline": "600ms"}
FULL = ("--fresh", "3", "--kept", "3", "--idle", "3", "--slow", "2", "--stream", "2", "--socket", "2")
# Switches are looked at here, not verdicts: a step that few requests can't decide goes on.
CANARY = {"steps": [25, 100], "min_hold": "1s", "min_requests": 50, "step_deadline": "3s", "on_undecided": "promote",
          "latency": {"ratio": 100}}  # lost requests are counted here, and times under load are canary_live.py's


class Unknown(Exception):
    """This fairlead-deploy has no such cell yet, or this machine can't run it."""
    part = "cells"


class NoEngine(Unknown):
    part = "engine"


@functools.cache
def engine():
    """One for all cells of a thread, which has a network of its own from then on: no rig of it may be up yet."""
    try:
        one = Engine()
    except Missing as why:
        raise NoEngine(f"compose: {why}") from None
    atexit.register(one.close)
    return one


class Cell(Rig):
    numbers, live = itertools.count(1), set()  # live: those that an end by a signal would leave
    sections = {}  # of fairlead.yml, beside deploy

    def __init__(self, bin_folder, place="direct", strategy="blue-green", router="nginx-link", **changes):
        self.place, self.strategy, self.router, self.changes = place, strategy, router, changes
        Cell.live.add(self)
        self.admin, self.port = free_port(), free_ports(4)
        self.lasting = 6 if strategy == "rolling" else 3
        self.project = f"cell{os.getpid()}n{next(Cell.numbers)}"
        self.work = None
        try:
            super().__init__(bin_folder)
        except BaseException:
            if self.work:
                self.close()
            raise
        if place == "compose":
            engine().application(self.bin, "probe:0", "0")
            self.environment.update(engine().environment)
            engine().docker("compose", "-f", self.work / "compose.yml", "up", "-d", "db")
            self.db = self.containers("db")

    def name(self):
        return f"{self.place} {self.strategy} {self.router}"

    # fairlead.yml, as JSON, which YAML contains. `changes`: dotted names below deploy, merged.
    def configure(self, **changes):
        target = {"kind": "direct", "root": str(self.root), "state": str(self.state), "supervise": "own", "shared": ["data"],
                  "command": ["./app", "127.0.0.1:{port}" if self.place == "direct-tcp" else "{socket}"]}
        if self.place == "direct-tcp":
            target["port"] = self.port
        if self.strategy == "rolling":
            target["replicas"] = 2
        if self.place == "compose":
            target = self.compose_target()
        deploy = {**({} if self.place == "compose" else {"release": {"path": "release"}}), "strategy": {"canary": dict(CANARY)} if self.strategy == "canary" else self.strategy,
                  "health": {"path": "/health", "interval": "100ms", "timeout": "2s", "deadline": "30s", "healthy_after": 2,
                             "version": {"json": "$.version"}},
                  "verify": {"requests": 5}, "bake": "500ms", "drain": {"timeout": "15s"}, "stop": {"timeout": "3s"},
                  "target": target, **self.router_settings()}
        for name, value in {**self.changes, **changes}.items():
            folder = deploy
            *parents, last = name.split("__")
            for parent in parents:
                folder = folder.setdefault(parent, {})
            folder[last] = value
        (self.work / "fairlead.yml").write_text(json.dumps(
            {"version": 1, "app": "probe", **self.sections, "environments": {"staging": {"url": self.url, "env": {"file": "secrets.env"}, "deploy": deploy}}}))

    def compose_target(self):
        """A project of two services: `web` moves, `db` must not."""
        link = self.router in ("nginx-link", "caddy")
        web = {"image": "probe:${TAG:-0}", "command": ["/app", "{socket}" if link else "0.0.0.0:8000"], "depends_on": ["db"], **({"healthcheck": {"disable": True}} if link else {})}
        (self.work / "compose.yml").write_text(json.dumps({"name": self.project, "services": {
            "web": web, "db": {"image": "probe:0", "command": ["/app", "127.0.0.1:9"], "restart": "unless-stopped"}}}))
        return {"kind": "compose", "files": ["compose.yml"], "services": ["web"], "state": str(self.state),
                **({"sockets": str(self.root)} if link else {"port": 8000}), **({"scale": 2} if self.strategy == "rolling" else {})}

    def containers(self, service):
        named = [f"--filter=label=com.docker.compose.{key}={value}" for key, value in (("project", self.project), ("service", service), ("oneoff", "False"))]
        return sorted(engine().docker("ps", "-aq", *named).stdout.decode().split())

    def sockets(self, slot):
        return set() if self.place == "direct-tcp" else {f"{slot}.sock", f"{slot}.2.sock"} if self.strategy == "rolling" else {f"{slot}.sock"}

    def leftovers(self):
        if self.place != "compose":
            return super().leftovers()
        problems = []
        state = json.loads((self.state_folder / "state.json").read_text())
        for one in self.containers("web"):
            labels = json.loads(engine().docker("inspect", "-f", "{{json .Config.Labels}}", one).stdout)
            if labels.get("dev.fairlead.slot") != state["slot"] or labels.get("dev.fairlead.release") != state["current"]:
                problems.append(f"container {one}: {labels}, state: {state}")
        if self.containers("db") != self.db:
            problems.append("the db's container is another one")
        for folder in (self.state_folder / "deployments").iterdir():
            if self.journal_end(folder.name) is None:
                problems.append(f"open journal: {folder.name}")
        if subprocess.run(["flock", "-n", str(self.state_folder / "lock"), "true"], check=False).returncode:
            problems.append("the lock is held")
        return problems

    def pids(self):
        """Of what a power loss ends on this host: containers' processes too."""
        if self.place != "compose":
            return super().pids()
        shown = engine().docker("inspect", "-f", "{{.State.Pid}} /app", *self.containers("web")).stdout.decode() if self.containers("web") else ""
        return {int(line.split()[0]): line for line in shown.splitlines() if not line.startswith("0 ")}

    def router_settings(self):
        folder = self.work / "router"
        if self.router == "nginx-link":
            if self.strategy not in ("rolling", "canary"):
                return {}
            return {"router": {"kind": "nginx", "config": str(folder / "nginx.conf"), "log": str(folder / "access.log")}}
        if self.router == "nginx-include":
            return {"router": {"kind": "nginx", "mode": "include", "include": str(folder / "upstream" / "probe.conf"),
                               "config": str(folder / "nginx.conf"), "min_reload_interval": "1s", "log": str(folder / "access.log")}}
        if self.router == "haproxy":
            return {"router": {"kind": "haproxy", "socket": str(folder / "s"), "config": str(folder / "haproxy.cfg"), "server_state": str(folder / "state")}}
        return {"router": {"kind": "caddy", "admin": f"http://127.0.0.1:{self.admin}", "config": str(folder / "Caddyfile")}}

    def release(self, version, **behaviour):
        """What the next apply deploys."""
        self.version = version
        if self.place == "compose":
            engine().application(self.bin, f"probe:{version}", version, **behaviour)
            self.environment["TAG"] = version
            return
        folder = self.work / "release"
        folder.mkdir(exist_ok=True)
        if not (folder / "app").exists():
            shutil.copy(self.bin / "probe-app", folder / "app")
        (folder / "behaviour.json").write_text(json.dumps({"of": version, **behaviour}))

    def start_router(self):
        folder = self.work / "router"
        folder.mkdir(exist_ok=True)
        site = folder / "site.conf"
        done = self.run("router", "--install", str(site))
        if done.returncode == 2 and "--install" in done.stderr:
            done = self.run("router")
            site.write_text(done.stdout)
        if done.returncode:
            raise Unknown(done.stderr.strip().splitlines()[0])
        if self.router.startswith("nginx"):
            site.write_text(re.sub("proxy_next_upstream [^;]*;", "proxy_next_upstream off;", site.read_text()))  # nothing is tried again
            self.nginx = start_nginx(folder, f'include "{site}";')
        elif self.router == "haproxy":
            (folder / "haproxy.cfg").write_text(
                f'global\n    stats socket "{folder}/s" mode 600 level admin\n    maxconn 2000\ndefaults\n    mode http\n    retries 0\n'
                "    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n")
            self.nginx = subprocess.Popen([program("haproxy"), "-q", "-db", "-f", str(folder / "haproxy.cfg"), "-f", str(site)], start_new_session=True)
        else:
            (folder / "Caddyfile").write_text(f'{{\n    admin 127.0.0.1:{self.admin}\n}}\nimport "{site}"\n')
            env = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
            self.nginx = subprocess.Popen([program("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"],
                                          stderr=open(folder / "log", "w"), start_new_session=True, env=env)
        answers(self.url)

    def restart_router(self):
        """After a power loss: as it was configured."""
        os.killpg(self.nginx.pid, signal.SIGKILL)
        self.nginx.wait()
        self.start_router()

    def load(self, *more, slow=4, think=3):
        full = (*FULL, "--think-ms", str(think), "--socket-ms", str(int(slow * 750)))
        return Load(self, *(more or full), "--slow-url", f"{self.url}/?sleep={slow}")

    def may_lose(self):
        for kind in ("strategy", "router"):
            if (kind, getattr(self, kind)) in MAY_LOSE:
                return MAY_LOSE[kind, getattr(self, kind)]
        return ""

    def close(self):
        Cell.live.discard(self)
        if self.place == "compose":
            engine().docker("compose", "-f", self.work / "compose.yml", "down", "--volumes", "--remove-orphans", "--timeout", "1")
        super().close()

    @staticmethod
    @atexit.register
    def close_all():
        for one in list(Cell.live):
            one.close()

    def begin(self):
        """The first release; or Unknown."""
        try:
            plan = self.run("plan", "--release-version", "1.0.0")
            if plan.returncode == 2:
                raise Unknown(plan.stderr.strip().splitlines()[0])
            first = self.apply()
            if first.returncode or self.served() != "1.0.0":
                raise RuntimeError(f"the first deployment: {first.returncode} {first.stdout} {first.stderr}, {self.served()} serves")
        except BaseException:
            self.close()
            raise
        return self

    def step_begun(self, name):
        """Whether the newest deployment is at that step."""
        journals = sorted(self.state_folder.glob("deployments/*/journal.jsonl"), key=lambda path: path.stat().st_mtime_ns)
        lines = journals[-1].read_text().splitlines() if journals else []
        return bool(lines) and json.loads(lines[-1]).get("step") == name

    def steps(self):
        """Names of what the newest deployment's journal announces."""
        record = self.history()[-1]
        return [step["name"] for step in record["steps"]]


def describe(lost):
    """12,345 sent, 3 lost (fresh 2, idle 1; refused 3)."""
    text = f"{lost['sent']:,} sent, {lost['lost']:,} lost"
    if lost["lost"]:
        works = ", ".join(f"{name} {one['lost']:,}" for name, one in lost["by_work"].items() if one["lost"])
        kinds = ", ".join(f"{name} {count:,}" for name, count in lost["by_kind"].items())
        text += f" ({works}; {kinds})"
    return text
