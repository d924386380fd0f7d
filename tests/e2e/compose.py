#!/usr/bin/python3
"""fairlead-deploy's target compose against a real engine, `docker compose` and nginx: compose.py BIN [NAME].
A project of two services, of which one moves and one must not, under the strict load client."""
import contextlib
import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

from engine import Engine, Missing
from rig import Load, Rig, checks
from until import wait_for, wait_until

CONFIG = """\
version: 1
app: probe
deploy:
  strategy: {strategy}
  health: {{path: /health, interval: 100ms, timeout: 2s, deadline: {deadline}, healthy_after: 2, version: {{json: $.version}}}}
  verify: {{requests: 5}}
  bake: {bake}
  drain: {{timeout: 10s}}
  stop: {{timeout: 3s}}
environments:
  staging:
    url: {url}
    env: {{file: secrets.env, secrets: [PROBE_TOKEN, PROBE_KEY]{printed}}}
    deploy:
      target: {{kind: compose, files: [compose.yml, compose.live.yml], services: [{services}], sockets: "{root}", state: "{state}"{more}}}
"""
COMPOSE = """\
name: {project}
services:
  web:
    image: "probe:${{TAG:-0}}"
    container_name: probe-web
    command: ["{{socket}}"]
    ports: ["127.0.0.1:{port}:8000"]
    depends_on: [db]
    environment: {{PROBE_TOKEN: "of-the-file"}}
    volumes: ["data:/data"]
  db:
    image: probe:0
    command: ["127.0.0.1:9"]
    restart: unless-stopped
volumes: {{data: {{}}}}
"""
LIVE = """\
services:
  web:
    restart: unless-stopped
"""


def docker(*arguments):
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)


class ComposeRig(Rig):
    """Rig.root is where sockets are; a release is an image."""
    number = 0

    def __init__(self, bin_folder, **options):
        ComposeRig.number += 1
        self.project = f"probe{os.getpid()}n{ComposeRig.number}"
        super().__init__(bin_folder, **options)
        self.environment.update(engine.environment)
        docker("compose", "-p", self.project, "-f", str(self.work / "compose.yml"), "up", "-d", "db")
        self.db = self.containers("db")

    def configure(self, **options):
        values = {"strategy": "blue-green", "deadline": "15s", "bake": "500ms", "url": self.url, "root": self.root,
                  "state": self.state, "services": "web", "more": "", "printed": "", **options}
        (self.work / "fairlead.yml").write_text(CONFIG.format(**values))
        (self.work / "compose.yml").write_text(COMPOSE.format(project=self.project, port=18000))
        (self.work / "compose.live.yml").write_text(LIVE)

    def release(self, version, **behaviour):
        self.version = version
        for tag in (version, "0"):
            files = {"app": (self.bin / "probe-app").read_bytes(), "behaviour.json": json.dumps({"of": tag, **behaviour}).encode()}
            if tag == version or ComposeRig.number == 1 and tag == "0" and version == "1.0.0":
                engine.image(f"probe:{tag}", files, 'ENTRYPOINT ["/app"]')
        self.environment["TAG"] = version

    def containers(self, service, every=True):
        listed = docker("ps", "-q", *(["-a"] if every else []), "--no-trunc", "--filter", f"label=com.docker.compose.project={self.project}",
                        "--filter", f"label=com.docker.compose.service={service}", "--filter", "label=com.docker.compose.oneoff=False")
        return sorted(listed.stdout.split())

    def leftovers(self):
        problems = []
        state = json.loads((self.state_folder / "state.json").read_text())
        serving = self.containers("web")
        labels = [json.loads(docker("inspect", "-f", "{{json .Config.Labels}}", one).stdout) for one in serving]
        if [one["dev.fairlead.slot"] for one in labels] != [state["slot"]] or labels[0]["dev.fairlead.release"] != state["current"]:
            problems.append(f"containers: {labels}, state: {state}")
        if self.containers("db") != self.db:
            problems.append("the db's container is another one")
        slots = sorted(p.name for p in (self.state_folder / "slots").iterdir())
        if slots != [state["slot"]]:
            problems.append(f"slots: {slots}")
        for folder in (self.state_folder / "deployments").iterdir():
            if self.journal_end(folder.name) is None:
                problems.append(f"open journal: {folder.name}")
        if subprocess.run(["flock", "-n", str(self.state_folder / "lock"), "true"]).returncode != 0:
            problems.append("the lock is held")
        return problems

    def close(self):
        docker("compose", "-p", self.project, "-f", str(self.work / "compose.yml"), "down", "--volumes", "--remove-orphans", "--timeout", "1")
        super().close()


