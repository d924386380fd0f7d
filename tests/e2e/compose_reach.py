#!/usr/bin/python3
"""compose_reach.py BIN [NAME]: how requests reach containers of a real engine, under the load of every kind: at a port of the host
that we publish, at a container's own address, at sockets; several replicas, a canary, a target that nobody wrote."""
import json
import os
import socket
import sys

from cells import Cell, Unknown, describe, engine
from rig import checks


def told(done):
    return f"{done.returncode}: {done.stdout}{done.stderr}"


def inspected(rig, what):
    """Of each container that serves."""
    shown = engine().docker("inspect", "-f", "{{json " + what + "}}", *rig.containers("web")).stdout.decode()
    return [json.loads(line) for line in shown.splitlines()]


def haproxy(rig, question):
    """Its answer as rows by name."""
    with socket.socket(socket.AF_UNIX) as stats:
        stats.connect(str(rig.work / "router/s"))
        stats.sendall(question.encode() + b"\n")
        lines = b"".join(iter(lambda: stats.recv(65536), b"")).decode().lstrip("# ").splitlines()
    head = lines[0].split(",")
    return {row["svname"]: row for row in (dict(zip(head, line.split(","))) for line in lines[1:] if line)}


def switches(rig, checks, name, count=2):
    load, good = rig.load(slow=1.2), 0
    for number in range(count):
        rig.release(f"2.{number}.0")
        done = rig.apply()
        good += done.returncode == 0 and rig.served() == rig.version
        if done.returncode:
            print(told(done))
    lost = load.end()
    checks.that(good == count and not rig.leftovers(), f"{name}: {count} switches", f"{good} {rig.leftovers()}")
    checks.that(lost["lost"] == 0, f"{name}: {describe(lost)}", lost)


def published(rig, checks):
    """A port of 127.0.0.1, another one for each release; the user's own fixed port is left out."""
    switches(rig, checks, "at a port of the host")
    bindings = inspected(rig, ".HostConfig.PortBindings")
    checks.that(all(one["8000/tcp"][0]["HostIp"] == "127.0.0.1" for one in bindings), "nobody but this host reaches it", bindings)


def address(rig, checks):
    """No port is published."""
    switches(rig, checks, "at a container's address")
    checks.that(not any(inspected(rig, ".HostConfig.PortBindings")), "no port of the host is taken")
    servers = haproxy(rig, "show stat")
    now = [one["addr"] for name, one in servers.items() if name in "ab" and one["status"].startswith("UP") or one["status"] == "no check" and one["weight"] != "0"]
    checks.that(any(one.startswith("172.") for one in now), "the router has its address", servers)


def replicas(rig, checks):
    """Three that take turns; each of them gets requests."""
    name = f"three replicas through {rig.router}"
    switches(rig, checks, name)
    checks.that(len(rig.containers("web")) == 3, f"{name}: three serve", rig.containers("web"))
    if rig.router == "haproxy":
        used = {one: int(row["stot"]) for one, row in haproxy(rig, "show stat").items() if row["status"] in ("UP", "no check")}
        slot = json.loads((rig.state_folder / "state.json").read_text())["slot"]
        checks.that(all(used.get(one, 0) > 0 for one in (slot, f"{slot}.2", f"{slot}.3")), f"{name}: each gets requests", used)
    status = rig.run("status", "--check")
    checks.that(status.returncode == 0, f"{name}: all is as recorded", told(status))
    engine().docker("rm", "-f", rig.containers("web")[0])
    status = rig.run("status", "--check")
    checks.that(status.returncode == 1, f"{name}: one that somebody removed is told", told(status))


def canary(rig, checks):
    load = rig.load("--fresh", "4", "--kept", "0", "--think-ms", "5")
    rig.release("3.0.0")
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.served() == "3.0.0", "canary: a good one comes through", told(done))
    rig.release("3.1.0", sick_after=0.5)
    done = rig.apply()
    checks.that(done.returncode == 1 and rig.served() == "3.0.0", "canary: one that turns sick is taken back", told(done))
    lost = load.end()
    checks.that(set(lost["by_kind"]) <= {"status_500", "status_503"}, f"canary: {describe(lost)}, the candidate's own", lost)
    checks.that(not rig.leftovers(), "canary: nothing is left of it", rig.leftovers())


def found(checks):
    """No target is written: the compose file is one, and the plan says so. By nobody in particular, whose records are below HOME."""
    rig = Cell(sys.argv[1], "compose", "blue-green", "haproxy")
    file = rig.work / "fairlead.yml"
    text = json.loads(file.read_text())
    deploy = text["environments"]["staging"]["deploy"]
    del deploy["target"], deploy["router"]["server_state"]
    file.write_text(json.dumps(text))
    two = rig.run("plan", "--release-version", "1.0.0")
    checks.that(two.returncode == 2 and "in target.services" in two.stderr, "which of two services it is, is asked", told(two))
    (rig.work / "compose.yml").write_text(json.dumps({"name": rig.project, "services": {"web": {
        "image": "probe:${TAG:-0}", "command": ["/app", "0.0.0.0:8000"], "restart": "always"}}}))
    plan = rig.run("plan", "--release-version", "1.0.0")
    checks.that(plan.returncode == 0 and "fairlead.yml has no target; compose.yml makes it kind compose" in plan.stdout, "a plan says that it was found", told(plan))
    user = 65534
    for path in (rig.work, rig.work / "secrets.env", rig.work / "router"):
        os.chown(path, user, user)
    for path in (engine().work, rig.work):
        path.chmod(0o755)
    for path in (engine().work / "sock", rig.work / "router/s"):
        path.chmod(0o666)
    rig.as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    done = rig.run("apply", "--release-version", "1.0.0")
    checks.that(done.returncode == 0 and rig.served() == "1.0.0", "and it is deployed", told(done))
    state = rig.work / ".local/state/fairlead/probe/staging"
    checks.that((state / "haproxy.state").exists() and (state / "history.jsonl").exists(), "its records are where they always are", sorted(state.glob("*")))
    status = rig.run("status", "--check")
    checks.that(status.returncode == 0, "as recorded", told(status))
    down = rig.run("down", "--confirm", "staging")
    checks.that(down.returncode == 0, "and taken down", told(down))
    rig.close()


ACTS = {
    "published": (published, "blue-green", "haproxy", {}),
    "address": (address, "blue-green", "haproxy", {"target__reach": "container"}),
    "replicas-sockets": (replicas, "rolling", "nginx-link", {"target__scale": 3}),
    "replicas-ports": (replicas, "rolling", "haproxy", {"target__scale": 3}),
    "caddy": (lambda rig, checks: switches(rig, checks, "at a socket through Caddy"), "blue-green", "caddy", {}),
    "canary": (canary, "canary", "haproxy", {}),
}


def main():
    try:
        engine()
    except Unknown as why:
        checks.leave("engine", str(why))
    for name, (act, strategy, router, changes) in ACTS.items():
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        print(f"-- {name}", flush=True)
        try:
            rig = Cell(sys.argv[1], "compose", strategy, router, **changes).begin()
        except Unknown as why:
            checks.that(False, f"{name}: it can be deployed", str(why))
            continue
        try:
            act(rig, checks)
        finally:
            rig.close()
    if not sys.argv[2:] or "found" in sys.argv[2:]:
        print("-- found", flush=True)
        found(checks)
    checks.close()


main()
