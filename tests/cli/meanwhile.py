#!/usr/bin/python3
# needs: postgres; takes: 8 s
"""meanwhile.py BIN: somebody else acts between the question and the act of `fairlead-migrate` and `fairlead-backup`. bench/adversary.py
does all that he may do at each place; here is what was found by it, and what each command says."""
import contextlib
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402
from until import go_on, wait_stopped  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
DROP = {"1_base.sql": "CREATE TABLE rows (number integer);\nINSERT INTO rows VALUES (1);\n", "2_drop.sql": "DROP TABLE rows;\n"}
ADD = {"1_base.sql": DROP["1_base.sql"], "2_add.up.sql": "CREATE TABLE more (number integer);\n", "2_add.down.sql": "DROP TABLE more;\n"}


class Project:
    def __init__(self, folder, files=(), url="sqlite:app.db", backup="stores: [file:store]"):
        self.folder, self.url = folder, url
        (folder / "migrations").mkdir(parents=True)
        for name, text in dict(files).items():
            (folder / "migrations" / name).write_text(text)
        (folder / "fairlead.yml").write_text("version: 1\napp: shop\nenvironments: {dev: {}, live: {}}\n"
                                             f"migrate: {{backup_first: 'no', rules: {{mig-no-down: off}}}}\nbackup: {{{backup}}}\n")
        self.ahead = 0

    def environment(self, **more):
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "DATABASE_URL": self.url, "LANG": "C.UTF-8",
                "TMPDIR": os.environ.get("TMPDIR", "/tmp"), "FAIRLEAD_CLOCK": f"+{self.ahead}", **more}

    def run(self, *words):
        done = subprocess.run([BIN / words[0], *words[1:]], cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120)
        return done.returncode, done.stdout

    def done(self, *words):
        status, said = self.run(*words)
        if status:
            raise RuntimeError(f"{words}: {said}")
        return said

    def meanwhile(self, words, place, act):
        """Its status and words; the act comes when it stands still at the place for the first time."""
        run = subprocess.Popen([BIN / words[0], *words[1:]], cwd=self.folder, env=self.environment(FAIRLEAD_FAULT=f"stop@{place}"),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        reached = wait_stopped(run)
        if reached:
            act()
        go_on(run)
        said = run.communicate(timeout=60)[0]
        return (run.returncode, said) if reached else (run.returncode, f"it never came to {place}: {said}")

    def expect(self, what, words, place, act, status, *parts, then=lambda: True):
        got, said = self.meanwhile(words, place, act)
        missing = [part for part in parts if part not in said]
        fine = got == status and not missing and then()
        counted.note(what, "" if fine else f"status {got}, expected {status}; missing {missing}\n{said}")


def ask(path, text):
    with contextlib.closing(sqlite3.connect(path)) as database:
        rows = database.execute(text).fetchall()
        database.commit()
        return rows


def is_table(path, name):
    return ask(path, f"SELECT count(*) FROM sqlite_master WHERE name = '{name}'") == [(1,)]


def moved(folder):
    """The file that is migrated isn't that of its name any more."""
    up = ("fairlead-migrate", "up", "--env", "dev")
    told = ("somebody has renamed, replaced or deleted sqlite:app.db since this command opened it", "run the command again")
    for place in ("read", "before", "after"):
        project = Project(folder / f"renamed {place}", ADD)
        path = project.folder / "app.db"
        project.done("fairlead-migrate", "up", "--to", "1", "--env", "dev")
        shutil.copy(path, project.folder / "kept")

        def replace(path=path):
            path.rename(path.with_name("old.db"))
            shutil.copy(path.with_name("kept"), path)
        project.expect(f"a file that is replaced while {place}", up, place, replace, 3, *told, then=lambda path=path: not is_table(path, "more"))
        counted.note("the next one migrates what is there now", "" if project.run(*up)[0] == 0 and is_table(path, "more") else "no")
    for words in (("repair", "--mark-applied", "2"), ("down", "1")):
        project = Project(folder / f"deleted, {words[0]}", ADD)
        project.done("fairlead-migrate", "up", "--env", "dev")
        project.expect(f"{words[0]} of a file that is deleted", ("fairlead-migrate", *words, "--env", "dev"), "before", (project.folder / "app.db").unlink, 3, *told)


def away(folder):
    """The file is gone, or empty, or its WAL is all that is left."""
    live = ("--env", "live", "--confirm", "live")
    up = ("fairlead-migrate", "up")
    project = Project(folder / "away", ADD)
    path = project.folder / "app.db"
    project.done("fairlead-migrate", "create", *live[:2])
    project.done(*up, "--to", "1", *live)
    project.expect("production makes no new file once it has the lock", (*up, *live), "locked", lambda: path.rename(path.with_name("kept.db")), 2,
                   "no such file, and in production no database is made by accident", then=lambda: not path.exists())
    path.touch()
    status, said = project.run(*up, *live)
    counted.note("nor takes an empty one", "" if status == 2 and "the file is empty (0 bytes)" in said and not path.stat().st_size else said)
    project.done("fairlead-migrate", "create", *live[:2])
    counted.note("create makes one of it", "" if project.run(*up, *live)[0] == 0 else "no")
    for file in project.folder.glob("*.db*"):
        file.unlink()
    project.done(*up, "--to", "1", "--env", "dev")
    code = "import os, sqlite3; c = sqlite3.connect('app.db'); c.execute('pragma journal_mode=wal'); c.execute('insert into rows values (2)'); c.commit(); os._exit(0)"
    subprocess.run([sys.executable, "-c", code], cwd=project.folder, check=True)
    path.rename(path.with_name("kept.db"))
    wal = (project.folder / "app.db-wal").read_bytes()
    for size in ("absent", "empty"):
        for words in ((*up, "--env", "dev"), ("fairlead-migrate", "create", *live[:2]), ("fairlead-migrate", "status", "--env", "dev"), ("fairlead-backup", "run", "--env", "dev")):
            if size == "absent" and words[1] in ("status", "run"):
                continue  # they make none
            status, said = project.run(*words)
            fine = status == 3 and "holds changes of a file" in said and (project.folder / "app.db-wal").read_bytes() == wal
            counted.note(f"{words[1]} leaves the WAL of another file beside one that is {size}", "" if fine else f"{status} {said}")
        path.touch()


def edited(folder):
    """What was read is judged, confirmed and run, whatever becomes of the file."""
    live = ("--env", "live", "--confirm", "live")
    up = ("fairlead-migrate", "up", "--skip", "mig-drop-table", *live)
    for what, act in (("looks harmless now", lambda file: file.write_text("SELECT 1;\n")), ("is gone", pathlib.Path.unlink)):
        project = Project(folder / f"edited, {what}", DROP)
        project.done("fairlead-migrate", "create", "--env", "live")
        project.done("fairlead-migrate", "up", "--to", "1", *live)
        file = project.folder / "migrations/2_drop.sql"
        project.expect(f"a file that destroys and {what}", up, "read", lambda file=file, act=act: act(file), 2, "--confirm-destructive 2",
                       then=lambda project=project: is_table(project.folder / "app.db", "rows"))
    project = Project(folder / "edited, down", ADD)
    project.done("fairlead-migrate", "create", "--env", "live")
    project.done("fairlead-migrate", "up", *live)
    file = project.folder / "migrations/2_add.down.sql"
    project.expect("a way back that looks harmless now", ("fairlead-migrate", "down", "1", *live), "read", lambda: file.write_text("SELECT 1;\n"), 2,
                   "--confirm-destructive 2", then=lambda: is_table(project.folder / "app.db", "more"))
    project = Project(folder / "edited, up", ADD)
    project.done("fairlead-migrate", "create", "--env", "live")
    file = project.folder / "migrations/2_add.up.sql"
    project.expect("a way up that destroys now", ("fairlead-migrate", "up", *live), "read", lambda: file.write_text("DROP TABLE rows;\n"), 0, "2 migrations applied",
                   then=lambda: is_table(project.folder / "app.db", "more") and is_table(project.folder / "app.db", "rows"))
    counted.note("and is told afterwards", "" if "changed" in project.run("fairlead-migrate", "status", "--env", "live")[1] else "no")


def recorded(folder):
    """The record says less than the database holds."""
    up = ("fairlead-migrate", "up", "--env", "dev")
    project = Project(folder / "dropped", ADD)
    project.done("fairlead-migrate", "up", "--to", "1", "--env", "dev")
    path = project.folder / "app.db"
    project.expect("the record is dropped", up, "ready", lambda: ask(path, "DROP TABLE fairlead_migrations"), 3, "somebody has dropped it meanwhile",
                   "fairlead-migrate baseline --env dev VERSION", then=lambda: not is_table(path, "more"))
    status, said = project.run(*up)
    counted.note("all is there, and nothing is recorded", "" if status == 1 and "run it again; or, if all of it is there already: fairlead-migrate baseline --env dev 1" in said else said)
    project.done("fairlead-migrate", "baseline", "1", "--env", "dev")
    project.expect("the table is made by hand", up, "ready", lambda: ask(path, "CREATE TABLE more (number integer)"), 1, "table more already exists",
                   "if all of it is there already: fairlead-migrate repair --env dev --mark-applied 2")
    project.done("fairlead-migrate", "repair", "--mark-applied", "2", "--env", "dev")
    counted.note("the way out ends there", "" if "nothing to do" in project.done(*up) else "no")
    project.expect("the way back finds no table", ("fairlead-migrate", "down", "1", "--env", "dev"), "ready", lambda: ask(path, "DROP TABLE more"), 1,
                   "it stays applied; correct the cause, and run it again")


def with_sets(folder, count):
    """A project of which only the last of so many sets is to stay."""
    project = Project(folder, backup="stores: [file:store], keep: {last: 1}")
    ask(project.folder / "app.db", "CREATE TABLE rows (number integer)")
    for _ in range(count):
        project.ahead += 60
        project.done("fairlead-backup", "run")
    project.ahead += 60
    return project, project.folder / "store"


def pruned(folder):
    """Sets go because newer ones stay."""
    prune = ("fairlead-backup", "prune", "--allow-many")
    for what, place, parts in (("before the first one", "prune-next", ("was to be kept, but somebody has deleted it",)),
                               ("after the first one", "prune-files", ("was to be kept, but somebody has deleted it", "nothing more is deleted"))):
        project, store = with_sets(folder / f"pruned {place}", 4)

        def sets(store=store):
            return sorted(file.name.split(".")[0] for file in store.glob("*.manifest.json"))
        there = sets()

        def delete(store=store, newest=there[-1]):
            for file in store.glob(f"{newest}.*"):
                file.unlink()
        left = there[:-1] if place == "prune-next" else there[1:-1]
        project.expect(f"the newest set is deleted {what}", prune, place, delete, 3, *parts, "run the command again", then=lambda sets=sets, left=left: sets() == left)
    project, store = with_sets(folder / "another place", 3)
    there = sorted(file.name for file in store.glob("*.manifest.json"))
    shutil.copytree(store, project.folder / "copy")

    def replace():
        store.rename(project.folder / "away")
        (project.folder / "copy").rename(store)
        (store / ".fairlead.lock").write_text("")
    project.expect("another place is mounted there", prune, "prune-begun", replace, 3, "run the command again",
                   then=lambda: there == sorted(file.name for file in store.glob("*.manifest.json")))


def placed(folder):
    """A folder that somebody deletes as the new one is to change places with it."""
    project = Project(folder / "deleted", backup="stores: [file:store], sources: [{name: media, path: media}]")
    media = project.folder / "media"
    media.mkdir()
    (media / "one").write_text("1")
    project.done("fairlead-backup", "run")
    project.expect("a folder that is deleted as it changes places", ("fairlead-backup", "restore", "latest", "--to", "original", "--overwrite"), "before-changed",
                   lambda: shutil.rmtree(media), 0, then=lambda: (media / "one").read_text() == "1")


def on_server(folder, server):
    project = Project(folder / "server", ADD, url=server.url("shop"))
    restore = ("fairlead-backup", "restore", "latest", "--to", "original", "--overwrite")
    up = ("fairlead-migrate", "up", "--env", "dev")
    server.psql("CREATE DATABASE shop")
    project.done("fairlead-migrate", "up", "--to", "1", "--env", "dev")
    project.done("fairlead-backup", "run")

    def end_sessions():
        server.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shop'")
    project.expect("sessions end", up, "ready", end_sessions, 3, "is lost: FATAL", "run the command again", then=lambda: "more" not in server.ask("\\dt", "shop"))
    got, said = project.meanwhile(up, "locked", lambda: server.psql("DROP DATABASE shop WITH (FORCE)"))
    counted.note("the database is dropped", "" if got == 3 and 'database "shop" does not exist' in said and "correct DATABASE_URL, or make it: fairlead-migrate create" in said else said)
    server.psql("CREATE DATABASE shop")
    project.done(*restore)
    second = []
    project.expect("a second restore leaves the copy of the first one", restore, "restored", lambda: second.append(project.run(*restore)), 0)
    counted.note("and is done itself", "" if second[0][0] == 0 else second[0][1])
    copies = server.ask("SELECT datname FROM pg_database WHERE datname ~ '_restore_'")
    counted.note("no copy is left", copies)

    def drop_copy():
        for one in server.ask("SELECT datname FROM pg_database WHERE datname ~ '_restore_'").split():
            server.psql(f"DROP DATABASE {one} WITH (FORCE)")
    project.expect("the copy is dropped", restore, "restored", drop_copy, 3, "is gone: somebody has renamed or dropped it since the restore began; nothing was changed: run the command again")
    project.expect("the database is renamed", restore, "counted", lambda: server.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shop'; ALTER DATABASE shop RENAME TO elsewhere"), 3,
        "database 'shop' is gone: somebody has renamed or dropped it", then=lambda: server.ask("SELECT number FROM rows", "elsewhere") == "1")
    counted.note("no copy is left of either", server.ask("SELECT datname FROM pg_database WHERE datname ~ '_restore_'"))


with tempfile.TemporaryDirectory(prefix="fairlead meanwhile ") as scratch:
    for number, part in enumerate((moved, away, edited, recorded, pruned, placed)):
        part(pathlib.Path(scratch).resolve() / str(number))
    if postgres.folder_of_programs() is None:
        counted.skip(postgres.PART, "on a server", postgres.INSTALL)
    else:
        with postgres.Server() as own:
            on_server(pathlib.Path(scratch).resolve(), own)
counted.close()
