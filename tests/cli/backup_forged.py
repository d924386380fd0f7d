#!/usr/bin/python3
# needs: postgres; takes: 25 s
"""backup_forged.py BIN: whoever can write to a store writes a set of PostgreSQL that wants to run programs: backslash commands of psql, COPY ...
PROGRAM, functions that a restore calls, roles that may do everything. Nothing of it runs, here or on the server, by verify, restore or --globals."""
import gzip
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402
from backups import Project, is_true  # noqa: E402

SECTION = "  stores: [file:store]\n  sources: [{{name: db, engine: postgres, url_env: SHOP_URL, dump: {dump}}}]\n"
ROWS = """CREATE TABLE items (id int, name text DEFAULT 'it''s a \\ text; \\! not');
INSERT INTO items SELECT i, E'\\\\ row ' || i FROM generate_series(1, 20) i;
CREATE FUNCTION odd() RETURNS text LANGUAGE sql AS $body$ SELECT '\\! never; COPY t TO PROGRAM x' -- "' $$
$body$;
CREATE FUNCTION atomic() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;
COMMENT ON TABLE items IS 'DO \\! '';'; SELECT lo_from_bytea(0, 'large');
CREATE TABLE "copy; from program" ("to" int, program int); INSERT INTO "copy; from program" VALUES (1, 2);
CREATE MATERIALIZED VIEW seen AS SELECT count(*) FROM items; CREATE SEQUENCE numbers; SELECT nextval('numbers');
CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN CALL p(); END $$; CREATE SCHEMA apart; GRANT USAGE ON SCHEMA apart TO PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC; CREATE RULE r AS ON DELETE TO items DO ALSO (DELETE FROM seen_by; SELECT 1);
"""