def told(done):
    return f"{done.returncode}: {done.stdout}{done.stderr}"


def switches(rig, checks):
    plan = rig.run("plan", "--release-version", "1.0.0")
    for part in ("container_name", "ports", "PROBE_TOKEN is passed as the file /run/secrets/PROBE_TOKEN"):
        checks.that(part in plan.stdout, f"the plan tells of {part}", told(plan))
    checks.that(not rig.containers("web"), "a plan starts nothing")
    first = rig.apply()
    checks.that(first.returncode == 0 and rig.served() == "1.0.0", "a first release serves", told(first))
    load = Load(rig)
    for number in range(1, int(os.environ.get("COMPOSE_SWITCHES", "4"))):
        rig.release(f"1.{number}.0")
        done = rig.apply()
        if not checks.that(done.returncode == 0 and rig.served() == rig.version, f"release {rig.version} serves", told(done)):
            break
    counted = load.end()
    checks.that(counted["lost"] == 0 and counted["sent"] > 500, "no request was lost in the switches", counted)
    checks.that(not rig.leftovers(), "nothing is left but the release that serves, and db is as it was", rig.leftovers())
    again = rig.apply()
    checks.that(again.returncode == 0 and "already" in again.stdout + again.stderr, "the same release is there already", told(again))
    print(f"     {counted['sent']} sent, {counted['lost']} lost", flush=True)


