"""What is migrated: up, down, redo and repair, in SQLite and in PostgreSQL."""
import contextlib
import pathlib
import shutil
import sqlite3
import threading
import time

import postgres
from files import BIN, ENDS, Scene, Sqlite, whole

STEPS = {"1_base": ("CREATE TABLE rows (who text, number integer);\nCREATE TABLE effects (version text);\n", "DROP TABLE rows;\nDROP TABLE effects;\n"),
         "2_first": ("CREATE TABLE made (who text, number integer);\nINSERT INTO effects VALUES ('2');\n", "DROP TABLE made;\nINSERT INTO effects VALUES ('-2');\n"),
         "3_second": ("ALTER TABLE rows ADD COLUMN note text;\nINSERT INTO effects VALUES ('3');\n", "ALTER TABLE rows DROP COLUMN note;\nINSERT INTO effects VALUES ('-3');\n")}
ONE_BY_ONE = "-- fairlead: no-transaction\n"
INDEX = "CREATE INDEX CONCURRENTLY rows_number ON rows (number);\n"
INVALID = ONE_BY_ONE + "CREATE UNIQUE INDEX CONCURRENTLY rows_once ON rows (who);\nINSERT INTO effects VALUES ('3');\n"
TOLD = ("locked", "read", "before", "after")
EACH = ("before", "started", "progressed", "ran", "after")
LATE = ("after", "ran", "failed")


class Kind:
    """A command and the versions that it leaves. `begun`: what has run before; `files`: other texts than those of STEPS."""

    def __init__(self, name, words, places, wanted, begun=("up",), files=(), fails=False, later=()):
        self.name, self.words, self.places, self.wanted, self.begun, self.files, self.fails = name, words, places, wanted, begun, dict(files), fails
        self.later = dict(later)  # texts that come when `begun` has run


def kinds(engine):
    index = INDEX if engine == "PostgreSQL" else ""
    statement = ("statement",) if index else ()
    single = {"2_first.up": ONE_BY_ONE + STEPS["2_first"][0] + index}
    back = {"3_second.down": ONE_BY_ONE + STEPS["3_second"][1]}
    first = ("up", "--to", "1")
    yield Kind("up", ("up",), ("locked", "read", "ready", "before", "after"), {"2", "3"}, first)
    yield Kind("up, one by one", ("up",), ("locked", "ready", *EACH, *statement), {"2", "3"}, first, single)
    yield Kind("up that fails", ("up",), ("failed",), set(), first, {"2_first.up": ONE_BY_ONE + STEPS["2_first"][0] + "INSERT INTO absent VALUES (1);\n"}, fails=True)
    yield Kind("down", ("down", "2"), ("locked", "read", "ready", "before", "after"), set())
    yield Kind("down, one by one", ("down", "1"), ("locked", "ready", *EACH), {"2"}, files=back)
    yield Kind("redo", ("redo",), ("locked", "read", "ready", "before", "after", "between"), {"2", "3"})
    yield Kind("repair --mark-applied", ("repair", "--mark-applied", "3"), TOLD, {"2"}, ("up", "--to", "2"))
    yield Kind("repair --mark-pending", ("repair", "--mark-pending", "3"), TOLD, {"2", "3"})
    yield Kind("repair --accept-checksum", ("repair", "--accept-checksum", "3"), TOLD, {"2", "3"}, later={"3_second.up": STEPS["3_second"][0] + "-- more\n"})
    if index:
        yield Kind("repair --drop-invalid-indexes", ("repair", "--drop-invalid-indexes"), (*TOLD, "index-invalid"), {"2"}, files={"3_second.up": INVALID}, fails=True)


