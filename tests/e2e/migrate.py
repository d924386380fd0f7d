#!/usr/bin/python3
"""migrate.py BIN: fairlead-migrate's own driver on a real PostgreSQL and on SQLite.

The table: the tool is killed at each step of up, down, redo and repair, and so is the server while the tool stands there. Behind
each kill every migration is there as a whole with its record or not at all, and the same command once more comes to where an
undisturbed run comes. Then what needs a server: locks that are held, time-outs, invalid indexes, replicas, signals.
"""
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres
from until import wait_until

BIN = pathlib.Path(sys.argv[1]).resolve()
PROGRAM = str(BIN / "fairlead-migrate")
PLACES = ["locked", "read", "ready", "before", "started", "statement", "progressed", "ran", "after", "between", "failed"]
FILES = {
    "1_a.sql": "-- fairlead: up\nCREATE TABLE a (id integer PRIMARY KEY, n text);\nINSERT INTO a VALUES (1, 'x');\nINSERT INTO a VALUES (2, 'y');\n"
               "-- fairlead: down\nDROP TABLE a;\n",
    "2_b.up.sql": "CREATE TABLE b (id integer PRIMARY KEY);\nINSERT INTO b SELECT id FROM a;\n",
    "2_b.down.sql": "DROP TABLE b;\n",
    "4_d.up.sql": "CREATE TABLE d (id integer);\n",
    "4_d.down.sql": "DROP TABLE d;\n",
}
OUTSIDE = {
    "postgres": {"3_c.up.sql": "-- fairlead: no-transaction\nALTER TABLE a ADD COLUMN z integer;\nCREATE UNIQUE INDEX CONCURRENTLY i ON a (n);\n"
                               "INSERT INTO a VALUES (3, 'z', 3);\nVACUUM a;\n",
                 "3_c.down.sql": "-- fairlead: no-transaction\nDELETE FROM a WHERE id = 3;\nDROP INDEX CONCURRENTLY i;\nALTER TABLE a DROP COLUMN z;\n"},
    "sqlite": {"3_c.up.sql": "-- fairlead: no-transaction\nALTER TABLE a ADD COLUMN z integer;\nCREATE UNIQUE INDEX i ON a (n);\n"
                             "INSERT INTO a VALUES (3, 'z', 3);\nVACUUM;\n",
               "3_c.down.sql": "-- fairlead: no-transaction\nDELETE FROM a WHERE id = 3;\nDROP INDEX i;\nVACUUM;\nALTER TABLE a DROP COLUMN z;\n"},
}
passed = failed = 0


def tell(name, wrong=""):
    global passed, failed
    passed, failed = passed + (not wrong), failed + bool(wrong)
    print(f"{'FAILED ' if wrong else 'ok     '} {name}{': ' + wrong if wrong else ''}", flush=True)


