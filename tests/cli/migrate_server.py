#!/usr/bin/python3
# needs: postgres, pgbouncer; takes: 7 s
"""migrate_server.py BIN: the commands of fairlead-migrate about the server, on a real one (tests/support/postgres.py):
ping, create, reset, unlock; poolers; what is refused; and that no password shows.
"""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import pgbouncer  # noqa: E402
import postgres  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-migrate"
CONFIG = """version: 1
environments: {dev: {}, production: {}}
migrate:
  roles:
    shop_app: {password_env: SHOP_APP_PASSWORD}
    shop_report: {rights: read}
"""
SECRETS = ["hunter2-of-ada", "app-word-4711"]


def key_of(database, table="fairlead_migrations"):
    return int.from_bytes(hashlib.sha256(f"fairlead:migrate:{database}:{table}".encode()).digest()[:8], "big", signed=True)


class Cases:
    def __init__(self, folder):
        self.folder = folder
        (folder / "fairlead.yml").write_text(CONFIG)

    def run(self, *words, url=None, **variables):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "FAIRLEAD_TOOLS": "", **variables}
        if url:
            environment["DATABASE_URL"] = url
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=120)
        for secret in SECRETS:
            if secret in done.stdout + done.stderr:
                counted.note(f"{words}: no password shows", done.stdout + done.stderr)
        return done

    def expect(self, what, done, status, *parts):
        shown = done.stdout + done.stderr
        missing = [part for part in parts if part not in shown]
        wrong = done.returncode != status or missing
        counted.note(what, f"status {done.returncode}, expected {status}; missing {missing}\n{shown}" if wrong else "")
        return done


def without_server(cases):
    expect, run = cases.expect, cases.run
    for command in ["ping", "unlock", "create"]:
        expect(f"{command}: no database is guessed", run(command), 2, "no database is named, and none is guessed", "DATABASE_URL",
               "migrate.url_env", "PGHOST")
    expect("a URL without a user is refused", run("ping", url="postgresql://localhost/shop"), 2, "has no user")
    expect("another engine's is", run("ping", url="mysql://ada:hunter2-of-ada@db/shop"), 2, "DATABASE_URL is not a URL of")
    expect("a broken one is, without its password", run("ping", url="postgresql://ada:hunter2-of-ada%@db/shop"), 2,
           "can't be read")
    (cases.folder / "fairlead.yml").write_text("version: 1\nmigrate: {url_env: SHOP_URL}\n")
    expect("the named variable has to be set", run("ping", url="sqlite:app.db"), 2, "variable 'SHOP_URL', which migrate.url_env names")
    expect("and is the database's", run("ping", url="sqlite:x.db", SHOP_URL="sqlite:named.db"), 3, "named.db' can't be used")
    (cases.folder / "fairlead.yml").write_text(CONFIG)
    expect("nobody answers", run("ping", url="postgresql://ada:hunter2-of-ada@127.0.0.1:1/shop"), 3,
           "PostgreSQL 'shop' at 127.0.0.1:1 can't be reached: ", "Connection refused")
    expect("reset runs in development only", run("reset", url="sqlite:app.db"), 2, "only in development")
    expect("reset never runs in production", run("reset", "--env", "production", "--confirm", "production", url="sqlite:app.db"),
           2, "only in development")

    expect("SQLite's file has to be there", run("ping", url="sqlite:app.db"), 3, "app.db' can't be used")
    expect("create tells what it would make", run("create", "--dry-run", url="sqlite:app.db"), 0, "would make sqlite:app.db")
    counted.note("and makes nothing", "" if not (cases.folder / "app.db").exists() else "app.db is there")
    expect("create makes the file", run("create", url="sqlite:app.db"), 0, "made sqlite:app.db")
    expect("and once", run("create", url="sqlite:app.db"), 0, "all of it was there")
    expect("ping", run("ping", url="sqlite:app.db"), 0, "SQLite 3.", "latency ")
    subprocess.run(["sqlite3", cases.folder / "app.db", "CREATE TABLE t (a)"], check=True)
    (cases.folder / "precious.txt").write_text("a letter")
    expect("reset takes databases only", run("reset", "--env", "dev", url="sqlite:precious.txt"), 2, "is not a readable database of SQLite")
    counted.note("and the letter is there", "" if (cases.folder / "precious.txt").read_text() == "a letter" else "it is gone")
    expect("reset empties it", run("reset", "--env", "dev", url="sqlite:app.db"), 0, "dropped and made again sqlite:app.db")
    left = subprocess.run(["sqlite3", cases.folder / "app.db", ".tables"], capture_output=True, text=True, check=True).stdout
    counted.note("no table is left", left.strip())
    with open(cases.folder / "app.db.fairlead-lock", "w") as file:
        import fcntl
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write("pid 7 (somebody)")
        file.flush()
        expect("unlock tells who holds SQLite's lock", run("unlock", url="sqlite:app.db"), 0, "is held by pid 7 (somebody)")
    expect("or that nobody does", run("unlock", url="sqlite:app.db"), 0, "nobody holds the lock")


