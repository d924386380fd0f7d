#!/usr/bin/python3
# needs: postgres; takes: 5 s
"""migrate_backup.py BIN: backup_first by the real fairlead-backup, of SQLite and of a real server (tests/support/postgres.py): the
set is made before the change, holds what was there, and its id stands with the migration; without one nothing is changed.
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
import postgres  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
PRODUCTION = ("--env", "live", "--confirm", "live")


class Project:
    def __init__(self, folder, backup="{stores: ['file:store']}", migrate="", **variables):
        self.folder, self.variables = folder, variables
        (folder / "migrations").mkdir(parents=True)
        self.configure(backup, migrate)

    def configure(self, backup, migrate=""):
        self.migrate = migrate
        (self.folder / "fairlead.yml").write_text("version: 1\napp: shop\nenvironments: {dev: {}, live: {profile: production}}\n"
                                                  f"migrate: {{rules: {{mig-no-down: off}}{migrate}}}\n"
                                                  + (f"backup: {backup}\n" if backup else ""))

    def write(self, version, up, down):
        (self.folder / f"migrations/{version}_step.up.sql").write_text(up + ";\n")
        (self.folder / f"migrations/{version}_step.down.sql").write_text(down + ";\n")

    def run(self, program, *words, tools=BIN, folder=None):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp"), **self.variables}
        return subprocess.run([tools / program, *words], cwd=folder or self.folder, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120)

    def expect(self, what, status, *words, says=(), program="fairlead-migrate", **rest):
        done = self.run(program, *words, **rest)
        shown = done.stdout + done.stderr
        missing = [one for one in says if one not in shown]
        counted.note(f"{self.folder.name}: {what}", f"status {done.returncode}, not {status}; missing {missing}\n{shown}"
                     if done.returncode != status or missing else "")
        return done

    def sets(self):
        done = self.run("fairlead-backup", "list", "--env", "live", "--format", "json")
        return [one["id"] for one in json.loads(done.stdout)["sets"]] if done.returncode == 0 else []

    def named(self):
        """The backups that stand with the migrations."""
        done = self.run("fairlead-migrate", "history", "--env", "live", "--format", "json")
        return [one.get("backup", "") for one in json.loads(done.stdout)["history"]]


def holds(what, seen, wanted):
    counted.note(what, "" if seen == wanted else f"{seen}, not {wanted}")


def rounds(project, look, restored):
    """One change after the other. `look(name)`: whether a table is in the database; `restored(id)`: the tables of a set."""
    name = project.folder.name
    project.write(1, "CREATE TABLE a (id integer PRIMARY KEY)", "DROP TABLE a")
    project.expect("the first, of an empty database", 0, "up", *PRODUCTION, says=["a backup is made first", "1 migration applied"])
    project.write(2, "CREATE TABLE b (id integer PRIMARY KEY)", "DROP TABLE b")
    project.expect("the second", 0, "up", *PRODUCTION, says=["a backup is made first"])
    made = project.sets()
    holds(f"{name}: each is with its set", sorted(project.named()), sorted(made))
    holds(f"{name}: it holds what was there before", "a" in restored(made[0]) and "b" not in restored(made[0]), True)
    project.expect("nothing to do, nothing to back up", 0, "up", *PRODUCTION)
    project.expect("in development only where it is asked for", 0, "up", "--env", "dev", "--backup-first", "yes")
    holds(f"{name}: and no set without a change", len(project.sets()), len(made))
    project.expect("down makes one, too", 0, "down", "1", *PRODUCTION, "--confirm-destructive", "2", says=["a backup is made first"])
    holds(f"{name}: of what it takes away", "b" in restored(project.sets()[0]), True)
    kept = project.sets()
    for what, store, said in (("a store that can't be written", "file:/proc/nowhere", "/proc/nowhere"),
                              ("a store that isn't there", "s3://nobody/x?endpoint=http://127.0.0.1:9&region=x", "AWS_ACCESS_KEY_ID")):
        project.configure(f"{{stores: ['{store}']}}", project.migrate)
        project.expect(what, 3, "up", *PRODUCTION, says=["the backup failed (status", "so nothing was changed", said])
        holds(f"{name}: {what}: nothing was changed", look("b"), False)
    project.configure("", project.migrate)
    project.expect("no section: auto says so", 0, "up", *PRODUCTION, says=["no backup was made first: fairlead.yml has no section 'backup'"])
    project.expect("and yes doesn't do without", 3, "down", "1", *PRODUCTION, "--confirm-destructive", "2", "--backup-first", "yes",
                   says=["so nothing was changed", "no store is named"])
    holds(f"{name}: it stays", look("b"), True)
    project.configure("{stores: ['file:store']}", project.migrate)
    holds(f"{name}: the sets that were there are there", project.sets(), kept)
    alone = project.folder / "alone"
    alone.mkdir()
    counted.copy_program(BIN / "fairlead-migrate", alone)
    project.write(3, "CREATE TABLE c (id integer PRIMARY KEY)", "DROP TABLE c")
    project.expect("without fairlead-backup yes is a refusal", 3, "up", *PRODUCTION, "--backup-first", "yes", tools=alone,
                   says=["not next to fairlead-migrate"])
    project.expect("and auto says so", 0, "up", *PRODUCTION, tools=alone, says=["fairlead-backup is not installed"])


def sqlite(folder):
    project = Project(folder / "sq lite%41", DATABASE_URL="sqlite:shop.db")
    project.run("fairlead-migrate", "create", "--env", "live")

    def tables(path):
        database = sqlite3.connect(path)
        found = [row[0] for row in database.execute("SELECT name FROM sqlite_master")]
        database.close()
        return found

    def restored(one):
        project.run("fairlead-backup", "restore", one, "--env", "live", "--to", f"{one}.copy.db")
        return tables(project.folder / f"{one}.copy.db")

    rounds(project, lambda name: name in tables(project.folder / "shop.db"), restored)


def other_variable(folder):
    """What is migrated is what is backed up, whoever names it and from wherever."""
    project = Project(folder / "elsewhere", migrate=", url_env: SHOP_URL", DATABASE_URL="sqlite:other.db", SHOP_URL="sqlite:shop.db")
    for name in ("shop", "other", "sub/shop"):
        path = project.folder / f"{name}.db"
        path.parent.mkdir(exist_ok=True)
        database = sqlite3.connect(path)
        database.execute(f"CREATE TABLE is_{path.parent.name}_{path.stem} (a)")
        database.commit()
        database.close()
    project.write(1, "CREATE TABLE a (id integer PRIMARY KEY)", "DROP TABLE a")
    for name, where, table in (("url_env", project.folder, "is_elsewhere_shop"), ("a folder below", project.folder / "sub", "is_sub_shop")):
        project.expect(name, 0, "up", *PRODUCTION, says=["a backup is made first"], folder=where)
        newest = project.sets()[0]
        project.run("fairlead-backup", "restore", newest, "--env", "live", "--to", f"{newest}.db")
        database = sqlite3.connect(project.folder / f"{newest}.db")
        found = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE name LIKE 'is_%'")]
        database.close()
        holds(f"{name}: the right one", found, [table])


def server_side(folder, server):
    server.psql("CREATE DATABASE shop")
    project = Project(folder / "postgres", DATABASE_URL=server.url("shop"))

    def tables(database):
        return server.ask("SELECT coalesce(string_agg(tablename, ' '), '') FROM pg_tables WHERE schemaname = 'public'", database).split()

    def restored(one):
        project.run("fairlead-backup", "restore", one, "--env", "live", "--to", f"copy_{one[-8:]}")
        return tables(f"copy_{one[-8:]}")

    rounds(project, lambda name: name in tables("shop"), restored)


with tempfile.TemporaryDirectory(prefix="fb ", dir=os.environ.get("TMPDIR", "/tmp")) as scratch:
    work = pathlib.Path(scratch)
    sqlite(work)
    other_variable(work)
    if postgres.folder_of_programs() is None:
        counted.skip(postgres.PART, "on a server", postgres.INSTALL)
    else:
        with postgres.Server(port=0) as one:
            server_side(work, one)
counted.close()
