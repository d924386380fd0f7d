#!/usr/bin/python3
# needs: nothing; takes: 25 s
"""recover.py BIN: `fairlead recover` with the real tools and an application on SQLite: in its order, interrupted at each stage and
run again, of damaged data and damaged sets; nothing is pruned, and nothing is stopped that can't be brought back.
"""
import json
import os
import pathlib
import re
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
STATE = WORK / "user's state"
ORDER = ["status", "backup", "stop", "restore", "swap", "start", "smoke"]
APP = socket_site.application("""
database = sqlite3.connect(os.environ["DATABASE_URL"].removeprefix("sqlite:"), check_same_thread=False)
database.execute("PRAGMA journal_mode = wal")
database.execute("SELECT count(*) FROM notes").fetchall()
""")
ROUTER = socket_site.router()


def run(program, *words, folder=WORK, **variables):
    env = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
    env |= {"PATH": "/usr/bin:/bin", "HOME": str(WORK), "LANG": "C.UTF-8", "TMPDIR": os.environ.get("TMPDIR", "/tmp"), "XDG_STATE_HOME": str(STATE),
            **variables}
    done = subprocess.run([BIN / program, *words, "--env", "live"], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120)
    done.all = done.stdout + done.stderr
    return done


def backup(*words):
    return run("fairlead-backup", *words, DATABASE_URL=f"sqlite:{WORK}/app.db")


def recover(*words, **variables):
    return run("fairlead", "recover", *words, **variables)


def told(done):
    return re.findall(r"^== (\w+):", done.stdout, re.M)


def sets():
    return [one["id"] for one in json.loads(backup("list", "--format", "json").stdout)["sets"]]


def serving():
    return json.loads(run("fairlead-deploy", "status", "--format", "json").stdout)["current"]


def change(text):
    database = sqlite3.connect(WORK / "app.db")
    database.execute(text)
    database.commit()
    database.close()


def notes(path=WORK / "app.db"):
    database = sqlite3.connect(path)
    found = [row[0] for row in database.execute("SELECT text FROM notes ORDER BY 1")]
    database.close()
    return found


def check(name, holds, seen=""):
    counted.note(name, "" if holds else seen or "no")


def configure(smoke="smoke: {checks: [{name: page, get: /, expect: {status: 200}}]}"):
    (WORK / "fairlead.yml").write_text(
        "version: 1\napp: probe\ndeploy:\n  bake: 100ms\n  health: {interval: 20ms, healthy_after: 1}\n  verify: {requests: 1}\n"
        f"  drain: {{timeout: 1s}}\nbackup: {{stores: ['file:store']}}\n{smoke}\nenvironments:\n  live:\n"
        f"    profile: production\n    url: http://127.0.0.1:{ROUTER}\n    env: {{file: settings.env}}\n"
        "    deploy:\n      release: {path: app}\n"
        "      target: {kind: direct, root: srv, state: kept, supervise: own, command: [/usr/bin/python3, app.py, '{socket}']}\n")


def before_all():
    """Nothing is chosen by chance."""
    none = recover("--dry-run")
    check("without a set", none.returncode != 0 and "is not there" in none.all, none.all)
    backup("run")
    unproven = recover("--confirm", "live")
    check("without a verified set", unproven.returncode == 1 and "no set was ever verified" in unproven.all and serving(), unproven.all)
    backup("verify")


def planned(good):
    before = sets()
    done = recover("--dry-run")
    lines = [line for line in done.stdout.splitlines() if re.match(r"^[1-7] ", line)]
    check("S2-115: the order, backup and its verification before anything is stopped", done.returncode == 0
          and [line.split()[1] for line in lines] == ORDER, done.all)
    commands = re.findall(r"(fairlead-\w+ \w[^\n]*|fairlead-smoke[^\n]*)", done.stdout)
    wanted = ["fairlead-deploy status --env live", "fairlead-backup status --env live", "fairlead-backup run --env live",
              "fairlead-backup verify ID --level 3 --env live", f"fairlead-backup verify {good} --level 3 --env live",
              "fairlead-deploy down --env live --confirm live",
              f"fairlead-backup restore {good} --to original --overwrite --env live --confirm live",
              f"fairlead-deploy rollback {serving()} --env live --confirm live", "fairlead-smoke --env live"]
    check("the commands", commands == wanted, "\n".join(commands))
    check("no prune", "prune" not in done.stdout.replace("nothing is pruned", ""), done.stdout)
    check("a dry run does nothing", sets() == before and serving() and not STATE.exists(), done.all)
    asked = recover()
    check("it is confirmed by the name", asked.returncode == 2 and "--confirm live" in asked.all and sets() == before and serving(), asked.all)
    wrong = recover("nothing_like_it", "--confirm", "live")
    check("a set that isn't there", wrong.returncode == 2 and "is not there; expected" in wrong.all, wrong.all)


