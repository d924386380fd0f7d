#!/usr/bin/python3
# needs: postgres; takes: 13 s
"""migrate_losses.py BIN: rows that a migration takes away though none of its statements says so, in production: by triggers, rules, cascades,
conflict clauses; and tables all of whose rows are changed so. On SQLite, and on a real server (tests/support/postgres.py). Each is rolled back and refused (status 2) until it is
confirmed; what takes nothing away runs as it did.
"""
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-migrate"
ONLY = sys.argv[2:]
ALONE = "-- fairlead: no-transaction\n"
CONFIG = """version: 1
environments: {live: {profile: production}}
migrate: {engine: %s, driver: sql, backup_first: 'no', rules: {%s}, seeds: {demo: {file: demo.sql, environments: [live]}}}
"""
RULES = ", ".join(f"{rule}: off" for rule in sorted(set(re.findall(r"\bmig-[a-z-]+", subprocess.run(
    [PROGRAM, "rules"], stdout=subprocess.PIPE, text=True, check=True).stdout)) - {"mig-edit-applied"}))
RECORDED = "SELECT count(*) FROM fairlead_migrations WHERE kind = 'sql'"
USERS = "CREATE TABLE users (id integer PRIMARY KEY, name text); INSERT INTO users VALUES (1, 'ada'), (2, 'bob'), (3, 'eve');"


class Case:
    """What is there before, the migrations (each one's ways up), and what is said of what they take away; nothing: they may."""

    def __init__(self, name, *ups, said="", before="", left=3, words=(), command=("up",), files=None, by_words=False,
                 recorded=None, confirms=True):
        self.name, self.ups, self.said, self.before, self.left, self.words = name, ups, said, before, left, words
        self.command, self.files, self.recorded, self.confirms = command, files or {}, recorded, confirms
        self.way = "look at it, then confirm it: " if by_words else "look at its triggers and rules, then confirm it: "


ERASES = "CREATE TABLE k (a integer); CREATE TRIGGER z AFTER INSERT ON k BEGIN DELETE FROM users; END;\n"
FIRES = "INSERT INTO k VALUES (1);\n"
LOST = "the table users lost 3 of 3 rows"
CHANGES = ERASES.replace("DELETE FROM users", "UPDATE users SET name = 'x'")
CHANGED = "the table users had all of its 3 rows changed"
SHOPS_FIRE = "INSERT INTO orders VALUES (1), (1), (1);\n"
SHOPS_TABLES = ("CREATE TABLE shops (id integer PRIMARY KEY, n integer); INSERT INTO shops VALUES (1, 0), (2, 0), (3, 0);"
                "CREATE TABLE orders (shop integer);")
