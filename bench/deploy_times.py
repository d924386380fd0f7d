"""What fairlead-deploy itself costs: wall and CPU time beyond the application's own start and the bake."""
import hashlib
import json
import os
import statistics
import subprocess
import time

from cells import Cell, wait_for
from rig import free_port

# Milliseconds; of an idle application under blue-green.
LIMITS = {"deployment": 500, "plan": 50, "rollback": 100, "history": 100}
ROUNDS = 9


def run_timed(rig, *arguments):
    """(status, wall ms, CPU ms, what it said)"""
    start = time.perf_counter()
    child = subprocess.Popen(rig.command(*arguments), env=rig.environment, cwd=rig.work, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{arguments}: {child.returncode} {said}")
    return (time.perf_counter() - start) * 1000, (usage.ru_utime + usage.ru_stime) * 1000, said


def own_start(rig):
    """Milliseconds from the application's exec to its first answer, looked at each millisecond."""
    url = f"127.0.0.1:{free_port()}"
    start = time.perf_counter()
    app = subprocess.Popen([rig.work / "release" / "app", url])
    wait_for(lambda: subprocess.run(["curl", "-sf", "-o", "/dev/null", f"http://{url}/health"], check=False).returncode == 0)
    took = (time.perf_counter() - start) * 1000
    app.kill()
    app.wait()
    return took


def told(checks, what, limit, samples, cpu=None):
    middle, worst = statistics.median(samples), max(samples)
    text = f"{what}: {middle:.0f} ms (worst of {len(samples)}: {worst:.0f})" + (f", CPU {statistics.median(cpu):.0f} ms" if cpu else "")
    checks.that(middle <= LIMITS[limit], f"{text}, at most {LIMITS[limit]}")


def deployments(rig, checks):
    """As a user has it: the defaults of fairlead.yml, but for the bake."""
    begin, cpu, steps = [], [], {}
    for number in range(ROUNDS):
        rig.release(f"2.{number}.0", start_delay=0)
        start = own_start(rig)
        wall, spent, _ = run_timed(rig, "apply", "--release-version", rig.version)
        record = rig.history()[-1]
        for step in record["steps"]:
            steps.setdefault(step["name"], []).append(step["ms"])
        begin.append(wall - start - 1000 * rig.bake)
        cpu.append(spent)
    told(checks, "a deployment, less the application's own start and the bake", "deployment", begin, cpu)
    print("     " + ", ".join(f"{name} {statistics.median(times):.0f}" for name, times in steps.items()) + " ms")


def plans(rig, checks):
    rig.release("3.0.0", start_delay=0)
    rows = [run_timed(rig, "plan", "--release-version", "3.0.0") for _ in range(ROUNDS)]
    told(checks, "plan", "plan", [row[0] for row in rows], [row[1] for row in rows])


def rollbacks(rig, checks):
    """Warm where keep_warm is known: the old slot still runs."""
    rig.configure(keep_warm="10m")
    if (unknown := rig.run("plan", "--release-version", "3.0.0")).returncode == 2:
        checks.skip("cells", "a rollback to a warm slot", unknown.stderr.strip().splitlines()[0])
        rig.configure()
        start = own_start(rig)
        rig.release("3.1.0", start_delay=0)
        rig.apply()
        wall, spent, _ = run_timed(rig, "rollback")
        print(f"     cold: {wall - start - 1000 * rig.bake:.0f} ms beyond its start and the bake, CPU {spent:.0f} ms")
        return
    walls, cpu, back = [], [], []
    for number in range(ROUNDS):
        rig.release(f"4.{number}.0", start_delay=0)
        rig.apply()
        link, start = rig.root / "run/current.sock", time.time()
        wall, spent, _ = run_timed(rig, "rollback")
        back.append((link.lstat().st_ctime - start) * 1000)
        walls.append(wall - 1000 * rig.bake)
        cpu.append(spent)
    told(checks, "a rollback to a warm slot, until requests go there", "rollback", back, cpu)
    print(f"     until it has been verified, watched and the other one drained: {statistics.median(walls):.0f} ms more than the bake")
    rig.configure()


def histories(rig, checks):
    """10,000 records, chained: the newest one again and again."""
    file = rig.state_folder / "history.jsonl"
    kept = {path: path.read_bytes() for path in (file, rig.state_folder / "state.json")}
    last, lines, before = json.loads(file.read_text().splitlines()[-1]), [], ""
    for number in range(10000):
        record = {**last, "deployment": f"{number:026d}"}
        if "prev_sha256" in last:
            record["prev_sha256"] = before
        lines.append(json.dumps(record, separators=(",", ":")))
        before = hashlib.sha256(lines[-1].encode()).hexdigest()
    file.write_text("\n".join(lines) + "\n")
    state = json.loads((rig.state_folder / "state.json").read_text())
    state["last"] = {key: {"sha256": before, "id": lines and f"{9999:026d}"}.get(key, value) for key, value in state["last"].items()} if isinstance(state.get("last"), dict) else state.get("last")
    for key, value in state.items():
        if isinstance(value, str) and value == last["deployment"]:
            state[key] = f"{9999:026d}"
        if isinstance(value, str) and len(value) == 64:
            state[key] = before
    (rig.state_folder / "state.json").write_text(json.dumps(state))
    try:
        rows = [run_timed(rig, "history", "--count", "20") for _ in range(ROUNDS)]
        told(checks, f"10,000 records of history ({file.stat().st_size >> 20} MiB)", "history", [row[0] for row in rows], [row[1] for row in rows])
    finally:
        for path, text in kept.items():
            path.write_bytes(text)


def run(options, checks):
    rig = Cell(options["bin"], health={"path": "/health", "version": {"json": "$.version"}}, verify={}, bake="100ms").begin()
    rig.bake = 0.1
    try:
        deployments(rig, checks)
        plans(rig, checks)
        rollbacks(rig, checks)
        histories(rig, checks)
    finally:
        rig.close()
