#!/usr/bin/python3
# needs: postgres; takes: 30 s
"""kth_of_n.py BIN [NAME...]: the k-th of three fails, for k = 1, 2, 3: of migrations, statements, rows, sources, stores, parts, targets and
components, in up, down, redo, run, restore, apply, rollback and down. Each row of TABLE shows what was done before it, that nothing of it
and of what comes behind was, the status, what the message names, and that the same command ends once the cause is gone.
(Replicas of one release: tests/unit/deploy/carry/deployment_rolling.cpp.)"""
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import backups  # noqa: E402
import counted  # noqa: E402
import postgres  # noqa: E402
from exec_site import BIN, ORDER, Whole  # noqa: E402

N = 3
LETTERS = "abc"
SOURCES = ["one", "two", "three"]


class Shown:
    """The results of one row: which engine, of what the k-th fails."""

    def __init__(self, row, k):
        self.row, self.k = row, k

    def that(self, what, so, seen=""):
        counted.note(f"{self.row}, {self.k} of {N}: {what}", "" if so else f"no: {seen}")

    def told(self, what, done, status, names=(), silent=()):
        said = done.stdout + done.stderr
        wrong = [f"lacks '{one}'" for one in names if one not in said] + [f"names '{one}'" for one in silent if one in said]
        self.that(what, done.returncode == status and not wrong, f"status {done.returncode}, expected {status}; {wrong}\n{said}")


class SQLite:
    name = "sqlite"

    def __init__(self, folder):
        self.file, self.url = folder / "app.db", "sqlite:app.db"

    def run(self, text):
        with sqlite3.connect(self.file) as database:
            rows = [list(map(str, row)) for statement in text.split(";") if statement.strip() for row in database.execute(statement)]
        database.close()
        return rows

    def tables(self):
        return [name for (name,) in self.run("SELECT name FROM sqlite_master WHERE type = 'table' AND length(name) = 1 ORDER BY name")]


class PostgreSQL:
    name = "postgres"
    server, count = None, 0

    def __init__(self, folder):
        PostgreSQL.count += 1
        self.database = f"kth{PostgreSQL.count}"
        self.server.psql(f"CREATE DATABASE {self.database}")
        self.url = self.server.url(self.database)

    def run(self, text):
        return [line.split("|") for line in self.server.ask(text, self.database).splitlines()]

    def tables(self):
        return [name for (name,) in self.run("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND "
                                             "length(relname) = 1 ORDER BY relname")]


class Migrations:
    def __init__(self, folder, engine):
        self.folder = folder
        (folder / "migrations").mkdir(parents=True)
        (folder / "fairlead.yml").write_text("version: 1\nenvironments: {dev: {}}\nmigrate: {backup_first: 'no', rules: {mig-no-down: off}}\n")
        self.database = engine(folder)

    def write(self, number, way, text, head=""):
        (self.folder / f"migrations/{number}_{LETTERS[number - 1]}.{way}.sql").write_text(head + text)

    def each(self, failing=0, way="up"):
        """Three migrations, a table each; the failing one's file of that way wants a table that is not there."""
        for number, letter in enumerate(LETTERS, 1):
            wants = f"INSERT INTO wanted VALUES ({number});\n"
            self.write(number, "up", f"CREATE TABLE {letter} (i int);\n" + wants * (number == failing and way == "up"))
            self.write(number, "down", f"DROP TABLE {letter};\n" + wants * (number == failing and way == "down"))

    def one(self, k, way="up", head=""):
        """One migration of three statements; the k-th of that way wants a table that is not there."""
        for each, text in (("up", "CREATE TABLE {} (i int);\n"), ("down", "DROP TABLE {};\n")):
            statements = [text.format(letter) for letter in LETTERS]
            if each == way and k:
                statements[k - 1] = f"INSERT INTO wanted VALUES ({k});\n" + statements[k - 1]
            self.write(1, each, "".join(statements), head)

    def run(self, *words):
        return subprocess.run([BIN / "fairlead-migrate", *words, "--env", "dev"], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=120, check=False, env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": tempfile.gettempdir(),
                                                             "DATABASE_URL": self.database.url})