SHOPS = SHOPS_TABLES + "CREATE TRIGGER z AFTER INSERT ON orders BEGIN UPDATE shops SET n = n + 1 WHERE id = new.shop; END;"
SQLITE = [
    Case("a trigger of its own", ERASES + FIRES, said=LOST),
    Case("one of another case of letters", ERASES.replace("FROM users", "FROM USERS") + FIRES, said=LOST),
    Case("one of an earlier migration", ERASES, FIRES, said=LOST),
    Case("one that was there", FIRES, before=ERASES, said=LOST),
    Case("one that takes a part", ERASES.replace("FROM users", "FROM users WHERE id = 2") + FIRES, said="the table users lost 1 of 3 rows"),
    Case("one that makes fewer", ERASES.replace("; END", "; INSERT INTO users VALUES (9, 'x'); END") + FIRES, said="lost 2 of 3 rows"),
    Case("one of a view", "CREATE VIEW v AS SELECT 1 AS a; CREATE TRIGGER z INSTEAD OF INSERT ON v BEGIN DELETE FROM users; END;\n"
                          "INSERT INTO v VALUES (1);\n", said=LOST),
    Case("one that lasts for the session", ERASES.replace("CREATE TRIGGER", "CREATE TEMP TRIGGER") + FIRES, said=LOST),
    Case("one behind a new name", "ALTER TABLE users RENAME TO people;\n" + ERASES.replace("FROM users", "FROM people") + FIRES,
         said=LOST),
    Case("a new name behind one", ERASES + FIRES + "ALTER TABLE users RENAME TO people;\n", said=LOST),
    Case("a cascade behind one", "CREATE TRIGGER z AFTER INSERT ON k BEGIN DELETE FROM parents; END; INSERT INTO k VALUES (1);\n",
         before="CREATE TABLE k (a); CREATE TABLE parents (id integer PRIMARY KEY); INSERT INTO parents VALUES (1);"
                "CREATE TABLE users2 (p REFERENCES parents ON DELETE CASCADE); INSERT INTO users2 VALUES (1);", said="the table "),
    Case("a cascade behind a conflict clause", "INSERT INTO parents VALUES (1);\n", said="the table children lost 1 of 1 row,",
         before="CREATE TABLE parents (id integer PRIMARY KEY ON CONFLICT REPLACE); INSERT INTO parents VALUES (1);"
                "CREATE TABLE children (p REFERENCES parents ON DELETE CASCADE); INSERT INTO children VALUES (1);"),
    Case("a conflict clause", "UPDATE codes SET code = 1 WHERE code < 9;\n", said="the table codes lost 1 of 2 rows",
         before="CREATE TABLE codes (code integer UNIQUE ON CONFLICT REPLACE); INSERT INTO codes VALUES (1), (2);"),
    Case("a conflict clause within a trigger", "CREATE TABLE k (a); CREATE TRIGGER z AFTER INSERT ON k BEGIN UPDATE OR REPLACE users SET "
         "id = 7; END;\n" + FIRES, said="the table users lost 2 of 3 rows"),
    Case("foreign keys off", "-- fairlead: foreign-keys=off\n" + ERASES + FIRES, said=LOST),
    Case("statement by statement", ALONE + ERASES + FIRES, said="2 statements before it ran and are kept"),
    Case("a transaction of its own", ALONE + ERASES + "BEGIN;\n" + FIRES + "COMMIT;\n", said=LOST),
    Case("a trigger on our own table", "CREATE TRIGGER z AFTER INSERT ON fairlead_migrations BEGIN DELETE FROM users; END;\n",
         said="it puts a trigger on fairlead_migrations"),
    Case("a temporary table in the place of ours", "CREATE TEMP TABLE fairlead_migrations AS SELECT * FROM main.fairlead_migrations;\n", "SELECT 1;\n",
         recorded=2),
    Case("a view in the place of ours", "ALTER TABLE fairlead_migrations RENAME TO theirs; CREATE VIEW fairlead_migrations AS SELECT * FROM theirs;"
         "CREATE TRIGGER z INSTEAD OF INSERT ON fairlead_migrations BEGIN INSERT INTO theirs (version, name, state) VALUES (1, '', 'applied'); END;\n",
         said="it puts a trigger on fairlead_migrations", confirms=False),
    Case("another table in the place of ours", "ALTER TABLE fairlead_migrations RENAME TO theirs; CREATE TABLE fairlead_migrations AS SELECT * FROM "
         "theirs WHERE false;\n", said="it changes fairlead_migrations"),
    Case("rows of ours", "SELECT 1;\n", "UPDATE fairlead_migrations SET state = 'reverted' WHERE version = '1';\n", said="it changes fairlead_migrations"),
    Case("a seed", command=("seed", "demo"), files={"demo.sql": FIRES}, before=ERASES, said="--confirm-destructive demo"),
    Case("a trigger that changes all", CHANGES + FIRES, said=CHANGED),
    Case("one that was there and changes all", FIRES, before=CHANGES, said=CHANGED),
    Case("one that changes all, statement by statement", ALONE + CHANGES + "BEGIN;\n" + FIRES + "COMMIT;\n", said=CHANGED),
    Case("a change of all by words", "UPDATE users SET name = 'x';\n", said="destroys something that nobody can bring back", by_words=True),
    Case("a change of all that asks nothing", "UPDATE users SET name = 'x' WHERE 1 = 1;\n", said="destroys", by_words=True),
    Case("a new column for all", "ALTER TABLE users ADD COLUMN kind text;\n", "UPDATE users SET kind = 'x';\n"),
    Case("an old column beside a new one", "ALTER TABLE users ADD COLUMN kind text;\nUPDATE users SET kind = 'x', name = 'y';\n", said="destroys",
         by_words=True),
    Case("a change of some", "UPDATE users SET name = 'x' WHERE id < 9;\n"),
    Case("a trigger that changes some", CHANGES.replace("'x'", "'x' WHERE id < 3") + FIRES),
    Case("a trigger at what is changed", "UPDATE users SET name = name || '!' WHERE id < 9;\n", before="CREATE TRIGGER z AFTER UPDATE OF name ON "
         "users BEGIN UPDATE users SET id = id WHERE id = new.id; END;"),
    Case("a trigger that counts", FIRES * 3, before="CREATE TABLE k (a integer); CREATE TABLE sums (n integer); INSERT INTO sums VALUES (0);"
         "CREATE TRIGGER z AFTER INSERT ON k BEGIN UPDATE sums SET n = n + 1; END;"),
    Case("a trigger that counts one of several", SHOPS_FIRE, before=SHOPS),
    Case("a trigger that counts each of several", SHOPS_FIRE.replace("(1), (1), (1)", "(1), (2), (3)"), before=SHOPS,
         said="the table shops had all of its 3 rows changed"),
    Case("the one before stays", "CREATE TABLE first (a integer);\n", ERASES + FIRES, said="done: 1 x"),
    Case("confirmed", ERASES + FIRES, words=("--confirm-destructive", "1"), left=0),
    Case("a trigger that only writes down", "CREATE TABLE k (a integer); CREATE TABLE log (a integer); CREATE TRIGGER z AFTER INSERT ON k BEGIN "
         "INSERT INTO log VALUES (new.a); END;\n" + FIRES),
    Case("a trigger that brings as many", ERASES.replace("; END", "; INSERT INTO users SELECT value, 'x' FROM json_each('[7,8,9]'); END") + FIRES),
    Case("a table that the run made", "CREATE TABLE t (a integer); INSERT INTO t VALUES (1);\n", "CREATE TABLE k (a integer);"
         "CREATE TRIGGER z AFTER INSERT ON k BEGIN DELETE FROM t; END;\n" + FIRES),
    Case("a table without rows", "CREATE TABLE k (a integer); CREATE TRIGGER z AFTER INSERT ON k BEGIN DELETE FROM bare; END;\n" + FIRES,
         before="CREATE TABLE bare (a integer);"),
    Case("an index of words that goes along", "UPDATE users SET name = name || '!' WHERE id < 9;\n",
         before="CREATE VIRTUAL TABLE words USING fts5(name); INSERT INTO words SELECT name FROM users; CREATE TRIGGER z AFTER UPDATE ON "
                "users BEGIN DELETE FROM words WHERE rowid = old.id; INSERT INTO words (rowid, name) VALUES (new.id, new.name); END;"),
    Case("a table built again", "-- fairlead: foreign-keys=off\nCREATE TABLE more (id integer PRIMARY KEY, name text NOT NULL);\n"
         "INSERT INTO more SELECT * FROM users;\n"),
]