def on_server(cases, server):
    expect, run = cases.expect, cases.run
    url = server.tcp_url("shop", "ada", "hunter2-of-ada")
    server.psql("CREATE ROLE ada LOGIN CREATEDB CREATEROLE PASSWORD 'hunter2-of-ada'")
    expect("a wrong password", run("ping", url=server.tcp_url("shop", "ada", "app-word-4711")), 3, "password authentication failed")
    expect("no database yet", run("ping", url=url), 3, 'database "shop" does not exist')
    expect("create tells", run("create", "--dry-run", url=url), 0, "would make database 'shop'", "role 'shop_app'")
    expect("a password's variable has to be set", run("create", url=url), 2, "variable 'SHOP_APP_PASSWORD'")
    secret = {"SHOP_APP_PASSWORD": "app-word-4711"}
    expect("create makes what is absent", run("create", url=url, **secret), 0, "role 'shop_app'", "role 'shop_report'")
    expect("and once", run("create", url=url, **secret), 0, "all of it was there")
    server.psql("SET ROLE ada; CREATE TABLE notes (id serial, a text); INSERT INTO notes (a) VALUES ('x')", "shop")
    app = server.tcp_url("shop", "shop_app", "app-word-4711")
    shown = expect("a role that is made can come in by its password", run("ping", url=app), 0, "right     create databases: no")
    counted.note("as JSON", "" if json.loads(run("ping", "--format", "json", url=app).stdout)["server"]["user"] == "shop_app"
                 else shown.stdout)
    may = server.psql("SET ROLE shop_app; INSERT INTO notes (a) VALUES ('y'); SELECT count(*) FROM notes", "shop", check=False)
    counted.note("it writes rows", "" if may.stdout.strip() == "2" else may.stderr)
    own_schema = int(server.ask("SHOW server_version_num")) >= 150000  # before, schema public is everybody's
    for statement in ["SET ROLE shop_app; DROP TABLE notes", *["SET ROLE shop_app; CREATE TABLE x ()"] * own_schema,
                      "SET ROLE shop_report; DELETE FROM notes"]:
        done = server.psql(statement, "shop", check=False)
        counted.note(f"refused: {statement}", "" if done.returncode else "it was not")
    log = (server.folder / "log").read_text()
    counted.note("no log of the server has the password", "app-word-4711" if "app-word-4711" in log else "")
    expect("ping", run("ping", url=url), 0, f"database  postgresql://ada@127.0.0.1:{server.port}/shop (from DATABASE_URL)",
           "PostgreSQL ", "right     create tables: yes", "pooler    none")
    expect("by PG… alone", run("ping", **server.variables("shop")), 0, "(from PGHOST)")

    expect("unlock: nobody", run("unlock", url=url), 0, "nobody holds the lock")
    holder = server.session("shop", f"SET application_name = 'replica 2'; SELECT pg_try_advisory_lock({key_of('shop')});")
    pid = server.ask("SELECT pid FROM pg_locks WHERE locktype = 'advisory'")
    expect("unlock: who", run("unlock", url=url), 0, f"the lock is held by pid {pid} (replica 2); `fairlead-migrate unlock")
    expect("unlock: and since when, for who may see that", run("unlock", url=server.url("shop")), 0, f"pid {pid} (replica 2), since 2",
           "runs: SELECT pg_try_advisory_lock")
    expect("reset waits for who migrates", run("unlock", "--terminate", "1", url=url), 2, "process 1 doesn't hold the lock")
    expect("ending a session is confirmed in production", run("unlock", "--terminate", pid, "--env", "production",
                                                              url=server.url("shop")), 2, "--confirm production")
    expect("who may not is told", run("unlock", "--terminate", pid, url=url), 3, f"process {pid} can't be ended")
    expect("--dry-run ends nothing", run("unlock", "--terminate", pid, "--dry-run", url=server.url("shop")), 0, "would end")
    expect("unlock --terminate", run("unlock", "--terminate", pid, "--env", "dev", url=server.url("shop")), 0, "the lock is free")
    holder.kill()

    reader = server.session("shop", "SELECT 1;")
    expect("reset ends nobody's session", run("reset", "--env", "dev", url=url), 3, "is being accessed by other users")
    reader.kill()
    reader.wait()
    for _ in range(50):
        if server.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = 'shop'") == "0":
            break
        time.sleep(0.1)
    expect("reset", run("reset", "--env", "dev", url=url), 0, "dropped and made again postgresql://ada@")
    counted.note("the table is gone", server.ask("SELECT relname FROM pg_class WHERE relname = 'notes'", "shop"))
    expect("the server's own database stays", run("reset", "--env", "dev", url=server.url("postgres")), 2, "is the server's own")
    server.psql("CREATE ROLE \"odd \"\" name\" LOGIN SUPERUSER")
    odd = {"PGHOST": str(server.folder), "PGPORT": str(server.port), "PGUSER": 'odd " name', "PGDATABASE": 'a "b; DROP TABLE x; --'}
    expect("names are quoted", run("create", **odd, **secret), 0, 'made database \'a "b; DROP TABLE x; --\'')


