#!/usr/bin/python3
"""migrate_guards.py BIN: what fairlead-migrate refuses, asks for or carries over, on a real PostgreSQL."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve() / "fairlead-migrate")
OUTSIDE = "-- fairlead: no-transaction\n"
LIVE = ["--env", "production", "--confirm", "production"]
passed = failed = 0


class Project:
    def __init__(self, server, folder, number):
        self.server, self.folder, self.name = server, folder / str(number), f"g{number}"
        (self.folder / "migrations").mkdir(parents=True)
        (self.folder / "fairlead.yml").write_text("version: 1\nenvironments: {dev: {}, production: {}}\nmigrate: {rules: {mig-no-down: off}}\n")
        server.psql(f"CREATE DATABASE {self.name} TEMPLATE template0")

    def write(self, name, text):
        (self.folder / "migrations" / name).write_text(text)

    def start(self, *words, **more):
        return subprocess.Popen([PROGRAM, *words], cwd=self.folder, env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8",
                                "DATABASE_URL": self.server.url(self.name), **more}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def run(self, status, *words, says=(), **more):
        tool = self.start(*words, **more)
        out = tool.communicate(timeout=60)[0]
        missing = [one for one in says if one not in out]
        if tool.returncode != status or missing:
            raise AssertionError(f"{words}: {tool.returncode}, expected {status}; lacks {missing}: {out}")
        return out

    def killed_in(self, sleeping, *words):
        tool = self.start(*words)
        until = time.monotonic() + 15
        asks = f"SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%{sleeping}%' AND state = 'active' AND pid <> pg_backend_pid()"
        while self.ask(asks) == "0" and time.monotonic() < until:
            time.sleep(0.05)
        tool.send_signal(signal.SIGKILL)
        tool.communicate()

    def ask(self, sql):
        return self.server.ask(sql, self.name)


def destroys(project):
    """What takes rows or objects away is confirmed in production, and where no environment is named."""
    project.write("1_a.up.sql", "create table a (i int); create schema s; create type tt as enum ('x'); create domain dd as int; create view v as select 1;"
                  "create index k on a (i);")
    project.run(0, "up", "-q", *LIVE)
    for sql in ("drop schema s cascade;", "drop type tt cascade;", "drop domain dd cascade;", "delete from a where i > 0;", "delete from a;",
                "with x as (delete from a returning 1) select count(*) from x;", "do $$ begin delete from a; end $$;", "drop view v cascade;",
                "merge into a using (select 1 as i) b on a.i = b.i when matched then delete;", "truncate a;", "drop owned by fairlead;"):
        project.write("2_b.up.sql", sql)
        project.run(2, "up", *LIVE, says=["--confirm-destructive 2"])
    for sql in ("drop view v;", "drop index k;", "create table n (i int); delete from n; drop table n;"):
        project.write("2_b.up.sql", sql)
        project.run(0, "up", "--dry-run", *LIVE[:2])
    (project.folder / "fairlead.yml").unlink()
    project.write("2_b.up.sql", "delete from a;")
    project.run(2, "up", says=["--confirm-destructive 2", "no environment is named"])
    project.run(0, "up", "--confirm-destructive", "2")


def calls(project):
    """Functions that a migration runs are looked into, its own and the server's: what they destroy is confirmed, what nobody can read is told."""
    project.write("1_a.up.sql", "create table a (i int, deleted_at timestamptz);\ncreate function purge() returns void language sql as 'delete from a';\n"
                  "create function touch() returns void language plpgsql as $$ begin update a set deleted_at = now(); -- delete from a\nend $$;\n"
                  "create function by_hand(t text) returns void language plpgsql as $$ begin execute t; end $$;\n"
                  "create procedure deep() language plpgsql as $$ begin perform purge(); end $$;\n")
    project.run(0, "up", "-q", *LIVE)
    for sql in ("select purge();", "call deep();", "do $$ begin perform purge(); end $$;", "insert into a select 1 from (select purge()) p;",
                "create function mine() returns void language sql as 'truncate a';\nselect mine();"):
        project.write("2_b.up.sql", sql)
        project.run(2, "up", *LIVE, says=["--confirm-destructive 2"])
    project.write("2_b.up.sql", "select purge();")
    project.run(0, "up", "--dry-run", *LIVE[:2], says=["calls purge(), which destroys", "[migrate/call]"])
    for sql in ("select touch();", "select lower('x'), count(*) from a;", "create function later() returns void language sql as 'truncate a';"):
        project.write("2_b.up.sql", sql)
        said = project.run(0, "up", "--dry-run", *LIVE[:2])
        assert "migrate/call" not in said, said
    project.write("2_b.up.sql", "select by_hand('select 1');")
    project.run(0, "up", *LIVE, says=["2_b.up.sql:1: calls by_hand(), and it is unknown", "[migrate/call]"])