def up(shown, folder, engine):
    one, k = Migrations(folder, engine), shown.k
    one.each(k)
    shown.told("it stops there", one.run("up"), 1, [f"{k}_{LETTERS[k - 1]}.up.sql:2", "wanted", f"{k - 1} applied, {N - k + 1} pending"], [f"{k + 1}_"])
    shown.that("only those before it are there", one.database.tables() == list(LETTERS[:k - 1]), one.database.tables())
    shown.told("status says so", one.run("status"), 1, [f"{k - 1} applied, {N - k + 1} pending"])
    one.database.run("CREATE TABLE wanted (i int)")
    shown.told("up goes on", one.run("up"), 0, ["3 applied, 0 pending"])
    shown.that("each ran once", one.database.tables() == list(LETTERS) and one.database.run("SELECT i FROM wanted") == [[str(k)]], one.database.tables())


def down(shown, folder, engine):
    one, number = Migrations(folder, engine), N - shown.k + 1
    one.each()
    one.run("up")
    one.each(number, "down")
    shown.told("it stops there", one.run("down", "--to", "0"), 1, [f"{number}_{LETTERS[number - 1]}.down.sql:2", "it stays applied", f"{number} applied, {shown.k - 1} pending"])
    shown.that("it and those before it stay", one.database.tables() == list(LETTERS[:number]), one.database.tables())
    one.database.run("CREATE TABLE wanted (i int)")
    shown.told("down goes on", one.run("down", "--to", "0"), 0, [f"{number} migration"])
    shown.that("each went once", one.database.tables() == [] and one.database.run("SELECT i FROM wanted") == [[str(number)]], one.database.tables())


def redo_down(shown, folder, engine):
    one = Migrations(folder, engine)
    one.one(0)
    one.run("up")
    one.one(shown.k, "down")
    shown.told("it isn't done again", one.run("redo"), 1, ["1_a.down.sql", f"statement {shown.k} of 4", "it stays applied", "1 applied, 0 pending"])
    shown.that("nothing went", one.database.tables() == list(LETTERS), one.database.tables())
    one.database.run("CREATE TABLE wanted (i int)")
    shown.told("redo then does", one.run("redo"), 0, ["1 applied, 0 pending"])
    shown.that("all is there again", one.database.tables() == list(LETTERS), one.database.tables())


def redo_up(shown, folder, engine):
    one = Migrations(folder, engine)
    one.one(0)
    one.run("up")
    one.one(shown.k)
    shown.told("it is taken back and can't be done again", one.run("redo"), 1, ["1_a.up.sql", f"statement {shown.k} of 4", "0 applied, 1 pending"])
    shown.that("nothing of it is left", one.database.tables() == [], one.database.tables())
    one.database.run("CREATE TABLE wanted (i int)")
    shown.told("up then does it", one.run("up"), 0, ["1 applied, 0 pending"])
    shown.that("all is there again", one.database.tables() == list(LETTERS), one.database.tables())


def statement(shown, folder, engine, head=""):
    one = Migrations(folder, engine)
    one.one(shown.k, head=head)
    shown.told("it is refused", one.run("up"), 1, ["1_a.up.sql", f"statement {shown.k} of 4", "nothing of it is left"])
    shown.that("none of them ran", one.database.tables() == [], one.database.tables())
    one.database.run("CREATE TABLE wanted (i int)")
    shown.told("up runs all", one.run("up"), 0, ["1 applied, 0 pending"])
    shown.that("they are there", one.database.tables() == list(LETTERS), one.database.tables())


def statement_keys_off(shown, folder, engine):
    """One by one in a transaction."""
    statement(shown, folder, engine, "-- fairlead: foreign-keys=off\n")