FUNCTION = "CREATE TABLE k (a integer); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN %s; RETURN NULL; END $$;\n"
TRIGGER = "CREATE TRIGGER z AFTER INSERT ON k FOR EACH ROW EXECUTE FUNCTION f();\n"
LOST_THERE = "the table public.users lost 3 rows"
CHANGED_THERE = "the table public.users had all of its 3 rows changed"
ALL = "UPDATE users SET name = 'x'"
ELSEWHERE = ("dblink_exec(format('dbname=%s host=%s user=fairlead', current_database(), current_setting('unix_socket_directories')), "
             "'CREATE TABLE elsewhere (a integer)')")


def fired(does, trigger=TRIGGER, fires=FIRES):
    return FUNCTION % does + trigger + fires


PARTED = ("CREATE TABLE parted (region text, n integer) PARTITION BY LIST (region); CREATE TABLE north PARTITION OF parted FOR VALUES IN ('n');"
          "CREATE TABLE south PARTITION OF parted FOR VALUES IN ('s'); INSERT INTO parted SELECT 'n', i FROM generate_series(1, 5) i;")
SHOPS_THERE = SHOPS_TABLES + ("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE shops SET n = n + 1 WHERE id = NEW.shop; RETURN NEW; "
                              "END $$; CREATE TRIGGER z AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f();")