def forge(project, name, change, says=None):
    """The part `name` of the newest set is another one, and the manifest says its checksum, as its own."""
    path = next(project.store.glob("*.manifest.json"))
    manifest = json.loads(path.read_text())
    part = next(one for one in manifest["parts"] if one["name"] == name)
    was = gzip.decompress((project.store / part["file"]).read_bytes())
    text = change(was) if callable(change) else change
    packed = gzip.compress(text)
    (project.store / part["file"]).write_bytes(packed)
    part.update({"plain": {"bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()},
                 "stored": {"bytes": len(packed), "sha256": hashlib.sha256(packed).hexdigest()}}, **(says or {}))
    manifest.pop("sha256")
    manifest["sha256"] = hashlib.sha256((json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()).hexdigest()
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


def of_plain(server, folder, mark):
    project = Project(folder / "plain", SECTION.format(dump="plain"), SHOP_URL=server.url("shop"))
    project.expect("a set of SQL", ["run"], 0)
    project.expect("its own SQL is run at level 4", ["verify", "--level", "4"], 0, "level 4: passed")
    project.expect("and restored", ["restore", "latest", "--to", "shop_plain"], 0)
    is_true("all of it", server.ask("SELECT count(*) FROM items", "shop_plain") == "20" and
            server.ask("SELECT obj_description('items'::regclass)", "shop_plain") == "DO \\! ';")
    whole = {path: path.read_bytes() for path in project.store.iterdir()}
    at = b"ALTER TABLE public.items OWNER"
    attempts = {
        "a command of psql": (rf"\! touch {mark}", "'\\!'"),
        "one within a line": (rf"SELECT pg_catalog.setval('a', 1, true) \! touch {mark}", "'\\!'"),
        "one behind a string that ends otherwise": (rf"SELECT '\' \! touch {mark}", "'\\!'"),
        "one behind a comment": (f"/* /* */ -- */ x */ \\! touch {mark}\n", "'\\!'"),
        "output to a program": (rf"\o |touch {mark}", "'\\o'"),
        "another file": (rf"\i {mark}", "'\\i'"),
        "a key of its own": (f"\\unrestrict forged\n\\! touch {mark}", "'\\unrestrict'"),
        "a command behind COPY": (f"COPY public.items (id, name) FROM stdin;\n1\t\\\\!\n\\.\n\\! touch {mark}", "'\\!'"),
        "COPY to a program": (f"COPY (SELECT 1) TO PROGRAM 'touch {mark}';", "'COPY ... PROGRAM'"),
        "COPY from one": (f"cOpY public.items /* ( */ FrOm\nprogram 'touch {mark}';", "'COPY ... PROGRAM'"),
        "COPY from one that ends as the dump's own": (
            f"COPY public.items FROM PROGRAM 'touch {mark}' WHERE name IS DISTINCT FROM stdin;", "'COPY ... PROGRAM'"),
        "COPY to a file": (f"COPY public.items TO '{mark}';", "COPY"),
        "a block": (f"DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROG' || 'RAM ''touch {mark}'''; END $$;", "'DO '"),
        "the server's settings": (f"ALTER SYSTEM SET archive_command = 'touch {mark}';", "'ALTER SYSTEM"),
        "a role": ("CREATE ROLE evil SUPERUSER LOGIN;", "'CREATE ROLE"),
        "a membership": ("GRANT pg_execute_server_program TO PUBLIC;", "'GRANT"),
        "a file of the server": (f"SELECT pg_catalog.lo_export(1, '{mark}');", "'SELECT PG_CATALOG"),
        "a file of the server by another name": (f"SELECT lo_export(1, '{mark}');", "'SELECT LO_EXPORT"),
        "a foreign table": (f"CREATE FOREIGN TABLE f (a text) SERVER s OPTIONS (program 'touch {mark}');", "foreign table that reads from a program"),
        "a row that a function makes": (f"INSERT INTO public.items SELECT lo_export(1, '{mark}');", "'INSERT INTO"),
        "one by its default": (f"CREATE TABLE l (a int DEFAULT pg_catalog.lo_export(1, '{mark}')); INSERT INTO l DEFAULT VALUES;", "'INSERT INTO"),
        "a table of its rows": (f"CREATE TABLE l AS SELECT lo_export(1, '{mark}');", "a table made from a query"),
        "a query within a call": (f"SELECT pg_catalog.setval('a', (SELECT lo_export(1, '{mark}')), true);", "with an argument that is not a constant"),
        "a column within a call": ("SELECT pg_catalog.setval('a', version, true);", "with an argument that is not a constant"),
        "a comment of another database": ("COMMENT ON DATABASE postgres IS 'forged';", "'COMMENT ON ...' about the server"),
        "rights on another database": ("REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;", "about the server"),
        "a library": ("LOAD '/tmp/evil';", "'LOAD"),
    }
    for what, (text, said) in attempts.items():
        forge(project, "db", lambda was: was.replace(at, text.encode() + b"\n" + at, 1))
        for words in (["verify", "--level", "4", "--dry-run"], ["restore", "latest", "--to", "shop_forged"]):
            project.expect(f"{what}: {words[0]} refuses it", words, 1, said, "which pg_dump does not write")
        is_true(f"{what}: did nothing", not mark.exists() and not server.ask("SELECT 1 FROM pg_database WHERE datname = 'shop_forged'"))
        for path, held in whole.items():
            path.write_bytes(held)
    forge(project, "db", lambda was: was.replace(b"--\n-- PostgreSQL database dump complete", f"CREATE EXTENSION dblink; CREATE FUNCTION now_() RETURNS "
          f"int LANGUAGE sql AS $$ SELECT lo_export(lo_from_bytea(0, 'x'), '{mark}') $$; CREATE TABLE public.l (a int CHECK (now_() = 1)); COPY public.l "
          "FROM stdin;\n1\n\\.\n\nDO $$ BEGIN END $$;\n--\n-- PostgreSQL database dump complete".encode()))
    project.expect("what is refused is refused before any of it is run", ["restore", "latest", "--to", "shop_forged"], 1, "'DO '")
    is_true("and nothing of it ran before", not mark.exists())
    for path, held in whole.items():
        path.write_bytes(held)
    forge(project, "db", lambda was: was + b"COPY (SELECT 1) TO PROGRAM 'true'")
    project.expect("what has no semicolon is one as well", ["verify", "--level", "3", "--dry-run"], 1)


def of_custom(server, folder, mark):
    """The manifest says what the set is, and not fairlead.yml."""
    project = Project(folder / "custom", SECTION.format(dump="custom"), SHOP_URL=server.url("shop"))
    project.expect("a set", ["run"], 0)
    project.expect("its own is right", ["verify", "--level", "4"], 0, "level 4: passed")
    script = (f"--\n-- PostgreSQL database dump\n--\n\n\\! touch {mark}\nCREATE TABLE public.items (id int);\n"
              "--\n-- PostgreSQL database dump complete\n--\n\n").encode()
    forge(project, "db", script, {"format": "plain", "tables": []})
    for words in (["verify", "--level", "4", "--dry-run"], ["restore", "latest", "--to", "shop_forged"]):
        project.expect(f"SQL instead of a dump: {words[0]} refuses it", words, 1, "'\\!'")
    is_true("and nothing of it ran", not mark.exists())
    forge(project, "db", script.replace(b"\\! touch", b"-- \\! touch"), {"format": "plain", "tables": []})
    project.expect("that it is another kind is said", ["restore", "latest", "--to", "shop_forged"], 1,
                   "the set says that 'db' is a dump of kind plain, and fairlead.yml makes kind custom")


def of_functions(server, folder, mark):
    """What runs while it is restored, and no statement shows: only who runs it, and where, holds it."""
    server.psql("CREATE DATABASE acting")
    server.psql(f"CREATE FUNCTION act() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROG' || 'RAM ''touch {mark}'''; "
                "RETURN 1; EXCEPTION WHEN OTHERS THEN RETURN 2; END $$; "
                f"CREATE FUNCTION file() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN EXECUTE 'COPY (SELECT 1) TO ''{mark}'''; "
                "RETURN 1; EXCEPTION WHEN OTHERS THEN RETURN 2; END $$; CREATE TABLE t (a int); INSERT INTO t VALUES (1);", "acting")
    for dump in ("custom", "plain", "directory"):
        project = Project(folder / f"acting {dump}", SECTION.format(dump=dump), SHOP_URL=server.url("acting"))
        server.psql("CREATE INDEX one ON t ((act())); CREATE INDEX two ON t ((file()))", "acting")
        mark.unlink(missing_ok=True)
        project.expect(f"{dump}: a set of functions that start programs", ["run"], 0)
        project.expect(f"{dump}: level 4 restores it", ["verify", "--level", "4"], 0, "level 4: passed")
        is_true(f"{dump}: and the server of its own starts no program and writes no file elsewhere", not mark.exists())
        server.psql("DROP INDEX one, two", "acting")
    project.expect("restored by a superuser that is said", ["restore", "latest", "--to", "acted"], 0, "may run programs on the server, as this role may",
                   "no trusted key signed")
    mark.unlink(missing_ok=True)
    server.psql("CREATE ROLE owner LOGIN CREATEDB")
    done = project.expect("not of one who isn't", ["restore", "latest", "--to", "acted_by_owner", "--no-owner"], 0,
                          SHOP_URL=server.url("acting").replace("fairlead@", "owner@"))
    is_true("nor does it run one", "may run programs" not in done.stderr and not mark.exists(), done.stderr)


def roles(server, folder, mark):
    project = Project(folder / "globals", SECTION.format(dump="custom"), SHOP_URL=server.url("acting"))
    project.expect("a set with its roles", ["run"], 0)
    evil = (f"CREATE ROLE evil; ALTER ROLE evil WITH SUPERUSER LOGIN REPLICATION BYPASSRLS PASSWORD 'x' CONNECTION LIMIT 5;\n"
            f"CREATE ROLE one; COPY (SELECT 1) TO PROGRAM 'touch {mark}';\n\\! touch {mark}\nDO $$ BEGIN END $$;\n"
            "GRANT fairlead TO evil;\nGRANT pg_execute_server_program TO evil;\nGRANT one TO evil;\n"
            "ALTER ROLE evil SET session_preload_libraries TO '/tmp/evil';\nALTER ROLE evil SET work_mem TO '5MB';\n"
            "ALTER SYSTEM SET archive_command TO 'x';\nALTER ROLE owner WITH SUPERUSER;\nCOMMENT ON ROLE one IS 'it''s';\n").encode()
    forge(project, "db.globals", lambda was: evil + was)
    project.expect("level 4 passes, and runs nothing of it", ["verify", "--level", "4"], 0)
    is_true("no program ran", not mark.exists())
    done = project.expect("--globals makes roles without powers", ["restore", "latest", "--to", "by_globals", "--globals"], 0, "evil, one",
                          "9 things of ", "SUPERUSER of evil", "REPLICATION of evil", "BYPASSRLS of evil", "membership of evil in fairlead",
                          "membership of evil in pg_execute_server_program", "setting session_preload_libraries of evil", "COPY ...", "DO ...")
    is_true("no program ran by it", not mark.exists(), done.stderr)
    said = server.ask("SELECT rolsuper, rolreplication, rolbypassrls, rolcanlogin, rolconnlimit, rolconfig, pg_has_role('evil', 'one', 'MEMBER'), "
                      "pg_has_role('evil', 'pg_execute_server_program', 'MEMBER'), shobj_description('one'::regrole, 'pg_authid') FROM pg_roles WHERE "
                      "rolname = 'evil'")
    is_true("the role is what anybody may be", said == "f|f|f|t|5|{work_mem=5MB}|t|f|it's", said)
    is_true("those that were there are as they were", server.ask("SELECT rolsuper FROM pg_roles WHERE rolname = 'owner'") == "f")
    is_true("no setting of the server changed", server.ask("SELECT count(*) FROM pg_file_settings WHERE name = 'archive_command'") == "0")


def settings(server, folder, _):
    """What each session of the database loads is named by the manifest."""
    server.psql("CREATE DATABASE loading; ALTER DATABASE loading SET session_preload_libraries = 'auto_explain'; ALTER DATABASE loading SET work_mem = '5MB'")
    server.psql("CREATE TABLE t (a int)", "loading")
    project = Project(folder / "loading", SECTION.format(dump="custom"), SHOP_URL=server.url("loading"))
    project.expect("a set of a database with settings", ["run", "--allow-empty"], 0)
    server.psql("DROP DATABASE loading")
    project.expect("those of superusers are dropped", ["restore", "latest", "--to", "loading"], 0, "setting session_preload_libraries of the database")
    said = server.ask("SELECT setconfig FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase WHERE datname = 'loading'")
    is_true("others come back", said == "{work_mem=5MB}", said)


if postgres.folder_of_programs() is None:
    counted.leave(postgres.PART, postgres.INSTALL)
with tempfile.TemporaryDirectory(prefix="fairlead forged ") as name, postgres.Server() as served, tempfile.TemporaryDirectory() as open_to_all:
    pathlib.Path(open_to_all).chmod(0o777)
    served.psql("CREATE DATABASE shop")
    served.psql(ROWS.replace("DELETE FROM seen_by; ", ""), "shop")
    for attempt in (of_plain, of_custom, of_functions, roles, settings):
        attempt(served, pathlib.Path(name), pathlib.Path(open_to_all) / "ran")
counted.close()
