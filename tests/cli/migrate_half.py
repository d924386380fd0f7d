#!/usr/bin/python3
# needs: postgres; takes: 5 s
"""migrate_half.py BIN: what is half there on a real server (tests/support/postgres.py): files corrected behind what ran, invalid
indexes, sessions that were ended, statements that change the session.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-migrate"


class Project:
    """A folder and a database of its own."""

    def __init__(self, scratch, server, name, config=""):
        self.folder, self.server, self.name = scratch / name, server, name
        (self.folder / "migrations").mkdir(parents=True)
        (self.folder / "fairlead.yml").write_text("version: 1\nenvironments: {dev: {}, production: {}}\n"
                                                  f"migrate: {{backup_first: 'no', rules: {{mig-no-down: off}}{config}}}\n")
        server.psql(f"CREATE DATABASE {name}")
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "DATABASE_URL": server.url(name)}

    def write(self, name, text):
        (self.folder / "migrations" / name).write_text(text)

    def start(self, *words):
        return subprocess.Popen([PROGRAM, *words, "--env", "dev"], cwd=self.folder, env=self.environment, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, what, status, *words, says=()):
        process = self.start(*words)
        said = process.communicate(timeout=120)[0]
        missing = [one for one in says if one not in said]
        wrong = process.returncode != status or missing
        counted.note(f"{self.name}: {what}", f"status {process.returncode}, not {status}; missing {missing}\n{said}" if wrong else "")
        return said

    def ask(self, text):
        return self.server.ask(text, self.name)

    def expect(self, what, text, answer):
        got = self.ask(text)
        counted.note(f"{self.name}: {what}", "" if got == answer else f"{got}, not {answer}")


def corrected(scratch, server):
    one = Project(scratch, server, "corrected")
    head, tail = "-- fairlead: no-transaction\ncreate table b1 (i int);\n", "create table b2 (i int);\n"
    one.write("1_b.up.sql", f"{head}alter table b1 add column x itn;\n{tail}")
    one.run("it stops at the wrong statement", 1, "up", says=["statement 2 of 3", "correct the cause and run it again"])
    one.write("1_b.up.sql", "-- fairlead: no-transaction\ncreate table b1 (i bigint);\nalter table b1 add column x int;\n")
    one.run("what ran stays as it was", 1, "up", says=["only statement 2, which was refused"])
    one.run("repair says the same", 0, "repair", says=["has changed since. Only statement 2"])
    one.run("and so does its flag", 2, "repair", "--accept-checksum", "1", says=["is half there", "fairlead-migrate up"])
    one.write("1_b.up.sql", f"{head}alter table b1 add column x int;\n{tail}")
    one.run("repair lets it go on", 0, "repair", says=["Go on where it stopped:           fairlead-migrate up"])
    one.run("plan takes it", 0, "plan", says=["ran before"])
    one.run("corrected it goes on", 0, "up", says=["goes on with statement 2 of 3"])
    one.expect("all of it is there", "select count(*) from information_schema.columns where table_name in ('b1', 'b2')", "3")
    one.run("and its file is known", 0, "verify", says=["1 file compared"])
    one.run("nothing is left to do", 0, "status")


def invalid_index(scratch, server):
    one = Project(scratch, server, "invalid")
    server.psql("create table a (i int); insert into a values (1), (1)", "invalid")
    one.write("1_i.up.sql", "-- fairlead: no-transaction\ncreate unique index concurrently if not exists iu on a(i);\n")
    one.run("duplicates", 1, "up", says=["invalid indexes are left: public.iu"])
    one.run("what is left is told", 0, "repair", "--mark-pending", "1", says=["the index public.iu is invalid"])
    one.run("it doesn't count", 1, "up", says=["it is dropped and made again"])
    server.psql("delete from a", "invalid")
    one.run("mended it does", 0, "up", says=["it is dropped and made again"])
    one.expect("the index is valid", "select indisvalid from pg_index where indexrelid = 'iu'::regclass", "t")
    one.run("verify", 0, "verify")
    server.psql("update pg_index set indisvalid = false where indexrelid = 'iu'::regclass", "invalid")
    one.run("verify sees an index that is invalid", 1, "verify", says=["migrate/drift"])
    one.write("2_j.up.sql", "create unique index if not exists iu on a(i);\n")
    one.run("in a transaction it is refused", 1, "up", says=["is there and invalid", "DROP INDEX CONCURRENTLY public.iu"])


def sessions(scratch, server):
    one = Project(scratch, server, "lost")
    one.write("1_a.up.sql", "create table a (i int); select pg_sleep(3);\n")
    one.write("2_b.up.sql", "create table b (i int);\n")
    holder = f"select pid from pg_stat_activity where datname = 'lost' and query like '%pg_try_advisory_lock%' and state = 'idle'"
    work = "select count(*) from pg_stat_activity where datname = 'lost' and query like '%pg_sleep(3)%' and pid <> pg_backend_pid()"

    def at_work():
        process = one.start("up")
        for _ in range(100):
            if one.ask(work) == "1":
                return process
            time.sleep(0.1)
        return process

    process = at_work()
    server.psql("select pg_terminate_backend(l.pid) from pg_locks l where locktype = 'advisory' and not exists (select from "
                "pg_stat_activity a where a.pid = l.pid and a.query like '%pg_sleep(3)%')", "lost")
    said = process.communicate(timeout=60)[0]
    counted.note("lost: who lost the lock stops before the next one", "" if process.returncode == 3 and "stopped before 2 b" in said
                 else said)
    one.expect("and the next one isn't there", "select count(*) from pg_class where relname in ('a', 'b')", "1")
    one.write("2_b.up.sql", "create table b (i int); select pg_sleep(3);\n")
    process = at_work()
    pid = re.search(r"held by pid (\d+)", one.run("unlock tells", 0, "unlock", says=["is held by pid"]))[1]
    one.run("no number", 2, "unlock", "--terminate", "abc", says=["is not a process number"])
    one.run("both sessions end", 0, "unlock", "--terminate", pid, "--confirm", "dev", says=["and that of its work, pid"])
    said = process.communicate(timeout=60)[0]
    counted.note("lost: its work is over", "" if process.returncode == 3 else said)
    one.expect("nothing of it is there", "select count(*) from pg_class where relname = 'b'", "0")
    one.run("and nobody is waited for", 0, "up")


def settings(scratch, server):
    one = Project(scratch, server, "settings")
    one.write("1_a.up.sql", "-- fairlead: no-transaction\nset default_transaction_read_only = on;\nselect 1;\n")
    one.run("what is written down isn't the script's", 0, "up")
    one.write("2_b.up.sql", "-- fairlead: no-transaction\ncreate table b (i int);\ndiscard all;\n")
    one.run("DISCARD ALL is refused before anything ran", 2, "up", says=["2_b.up.sql:3: 'discard all' would release"])
    one.expect("nothing ran", "select count(*) from pg_class where relname = 'b'", "0")
    for number, where in enumerate(["schema: pg_temp", "table: pg_temp.t", "schema: 'public, pg_temp'"]):
        Project(scratch, server, f"place{number}", f", {where}").run("the server's own is no place", 2, "up", says=["pg_temp"])


if postgres.folder_of_programs() is None:
    counted.leave(postgres.PART, postgres.INSTALL)
with tempfile.TemporaryDirectory() as folder, postgres.Server() as running:
    for case in [corrected, invalid_index, sessions, settings]:
        case(pathlib.Path(folder), running)
counted.close()