def alone(shown, folder, engine):
    """Statements that each end by themselves: those before it stay, and it goes on there."""
    one = Migrations(folder, engine)
    one.one(shown.k, head="-- fairlead: no-transaction\n")
    shown.told("it stops there", one.run("up"), 1, ["1_a.up.sql", f"statement {shown.k} of 4"])
    shown.that("those before it stay", one.database.tables() == list(LETTERS[:shown.k - 1]), one.database.tables())
    one.database.run("CREATE TABLE wanted (i int)")
    shown.told("up goes on with it", one.run("up"), 0, ["1 applied, 0 pending"])
    shown.that("each ran once", one.database.tables() == list(LETTERS) and one.database.run("SELECT i FROM wanted") == [[str(shown.k)]], one.database.tables())


def foreign_key(shown, folder, engine, later="", head=""):
    one = Migrations(folder, engine)
    one.write(1, "up", f"CREATE TABLE p (i int PRIMARY KEY);\nCREATE TABLE c (i int REFERENCES p (i){later});\nINSERT INTO p VALUES (1), (2), (3);\n"
                       f"DELETE FROM p WHERE i = {shown.k};\n")
    one.write(2, "up", "".join(f"INSERT INTO c VALUES ({i});\n" for i in range(1, N + 1)), head)
    shown.told("it is refused", one.run("up"), 1, ["2_b.up.sql", "1 applied, 1 pending"])
    shown.that("no row is there", one.database.run("SELECT i FROM c") == [], one.database.run("SELECT i FROM c"))
    one.database.run(f"INSERT INTO p VALUES ({shown.k})")
    shown.told("up takes all", one.run("up"), 0, ["2 applied, 0 pending"])
    shown.that("the rows are there", one.database.run("SELECT i FROM c ORDER BY i") == [["1"], ["2"], ["3"]])


def foreign_keys_off(shown, folder, engine):
    """What SQLite doesn't ask then is asked at the end: one row is enough."""
    foreign_key(shown, folder, engine, head="-- fairlead: foreign-keys=off\n")


def deferred_key(shown, folder, engine):
    foreign_key(shown, folder, engine, " DEFERRABLE INITIALLY DEFERRED")


class Saved(backups.Project):
    """Three databases, and as many stores as `stores` names."""

    def __init__(self, folder, stores="file:store"):
        sources = ", ".join(f"{{name: {name}, engine: sqlite, url_env: {name.upper()}_URL}}" for name in SOURCES)
        super().__init__(folder, f"  stores: [{stores}]\n  sources: [{sources}]\n", **{f"{name.upper()}_URL": f"sqlite:{name}.db" for name in SOURCES})
        for name in SOURCES:
            backups.make(folder / f"{name}.db", 20)

    def add(self):
        for name in SOURCES:
            with sqlite3.connect(self.folder / f"{name}.db") as database:
                database.execute("INSERT INTO notes (text) VALUES ('later')")
            database.close()

    def rows(self):
        return [len(backups.rows(self.folder / f"{name}.db")) for name in SOURCES]

    def parts(self):
        return [json.loads(file.read_text())["parts"] for file in sorted(self.store.glob("*.manifest.json"))]


def source(shown, folder):
    one, name = Saved(folder), SOURCES[shown.k - 1]
    file = folder / f"{name}.db"
    whole = file.read_bytes()
    file.write_bytes(b"SQLite format 3\0" + os.urandom(5000))
    shown.told("no set is made", one.run("run"), 3, [f"/{name}.db"], [f"/{other}.db" for other in SOURCES if other != name])
    shown.that("nothing is left of those before it", backups.names(one.store) == [], backups.names(one.store))
    file.write_bytes(whole)
    shown.told("run makes it then", one.run("run"), 0, SOURCES)
    shown.that("of all three", [[part["name"] for part in parts] for parts in one.parts()] == [SOURCES], one.parts())