SHOPS_CAUGHT = SHOPS_THERE.replace("RETURN NEW; END", "RETURN NEW; EXCEPTION WHEN division_by_zero THEN RETURN NULL; END")
POSTGRES = [
    Case("a trigger of its own", fired("DELETE FROM users"), said=LOST_THERE),
    Case("one that was there", FIRES, before=FUNCTION % "DELETE FROM users" + TRIGGER, said=LOST_THERE),
    Case("one that takes a part", fired("DELETE FROM users WHERE id = 2"), said="the table public.users lost 1 row,"),
    Case("one that empties", fired("TRUNCATE users"), said="the table public.users was emptied"),
    Case("one that drops", fired("DROP TABLE users"), said="the table public.users is gone"),
    Case("one at the end", fired("DELETE FROM users", trigger="CREATE CONSTRAINT TRIGGER z AFTER INSERT ON k DEFERRABLE INITIALLY DEFERRED FOR "
         "EACH ROW EXECUTE FUNCTION f();\n"), said=LOST_THERE),
    Case("a rule that was there", FIRES, before="CREATE TABLE k (a integer); CREATE RULE r AS ON INSERT TO k DO INSTEAD DELETE FROM users;",
         said=LOST_THERE),
    Case("behind what the run brought", "INSERT INTO users SELECT i, 'x' FROM generate_series(10, 99) i;\n", fired("DELETE FROM users WHERE id < 4"),
         said=LOST_THERE, left=93),
    Case("with a search_path of its own", "CREATE SCHEMA odd; CREATE FUNCTION odd.same(oid, oid) RETURNS boolean LANGUAGE sql AS 'SELECT false';\n"
         "CREATE OPERATOR odd.= (FUNCTION = odd.same, LEFTARG = oid, RIGHTARG = oid);\n" + FUNCTION % "DELETE FROM public.users" + TRIGGER +
         "SET search_path = odd, public, pg_catalog;\n" + FIRES, said=LOST_THERE),
    Case("under another role", "CREATE ROLE some_app; GRANT INSERT ON k TO some_app; SET ROLE some_app;\n" + FIRES, said=LOST_THERE,
         before=FUNCTION % "DELETE FROM users" + "ALTER FUNCTION f() SECURITY DEFINER;" + TRIGGER),
    Case("uncounted", "SET track_counts = off;\n" + fired("DELETE FROM users"), said="track_counts is off in it"),
    Case("uncounted for a while", FUNCTION % "PERFORM set_config('track_counts', 'off', true); DELETE FROM users; PERFORM "
         "set_config('track_counts', 'on', true)" + TRIGGER + FIRES, said="track_counts is off in it"),
    Case("statement by statement", ALONE + fired("DELETE FROM users"), said=LOST_THERE),
    Case("a block", ALONE + fired("DELETE FROM users", fires="DO $$ BEGIN INSERT INTO k VALUES (1); END $$;\n"), said=LOST_THERE),
    Case("a transaction of its own", ALONE + FUNCTION % "DELETE FROM users" + TRIGGER + "BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n" +
         FIRES + "COMMIT;\n", said=LOST_THERE),
    Case("data of COPY", fired("DELETE FROM users", fires="COPY k FROM stdin;\n1\n\\.\n"), said=LOST_THERE),
    Case("data of COPY by itself", ALONE + fired("DELETE FROM users", fires="COPY k FROM stdin;\n1\n\\.\n"), said=LOST_THERE),
    Case("a trigger that changes all", fired(ALL), said=CHANGED_THERE),
    Case("one that was there and changes all", FIRES, before=FUNCTION % ALL + TRIGGER, said=CHANGED_THERE),
    Case("one that changes all, statement by statement", ALONE + fired(ALL), said=CHANGED_THERE),
    Case("a function that changes all", "CREATE FUNCTION g() RETURNS void LANGUAGE sql AS $$ UPDATE users SET name = 'x' $$;\nSELECT g();\n",
         said=CHANGED_THERE),
    Case("a block that changes all", "DO $$ BEGIN UPDATE users SET name = 'x'; END $$;\n", said=CHANGED_THERE),
    Case("a block that puts that together", "DO $$ BEGIN EXECUTE 'UPD' || 'ATE users SET id = id'; END $$;\n", said="destroys", by_words=True),
    Case("one under another role", "CREATE ROLE another; GRANT INSERT ON k TO another; SET ROLE another;\n" + FIRES, said=CHANGED_THERE,
         before=FUNCTION % ALL + "ALTER FUNCTION f() SECURITY DEFINER;" + TRIGGER),
    Case("a foreign key that changes all", "UPDATE parents SET id = id + 10 WHERE id > 0;\n", said="the table public.children had all of its 2 rows",
         before="CREATE TABLE parents (id integer PRIMARY KEY); INSERT INTO parents VALUES (1), (2); CREATE TABLE children (p integer REFERENCES "
                "parents ON UPDATE CASCADE); INSERT INTO children VALUES (1), (2);"),
    Case("large objects behind a trigger", fired("PERFORM lo_unlink(77), lo_unlink(78)"), before="SELECT lo_create(77), lo_create(78);",
         said="pg_largeobject_metadata (large objects) lost 2 rows"),
    Case("pages of a large object behind a trigger", fired("PERFORM lo_put(77, 1, 'x')"), before="SELECT lo_from_bytea(77, 'old');",
         said="pages of a large object were overwritten or cut"),
    Case("by a function that is parsed when it is made", "SELECT g();\n", before="SELECT lo_from_bytea(77, 'old'); CREATE FUNCTION g() RETURNS void "
         "LANGUAGE sql BEGIN ATOMIC SELECT lo_put(77, 1, 'x'); END;", said="destroys", by_words=True),
    Case("by a view, under a name in escapes", "SELECT * FROM v;\n", before="SELECT lo_from_bytea(77, 'old'); "
         "CREATE VIEW v AS SELECT U&\"\\006co_put\"(77, 1, 'x')::text;", said="pages of a large object"),
    Case("pages of an object that the run made", fired("PERFORM lo_put(lo_from_bytea(0, 'new'), 1, 'x')")),
    Case("large objects by words", "SELECT lo_unlink(77);\n", before="SELECT lo_create(77);", said="destroys", by_words=True),
    Case("a change of all by words", ALL + ";\n", said="destroys something that nobody can bring back", by_words=True),
    Case("a change of all within WITH", "WITH c AS (" + ALL + " RETURNING id) SELECT count(*) FROM c;\n", said="destroys", by_words=True),
    Case("a change of all that asks nothing", ALL + " WHERE true;\n", said="destroys", by_words=True),
    Case("a new column for all", "ALTER TABLE users ADD COLUMN kind text;\n", "UPDATE users SET kind = 'x';\n"),
    Case("a block that asks for some", "DO $$ BEGIN UPDATE users SET name = 'x' WHERE id < 9; END $$;\n"),
    Case("a trigger that changes some", fired(ALL + " WHERE id < 3")),
    Case("a trigger that counts", "INSERT INTO k SELECT generate_series(1, 9);\n", before="CREATE TABLE sums (n integer); INSERT INTO sums VALUES "
         "(0);" + FUNCTION % "UPDATE sums SET n = n + 1" + TRIGGER),
    Case("a trigger that counts one of several", SHOPS_FIRE, before=SHOPS_THERE),
    Case("a trigger that counts each of several", SHOPS_FIRE.replace("(1), (1), (1)", "(1), (2), (3)"), before=SHOPS_THERE,
         said="the table public.shops had all of its 3 rows changed"),
    Case("one that does so within a block that may fail", SHOPS_FIRE.replace("(1), (1), (1)", "(1), (2), (3)"), before=SHOPS_CAUGHT,
         said="the table public.shops had all of its 3 rows changed"),
    Case("another database by words", "SELECT " + ELSEWHERE + ";\n", before="CREATE EXTENSION dblink;", said="destroys", by_words=True),
    Case("another database within a block", "DO $$ BEGIN PERFORM " + ELSEWHERE + "; END $$;\n", before="CREATE EXTENSION dblink;", said="destroys",
         by_words=True),
    Case("large objects that come and go", "SELECT lo_create(77);\nSELECT lo_create(78);\n", before="SELECT lo_create(79);"),
    Case("a trigger on our own table", FUNCTION % "DELETE FROM users" + "CREATE TRIGGER z AFTER INSERT ON fairlead_migrations FOR EACH ROW EXECUTE "
         "FUNCTION f();\n", said="it puts a trigger on public.fairlead_migrations"),
    Case("a temporary table in the place of ours", "CREATE TEMP TABLE fairlead_migrations AS SELECT * FROM fairlead_migrations; SET search_path = "
         "pg_temp, public;\n", "SELECT 1;\n", recorded=2),
    Case("a view in the place of ours", "ALTER TABLE fairlead_migrations RENAME TO theirs; CREATE VIEW fairlead_migrations AS SELECT * FROM theirs;"
         "CREATE RULE z AS ON INSERT TO fairlead_migrations DO INSTEAD NOTHING;\n", said="it puts a trigger on public.fairlead_migrations", confirms=False),
    Case("another table in the place of ours", "ALTER TABLE fairlead_migrations RENAME TO theirs; CREATE TABLE fairlead_migrations AS SELECT * FROM "
         "theirs WHERE false;\n", said="it changes public.fairlead_migrations"),
    Case("rows of ours", "SELECT 1;\n", "UPDATE fairlead_migrations SET state = 'reverted' WHERE version = '1';\n",
         said="it changes public.fairlead_migrations"),
    Case("a policy on ours", "ALTER TABLE fairlead_migrations ENABLE ROW LEVEL SECURITY; CREATE POLICY z ON fairlead_migrations FOR INSERT WITH CHECK (true);\n",
         said="it puts a trigger on public.fairlead_migrations"),
    Case("a trigger that hides it from the counters", FIRES, before=FUNCTION % (
        "PERFORM set_config('track_counts', 'off', true); DELETE FROM users; PERFORM set_config('track_counts', 'on', true)") + TRIGGER,
         said="mentions track_counts"),
    Case("a trigger that drops a column", FIRES, said="the table public.users lost its column number 2", before=FUNCTION % (
        "ALTER TABLE users DROP COLUMN name; ALTER TABLE users ADD COLUMN name text") + TRIGGER),
    Case("a trigger that writes a table anew", FIRES, said="the table public.users was rewritten", before=FUNCTION % (
        "ALTER TABLE users ALTER name TYPE varchar(9) USING 'x'") + TRIGGER),
    Case("a block that writes a table anew", "DO $$ BEGIN ALTER TABLE users SET UNLOGGED; END $$;\n"),
    Case("a column of its own that goes", "ALTER TABLE users ADD COLUMN n integer;\nALTER TABLE users DROP COLUMN n;\n", words=("--confirm-destructive", "1")),
    Case("a file of the server by an operator", "CREATE OPERATOR @!@ (LEFTARG = oid, RIGHTARG = text, FUNCTION = lo_export);\n", said="destroys", by_words=True),
    Case("by an operator of a function of its own", "CREATE FUNCTION g(oid, text) RETURNS int LANGUAGE sql AS 'SELECT lo_export($1, $2)';\n"
         "CREATE OPERATOR @!@ (LEFTARG = oid, RIGHTARG = text, FUNCTION = g);\n", said="destroys", by_words=True),
    Case("code of the server", "CREATE FUNCTION g(oid, text) RETURNS int LANGUAGE 'internal' STRICT AS 'be_lo_export';\n", said="destroys", by_words=True),
    Case("a program as a table", "CREATE EXTENSION file_fdw; CREATE SERVER fs FOREIGN DATA WRAPPER file_fdw;\n"
         "CREATE FOREIGN TABLE ft (x text) SERVER fs OPTIONS (program 'true');\n", said="destroys", by_words=True),
    Case("confirmed", fired("DELETE FROM users"), words=("--confirm-destructive", "1"), left=0),
    Case("what is written for the end fails there", "ALTER TABLE users ADD boss integer REFERENCES users DEFERRABLE INITIALLY DEFERRED;\n"
         "UPDATE users SET boss = 77;\n", said=None),
    Case("a level of isolation", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nSET LOCAL work_mem = '8MB';\nCREATE TABLE t (a integer);\n"),
    Case("rows that go to another partition", "UPDATE parted SET region = 's' WHERE n < 4;\n", before=PARTED),
    Case("rows that go to a new one", "CREATE TABLE west PARTITION OF parted FOR VALUES IN ('w'); UPDATE parted SET region = 'w' WHERE n < 9;\n", before=PARTED),
    Case("a trigger that only writes down", fired("INSERT INTO log VALUES (new.a)"), before="CREATE TABLE log (a integer);"),
    Case("a table that the run made", "CREATE TABLE t (a integer); INSERT INTO t VALUES (1);\n", fired("DELETE FROM t")),
    Case("a table that is written anew", "ALTER TABLE bare ALTER a TYPE bigint; ALTER TABLE users ALTER name TYPE varchar(99);\n",
         before="CREATE TABLE bare (a integer); INSERT INTO bare VALUES (1); DELETE FROM bare;", words=("--confirm-destructive", "1")),
    Case("empty from the start", "ALTER TABLE bare SET UNLOGGED;\n", before="CREATE TABLE bare (a integer); INSERT INTO bare VALUES (1); DELETE FROM bare;"),
]


def run(folder, url, case, engine, *more):
    (folder / "migrations").mkdir(parents=True, exist_ok=True)
    (folder / "fairlead.yml").write_text(CONFIG % (engine, RULES))
    for name, text in case.files.items():
        (folder / name).write_text(text)
    for number, up in enumerate(case.ups or ["SELECT 1;\n"], 1):
        (folder / f"migrations/{number}_x.up.sql").write_text(up)
    return subprocess.run([PROGRAM, *case.command, "--env", "live", "--confirm", "live", *case.words, *more],
                          cwd=folder, env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "DATABASE_URL": url}, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)