class Migrations(Scene):
    """Versions 1 to 3; what each did stands in `effects`, what was taken back with a minus."""
    name = "migrations"
    engine = ""

    def __init__(self, scratch, kind, number):
        super().__init__(f"{kind.name}, {self.engine}", scratch / f"migrations {self.engine} {number}")
        self.kind, self.number, self.places = kind, 0, kind.places
        self.acts = {one.__name__: one for one in (self.write, self.write_long, self.hold, self.open, self.create, self.rename, self.delete, self.rename_table, self.shape,
                                                   self.drop_record, self.put_record, self.erase_record, self.migrate, self.edit, self.remove, self.add)}
        # What is read from the record is what is there: a shorter record is another command.
        self.senseless = {("locked", "erase_record")} if kind.words[0] == "down" else {("after", "put_record")} if "pending" in kind.name else set()
        (self.folder / "fairlead.yml").write_text("version: 1\nenvironments: {dev: {}}\nmigrate: {backup_first: 'no'}\n")
        self.prepare(kind.begun)
        self.keep()

    def prepare(self, begun):
        self.put_files(self.kind.files)
        self.make()
        self.call("fairlead-migrate", "up", "--to", "1", "--env", "dev")
        assert self.say("INSERT INTO rows VALUES ('before', 1); INSERT INTO rows VALUES ('before', 2)")
        done = self.call("fairlead-migrate", *begun, "--env", "dev", check=False)
        assert bool(done.returncode) == ("invalid" in self.kind.name), done

    def put_files(self, texts):
        folder = self.folder / "migrations"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, (there, back) in STEPS.items():
            (folder / f"{name}.up.sql").write_text(texts.get(f"{name}.up", there))
            (folder / f"{name}.down.sql").write_text(texts.get(f"{name}.down", back))

    def command(self):
        return [BIN / "fairlead-migrate", *self.kind.words, "--env", "dev"]

    def reset(self):
        self.put_files(self.kind.files | self.kind.later)
        self.restore_kept()
        self.acknowledged, self.put = {("before", 1), ("before", 2)}, set()

    def row(self, who, table="rows"):
        self.number += 1
        return (who, self.number), f"INSERT INTO {table} (who, number) VALUES ('{who}', {self.number})"

    def write(self, place):
        row, text = self.row("short")
        if self.say(text):
            self.acknowledged.add(row)

    def create(self, place):
        """The table that a migration makes."""
        row, text = self.row("made", "made")
        if self.say(f"CREATE TABLE made (who text, number integer); {text}"):
            self.acknowledged.add(row)

    def rename_table(self, place):
        self.say("ALTER TABLE rows RENAME TO moved_rows")

    def shape(self, place):
        self.say("ALTER TABLE rows ADD COLUMN note text")

    def drop_record(self, place):
        self.say("DROP TABLE fairlead_migrations")

    def put_record(self, place):
        """By hand: it is there."""
        if self.say("INSERT INTO fairlead_migrations (version, name, state) VALUES ('3', 'second', 'applied')"):
            self.put.add("3")

    def erase_record(self, place):
        self.say("DELETE FROM fairlead_migrations WHERE version = '3'")

    def migrate(self, place):
        self.call("fairlead-migrate", *self.kind.words, "--env", "dev", "--wait-lock", "100ms", check=False)

    def edit(self, place):
        with open(self.folder / "migrations/3_second.up.sql", "a") as file:
            file.write("INSERT INTO effects VALUES ('edited');\n")

    def remove(self, place):
        (self.folder / "migrations/3_second.up.sql").unlink()

    def add(self, place):
        (self.folder / "migrations/4_late.up.sql").write_text("INSERT INTO effects VALUES ('4');\n")

    def judge(self, place, act, status):
        wrong = []
        found = self.databases()
        rows = set().union(*(one for one, _, _ in found.values()))
        lost = self.acknowledged - rows
        wrong += [f"lost {sorted(lost, key=str)}"] if lost else []
        is_told_otherwise = self.kind.name.startswith("repair") or act in ("drop_record", "erase_record")
        for name, (_, record, effects) in found.items():
            for version in ("2", "3", "4"):
                net = effects.count(version) - effects.count("-" + version)
                if version in self.put:
                    wrong += [f"{name}: {version} ran, though it is written down as done: {effects}"] if net else []
                    continue
                wrong += [f"{name}: {version} ran {net} times: {effects}"] if net not in (0, 1) else []
                done = record.get(version) in ("applied", "baseline")
                if not is_told_otherwise and record and record.get(version) not in ("started", "failed") and net != done:
                    wrong.append(f"{name}: {version} is {record.get(version)}, and ran {net} times: {effects}")
        if status == 0 and not self.put and not self.kind.words[0] == "repair" and not (act in ("rename", "delete", "drop_record") and place in LATE):
            effects = found.get("app", (0, 0, []))[2]
            there = {version for version in ("2", "3") if effects.count(version) > effects.count("-" + version)}
            wrong += [f"status 0, and {there} are there instead of {self.kind.wanted}"] if there != self.kind.wanted else []
        wrong += ["status 0 of what fails"] if status == 0 and self.kind.fails and self.kind.words == ("up",) else []
        return wrong