def store(shown, folder):
    one = Saved(folder, "file:1, file:2, file:3")
    (folder / str(shown.k)).write_text("not a folder")
    others = [str(number) for number in range(1, N + 1) if number != shown.k]
    done = one.run("run")
    shown.told("it is a no, with the store's name", done, 3, [f"/{shown.k}'", "is not a folder"])
    have = [other for other in others if (folder / other).is_dir() and any(path.name.endswith("manifest.json") for path in (folder / other).iterdir())]
    shown.that("a set is in both others, or in none where the first failed", have == ([] if shown.k == 1 else others), f"{have} {done.stdout}{done.stderr}")
    (folder / str(shown.k)).unlink()
    one.later()
    shown.told("run reaches all then", one.run("run"), 0)
    newest = one.sets(f"file:{folder}/1")[0]
    shown.that("with the same set", all(one.sets(f"file:{folder}/{number}")[0] == newest for number in range(1, N + 1)), newest)


def part(shown, folder):
    one, name = Saved(folder), SOURCES[shown.k - 1]
    one.run("run")
    file = one.store / next(part["file"] for part in one.parts()[0] if part["name"] == name)
    whole = file.read_bytes()
    file.write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
    one.add()
    restore = ["restore", "latest", "--to", "original", "--overwrite"]
    shown.told("nothing is restored", one.run(*restore), 1, [file.name, "is damaged"])
    shown.that("not even those before it", one.rows() == [21] * N, one.rows())
    file.write_bytes(whole)
    shown.told("restore does it then", one.run(*restore), 0, ["restored"])
    shown.that("all three", one.rows() == [20] * N, one.rows())


def target(shown, folder):
    one, name = Saved(folder), SOURCES[shown.k - 1]
    one.run("run")
    one.add()
    file, away = folder / f"{name}.db", folder / "away.db"
    file.rename(away)
    file.mkdir()
    (file / "theirs").write_text("x")
    restore = ["restore", "latest", "--to", "original", "--overwrite"]
    done = one.run(*restore)
    shown.told("it is refused with the target's name", done, 2, [f"/{name}.db' is there and is not a file"])
    shown.that("what was in the way stays", (file / "theirs").exists())
    shutil.rmtree(file)
    away.rename(file)
    shown.that("nothing of the others was replaced", one.rows() == [21] * N, f"{one.rows()} {done.stdout}{done.stderr}")
    shown.told("restore does it then", one.run(*restore), 0, ["restored"])
    shown.that("all three", one.rows() == [20] * N, one.rows())