def judge(engine, case, done, left, again, recorded):
    """`again`: runs it with more words; `recorded`: how many of its migrations are."""
    status = 1 if case.said is None else 2 if case.said else 0
    wrong = [] if done.returncode == status else [f"status {done.returncode}, not {status}"]
    if case.said and case.said not in done.stdout:
        wrong.append(f"{case.said!r} is not said")
    if case.said and case.way + "--confirm-destructive" not in done.stdout:
        wrong.append("no way out")
    if left != case.left:
        wrong.append(f"{left} rows are left, not {case.left}")
    if case.recorded is not None and recorded() != case.recorded:
        wrong.append(f"{recorded()} are recorded, not {case.recorded}")
    if case.said and case.confirms:
        confirmed = again("--confirm-destructive", "demo" if "seed" in case.command else ",".join(map(str, range(1, len(case.ups) + 1))))
        if confirmed.returncode != 0:
            wrong.append(f"confirmed it has status {confirmed.returncode}: {confirmed.stdout}")
    counted.note(f"{engine}: {case.name}", "; ".join(wrong) + "\n" + done.stdout if wrong else "")


def on_sqlite(scratch):
    for number, case in enumerate(SQLITE):
        if ONLY and case.name not in ONLY:
            continue
        folder = scratch / f"sqlite{number}"
        folder.mkdir()
        with sqlite3.connect(folder / "shop.db") as database:
            database.executescript(USERS + case.before)
        place = folder, f"sqlite:{folder}/shop.db", case, "sqlite"
        done = run(*place)
        with sqlite3.connect(folder / "shop.db") as database:
            left = database.execute("SELECT count(*) FROM users").fetchone()[0]
        judge("SQLite", case, done, left, lambda *more: run(*place, *more),
              lambda: sqlite3.connect(folder / "shop.db").execute(RECORDED).fetchone()[0])


def on_postgres(scratch, server):
    for number, case in enumerate(POSTGRES):
        if ONLY and case.name not in ONLY:
            continue
        name = f"losses{number}"
        server.psql(f"CREATE DATABASE {name}")
        server.psql(USERS + case.before, name)
        place = scratch / name, server.url(name), case, "postgres"
        done = run(*place)
        judge("PostgreSQL", case, done, int(server.ask("SELECT count(*) FROM users", name)), lambda *more: run(*place, *more),
              lambda: int(server.ask(RECORDED, name)))


with tempfile.TemporaryDirectory() as own:
    on_sqlite(pathlib.Path(own))
    if postgres.folder_of_programs() is None:
        counted.skip(postgres.PART, "on a server", postgres.INSTALL)
    else:
        with postgres.Server() as running:
            on_postgres(pathlib.Path(own), running)
counted.close()