def well(good):
    before, release = sets(), serving()
    change("DELETE FROM notes")
    change("INSERT INTO notes VALUES ('after the loss')")
    done = recover("--confirm", "live")
    check("it recovers", done.returncode == 0 and f"recovered: live uses set {good}" in done.all, done.all)
    check("in this order", told(done) == ORDER, done.stdout)
    check("the rows are back", notes() == ["one", "two"], str(notes()))
    check("what served serves", serving() == release, run("fairlead-deploy", "status").all)
    made = [one for one in sets() if one not in before]
    check("one set more, none less", len(made) == 1 and set(before) < set(sets()), str(sets()))
    backup("restore", made[0], "--to", str(WORK / "emergency.db"), "--confirm", "live")
    check("it holds what still answered", notes(WORK / "emergency.db") == ["after the loss"], done.all)
    kept = list(WORK.glob("app.db[._]before*"))
    check("the previous data is kept next to it", len(kept) == 1 and notes(kept[0]) == ["after the loss"], str(list(WORK.iterdir())))
    again = recover("--dry-run")
    check("the emergency's own set is not chosen", good in again.stdout and made[0] not in again.stdout, again.stdout)
    named = recover(made[0], "--confirm", "live", "--format", "json")
    answer = json.loads(named.stdout)
    check("but where it is named", named.returncode == 0 and answer["set"] == made[0] and [one["stage"] for one in answer["stages"]] == ORDER
          and notes() == ["after the loss"], named.all)


def interrupted(good):
    for stage in ORDER[1:]:
        change("DELETE FROM notes")
        before = sets()
        killed = recover(good, "--confirm", "live", FAIRLEAD_FAULT=f"kill@recover-{stage}")
        again = recover("--confirm", "live")
        check(f"killed after {stage}, and run again", killed.returncode == -9 and again.returncode == 0 and notes() == ["one", "two"]
              and serving() and ("an earlier recovery goes on: it began " in again.all) == (stage != "smoke")
              and ("the present data is not backed up again" in again.all) == (stage != "smoke"),
              f"{killed.returncode} {killed.all}\n{again.all}")
        check(f"killed after {stage}: one set of what was there", len(sets()) == len(before) + 1 + (stage == "smoke"), str(sets()))
    for stage in ("start", "smoke"):  # then the data is lost once more
        recover(good, "--confirm", "live", FAIRLEAD_FAULT=f"kill@recover-{stage}")
        change("DELETE FROM notes")
        again = recover("--confirm", "live")
        check(f"killed after {stage}, and lost again: what was not done is not said", again.returncode == 0
              and (notes() == ["one", "two"] and "recovered: live" in again.all if stage == "smoke"
                   else notes() == [] and f"name the set: fairlead recover --env live {good}" in again.all), again.all)
        named = recover(good, "--confirm", "live")
        check(f"killed after {stage}: named, it is restored once more", named.returncode == 0 and notes() == ["one", "two"], named.all)
    change("DELETE FROM notes")
    stopped = recover(good, "--confirm", "live", FAIRLEAD_FAULT="int@recover-stop")
    check("a signal is heeded between two stages", stopped.returncode == 3 and "interrupted after stop" in stopped.all
          and not serving(), stopped.all)
    again = recover("--confirm", "live")
    check("and it goes on", again.returncode == 0 and serving() and notes() == ["one", "two"], again.all)


def forged(good):
    """What a checkout brings says nothing of what was done; neither does a file of ours that others may have written."""
    release = serving()
    begun = {"schema": 1, "set": good, "release": "", "emergency": [], "done": ["backup", "stop", "restore", "swap", "start"], "goes_on": True,
             "began": "2026-01-31T10:15:00.000Z"}
    (WORK / ".fairlead/out").mkdir(parents=True, exist_ok=True)
    (WORK / ".fairlead/out/recover-live.json").write_text(json.dumps(begun))
    change("DELETE FROM notes")
    done = recover(good, "--confirm", "live")
    check("a state that the tree brings is none", done.returncode == 0 and told(done) == ORDER and notes() == ["one", "two"]
          and "goes on" not in done.all, done.all)
    (WORK / ".fairlead/out/recover-live.json").unlink()
    file, = (STATE / "fairlead/recover").iterdir()
    check("it is kept by the user, for nobody else", file.stat().st_mode & 0o777 == 0o600 and file.parent.stat().st_mode & 0o777 == 0o700
          and json.loads(file.read_text())["environment"] == "live", file.read_text())
    whole = file.read_text()
    before = sets()
    for what, spoil, words in (("others may write", lambda: file.chmod(0o666), "can be written by other users"),
                               ("is a link", lambda: (file.rename(WORK / "aside"), file.symlink_to(WORK / "aside")), "is a link"),
                               ("is of another recovery", lambda: file.write_text(whole.replace('"live"', '"other"')), "remove it to begin from the start"),
                               ("is damaged", lambda: file.write_text(whole[:-9]), "remove it to begin from the start")):
        spoil()
        done = recover("--confirm", "live")
        check(f"one that {what} is refused before anything is touched", done.returncode in (2, 3) and words in done.all and serving() == release
              and sets() == before, done.all)
        file.unlink()
        (WORK / "aside").unlink(missing_ok=True)
        file.write_text(whole)
        file.chmod(0o600)
    (WORK / ".git").mkdir()
    for state in (WORK, WORK / "app"):
        done = recover("--confirm", "live", XDG_STATE_HOME=str(state))
        check("a state folder in the work tree is refused", done.returncode == 2 and "set XDG_STATE_HOME to a folder elsewhere" in done.all
              and serving() == release and sets() == before, done.all)
    (WORK / ".git").rmdir()
    again = recover("--dry-run")
    check("as it was", again.returncode == 0, again.all)