class Watch(threading.Thread):
    """All that anybody may see while it goes on: argument lists of every process, and what the engine tells of each container."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen, self.looks, self.over = set(), 0, False
        self.start()

    def ask(self, path):
        connection = http.client.HTTPConnection("docker")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(engine.work / "sock"))
        connection.request("GET", path)
        return connection.getresponse().read().decode()

    def run(self):
        while not self.over:
            for entry in pathlib.Path("/proc").iterdir():
                with contextlib.suppress(OSError):
                    if entry.name.isdigit():
                        self.seen.add((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
                for one in json.loads(self.ask("/containers/json?all=1")):
                    self.seen.add(self.ask(f"/containers/{one['Id']}/json"))
            self.looks += 1

    def end(self):
        self.over = True
        self.join()
        return "\n".join(self.seen)


def secrets_stay(rig, checks):
    """A whole deployment, its prepare too, one that fails and one that doesn't."""
    since = int(time.time())
    watch = Watch()
    rig.configure(more=', prepare: [["--check", "127.0.0.1:1"]]')
    rig.release("1.90.0")
    done = rig.apply()
    checks.that(done.returncode == 1 and "prepare '--check 127.0.0.1:1' ended with status" in told(done), "a prepare that fails stops it", told(done))
    rig.configure()
    rig.apply()
    said = rig.run("plan", "--format", "json").stdout + rig.run("history", "--format", "json").stdout + rig.run("status", "--format", "json").stdout
    seen = watch.end()
    checks.that(watch.looks > 3 and '"PLAIN=visible"' in seen and "--check 127.0.0.1:1" in seen, "the watch saw containers and processes", watch.looks)
    events = docker("events", "--since", str(since), "--until", str(int(time.time()))).stdout
    checks.that("dev.fairlead.release" in events, "the engine tells what happened", events[:300])
    public = [path for path in rig.state_folder.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    for secret in ("token-" + "c4n4ry", "key-" + "c4n4ry", "of-the-file"):
        for what, text in (("argument lists and docker inspect", seen), ("what we say", rig.said + said), ("docker events", events)):
            checks.that(secret not in text, f"{what}: no {secret[:5]}", [line for line in text.splitlines() if secret in line][:2])
        checks.that(not [path for path in public if secret in path.read_text(errors="replace")], f"files that others may read: no {secret[:5]}")
    journals = [rig.state_folder / "history.jsonl", *rig.state_folder.glob("deployments/*/*")]
    checks.that(len(journals) > 1 and not any("c4n4ry" in path.read_text(errors="replace") for path in journals), "nor journal and history, whoever reads them")
    checks.that('"PLAIN=visible"' in docker("inspect", *rig.containers("web")).stdout, "a setting is a variable")
    modes = {oct(p.stat().st_mode & 0o777) for p in rig.state_folder.glob("slots/*/secrets/*")} | {
        oct(p.stat().st_mode & 0o777) for p in rig.state_folder.glob("compose/*")}
    checks.that(modes == {"0o600"}, "secrets and recipes are their owner's alone", modes)


def printed(rig, checks):
    """What env.from printed is kept with the slot, so a plan can tell that there is nothing to do, and runs nothing."""
    ran = rig.work / "ran"
    for version, more in (("1.91.0", ""), ("1.92.0", ", secrets_as: env")):
        rig.configure(more=more, printed=f""", from: [sh, -c, "echo x >> '{ran}'; echo PROBE_PIN=a-pin; echo A_PIN=p"]""")
        rig.release(version)
        first = rig.apply()
        times = len(ran.read_text())
        plan = rig.run("plan", "--release-version", version, "--check")
        checks.that(first.returncode == 0 and plan.returncode == 0 and "already deployed" in told(plan) and len(ran.read_text()) == times,
                    f"a plan knows what env.from printed{more}", told(first) + told(plan))
        again = rig.apply()
        checks.that(again.returncode == 0 and "already deployed" in told(again) and len(ran.read_text()) == times + 2, "and apply asks it once", told(again))
    rig.environment["PROBE_KEY"], kept = "another", rig.environment["PROBE_KEY"]
    plan = rig.run("plan", "--release-version", version, "--check")
    rig.environment["PROBE_KEY"] = kept
    checks.that(plan.returncode == 1 and "steps would deploy" in told(plan), "another value of a secret is something to do", told(plan))
    rig.configure()


def crashes(rig, checks):
    """It dies in the bake, and whether its restart policy brings it back or not, requests are led back at once."""
    serves, lost_of = rig.served(), []
    rig.configure(bake="10s")
    for number, policy in enumerate(("unless-stopped", "unless-stopped", '"no"')):
        (rig.work / "compose.live.yml").write_text(f"services: {{web: {{restart: {policy}}}}}\n")
        rig.release(f"2.1.{number}", exit_after=4)
        load = Load(rig, "--fresh", "3", "--kept", "3")
        done = rig.apply()
        counted = load.end()
        lost_of.append(counted["lost"])
        ended = "ended with status 9" in told(done) or "ended and was started again" in told(done)  # by who looks first
        checks.that(done.returncode == 1 and ended and rig.served() == serves and not rig.leftovers(),
                    f"a release that crashes in the bake, restart: {policy}: {counted['lost']} lost", f"{told(done)} {counted}")
    rig.configure()
    # On a quiet machine it is what was in flight of 6 connections; one that stayed for its bake would lose thousands.
    checks.that(sorted(lost_of)[1] <= 60, f"requests are led back at once: {lost_of} lost")


def rollback(rig, checks):
    before = rig.served()
    previous = json.loads((rig.state_folder / "state.json").read_text())["previous"]
    (rig.work / "compose.yml").rename(rig.work / "away.yml")
    done = rig.run("rollback", "--reason", "slow")
    (rig.work / "away.yml").rename(rig.work / "compose.yml")
    checks.that(done.returncode == 0 and rig.served() == previous.rpartition("-")[0] != before,
                "a rollback needs no compose file", told(done))
    checks.that(not rig.leftovers(), "a rollback leaves nothing either", rig.leftovers())


def sick(rig, checks):
    serves = rig.served()
    for version, behaviour, words in (("2.0.0", {"health": "exit"}, " ended "), ("2.0.1", {"health": "sick"}, "not ready"),
                                      ("2.0.2", {"claims": "0.1"}, "answers with version 0.1")):
        rig.release(version, **behaviour)
        load = Load(rig)
        done = rig.apply()
        counted = load.end()
        checks.that(done.returncode == 1 and words in told(done) and rig.served() == serves and counted["lost"] == 0,
                    f"a release that is {behaviour} is taken back, nothing lost", f"{told(done)} {counted}")
    rig.environment["TAG"] = "9.9.9"
    done = rig.run("apply", "--release-version", "9.9.9")
    checks.that(done.returncode == 3 and rig.served() == serves, "an image that is nowhere is exit status 3, nothing touched", told(done))
    checks.that(not rig.leftovers(), "what was taken back left nothing", rig.leftovers())


def killed(rig, checks):
    """SIGKILL at a step, then the same again; at each: script/bench deploy kills."""
    for number, step in enumerate(("prepare", "start", "switch", "drain", "commit")):
        rig.release(f"3.{number}.0")
        died = rig.apply(fault=f"kill@{step}")
        checks.that(died.returncode < 0, f"the deployer dies at {step}", told(died))
        load = Load(rig)
        done = rig.apply()
        counted = load.end()
        checks.that(done.returncode == 0 and rig.served() == rig.version and counted["lost"] == 0 and not rig.leftovers(),
                    f"killed at {step}, the next run gets there", f"{told(done)} {counted} {rig.leftovers()}")


def others(rig, checks):
    serves = rig.served()
    image = docker("inspect", "-f", "{{.Image}}", *rig.containers("web")).stdout.strip()
    checks.that(image.startswith("sha256:"), "the image is pinned")
    status = rig.run("status", "--check")
    checks.that(status.returncode == 0, "status finds all as recorded", told(status))
    previous = json.loads((rig.state_folder / "state.json").read_text())["previous"]
    recipe = json.loads((rig.state_folder / "compose" / f"{previous}.json").read_text())
    old = recipe["images"]["web"]["id"]
    docker("image", "rm", "-f", old)
    status = rig.run("status", "--check")
    checks.that(status.returncode == 1 and "a rollback would skip a release and lead to 3.2.0-" in told(status) and ": image" in told(status), "the image of the release before is gone: told before it is needed", told(status))
    back = rig.run("rollback", "--to", previous)
    checks.that(back.returncode != 0 and rig.served() == serves, "a rollback to it touches nothing", told(back))
    docker("rm", "-f", *rig.containers("web"))
    rig.release("4.0.0")
    status = rig.run("status", "--check")
    checks.that(status.returncode == 1, "a container that somebody removed is told", told(status))
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.served() == rig.version, "and deployed again", told(done))