class Postgres:
    name = "postgres"

    def __init__(self, server, folder):
        self.server, self.folder, self.number = server, folder, 0

    def fresh(self):
        self.number += 1
        self.database = f"d{self.number}"
        self.server.psql(f"CREATE DATABASE {self.database} TEMPLATE template0")

    def variables(self):
        return {"DATABASE_URL": self.server.url(self.database)}

    def state(self):
        """Tables with their columns and rows, indexes, and what is recorded."""
        ask = lambda text: self.server.ask(text, self.database)
        schema = ask("SELECT c.relname, a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON "
                     "a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE n.nspname = 'public' AND c.relkind IN ('r', 'i') ORDER BY 1, 2")
        rows = {table: ask(f"SELECT * FROM {table} ORDER BY 1") for table in ("a", "b", "d") if f"\n{table}|" in "\n" + schema}
        invalid = ask("SELECT count(*) FROM pg_index WHERE NOT indisvalid")
        known = ask("SELECT version, state FROM fairlead_migrations WHERE kind = 'sql' ORDER BY 1") if "fairlead_migrations|" in schema else ""
        return {"schema": schema, "rows": rows, "invalid": invalid, "known": known}

    def tables(self):
        return set(self.server.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", self.database).split())


class Sqlite:
    name = "sqlite"

    def __init__(self, folder):
        self.folder, self.number = folder, 0

    def fresh(self):
        self.number += 1
        self.file = self.folder / f"d{self.number}.db"

    def variables(self):
        return {"DATABASE_URL": f"sqlite:{self.file}"}

    def state(self):
        with sqlite3.connect(self.file) as file:
            schema = sorted(file.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall())
            names = {row[0] for row in schema}
            rows = {table: file.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in ("a", "b", "d") if table in names}
            known = file.execute("SELECT version, state FROM fairlead_migrations WHERE kind = 'sql' ORDER BY 1").fetchall() \
                if "fairlead_migrations" in names else []
        return {"schema": schema, "rows": rows, "known": known}

    def tables(self):
        with sqlite3.connect(self.file) as file:
            return {row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def environment(engine, **more):
    return {"PATH": os.environ["PATH"], "HOME": str(engine.folder), "LANG": "C.UTF-8", **engine.variables(), **more}


def run(engine, *words, **more):
    return subprocess.run([PROGRAM, *words], cwd=engine.folder, env=environment(engine, **more), capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=120)


def must(engine, *words):
    done = run(engine, *words)
    if done.returncode != 0:
        raise RuntimeError(f"{words}: {done.returncode} {done.stderr}{done.stdout}")
    return done


def whole(engine):
    """A migration that runs in a transaction is there with its record, or neither is."""
    state, tables = engine.state(), engine.tables()
    known = state["known"].split() if isinstance(state["known"], str) else ["|".join(row) for row in state["known"]]
    for version, table in (("1", "a"), ("2", "b"), ("4", "d")):
        if (f"{version}|applied" in known) != (table in tables):
            return f"{version} and its table {table} differ: {known} {sorted(tables)}"
    return ""


def write(engine, more=()):
    folder = engine.folder / "migrations"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in {**FILES, **OUTSIDE[engine.name], **dict(more)}.items():
        (folder / name).write_text(text)


def break_c(engine):
    """The third one fails in its second statement, and is corrected."""
    engine_file = engine.folder / "migrations" / "3_c.up.sql"
    must(engine, "up", "2", "-q")
    if engine.name == "postgres":
        engine.server.psql("INSERT INTO a VALUES (9, 'x')", engine.database)
    else:
        with sqlite3.connect(engine.file) as file:
            file.execute("INSERT INTO a VALUES (9, 'x')")
    if run(engine, "up", "1", "-q").returncode != 1:
        raise RuntimeError("3 c didn't fail")
    return engine_file


# Name, what comes before, the command.
WAYS = [
    ("up", lambda engine: None, ["up"]),
    ("down", lambda engine: must(engine, "up", "-q"), ["down", "--to", "0", "--confirm-destructive", "1,2,3,4"]),
    ("redo", lambda engine: must(engine, "up", "-q"), ["redo", "--confirm-destructive", "1,2,3,4"]),
    ("redo outside", lambda engine: must(engine, "up", "3", "-q"), ["redo", "--confirm-destructive", "1,2,3,4"]),
    ("up failing", break_c, ["up"]),
    ("repair --mark-applied", break_c, ["repair", "--mark-applied", "3"]),
    ("repair --mark-pending", break_c, ["repair", "--mark-pending", "3"]),
    ("repair --drop-invalid-indexes", break_c, ["repair", "--drop-invalid-indexes"]),
]


def of_tool(engine, name, before, words, expected, place):
    engine.fresh()
    before(engine)
    killed = run(engine, *words, "-q", FAIRLEAD_FAULT=f"kill@{place}")
    if killed.returncode != -signal.SIGKILL:
        return None
    wrong = whole(engine)
    again = run(engine, *words)
    done_before = again.returncode == 2 and "was neither applied nor begun" in again.stderr
    if not wrong and again.returncode != expected["status"] and not done_before:
        wrong = f"again: status {again.returncode}, expected {expected['status']}: {again.stderr[-400:]}{again.stdout[-400:]}"
    if not wrong and engine.state() != expected["state"]:
        wrong = f"is {engine.state()}, expected {expected['state']}"
    return wrong


def of_server(engine, name, before, words, expected, place):
    engine.fresh()
    before(engine)
    tool = subprocess.Popen([PROGRAM, *words, "-q"], cwd=engine.folder, env=environment(engine, FAIRLEAD_FAULT=f"stop@{place}"),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
    pid, status = os.waitpid(tool.pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        tool.returncode = os.waitstatus_to_exitcode(status)
        return None
    engine.server.stop("SIGKILL")
    tool.send_signal(signal.SIGCONT)
    deadline = time.monotonic() + 20
    while tool.poll() is None and time.monotonic() < deadline:  # where it stops once more
        tool.send_signal(signal.SIGCONT)
        time.sleep(0.02)
    out, err = tool.communicate()
    engine.server.start()
    wrong = whole(engine)
    if not wrong and tool.returncode not in (3, expected["status"]):
        wrong = f"status {tool.returncode}: {err[-400:]}"
    again = run(engine, *words)
    done_before = again.returncode == 2 and "was neither applied nor begun" in again.stderr
    if not wrong and again.returncode != expected["status"] and not done_before:
        wrong = f"again: status {again.returncode}, expected {expected['status']}: {again.stderr[-400:]}{again.stdout[-400:]}"
    if not wrong and engine.state() != expected["state"]:
        wrong = f"is {engine.state()}, expected {expected['state']}"
    return wrong


def table(engine, who, kill):
    for name, before, words in WAYS:
        engine.fresh()
        before(engine)
        undisturbed = run(engine, *words, "-q")
        expected = {"status": undisturbed.returncode, "state": engine.state()}
        for place in PLACES:
            wrong = kill(engine, name, before, words, expected, place)
            if wrong is not None:
                tell(f"{engine.name}: {who} is killed in {name} at '{place}'", wrong)


def expect(name, done, status, *parts):
    text = done.stdout + done.stderr
    missing = [part for part in parts if part not in text]
    wrong = f"status {done.returncode}, expected {status}" if done.returncode != status else f"lacks {missing}" if missing else ""
    tell(name, f"{wrong}\n{text}" if wrong else "")


def on_server(engine):
    folder = engine.folder / "other"
    folder.mkdir()

    def files(**all):
        shutil.rmtree(folder)
        folder.mkdir()
        for name, text in all.items():
            (folder / f"{name[1:]}.sql").write_text("-- fairlead: up\n" + text + "\n-- fairlead: down\nSELECT 1;\n")
        engine.fresh()

    there = ["--dir", "other"]
    files(_1_a="CREATE TABLE a (id int);", _2_b="ALTER TABLE a ADD COLUMN n int;")
    must(engine, "up", "1", *there)
    holder = engine.server.session(engine.database, "BEGIN; LOCK TABLE a;")
    (engine.folder / "fairlead.yml").write_text("version: 1\nmigrate: {lock_timeout: 300ms, schema: public}\n")
    timer = threading.Timer(1.5, lambda: (holder.stdin.write("COMMIT;\n"), holder.stdin.flush()))
    timer.start()
    expect("a table that is locked is tried again until it is free", run(engine, "up", *there), 0, "1 migration applied")
    timer.join()
    holder.terminate()

    files(_1_a="SELECT pg_sleep(20);")
    expect("a statement that takes too long is ended", run(engine, "up", *there, "--statement-timeout", "300ms"), 1, "57014")
    tool = subprocess.Popen([PROGRAM, "up", *there], cwd=engine.folder, env=environment(engine), stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)
    asleep = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(20)%' AND state = 'active' AND pid <> pg_backend_pid()"
    wait_until("the statement runs", lambda: engine.server.ask(asleep) != "0")
    begun = time.monotonic()
    tool.send_signal(signal.SIGTERM)
    out, err = tool.communicate(timeout=15)
    took = time.monotonic() - begun
    running = engine.server.ask(asleep)
    tell("a signal ends the statement on the server, too", "" if tool.returncode == 3 and took < 7 and running == "0" and "interrupted" in err
         else f"{tool.returncode} {took} {running} {err}")

    (engine.folder / "fairlead.yml").write_text("version: 1\nmigrate: {schema: shop}\n")
    files(_1_a="CREATE TABLE a (id int); SET search_path = nowhere; SET standard_conforming_strings = off; SET ROLE pg_monitor;",
          _2_b="INSERT INTO a VALUES (length('\\'));")
    engine.server.psql("CREATE SCHEMA shop", engine.database)
    expect("what a migration sets ends with it", run(engine, "up", *there), 0, "2 migrations applied")
    tell("migrate.schema is where tables are made", "" if engine.server.ask("SELECT id FROM shop.a", engine.database) == "1" else "it is not")

    (engine.folder / "fairlead.yml").unlink()
    files(_1_a="CREATE TABLE a (id int);\nCOMMIT;\nSELECT 1;")
    expect("a COMMIT within a transaction is refused before anything is touched", run(engine, "up", *there), 2, "'COMMIT' would end the transaction",
           "1_a.sql:3")
    files(_1_a="CREATE TABLE a (id int);\nINSERT INTO a VALUES ('é', 1);\n")
    expect("a refusal names its line and statement", run(engine, "up", *there), 1, "other/1_a.sql:3:", "statement 2 of 2")
    files(_1_a="CREATE TABLE a (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO a VALUES (1), (1);\n")
    expect("what is refused at COMMIT leaves nothing", run(engine, "up", *there), 1, "nothing of it is left")
    tell("not even the table", "" if "a" not in engine.tables() else "a is there")
    files(_1_a="CREATE INDEX CONCURRENTLY i ON a (id);")
    expect("the way out of a statement that takes no transaction is said", run(engine, "up", *there), 1, "-- fairlead: no-transaction")
    files(_1_a="CREATE TABLE a (id int);")
    expect("the schema of --table has to be there", run(engine, "up", *there, "--table", "audit.applied"), 2, "the schema of 'audit.applied' is not there")
    expect("a table has one dot at most", run(engine, "up", *there, "--table", "a.b.c"), 2, "'a.b.c' is not the name of a table")
    engine.server.ask("CREATE SCHEMA audit", engine.database)
    done = run(engine, "up", *there, "--table", "audit.applied", "--format", "json")
    tell("the table may have a schema of its own", "" if engine.server.ask("SELECT count(*) FROM audit.applied WHERE state = 'applied' AND kind = 'sql'",
                                                                       engine.database) == "1" else done.stderr)
    said = json.loads(done.stdout)["migrations"][0]
    tell("JSON holds what was done", "" if said["version"] == "1" and said["state"] == "applied" and "duration_ms" in said else str(said))

    write(engine)
    wrong = []
    for _ in range(5):
        engine.fresh()
        tools = [subprocess.Popen([PROGRAM, "up", "--format", "json"], cwd=engine.folder, env=environment(engine), stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True) for _ in range(3)]
        done = [tool.communicate(timeout=60) + (tool.returncode,) for tool in tools]
        counts = sorted(len(json.loads(out).get("migrations", [])) for out, _, _ in done)
        if counts != [0, 0, 4] or any(status for *_, status in done):
            wrong.append(f"{counts} {[(err[-200:], status) for _, err, status in done]}")
    tell("of three replicas at once one migrates, five times", "; ".join(wrong))


def orphan(engine):
    """The tool is killed while its server process works: the next one waits for that."""
    folder = engine.folder / "slow"
    folder.mkdir()
    is_since_14 = int(engine.server.ask("SHOW server_version_num")) >= 140000
    patient = "SET LOCAL client_connection_check_interval = 0;\n" if is_since_14 else ""  # else it ends by itself within a second
    (folder / "1_a.sql").write_text(f"-- fairlead: up\n{patient}CREATE TABLE slow (id int);\n"
                                   "SELECT pg_sleep(4);\n-- fairlead: down\nDROP TABLE slow;\n")
    engine.fresh()
    tool = subprocess.Popen([PROGRAM, "up", "--dir", "slow"], cwd=engine.folder, env=environment(engine), stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    for _ in range(200):
        if engine.server.ask(asleep, engine.database) == "1":
            break
        time.sleep(0.02)
    tool.kill()
    tool.wait()
    expect("and named, where that takes too long", run(engine, "up", "--dir", "slow", "--wait-lock", "100ms"), 3, "SELECT pg_terminate_backend(")
    expect("what a killed tool left running on the server is waited for", run(engine, "up", "--dir", "slow"), 0, "waiting for its end")
    tell("and is there once", "" if engine.server.ask("SELECT count(*) FROM fairlead_migrations WHERE kind = 'sql'", engine.database) == "1" else "it is not")


def main():
    with tempfile.TemporaryDirectory(prefix="fairlead migrate ") as scratch:
        sqlite = Sqlite(pathlib.Path(scratch) / "sqlite")
        sqlite.folder.mkdir()
        write(sqlite)
        table(sqlite, "the tool", of_tool)
        if not postgres.folder_of_programs():
            counted.skip(postgres.PART, "the same with PostgreSQL", postgres.INSTALL)
            counted.close(passed, failed)
        with postgres.Server() as server:
            engine = Postgres(server, pathlib.Path(scratch) / "postgres")
            engine.folder.mkdir()
            write(engine)
            table(engine, "the tool", of_tool)
            table(engine, "the server", of_server)
            orphan(engine)
            on_server(engine)
    counted.close(passed, failed)


main()
