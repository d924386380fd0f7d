#!/usr/bin/python3
# needs: postgres; takes: 4 s
"""migrate_rehearse.py BIN: `rehearse` and `gc` on a real server and on SQLite: what is measured, what is a no, and that
the database itself is as it was."""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-migrate"
CONFIG = "version: 1\nenvironments: {dev: {}, production: {}}\n"
CLONES = "SELECT count(*) FROM pg_database WHERE datname LIKE 'fairlead_rehearsal_%'"
TABLES = "SELECT string_agg(relname || ':' || relfilenode, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace"


class Project:
    def __init__(self, folder, url):
        self.folder, self.url = folder, url
        (folder / "migrations").mkdir()
        (folder / "fairlead.yml").write_text(CONFIG)

    def write(self, name, text):
        (self.folder / "migrations" / name).write_text(text)

    def run(self, *words):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": tempfile.gettempdir(), "DATABASE_URL": self.url}
        return subprocess.run([PROGRAM, *words], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=120)

    def expect(self, what, words, status, *parts):
        done = self.run(*words)
        shown = done.stdout + done.stderr
        missing = [part for part in parts if part not in shown]
        if "secret" in shown:
            missing.append("the silence about the password")
        counted.note(what, f"status {done.returncode}, expected {status}; missing {missing}\n{shown}"
                     if done.returncode != status or missing else "")
        return done


# (the statement, what it is called): each would change the server, or the database itself.
BEYOND = [
    ("COMMENT ON DATABASE shop IS 'changed'", "comment"), ("COMMENT ON ROLE fairlead IS 'changed'", "comment"),
    ("REVOKE CONNECT ON DATABASE shop FROM public", "revoke"), ("GRANT CREATE ON TABLESPACE pg_default TO public", "grant"),
    ("SECURITY LABEL ON DATABASE shop IS 'changed'", "security"), ("GRANT pg_monitor TO fairlead", "grant"), ("REASSIGN OWNED BY fairlead TO fairlead", "reassign"),
    ("ALTER DATABASE shop SET work_mem = '5MB'", "alter database"), ("SELECT pg_create_physical_replication_slot('evil')", "select"),
    ("SELECT lo_export(1, '/tmp/x')", "select"), ("DO $$ BEGIN PERFORM pg_terminate_backend(1); END $$", "do"), ("CREATE EXTENSION dblink", "create extension"),
    ("CREATE EXTENSION file_fdw", "create extension"), ("CREATE OPERATOR @!@ (LEFTARG = oid, RIGHTARG = text, FUNCTION = lo_export)", "create operator"),
    ("CREATE FUNCTION g(oid, text) RETURNS int LANGUAGE internal AS 'be_lo_export'", "create function"),
]


def beyond(server, project):
    shared = ("SELECT shobj_description(oid, 'pg_database'), datacl FROM pg_database WHERE datname = 'shop'")
    before = server.ask(shared)
    for statement, kind in BEYOND:
        project.write("3_out.up.sql", f"SELECT 1;\n{statement};\n")
        project.expect(f"{statement[:40]} isn't rehearsed", ["rehearse", "--env", "dev"], 1, "3_out.up.sql:2", f"{kind} reaches beyond the database")
    for statement in ("COMMENT ON TABLE items IS 'x'", "GRANT SELECT ON items TO public", "CREATE EXTENSION pg_trgm"):
        project.write("3_out.up.sql", f"{statement};\n")
        project.expect(f"{statement} is", ["rehearse", "--env", "dev"], 0, "the role fairlead is a superuser", "has CREATEDB")
    project.write("3_out.up.sql", "DO $$ BEGIN EXECUTE 'CREATE ROLE ' || 'evil SUPERUSER'; END $$;\n")
    project.expect("what nobody could see before is told after", ["rehearse", "--env", "dev"], 1, "on the server itself, this changed meanwhile", "role evil;")
    server.psql("DROP ROLE evil")
    server.psql("CREATE ROLE maker LOGIN CREATEDB PASSWORD 'of-maker'; ALTER DATABASE shop OWNER TO maker")
    project.write("3_out.up.sql", "CREATE TABLE quiet (a int);\n")
    server.psql("ALTER TABLE items OWNER TO maker; ALTER SCHEMA public OWNER TO maker", "shop")
    url, project.url = project.url, server.tcp_url("shop", "maker", "of-maker")
    done = project.run("rehearse", "--env", "dev")
    counted.note("who can make databases alone is not warned", done.stdout + done.stderr if done.returncode != 0 or "the role" in done.stderr else "")
    project.url = url
    (project.folder / "migrations" / "3_out.up.sql").unlink()
    counted.note("and the database and its server are as they were", "" if server.ask(shared) == before else server.ask(shared))


