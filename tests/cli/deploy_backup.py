#!/usr/bin/python3
# needs: nothing; takes: 3 s
"""deploy_backup.py BIN: `hooks: {pre: [{run: backup}]}` with the real fairlead-backup and an application on SQLite: a set is made
before each release, and a backup that fails leaves everything where it was.
"""
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import socket_site  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
WORK = pathlib.Path(tempfile.mkdtemp(prefix="fd "))
APP = socket_site.application("""
database = sqlite3.connect(os.environ["DATABASE_URL"].removeprefix("sqlite:"))
database.execute("CREATE TABLE IF NOT EXISTS started (release text)")
with database:
    database.execute("INSERT INTO started VALUES (?)", (os.environ["FAIRLEAD_VERSION"],))
""")
ROUTER = socket_site.router()


def run(program, *words, tools=BIN, **variables):
    env = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
    env |= {"PATH": "/usr/bin:/bin", "HOME": str(WORK), "TMPDIR": tempfile.gettempdir(), "LANG": "C.UTF-8", **variables}
    done = subprocess.run([tools / program, *words, "--env", "live"], cwd=WORK, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120)
    done.all = done.stdout + done.stderr
    return done


def deploy(*words, **rest):
    return run("fairlead-deploy", *words, **rest)


def sets():
    done = run("fairlead-backup", "list", "--format", "json")
    return [one["id"] for one in json.loads(done.stdout)["sets"]] if done.returncode == 0 else []


def configure(stores="[file:store]", hook="run: backup"):
    (WORK / "fairlead.yml").write_text(
        "version: 1\napp: probe\ndeploy:\n  bake: 100ms\n  health: {interval: 20ms, healthy_after: 1}\n  verify: {requests: 1}\n"
        f"  drain: {{timeout: 1s}}\n  hooks: {{pre: [{{{hook}}}]}}\nbackup: {{stores: {stores}}}\nenvironments:\n  live:\n"
        f"    profile: production\n    url: http://127.0.0.1:{ROUTER}\n    env: {{file: settings.env, secrets: [DATABASE_URL]}}\n"
        "    deploy:\n      release: {path: app}\n"
        "      target: {kind: direct, root: srv, state: kept, supervise: own, command: [/usr/bin/python3, app.py, '{socket}']}\n")


def check(name, holds, seen=""):
    counted.note(name, "" if holds else seen or "no")


def apply(version, *words, **rest):
    return deploy("apply", "--release-version", version, "--confirm", "live", *words, **rest)


def moved(version):
    """What a deployment leaves behind."""
    return version in deploy("status").all or any((WORK / "srv").glob(f"releases/{version}*"))


def started():
    database = sqlite3.connect(f"file:{WORK}/app.db?mode=ro", uri=True)
    found = [row[0] for row in database.execute("SELECT release FROM started")]
    database.close()
    return found


def well():
    configure()
    planned = deploy("plan", "--release-version", "1.0")
    check("the plan names it", planned.returncode == 0 and "backup" in planned.stdout, planned.all)
    empty = apply("1.0")
    check("a database without a table stops the first", empty.returncode == 1 and "hook 'backup' ended with status 1" in empty.all
          and "--allow-empty" in empty.all and not moved("1.0") and sets() == [], empty.all)
    database = sqlite3.connect(WORK / "app.db")
    database.execute("CREATE TABLE notes (text)")
    database.commit()
    database.close()
    first = apply("1.0")
    check("a set, then the release", first.returncode == 0 and "deployed: 1.0-" in first.all and len(sets()) == 1, first.all)
    second = apply("1.1")
    check("and another one", second.returncode == 0 and len(sets()) == 2, second.all)
    restored = run("fairlead-backup", "restore", "latest", "--to", str(WORK / "before.db"), "--confirm", "live",
                   DATABASE_URL=f"sqlite:{WORK}/app.db")
    database = sqlite3.connect(WORK / "before.db")
    check("it holds what was there before", restored.returncode == 0
          and database.execute("SELECT release FROM started").fetchall() == [("1.0",)], restored.all)
    database.close()


def ill():
    before, served = sets(), deploy("status").stdout
    for what, prepare, said in (
            ("a store that can't be written", lambda: configure("[file:/proc/nowhere]"), "/proc/nowhere"),
            ("no store", lambda: configure("[]"), "store"),
            ("a file that is no database", lambda: (configure(), (WORK / "app.db").rename(WORK / "kept.db"),
                                                    (WORK / "app.db").write_text("not one")), "app.db")):
        prepare()
        done = apply("2.0")
        check(what, done.returncode == 1 and "hook 'backup' ended with status" in done.all and said in done.all and not moved("2.0")
              and deploy("status").stdout == served, done.all)
    (WORK / "kept.db").rename(WORK / "app.db")
    check("nothing was started, no set was made", started() == ["1.0", "1.1"] and sets() == before, f"{started()} {sets()}")
    skipped = apply("2.0", "--skip", "backup")
    check("who skips it gets no set", skipped.returncode == 0 and sets() == before, skipped.all)
    configure()
    alone = WORK / "alone"
    alone.mkdir()
    counted.copy_program(BIN / "fairlead-deploy", alone)
    for words in (("plan", "--release-version", "3.0"), ("apply", "--release-version", "3.0", "--confirm", "live")):
        missing = deploy(*words, tools=alone)
        check(f"a machine without fairlead-backup, {words[0]}", missing.returncode == 3
              and "not in the folder of fairlead-deploy or in PATH" in missing.all and not moved("3.0"), missing.all)


(WORK / "app").mkdir()
(WORK / "app/app.py").write_text(APP)
(WORK / "settings.env").write_text(f"DATABASE_URL=sqlite:{WORK}/app.db\n")
(WORK / "settings.env").chmod(0o600)
sqlite3.connect(WORK / "app.db").execute("VACUUM")
try:
    well()
    ill()
finally:
    configure()
    deploy("down", "--confirm", "live")
    shutil.rmtree(WORK, ignore_errors=True)
counted.close()
