#!/usr/bin/python3
# needs: nothing; takes: 5 s
"""deploy_migrate.py BIN: fairlead-deploy with `migrate: true`, and a fairlead-migrate beside it that keeps its database in a file.

Who runs it, where and with what; what plan, status, history and rollback tell; components. The real one: e2e/deploy_migrate.py.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import socket_site  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
WORK = pathlib.Path(tempfile.mkdtemp(prefix="fd "))
APP = socket_site.application()
# Its migrations are lines "VERSION PHASE" of the folder that it runs in.
MIGRATE = """\
#!/usr/bin/python3
import json, os, pathlib, sys
database = pathlib.Path(os.environ["DATABASE_URL"].removeprefix("file:"))
known = json.loads(database.read_text()) if database.exists() else {"applied": [], "calls": []}
words = sys.argv[1:]
of = lambda flag: words[words.index(flag) + 1] if flag in words else ""
files = [line.split() for line in (pathlib.Path(of("--config")).parent / "migrations").read_text().splitlines()]
pending = [version for version, phase in files if phase == of("--phase") and version not in known["applied"]]
known["calls"].append({"words": words, "folder": os.getcwd(), "secret": "SECRET_OF_SHELL" in os.environ})
status, answer = 0, {"schema": 1, "tool": "migrate"}
if words[0] == "pending":
    status, answer["pending"] = int(bool(pending)), [{"version": one, "phase": of("--phase")} for one in pending]
elif pathlib.Path("refuse").exists() and pending and words[0] == "up" and of("--phase") in pathlib.Path("refuse").read_text():
    status, answer["error"] = 3, {"message": "lock timeout on table notes"}
elif words[0] == "up":
    known["applied"] += pending
elif words[0] == "down" and "--dry-run" in words:
    known["calls"].pop()
    answer["migrations"] = [{"version": one} for one in known["applied"] if int(one) > int(of("--to"))]
elif words[0] == "down":
    known["applied"] = [one for one in known["applied"] if int(one) <= int(of("--to"))]