def on_server(server, folder):
    server.psql("CREATE DATABASE shop")
    server.psql("CREATE TABLE items AS SELECT i AS id, 'x' AS name FROM generate_series(1, 200000) i", "shop")
    before = server.ask(TABLES, "shop")
    project = Project(folder, server.tcp_url("shop"))
    project.write("1_type.up.sql", "ALTER TABLE items ALTER id TYPE bigint;\nUPDATE items SET name = 'y' WHERE id <= 1000;\n"
                  "CREATE TABLE made (a int);\n")
    project.write("1_type.down.sql", "DROP TABLE made;\nALTER TABLE items ALTER id TYPE int;\n")
    project.write("2_index.up.sql", "-- fairlead: no-transaction\nCREATE INDEX CONCURRENTLY items_id ON items (id);\n")
    project.write("2_index.down.sql", "-- fairlead: no-transaction\nDROP INDEX CONCURRENTLY items_id;\n")
    done = project.expect("a copy with its rows", ["rehearse", "--env", "dev", "--format", "json"], 0)
    rehearsal = json.loads(done.stdout)["rehearsal"] if done.returncode == 0 else {"statements": [], "clone": done.stderr}
    statements = rehearsal["statements"]
    counted.note("it is told how it was copied", "" if rehearsal["clone"] == "a copy by TEMPLATE" else rehearsal["clone"])
    wanted = [("ACCESS EXCLUSIVE", ["items"]), ("ACCESS EXCLUSIVE", []), ("ACCESS EXCLUSIVE", []), ("SHARE UPDATE EXCLUSIVE", [])]
    shown = [(one["lock"], one["rewrites"]) for one in statements]
    counted.note("locks and rewrites of each", "" if shown == wanted else str(shown))
    counted.note("rows of the UPDATE", "" if statements and statements[1]["rows"] == 1000 else str(statements[1:2]))
    counted.note("WAL of the rewrite", "" if statements and statements[0]["wal_bytes"] > 1_000_000 else str(statements[:1]))
    counted.note("how long others could not write", "" if rehearsal.get("longest_lock_ms", 0) > 0 else str(rehearsal))
    project.expect("a budget that is not kept is a no", ["rehearse", "--env", "dev", "--budget", "lock<1ms,total<60s"], 1,
                   "the budget is 1ms")
    project.expect("one that is kept is a yes", ["rehearse", "--env", "dev", "--budget", "lock<60s,total<600s"], 0)
    project.expect("one that can't be read is wrong use", ["rehearse", "--env", "dev", "--budget", "lock<soon"], 2, "--budget")
    project.expect("there and back and there again", ["rehearse", "--env", "dev", "--round-trip"], 0, "1 down:1: drop table")
    project.write("2_index.down.sql", "-- fairlead: no-transaction\nSELECT 1;\n")
    project.expect("a way back that leads elsewhere is a no", ["rehearse", "--env", "dev", "--round-trip"], 1, "does not restore the schema")
    project.write("3_wrong.up.sql", "ALTER TABLE items ADD COLUMN c int;\nALTER TABLE nosuch ADD COLUMN c int;\n")
    project.expect("what fails is a no", ["rehearse", "--env", "dev"], 1, "3 wrong failed in the clone", 'relation "nosuch" does not exist')
    (folder / "migrations" / "3_wrong.up.sql").unlink()
    reader = server.session("shop", "SELECT 1;")
    major = int(server.ask("SHOW server_version_num")) // 10000
    has_dump = any(int(path.name) >= major for path in pathlib.Path("/usr/lib/postgresql").glob("[0-9]*"))
    copied = "its schema without rows, as 1 sessions are connected to it"
    project.expect("while others are connected: the schema alone", ["rehearse", "--env", "dev", "-v"], 0 if has_dump else 3,
                   *[copied, "rewrites items"] if has_dump else [f"pg_dump of version {major} or newer is not here"])
    reader.kill()
    reader.wait()
    project.expect("never in production", ["rehearse", "--env", "production"], 2, "is production", "rehearse: {on: production}")
    (folder / "fairlead.yml").write_text(CONFIG + "migrate: {rehearse: {on: production, limit: 1MB}}\n")
    project.expect("unless fairlead.yml says so; what is too large is not copied with its rows", ["rehearse", "--env", "production"],
                   *[0, "more than rehearse.limit"] if has_dump else [3, "pg_dump"])
    (folder / "fairlead.yml").write_text(CONFIG)
    counted.note("no clone is left", "" if server.ask(CLONES) == "0" else "there is one")
    counted.note("the database is as it was", "" if server.ask(TABLES, "shop") == before else server.ask(TABLES, "shop"))

    project.write("3_role.up.sql", "SELECT 1;\nCREATE ROLE stays;\n")
    project.write("3_role.down.sql", "DROP ROLE stays;\n")
    project.expect("what reaches beyond the database isn't rehearsed", ["rehearse", "--env", "dev"], 1, "3_role.up.sql:2", "create role",
                   "migrate.roles")
    counted.note("and isn't there", "" if server.ask("SELECT count(*) FROM pg_roles WHERE rolname = 'stays'") == "0" else "the role is made")
    for name in ("up", "down"):
        (folder / "migrations" / f"3_role.{name}.sql").unlink()

    beyond(server, project)
    stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime())
    for name in ["fairlead_rehearsal_20200101000000_0123abcd", f"fairlead_rehearsal_{stamp}_0123abcd", "fairlead_rehearsal_mine"]:
        server.psql(f"CREATE DATABASE {name}")
    project.expect("gc tells", ["gc", "--env", "dev", "--dry-run"], 0, "would drop fairlead_rehearsal_20200101000000_0123abcd")
    project.expect("gc drops the old one", ["gc", "--env", "dev"], 0, "dropped fairlead_rehearsal_20200101000000_0123abcd\n",
                   "1 rehearsal database dropped")
    counted.note("and no other", "" if server.ask(CLONES) == "2" else server.ask(CLONES))


def on_file(folder):
    subprocess.run(["sqlite3", folder / "app.db", "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)"], check=True)
    before = (folder / "app.db").read_bytes()
    project = Project(folder, "sqlite:app.db")
    project.write("1_more.up.sql", "ALTER TABLE items ADD COLUMN more TEXT;\nINSERT INTO items (name) VALUES ('a'), ('b');\n")
    project.write("1_more.down.sql", "DELETE FROM items;\nALTER TABLE items DROP COLUMN more;\n")
    project.expect("SQLite: on a copy of the file", ["rehearse", "--env", "dev", "--round-trip"], 0, "a copy of the file", "2 rows")
    counted.note("SQLite: the file is as it was", "" if (folder / "app.db").read_bytes() == before else "it is another one")


with tempfile.TemporaryDirectory() as scratch:
    on_file(pathlib.Path(scratch))
if postgres.folder_of_programs() is None:
    counted.skip(postgres.PART, "on a server", postgres.INSTALL)
else:
    with tempfile.TemporaryDirectory() as scratch, postgres.Server(tcp=True, port=0) as server:
        on_server(server, pathlib.Path(scratch))
counted.close()