def through_poolers(cases, server):
    if pgbouncer.PROGRAM is None:
        counted.skip("pgbouncer", "through poolers", pgbouncer.INSTALL)
        return
    for pool in [5, 1]:
        with pgbouncer.Pooler(server, "transaction", pool=pool) as pooler:
            done = cases.expect(f"a transaction pooler of {pool} is seen", cases.run("ping", url=pooler.url()), 0,
                                "pooler    transaction: ")
            done = cases.expect("and refused, with the reason and the way out", cases.run("unlock", url=pooler.url()), 2,
                                "leads to a transaction pooler: ", "migrate.direct_url_env")
            counted.note("before it is said who holds the lock", "the lock" if "held by" in done.stdout else "")
    with pgbouncer.Pooler(server, "session") as pooler:
        cases.expect("a session pooler is seen", cases.run("ping", url=pooler.url()), 0, "pooler    session")
        cases.expect("and taken", cases.run("unlock", url=pooler.url()), 0, "nobody holds the lock")
    with pgbouncer.Pooler(server, "session", port=6432) as pooler:
        cases.expect("port 6432 is refused", cases.run("unlock", url=pooler.url()), 2, "port 6432 is a pooler's")
        (cases.folder / "fairlead.yml").write_text(CONFIG.replace("migrate:\n", "migrate:\n  direct_url_env: DIRECT_URL\n"))
        cases.expect("the direct URL is the way out", cases.run("unlock", url=pooler.url(), DIRECT_URL=server.url()), 0,
                     "nobody holds the lock")
        cases.expect("which has to be set", cases.run("unlock", url=pooler.url()), 2, "variable 'DIRECT_URL'")


with tempfile.TemporaryDirectory() as scratch:
    cases = Cases(pathlib.Path(scratch))
    without_server(cases)
    if postgres.folder_of_programs() is None:
        counted.skip(postgres.PART, "on a server", postgres.INSTALL)
    else:
        with postgres.Server(tcp=True, port=0) as server:
            on_server(cases, server)
            through_poolers(cases, server)
counted.close()