def strangers(rig, checks):
    """Containers of another project, of another environment, of nobody, and one of ours whose labels somebody damaged."""
    names = {"another": ["com.docker.compose.project=another", "com.docker.compose.service=web"],
             "staging2": ["dev.fairlead.app=probe", "dev.fairlead.environment=live", "dev.fairlead.slot=a", "dev.fairlead.instance=a", "dev.fairlead.role=release"],
             "alone": [], "damaged": ["dev.fairlead.app=probe", "dev.fairlead.environment=staging", "dev.fairlead.instance=../x", "dev.fairlead.role=release"]}
    made = {}
    for name, labels in names.items():
        words = [word for label in labels for word in ("--label", label)]
        made[name] = docker("run", "-d", "--name", f"{name}{os.getpid()}", *words, "probe:0", "127.0.0.1:9").stdout.strip()
    rig.release("4.5.0")
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.served() == "4.5.0", "strangers beside it disturb nothing", told(done))
    rig.run("rollback")
    running = docker("ps", "-q", "--no-trunc").stdout.split()
    for name, identity in made.items():
        if name != "damaged":
            checks.that(identity in running, f"the container '{name}' runs as it did")
    docker("rm", "-f", *made.values())


def reboot(rig, checks):
    serves = rig.served()
    engine.stop()
    down = rig.apply()
    checks.that(down.returncode == 3 and "no Docker engine answers" in told(down), "an engine that is down is exit status 3", told(down))
    engine.start()
    wait_for(lambda: rig.served() == serves, 30)
    checks.that(serves and rig.served() == serves, "what served comes back with the engine", f"{serves}, then {rig.served()}")
    checks.that(not rig.leftovers(), "and nothing else does", rig.leftovers())


def restart_engine(pause=0.5):
    engine.stop()
    time.sleep(pause)
    engine.start()


def restart_router(rig):
    rig.nginx.terminate()
    rig.nginx.wait()
    time.sleep(0.5)
    rig.start_router()