def settings(project):
    """What a script had set holds for the rest of it in the next session, and a temporary table that is gone stops it."""
    project.write("1_a.up.sql", OUTSIDE + "create schema if not exists shop;\nset search_path to shop;\nbegin; set lock_timeout = '7s'; commit;\n"
                  "create table a (i int);\nselect pg_sleep(3);\ncreate table b as select current_setting('lock_timeout') as t;\n")
    project.killed_in("pg_sleep(3)", "up", "--env", "dev")
    project.run(0, "up", "--env", "dev", "-q")
    assert project.ask("select t from shop.b") == "7s"
    project.write("2_b.up.sql", OUTSIDE + "create temp table t (i int);\ninsert into t values (1);\nselect 1/0;\n")
    project.run(1, "up", "--env", "dev", says=["2 statements before it ran and are kept"])
    project.run(2, "up", "--env", "dev", says=["2_b.up.sql:2", "temporary table", "--mark-applied 2"])


def redo(project):
    """redo of a begun file that was changed is refused as up does it."""
    project.write("1_a.up.sql", OUTSIDE + "create table a (i int);\ncreate table b (i int);\nselect 1/0;\n")
    project.run(1, "up", "--env", "dev")
    project.write("1_a.up.sql", OUTSIDE + "create table x (i int);\ncreate table y (i int);\ncreate table z (i int);\n")
    for command in ("up", "redo"):
        project.run(1, command, "--env", "dev", says=["its file has changed since"])
    assert project.ask("select to_regclass('z') is null") == "t"


def open_block(project):
    """A transaction that a file begins and doesn't end is a failure."""
    project.write("1_a.up.sql", OUTSIDE + "select 1;\nbegin;\ncreate table t (i int);\n")
    project.run(1, "up", "--env", "dev", says=["1_a.up.sql:4", "write COMMIT", "1 statement before it ran"])
    project.run(1, "status", "--env", "dev", says=["1 failed"])


def unsure(project):
    """What was refused may have committed; repair names it, and takes the word of whoever looked."""
    project.write("1_a.up.sql", OUTSIDE + "create table t (i int);\ndo $$ begin insert into t values (1); commit; perform 1/0; end $$;\nselect 2;\n")
    project.run(1, "up", "--env", "dev")
    project.run(2, "up", "--env", "dev", says=["1_a.up.sql:3", "--mark-ran 1:2", "--mark-not-ran 1:2"])
    assert project.ask("select count(*) from t") == "1"
    project.run(0, "repair", "--env", "dev", says=["statement 2", "--mark-ran 1:2", "--mark-not-ran 1:2"])
    project.run(2, "repair", "--env", "dev", "--mark-ran", "1:3", says=["1:2"])
    project.run(0, "repair", "--env", "dev", "--mark-ran", "1:2")
    project.run(0, "up", "--env", "dev", "-q")
    assert project.ask("select count(*) from t") == "1"
    project.write("2_b.up.sql", OUTSIDE + "do $$ begin perform pg_sleep(4); insert into t values (2); end $$;\n")
    project.killed_in("pg_sleep(4)", "up", "--env", "dev")
    project.server.wait_alone()
    project.run(2, "up", "--env", "dev", says=["--mark-not-ran 2:1"])
    project.run(0, "repair", "--env", "dev", "--mark-not-ran", "2:1")
    project.run(0, "up", "--env", "dev", "-q")