def broken(good):
    release = serving()
    kept = (WORK / "app.db").read_bytes()
    (WORK / "app.db").write_bytes(b"no database any more")
    done = recover(good, "--confirm", "live")
    check("what doesn't answer is told, and stops nothing", done.returncode == 0 and "could not be backed up" in done.stdout
          and told(done) == ORDER and notes() == ["one", "two"] and serving() == release, done.all)
    file = next((WORK / "store").glob(f"{good}.sqlite*"))
    whole = file.read_bytes()
    file.write_bytes(whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:])
    done = recover(good, "--confirm", "live")
    check("a damaged set is found before anything is stopped", done.returncode == 1 and "nothing was stopped" in done.all
          and "use another set" in done.all and serving() == release and told(done) == ["status"], done.all)
    file.write_bytes(whole)
    settings = (WORK / "settings.env").read_text()
    (WORK / "settings.env").write_text("OTHER=x\n")
    done = recover(good, "--confirm", "live")
    check("without the variable of the database nothing is stopped", done.returncode in (2, 3) and "DATABASE_URL" in done.all
          and "nothing was stopped" in done.all and serving() == release, done.all)
    (WORK / "settings.env").write_text(settings)
    configure("smoke: {checks: [{name: page, get: /, expect: {status: 404}}]}")
    done = recover(good, "--confirm", "live")
    check("smoke has the last word", done.returncode == 1 and "smoke failed" in done.all and notes() == ["one", "two"]
          and serving() == release, done.all)
    configure()
    assert kept


def page(good):
    """Each command of the runbook and of the page it sends to if a restore goes wrong, on what is here."""
    docs = pathlib.Path(__file__).resolve().parents[2] / "docs"
    text = "".join((docs / f"backup-{name}.md").read_text() for name in ("emergency", "problems"))
    shutil.copytree(WORK / "store", WORK / "elsewhere")
    lines = [line for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S) for line in block.splitlines()]
    check("the runbook has its commands", len(lines) > 12, text)
    release = serving()
    bare = WORK / "bare"
    bare.mkdir()
    for line in lines:
        words = line.split()
        places = {"ID": good, "RELEASE": release, "production": "live", "shop": "probe", "file:/var/backups/shop": f"file:{WORK}/store",
                  "file:/mnt/elsewhere/shop": f"file:{WORK}/elsewhere"}
        if "--store" in words and serving():  # what is said without fairlead.yml stands behind a stop
            run("fairlead-deploy", "down", "--confirm", "live")
        words = [places.get(word, word) for word in words]
        if "--env" in words:
            at = words.index("--env")
            del words[at:at + 2]
        elif "restore" in words:
            words += ["--confirm", "live"]
        done = run(*words, folder=bare if "--app" in words else WORK, DATABASE_URL=f"sqlite:{WORK}/app.db")
        check(line, done.returncode == 0, done.all)
    check("and they brought it back", notes() == ["one", "two"], str(notes()))


(WORK / "app").mkdir()
(WORK / "app/app.py").write_text(APP)
(WORK / "settings.env").write_text(f"DATABASE_URL=sqlite:{WORK}/app.db\n")
(WORK / "settings.env").chmod(0o600)
try:
    change("CREATE TABLE notes (text text)")
    change("INSERT INTO notes VALUES ('one'), ('two')")
    configure()
    first = run("fairlead-deploy", "apply", "--release-version", "1.0", "--confirm", "live")
    check("a release serves", first.returncode == 0, first.all)
    before_all()
    newest = sets()[0]
    planned(newest)
    well(newest)
    interrupted(newest)
    forged(newest)
    broken(newest)
    page(newest)
finally:
    configure()
    run("fairlead-deploy", "down", "--confirm", "live")
    shutil.rmtree(WORK, ignore_errors=True)
counted.close()