def apply_while(rig, step, happens):
    """A deployment during which that happens once, half a second after `step` has begun."""
    known = set((rig.state_folder / "deployments").iterdir())
    under_way = subprocess.Popen([str(word) for word in rig.command("apply", "--release-version", rig.version)], cwd=rig.work,
                                 env=rig.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def begun():
        fresh = [path / "journal.jsonl" for path in set((rig.state_folder / "deployments").iterdir()) - known]
        return under_way.poll() is not None or any(path.exists() and f'"{step}"' in path.read_text().split("\n", 1)[-1] for path in fresh)
    wait_until(f"{step} has begun", begun, 60)
    time.sleep(0.5)
    happens()
    out, err = under_way.communicate(timeout=120)
    return subprocess.CompletedProcess([], under_way.returncode, out, err)


def away(rig, checks):
    """What an outage or somebody ends in the bake is not the release's fault: it is baked again, or taken back and may be deployed again."""
    policy, serves = rig.work / "compose.live.yml", rig.served()
    candidate = lambda: docker("ps", "-q", "--filter", f"label=com.docker.compose.project={rig.project}", "--filter",
                               f"label=dev.fairlead.release={[*sorted(rig.state_folder.glob(f'releases/{rig.version}-*'))][-1].stem}").stdout.split()
    rows = [("the engine restarts, restart: always", "always", restart_engine, 0),
            ("the engine restarts, restart: no", '"no"', restart_engine, 3),
            ("the router restarts", "always", lambda: restart_router(rig), 0),
            ("somebody stops its container, restart: always", "always", lambda: docker("stop", "-t", "1", *candidate()), 3),
            ("somebody stops its container, restart: no", '"no"', lambda: docker("stop", "-t", "1", *candidate()), 3)]
    for number, (name, restart, happens, status) in enumerate(rows):
        rig.configure(bake="2s")
        policy.write_text(f"services: {{web: {{restart: {restart}}}}}\n")
        rig.release(f"6.{number}.0")
        done = apply_while(rig, "bake", happens)
        checks.that(done.returncode == status and rig.served() == (rig.version if status == 0 else serves), f"{name}: status {status}", told(done))
        if status:
            rig.configure(bake="100ms")
            policy.write_text(f"services: {{web: {{restart: {restart}}}}}\n")
            done = rig.apply()
            checks.that(done.returncode == 0 and rig.served() == rig.version, f"{name}: it isn't marked bad, and is deployed", told(done))
        serves = rig.served()
        checks.that(not rig.leftovers(), f"{name}: nothing else is left", rig.leftovers())
    docker("compose", "-p", rig.project, "-f", str(rig.work / "compose.yml"), "up", "-d", "db")
    policy.write_text("services: {web: {restart: always}}\n")
    rig.release("6.9.0")
    done = rig.apply()
    restart_engine()
    wait_until("what was deployed serves again", lambda: rig.served() == "6.9.0", 60)
    checks.that(done.returncode == 0 and {rig.served() for _ in range(30)} == {"6.9.0"} and not rig.leftovers(),
                "after an engine's restart nothing old serves", f"{told(done)} {rig.leftovers()}")


def blocked(rig, checks):
    rig.release("5.0.0")
    path = rig.work / "compose.live.yml"
    path.write_text("services: {web: {restart: always, network_mode: host}}\n")
    done = rig.apply()
    checks.that(done.returncode == 2 and "can't run twice because of its network_mode" in told(done), "what can't run twice is refused", told(done))
    rig.configure(strategy="recreate")
    path.write_text("services: {web: {restart: always, network_mode: host}}\n")
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.served() == "5.0.0", "and deployed by recreate", told(done))
    rig.release("5.1.0", health="exit")
    path.write_text("services: {web: {restart: always, network_mode: host}}\n")
    done = rig.apply()
    checks.that(done.returncode == 1 and rig.served() == "5.0.0", "whose way back starts the old one again", told(done))


try:
    engine = Engine()
except Missing as why:
    checks.leave("engine", str(why))
os.environ.update(engine.environment)
rig = None
try:
    rig = ComposeRig(sys.argv[1])
    for act in (switches, secrets_stay, printed, rollback, sick, crashes, killed, others, strangers, reboot, away, blocked):
        if not sys.argv[2:] or act.__name__ in sys.argv[2:] or act is switches:
            print(f"-- {act.__name__}", flush=True)
            act(rig, checks)
finally:
    if rig and not os.environ.get("KEEP"):
        rig.close()
    engine.close()
checks.close()