database.write_text(json.dumps(known))
print(json.dumps(answer))
sys.exit(status)
"""
ROUTER = socket_site.router()
failed = passed = 0
tools = WORK / "tools"
tools.mkdir()
counted.copy_program(BIN / "fairlead-deploy", tools)
(tools / "fairlead-migrate").write_text(MIGRATE)
(tools / "fairlead-migrate").chmod(0o755)


def check(name, good, said=""):
    global failed, passed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print(f"FAIL: {name}\n{said}")


def deploy(*words, folder=WORK, program=tools, **variables):
    env = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
    env |= {"PATH": "/usr/bin:/bin", "HOME": str(WORK), "LANG": "C.UTF-8", "SECRET_OF_SHELL": "x", "DATABASE_URL": f"file:{folder}/database", **variables}
    done = subprocess.run([program / "fairlead-deploy", *words, "--env", "live"], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)
    done.all = done.stdout + done.stderr
    return done


def configure(section="migrate: true", folder=WORK, app="probe", release="."):
    (folder / "fairlead.yml").write_text(
        f"version: 1\napp: {app}\ndeploy: {{bake: 100ms, health: {{interval: 20ms, healthy_after: 1}}, verify: {{requests: 1}}, "
        f"drain: {{timeout: 1s}}, release: {{path: {release}, exclude: [srv, kept, tools, database, refuse.*]}}, {section}}}\n"
        f"environments:\n  live:\n    url: http://127.0.0.1:{ROUTER}\n    env: {{secrets: [DATABASE_URL]}}\n    deploy:\n"
        f"      target: {{kind: direct, root: srv, state: kept, supervise: own, command: [/usr/bin/python3, app.py, '{{socket}}']}}\n")
    (folder / "app.py").write_text(APP)


def files(*lines, folder=WORK):
    (folder / "migrations").write_text("\n".join(lines) + "\n")


def database(folder=WORK):
    return json.loads((folder / "database").read_text())


def calls(folder=WORK):
    found = database(folder)
    (folder / "database").write_text(json.dumps({**found, "calls": []}))
    return found["calls"]


def one():
    configure()
    files("1 expand")
    planned = deploy("plan", "--release-version", "1")
    check("plan", planned.returncode == 0 and "migrate   before the switch: 1\n" in planned.stdout and " migrate\n" in planned.stdout
          and " contract 1-" in planned.stdout, planned.all)
    first = deploy("--release-version", "1")
    check("apply", first.returncode == 0 and "migrations: expand 1\n" in first.stdout and database()["applied"] == ["1"], first.all)
    files("1 expand", "2 expand", "3 contract")
    planned = json.loads(deploy("plan", "--release-version", "2", "--format", "json").stdout)
    check("plan, JSON", planned["migrations"] == {"expand": ["2"], "contract": ["3"]}, planned)
    calls()
    second = deploy("--release-version", "2", "--format", "json")
    told = json.loads(second.stdout)
    check("what ran, JSON", told["record"]["migrations"]["expand"] == ["2"] and told["record"]["migrations"]["contract"] == ["3"], second.all)
    ups = [call for call in calls() if call["words"][0] == "up"]
    words = ["--config", "fairlead.yml", "--env", "live", "--format", "json", "--confirm", "live"]
    check("what it is asked", [call["words"] for call in ups] ==
          [["up", "--phase", "expand", *words], ["up", "--phase", "contract", "--confirm-destructive", "3", *words]], ups)
    check("where", all("/srv/releases/2-" in call["folder"] for call in ups), ups)
    check("not what its deployer had", not any(call["secret"] for call in ups), ups)
    history = deploy("history")
    check("history", "migrations: expand 2, contract 3" in history.stdout, history.all)


def back():
    refused = deploy("rollback")
    check("rollback", refused.returncode == 1 and "the contracting migration 3 ran with 2-" in refused.all and "nothing was changed" in refused.all
          and "2-" in deploy("status").stdout, refused.all)
    check("rollback, dry run", deploy("rollback", "--dry-run").returncode == 1)
    unsaid = deploy("rollback", "--with-down", "2")
    check("with-down, unconfirmed", unsaid.returncode == 2 and database()["applied"] == ["1", "2", "3"], unsaid.all)
    down = deploy("rollback", "--with-down", "2", "--confirm", "live")
    check("with-down", down.returncode == 0 and database()["applied"] == ["1", "2"] and "migrate-down" in down.all, down.all)
    check("with-down, once", "3 contract" in (WORK / "migrations").read_text() and deploy("--retry-bad", "--release-version", "2").returncode == 0
          and database()["applied"] == ["1", "2", "3"])


def refusals():
    files("1 expand", "2 expand", "3 contract", "4 expand", "5 contract")
    (WORK / "refuse").write_text("expand")
    failed_first = deploy("--release-version", "3")
    check("expand fails", failed_first.returncode == 3 and "migrations (expand): lock timeout on table notes" in failed_first.all
          and "2-" in deploy("status").stdout and "slot" in deploy("status").stdout, failed_first.all)
    (WORK / "refuse").write_text("contract")
    later = deploy("--release-version", "3")
    check("contract fails", later.returncode == 1 and "deployed: 3-" in later.all and "[deploy/contract]" in later.all
          and database()["applied"] == ["1", "2", "3", "4"], later.all)
    seen = deploy("status")
    check("status", "contracting migrations of 3-" in seen.all and "lock timeout" in seen.all and "pending for contract: 5" in seen.stdout, seen.all)
    told = json.loads(deploy("status", "--format", "json").stdout)
    check("status, JSON", told["migrations"] == {"expand": [], "contract": ["5"]}, told)
    serving = next((WORK / "srv/slots").glob("*/release")).parent
    current = (WORK / "srv/current").resolve()
    (WORK / "refuse").unlink()
    os.chmod(current, 0o755)
    (current / "refuse").unlink()
    check("status --check", deploy("status", "--check").returncode == 1, serving)
    (current / "refuse").write_text("contract")
    again = deploy("--release-version", "4")
    check("another release does it", again.returncode == 0 and database()["applied"] == ["1", "2", "3", "4", "5"], again.all)
    check("status, later", "contracting" not in deploy("status").all, deploy("status").all)
    alone = WORK / "alone"
    alone.mkdir()
    counted.copy_program(BIN / "fairlead-deploy", alone)
    missing = deploy("plan", program=alone)
    check("no fairlead-migrate", missing.returncode == 3 and "not in the folder of fairlead-deploy or in PATH" in missing.all, missing.all)
    shutil.rmtree(alone)
    for hook in ("{run: migrate}", "{exec: [fairlead-migrate, up], in: release}"):
        configure(f"migrate: true, hooks: {{pre: [{hook}]}}")
        twice = deploy("plan")
        check(f"twice, {hook}", twice.returncode == 2 and "leave out" in twice.all, twice.all)
    configure("migrate: true, migrate_timeout: 0s")
    check("migrate_timeout", deploy("plan").returncode == 2)
    (WORK / "dist").mkdir()
    (WORK / "dist/app.py").write_text(APP)
    configure(release="dist")
    outside = deploy("plan")
    check("a release without fairlead.yml", outside.returncode == 2 and "dist' has no such file" in outside.all, outside.all)
    configure("migrate: false")
    plain = deploy("plan", "--release-version", "5")
    check("without", "migrate" not in plain.stdout and "contract" not in plain.stdout, plain.all)


def components():
    whole = WORK / "whole"
    for name in ("api", "ui"):
        (whole / name).mkdir(parents=True)
        configure(folder=whole / name, app=f"shop-{name}")
        files("1 expand", "2 contract", folder=whole / name)
    (whole / "fairlead.yml").write_text("version: 1\napp: shop\ndeploy: {components: {api: {config: api/fairlead.yml}, "
                                        "ui: {config: ui/fairlead.yml, needs: [api]}}}\nenvironments: {live: {url: http://x}}\n")
    (whole / "ui/app.py").write_text("raise SystemExit('sick')\n")
    sick = deploy("--release-version", "1", folder=whole)
    check("components, one is sick", sick.returncode == 1 and database(whole)["applied"] == ["1"], sick.all)
    configure(folder=whole / "ui", app="shop-ui")
    well = deploy("--release-version", "2", folder=whole)
    check("components", well.returncode == 0 and database(whole)["applied"] == ["1", "2"] and "api, contract" in well.stdout, well.all)
    deploy("down", "--confirm", "live", folder=whole)


try:
    one()
    back()
    refusals()
    components()
finally:
    configure()
    deploy("down", "--confirm", "live")
    shutil.rmtree(WORK, ignore_errors=True)
counted.close(passed, failed)