def contents(tables, read):
    """Rows, the record, effects; `read` gives a query's rows."""
    rows = {(who, int(number)) for table in tables & {"rows", "moved_rows", "made"} for who, number in read(f"SELECT who, number FROM {table}")}
    record = dict(read("SELECT version, state FROM fairlead_migrations")) if "fairlead_migrations" in tables else {}
    return rows, record, [one for (one,) in read("SELECT version FROM effects")] if "effects" in tables else []


class InSqlite(Migrations):
    name = "migrations-sqlite"
    engine = "SQLite"

    @classmethod
    def scenes(cls, scratch):
        for number, kind in enumerate(kinds(cls.engine)):
            yield cls(scratch, kind, number)

    @property
    def path(self):
        return self.folder / "app.db"

    def environment(self):
        return super().environment() | {"DATABASE_URL": "sqlite:app.db"}

    def make(self):
        with contextlib.closing(sqlite3.connect(self.path)) as database:
            database.execute("PRAGMA journal_mode = wal")

    def keep(self):
        shutil.copy(self.path, self.folder / "kept")

    def restore_kept(self):
        for file in self.folder.glob("app.db*"):
            file.unlink()
        shutil.copy(self.folder / "kept", self.path)

    def say(self, text):
        if not self.path.exists():
            return False
        with contextlib.closing(sqlite3.connect(self.path, timeout=0.05)) as database:
            try:
                database.executescript(f"BEGIN; {text}; COMMIT")
                return True
            except sqlite3.DatabaseError:
                return False

    def write_long(self, place):
        """A connection that writes once more at the end."""
        database = sqlite3.connect(self.path, timeout=0.05)

        def add(who):
            row, text = self.row(who)
            with contextlib.suppress(sqlite3.OperationalError):
                database.execute(text)
                database.commit()
                self.acknowledged.add(row)
        add("long")
        self.held.append(lambda: (add("late"), database.close()))

    def hold(self, place):
        """A transaction that writes, and ends 0.3 s later."""
        database = sqlite3.connect(self.path, timeout=0.05, isolation_level=None, check_same_thread=False)
        row, text = self.row("held")
        try:
            database.execute("BEGIN IMMEDIATE")
            database.execute(text)
        except sqlite3.OperationalError:
            database.close()
            return

        def work():
            time.sleep(0.3)
            with contextlib.suppress(sqlite3.OperationalError):
                database.execute("COMMIT")
                self.acknowledged.add(row)
            database.close()
        thread = threading.Thread(target=work)
        thread.start()
        self.held.append(thread.join)

    open = Sqlite.open

    def rename(self, place):
        """And a copy of what was there at the start takes its place."""
        for end in ENDS:
            with contextlib.suppress(FileNotFoundError):
                pathlib.Path(f"{self.path}{end}").rename(f"{self.path}.moved{end}")
        shutil.copy(self.folder / "kept", self.path)
        self.write(place)

    def delete(self, place):
        for end in ENDS:
            pathlib.Path(f"{self.path}{end}").unlink(missing_ok=True)
        self.acknowledged = set()

    def databases(self):
        found = {}
        for file in self.folder.glob("app.db*"):
            if file.name.endswith(ENDS[1:]):
                continue
            said, _ = whole(file)
            assert said == "ok", said
            with contextlib.closing(sqlite3.connect(file)) as database:
                tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
                found[file.name.removesuffix(".db")] = contents(tables, database.execute)
        return found


