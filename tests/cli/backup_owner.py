#!/usr/bin/python3
# needs: postgres; takes: 25 s; cases: 14
"""backup_owner.py BIN: a restore by the owner of the database, who is no superuser: what only a superuser may take over, whom only a
superuser may end, what no session's end ends; names of odd bytes. Refused, it ends nobody's session, shows no value and tells the way out."""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-backup"
SECRET = "TOP" + "SECRET" + "JWT"
RESTORE = ["restore", "latest", "--to", "original", "--overwrite"]


class Shop:
    def __init__(self, folder, server):
        self.server, self.folder = server, folder
        (folder / "fairlead.yml").write_text("version: 1\napp: shop\nenvironments: {dev: {}}\nbackup: {stores: [file:store]}\n")
        server.psql("CREATE ROLE app LOGIN CREATEDB")
        server.psql("CREATE DATABASE shop OWNER app")
        self.as_app("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
        self.expect("a set is made", ["run"], 0)

    def as_app(self, text):
        self.server.psql("SET ROLE app;\n" + text, "shop")

    def expect(self, what, words, status, *parts, hidden=(), database="shop"):
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, text=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                              env={"PATH": f"{self.server.programs}:/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
                                   "DATABASE_URL": self.server.url(database, user="app")})
        said = done.stdout + done.stderr
        wrong = [f"status {done.returncode}, not {status}"] if done.returncode != status else []
        wrong += [f"'{part}' isn't said" for part in parts if part not in said]
        wrong += [f"'{part}' is said" for part in hidden if part in said]
        counted.note(what, "; ".join(wrong) and "; ".join(wrong) + "\n" + said)

    def sessions(self):
        return self.server.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = 'shop' AND backend_type = 'client backend'")


def confidential(shop):
    shop.server.psql(f"ALTER DATABASE shop SET app.jwt_key = '{SECRET}'")
    shop.expect("a setting that only a superuser may set is refused without its value", RESTORE, 3, "setting app.jwt_key of the database",
                "nothing was changed", "--no-owner", hidden=[SECRET])
    shop.expect("so in JSON", [*RESTORE, "--format", "json", "--log-format", "json"], 3, hidden=[SECRET])
    shop.expect("with the way out that it tells it is restored", [*RESTORE, "--no-owner"], 0, "setting app.jwt_key of the database", hidden=[SECRET])
    shop.server.psql("ALTER DATABASE shop RESET app.jwt_key")


def prepared(shop):
    shop.as_app("BEGIN; INSERT INTO t VALUES (5); PREPARE TRANSACTION 'half done'")
    held = shop.server.session("shop", "SELECT 1;")
    shop.expect("a prepared transaction is named before anything is done", RESTORE, 3, "ROLLBACK PREPARED E'half done'", "nothing was changed")
    counted.note("nobody's session was ended for it", "" if shop.sessions() == "1" else shop.sessions())
    held.stdin.close()
    held.wait()
    shop.as_app("BEGIN; INSERT INTO t VALUES (6); PREPARE TRANSACTION 'another'")
    shop.expect("and how many there are", RESTORE, 3, "2 prepared transactions", "ROLLBACK PREPARED E'half done'")
    shop.as_app("ROLLBACK PREPARED 'another'")
    shop.as_app("ROLLBACK PREPARED 'half done'")
    shop.expect("after the way out that it tells it is restored", RESTORE, 0)


def others(shop):
    """An ordinary role's session, which the owner can't end, beside one of its own, which it could."""
    shop.server.psql("CREATE ROLE guest LOGIN")
    held = []
    for user in ("app", "guest"):
        held.append(subprocess.Popen(["psql", "-X", "-At", "-q", shop.server.url("shop", user=user)], env={**shop.server.environment, "LD_LIBRARY_PATH": ""},
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1))
        held[-1].stdin.write("SELECT 1;\n")
        held[-1].stdout.readline()
    shop.expect("another role's session is named by its process", RESTORE, 3, "other roles have sessions there (process ", "end them, and run")
    counted.note("and nobody's is ended", "" if shop.sessions() == "2" else shop.sessions())
    for one in held:
        one.stdin.close()
        one.wait()


def superusers(shop):
    held = shop.server.session("shop", "SELECT pg_backend_pid();")
    shop.expect("a superuser's session is named by its process", RESTORE, 3, "(process ", "can't end", "end them, and run")
    counted.note("and goes on", "" if shop.sessions() == "1" else shop.sessions())
    held.stdin.close()
    held.wait()
    shop.expect("without it the database is restored", RESTORE, 0)


def autovacuum(shop):
    shop.as_app("CREATE TABLE k (id int PRIMARY KEY, v text) WITH (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1);\n"
                "INSERT INTO k SELECT g, repeat('x', 200) FROM generate_series(1, 60000) g; UPDATE k SET v = v WHERE id < 30000")
    for _ in range(100):
        if shop.server.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = 'shop' AND backend_type = 'autovacuum worker' AND query LIKE '%vacuum%k%'") != "0":
            break
        shop.server.ask("SELECT pg_sleep(0.1)")
    else:
        counted.note("autovacuum comes", "it didn't within ten seconds")
    shop.expect("autovacuum at work keeps nobody from restoring", RESTORE, 0)


def odd_names(shop):
    shop.server.psql("CREATE DATABASE bytes OWNER app TEMPLATE template0 ENCODING SQL_ASCII LC_COLLATE 'C' LC_CTYPE 'C'")
    shop.server.psql("SET ROLE app; DO $$ BEGIN EXECUTE format('CREATE TABLE %I (a int)', 't' || chr(255)); END $$", "bytes")
    shop.expect("a name that is no UTF-8 is told with the way out", ["run"], 3, "PGCLIENTENCODING=SQL_ASCII", database="bytes")


if postgres.folder_of_programs() is None:
    counted.leave(postgres.PART, postgres.INSTALL)
with tempfile.TemporaryDirectory(prefix="fairlead owner ") as scratch, \
        postgres.Server(port=0, settings=["max_prepared_transactions=10", "autovacuum_naptime=1s"]) as own:
    shop = Shop(pathlib.Path(scratch), own)
    for part in (confidential, prepared, superusers, others, autovacuum, odd_names):
        part(shop)
counted.close()