def questions(project):
    """A query that failed fails again though nothing is to do; verify says no where they differ; up tells drift."""
    (project.folder / "fairlead.yml").write_text("version: 1\nenvironments: {dev: {}}\nmigrate: {verify: [{sql: SELECT i FROM a, expect: '1'}]}\n")
    project.write("1_a.up.sql", "create table a (i int);")
    project.run(1, "up", "--env", "dev")
    project.run(1, "up", "--env", "dev", says=["migrate/verify", "nothing to do"])
    project.server.psql("insert into a values (1)", project.name)
    project.run(0, "up", "--env", "dev")
    project.run(0, "verify", "--env", "dev")
    project.server.psql("create table by_hand (i int)", project.name)
    project.run(1, "verify", "--env", "dev", says=["migrate/drift"])
    project.write("2_b.up.sql", OUTSIDE + "create table c (i int);\nselect 1/0;\n")
    project.run(1, "up", "--env", "dev", says=["migrate/drift"])
    project.run(1, "verify", "--env", "dev", says=["migrate/failed"])


def role(project):
    """A script's SET ROLE holds for its statements, and what we write down is ours."""
    project.server.psql("DROP ROLE IF EXISTS other; CREATE ROLE other; GRANT ALL ON SCHEMA public TO other", project.name)
    project.write("1_a.up.sql", OUTSIDE + "set role other;\ncreate table a (i int);\nbegin; create table b (i int); commit;\nset session authorization other;\n"
                  "create table c (i int);\nselect 1/(select count(*) from fairlead_go);\n")
    project.run(1, "up", "--env", "dev", says=["7 statements before it ran"])
    project.server.psql("create table fairlead_go as select 1 as i; grant all on fairlead_go to other", project.name)
    project.run(0, "up", "--env", "dev", "-q")
    assert project.ask("select string_agg(distinct tableowner, ',') from pg_tables where tablename in ('a', 'b', 'c')") == "other"


def unnamed(project):
    """Where no environment is named, down, redo and seeds that destroy are confirmed; down takes no variable's word."""
    (project.folder / "fairlead.yml").write_text("version: 1\nmigrate: {seeds: {demo: {file: demo.sql}}}\n")
    project.write("1_a.up.sql", "create table a (i int);")
    project.write("1_a.down.sql", "drop table a;")
    project.run(0, "up", "-q")
    project.run(2, "down", "1", says=["--confirm-destructive 1"])
    project.run(2, "redo", says=["--confirm-destructive 1"])
    project.run(0, "redo", "--confirm-destructive", "1")
    project.run(2, "down", "--confirm-destructive", "1", FAIRLEAD_TO="0", says=["FAIRLEAD_TO"])
    project.run(2, "down", "2", "--confirm-destructive", "1", says=["1 is applied"])
    project.run(0, "down", "1", "--confirm-destructive", "1")


def seeds(project):
    """A seed in production is confirmed, and once more where it destroys."""
    (project.folder / "fairlead.yml").write_text("version: 1\nenvironments: {production: {}}\nmigrate: {seeds: {demo: {file: demo.sql, environments: [production]}}}\n")
    project.write("1_a.up.sql", "create table a (i int);")
    project.run(0, "up", "-q", *LIVE)
    (project.folder / "demo.sql").write_text("drop table a;")
    project.run(2, "seed", "demo", "--env", "production", says=["--confirm production"])
    project.run(2, "seed", "demo", *LIVE, says=["--confirm-destructive demo"])
    project.run(0, "seed", "demo", *LIVE, "--confirm-destructive", "demo")


def main():
    global passed, failed
    if not postgres.folder_of_programs():
        counted.leave(postgres.PART, postgres.INSTALL)
    with tempfile.TemporaryDirectory(prefix="fairlead guards ") as scratch, postgres.Server() as server:
        wanted = sys.argv[2:]
        for number, test in enumerate((destroys, calls, settings, redo, open_block, unsure, questions, role, unnamed, seeds)):
            if wanted and test.__name__ not in wanted:
                continue
            wrong = ""
            try:
                test(Project(server, pathlib.Path(scratch), number))
            except AssertionError as error:
                wrong = f"{error} (line {error.__traceback__.tb_next.tb_lineno})"
            passed, failed = passed + (not wrong), failed + bool(wrong)
            print(f"{'FAILED ' if wrong else 'ok     '} {test.__doc__}{' ' + wrong if wrong else ''}", flush=True)
    counted.close(passed, failed)


main()