def held(shown, folder):
    one, name = Saved(folder), SOURCES[shown.k - 1]
    one.run("run")
    one.add()
    writer = sqlite3.connect(folder / f"{name}.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    restore = ["restore", "latest", "--to", "original", "--overwrite"]
    before = ["was restored before it" if shown.k == 2 else "were restored before it", *SOURCES[:shown.k - 1]] if shown.k > 1 else []
    done = one.run(*restore)
    shown.told("it is refused with the target's name", done, 3, [f"/{name}.db' is in use", *before])
    writer.close()
    shown.that("those before it are restored, the others not", one.rows() == [20] * (shown.k - 1) + [21] * (N - shown.k + 1), f"{one.rows()} {done.stderr}")
    shown.told("restore does the rest then", one.run(*restore), 0, ["restored"])
    shown.that("all three", one.rows() == [20] * N, one.rows())


def component(shown, folder):
    whole, name = Whole(folder), ORDER[shown.k - 1]
    whole.apply("1.0.0")
    whole.apply("2.0.0")
    whole.asked()
    whole.sick(name, "3.0.0")
    shown.told("apply takes all back", whole.apply("3.0.0"), 1, [f"{name} was not deployed", "no component was deployed before it" if shown.k == 1 else f"{shown.k - 1} component"])
    before, behind = ORDER[:shown.k], ORDER[shown.k:]
    asked = whole.asked()
    shown.that("in the opposite order, and touches none behind it", asked == [f"{one} put 3.0.0" for one in before] + [f"{one} put 2.0.0" for one in reversed(before)] and
               whole.serving() == ["2.0.0"] * N, f"{asked} {behind}")
    whole.well(name, "3.0.0")
    shown.told("apply goes on then", whole.apply("3.0.0"), 0)
    shown.that("all serve it", whole.serving() == ["3.0.0"] * N, whole.serving())


def component_back(shown, folder):
    whole, order = Whole(folder), ORDER[::-1]
    whole.apply("1.0.0")
    whole.apply("2.0.0")
    whole.asked()
    name = order[shown.k - 1]
    whole.sick(name, "1.0.0")
    shown.told("rollback stops there", whole.run("rollback"), 3, [f"{name}: rolled back: 1.0.0", "is not deployed"])
    back = {one: "1.0.0" for one in order[:shown.k - 1]}
    shown.that("those before it are back, it and those behind serve on", whole.serving() == [back.get(one, "2.0.0") for one in ORDER], whole.serving())
    whole.well(name, "1.0.0")
    whole.asked()
    shown.told("rollback goes on with it", whole.run("rollback"), 0, [f"{N - shown.k + 1} component"])
    shown.that("and asks nobody twice", whole.serving() == ["1.0.0"] * N and whole.asked() == [f"{one} put 1.0.0" for one in order[shown.k - 1:]], whole.serving())


def component_down(shown, folder):
    whole, order = Whole(folder), ORDER[::-1]
    whole.apply("1.0.0")
    whole.asked()
    name = order[shown.k - 1]
    ctl = whole.parts[name].here / "ctl"
    text = ctl.read_text()
    ctl.write_text(text.replace("stop) rm", "stop) exit 1; rm"))
    shown.told("down stops there", whole.run("down"), 3, ["target.down './ctl stop' ended with status 1; run again to finish"], ["nothing serves"])
    shown.that("and asks none behind it", whole.asked("stop") == [f"{one} stop" for one in order[:shown.k]] and
               whole.serving() == [("1.0.0" if one in order[shown.k - 1:] else "") for one in ORDER], whole.serving())
    ctl.write_text(text)
    shown.told("down goes on with it", whole.run("down"), 0)
    shown.that("and asks nobody twice", whole.asked("stop") == [f"{one} stop" for one in order[shown.k - 1:]] and whole.serving() == [""] * N, whole.serving())


MIGRATE = {"up": up, "down": down, "redo, back": redo_down, "redo, again": redo_up, "statement": statement, "statement alone": alone, "foreign key": foreign_key,
           "deferred foreign key": deferred_key}
TABLE = {"source": source, "store": store, "part": part, "target": target, "held": held, "component": component, "component back": component_back,
         "component down": component_down}


def main():
    wanted = sys.argv[2:]
    with tempfile.TemporaryDirectory(prefix="fairlead-kth-") as scratch:
        folder = pathlib.Path(scratch)
        folder.chmod(0o755)

        def rows(table, *engine):
            for name, row in table.items():
                label = " ".join([*(one.name for one in engine), name])
                for k in range(1, N + 1):
                    if not wanted or name in wanted:
                        row(Shown(label, k), folder / f"{label} {k}".replace(",", "").replace(" ", "-"), *engine)
        rows(TABLE)
        rows({**MIGRATE, "foreign keys off": foreign_keys_off, "statement, foreign keys off": statement_keys_off}, SQLite)
        if postgres.folder_of_programs() is None:
            counted.skip(postgres.PART, "migrations on a server", postgres.INSTALL)
        else:
            with postgres.Server(port=0) as PostgreSQL.server:
                rows(MIGRATE, PostgreSQL)
    counted.close()


main()