class InPostgres(Migrations):
    name = "migrations-postgres"
    engine = "PostgreSQL"

    @classmethod
    def scenes(cls, scratch):
        if postgres.folder_of_programs() is None:
            print(f"SKIPPED: {postgres.PART}: {postgres.INSTALL}")
            return
        with postgres.Server() as cls.server:
            for number, kind in enumerate(kinds(cls.engine)):
                yield cls(scratch, kind, number)

    def __init__(self, *words):
        super().__init__(*words)
        self.acts["terminate"] = self.terminate

    def environment(self):
        return super().environment() | {"DATABASE_URL": self.server.url("app")}

    def ours(self):
        return self.server.ask("SELECT datname FROM pg_database WHERE datname IN ('app', 'moved')").split()

    def make(self):
        for one in [*self.ours(), "kept"]:
            self.server.psql(f"DROP DATABASE IF EXISTS {one} WITH (FORCE)")
        self.server.psql("CREATE DATABASE app")

    def keep(self):
        self.server.wait_alone()
        self.server.psql("CREATE DATABASE kept TEMPLATE app")

    def restore_kept(self):
        for one in self.ours():
            self.server.psql(f"DROP DATABASE {one} WITH (FORCE)")
        self.server.psql("CREATE DATABASE app TEMPLATE kept")

    def say(self, text, database="app"):
        """Whether it did; nobody waits long for a lock."""
        return self.server.psql(f"SET lock_timeout = '300ms';\n{text}", database, check=False).returncode == 0

    def session(self, text):
        return self.server.session("app", "SET lock_timeout = '300ms';\n" + text) if "app" in self.ours() else None

    def write_long(self, place):
        """A session that writes once more at the end."""
        row, text = self.row("long")
        late, more = self.row("late")
        if (session := self.session(text + ";")) is None:
            return
        if self.server.ask(f"SELECT count(*) FROM rows WHERE number = {row[1]}", "app") == "1":
            self.acknowledged.add(row)

        def end():
            said = session.communicate(f"{more} RETURNING 'added';\n")[0] if session.poll() is None else ""
            if "added" in said.split():
                self.acknowledged.add(late)
        self.held.append(end)

    def later(self, session, text, row=None):
        def work():
            time.sleep(0.3)
            said = session.communicate(text)[0] if session.poll() is None else ""
            if row and "added" in said.split():
                self.acknowledged.add(row)
        thread = threading.Thread(target=work)
        thread.start()
        self.held.append(thread.join)

    def hold(self, place):
        """A transaction that writes, and ends 0.3 s later."""
        row, text = self.row("held")
        if session := self.session(f"BEGIN; {text};"):
            self.later(session, "COMMIT;\n\\if :ERROR\n\\else\nSELECT 'added' FROM rows WHERE number = %d;\n\\endif\n" % row[1], row)

    def open(self, place):
        """One that locks the table."""
        if session := self.session("BEGIN; LOCK TABLE rows;"):
            self.later(session, "ROLLBACK;\n")

    def rename(self, place):
        """And a copy of what was there at the start takes its place."""
        if self.say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'app';\nALTER DATABASE app RENAME TO moved", "postgres"):
            self.server.psql("CREATE DATABASE app TEMPLATE kept")
            self.write(place)

    def delete(self, place):
        if self.say("DROP DATABASE app WITH (FORCE)", "postgres"):
            self.acknowledged = set()

    def terminate(self, place):
        self.say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'app'", "postgres")

    def databases(self):
        found = {}
        for name in self.ours():
            tables = set(self.server.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name).split())

            def read(text, name=name):
                return [tuple(line.split("|")) for line in self.server.ask(text, name).splitlines()]
            found[name] = contents(tables, read)
        return found


SCENES = [InSqlite, InPostgres]
