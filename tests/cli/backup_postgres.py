#!/usr/bin/python3
# needs: postgres, icu; takes: 50 s
"""backup_postgres.py BIN: sets of a real server's database: one snapshot under write load, read back, proven by a restore into a
server of its own, restored beside what serves and swapped; each failure leaves no set and the old database."""
import fcntl
import gzip
import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import termios
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402
from until import wait_stopped, wait_until  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-backup"
CONFIG = """version: 1
app: shop
environments: {dev: {}, production: {}}
backup:
  stores: [file:store, file:copies]
  sources: [{name: db, engine: postgres, url_env: SHOP_URL, dump: custom}]
  rpo: 24h
  rto: 30m
"""
TABLES = """
CREATE ROLE app LOGIN PASSWORD 'hidden word';
CREATE ROLE reader;
"""
ROWS = """
CREATE TABLE items (id bigserial PRIMARY KEY, name text NOT NULL);
INSERT INTO items (name) SELECT 'item ' || i FROM generate_series(1, 5000) i;
CREATE SCHEMA "odd ""schema";
CREATE TABLE "odd ""schema"."it's a \\ table" (a int);
INSERT INTO "odd ""schema"."it's a \\ table" VALUES (1), (2);
CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE parts_2026 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO parts VALUES (1, '2026-05-05');
CREATE UNLOGGED TABLE fleeting (id int);
INSERT INTO fleeting VALUES (7);
SELECT lo_from_bytea(0, 'large object');
CREATE TABLE pairs (id bigserial, half int);
ALTER TABLE items OWNER TO app;
GRANT SELECT ON items TO reader;
"""
SUMS = "SELECT count(*), coalesce(sum(hashtext(t::text)::bigint), 0) FROM {} t"


class Project:
    def __init__(self, folder, url, config=CONFIG):
        self.folder, self.url = folder, url
        folder.mkdir()
        self.store = folder / "store"
        (folder / "fairlead.yml").write_text(config)

    def run(self, *words, **variables):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
                       "SHOP_URL": self.url, **variables}
        return subprocess.run([PROGRAM, *words], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=300)

    def expect(self, what, words, status, *parts, **variables):
        done = self.run(*words, **variables)
        shown = done.stdout + done.stderr
        missing = [part for part in parts if part not in shown]
        if "secret" in shown or "hidden word" in shown:
            missing.append("the silence about the password")
        counted.note(what, f"status {done.returncode}, expected {status}; missing {missing}\n{shown}"
                     if done.returncode != status or missing else "")
        return done

    def names(self, store="store"):
        folder = self.folder / store
        return sorted(path.name for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def sums(server, database):
    tables = ["items", '"odd ""schema"."it\'s a \\ table"', "parts", "fleeting"]
    return [server.ask(SUMS.format(table), database) for table in tables] + [server.ask("SELECT count(*) FROM pg_largeobject_metadata", database)]


def there_and_back(server, folder):
    project = Project(folder / "back", server.tcp_url("shop"))
    ended, before = threading.Event(), server.ask("SELECT count(*) FROM pairs", "shop")

    def write():
        while not ended.is_set():
            server.psql("BEGIN; INSERT INTO pairs (half) VALUES (1); INSERT INTO pairs (half) VALUES (2); COMMIT;", "shop")

    thread = threading.Thread(target=write)
    thread.start()
    wait_until("somebody writes", lambda: server.ask("SELECT count(*) FROM pairs", "shop") != before)
    done = project.expect("a set is made while others write", ["run", "--format", "json"], 0)
    ended.set()
    thread.join()
    made = json.loads(done.stdout)
    stem = made["id"]
    wanted = [f"{stem}.db.catalog.txt.gz", f"{stem}.db.globals.sql.gz", f"{stem}.manifest.json", f"{stem}.sql.gz"]
    counted.note("its files", "" if project.names() == wanted else str(project.names()))
    counted.note("the copies", "" if project.names("copies") == wanted else str(project.names("copies")))
    text = (project.store / f"{stem}.manifest.json").read_text()
    manifest = json.loads(text)
    counted.note("no password in the manifest", "it is there" if "secret" in text or "hidden" in text else "")
    packed = (project.store / f"{stem}.sql.gz").read_bytes()
    counted.note("S1-111: gzip by default", "" if packed.startswith(b"\x1f\x8b") else str(packed[:4]))
    (project.folder / "unpacked").write_bytes(gzip.decompress(packed))
    listed = subprocess.run(["pg_restore", "--list", project.folder / "unpacked"], capture_output=True, text=True)
    counted.note("S1-110: pg_restore lists it", "" if listed.returncode == 0 and "TABLE DATA public items" in listed.stdout else str(listed))
    counted.note("S1-112: APP_backup_YYYYMMDD_HHMMSS.sql.gz", "" if re.fullmatch(r"shop_backup_[0-9]{8}_[0-9]{6}", stem) else stem)
    stored = manifest["parts"][0]["stored"] == {"bytes": len(packed), "sha256": hashlib.sha256(packed).hexdigest()}
    told = manifest["started"] <= manifest["finished"] and manifest["parts"][0]["plain"]["bytes"] > 0 and made["verdict"] in ("pass", "whole")
    counted.note("S1-114: start, size, duration, checksum and result", "" if stored and told else f"{text}\n{done.stdout}")
    part = manifest["parts"][0]
    tables = {one["name"]: one for one in part["tables"]}
    counted.note("rows of each table", "" if tables["public.items"] == {"name": "public.items", "rows": 5000, "exact": True}
                 and tables["odd \"schema.it's a \\ table"]["rows"] == 2 and tables["public.parts_2026"]["rows"] == 1 else str(tables))
    counted.note("what else is there", "" if part["facts"]["large_objects"] == "1" and part["facts"]["partitioned_tables"] == "1"
                 and part["facts"]["roles"].split("\n")[:2] == ["app", "fairlead"] else str(part["facts"]))
    project.expect("restored beside", ["restore", "latest", "--to", "copy"], 0)
    counted.note("rows and sums are the same", "" if sums(server, "copy") == sums(server, "shop") else
                 f"{sums(server, 'copy')} {sums(server, 'shop')}")
    halves = server.ask("SELECT count(*) FILTER (WHERE half = 1), count(*) FILTER (WHERE half = 2), count(*) FROM pairs", "copy").split("|")
    counted.note("of one snapshot", "" if halves[0] == halves[1] and int(halves[2]) == tables["public.pairs"]["rows"] > 0 else
                 f"{halves} {tables['public.pairs']}")
    counted.note("owners and rights came along", "" if server.ask(
        "SELECT tableowner, has_table_privilege('reader', 'items', 'SELECT') FROM pg_tables WHERE tablename = 'items'", "copy") == "app|t" else "no")
    project.expect("proven in a server of its own", ["verify", "--level", "4"], 0, "level 4: passed")
    project.expect("RPO and RTO hold", ["status"], 0, "RPO: ", "RTO: ")
    project.expect("doctor connects", ["doctor"], 0, "ok     source db: postgresql://", ", server ", ", client ", "a run has everything it needs")
    project.expect("and tells what it couldn't", ["doctor"], 1, "wrong  source db: ", "ok     store file:",
                   SHOP_URL=server.tcp_url("shop_that_is_not_there"))
    done = project.expect("OpenMetrics", ["status", "--format", "openmetrics"], 0, 'fairlead_backup_ok{app="shop"} 1', "# EOF",
                          "fairlead_backup_rto_seconds")
    left = server.ask("SELECT count(*) FROM pg_database WHERE datname LIKE '%\\_restore\\_%'")
    counted.note("no database is left behind", "" if left == "0" else left)
    return project


def over_what_serves(server, project):
    project.expect("not over what is there", ["restore", "latest", "--to", "original"], 2, "is not empty", "--overwrite")
    server.psql("ALTER DATABASE shop SET work_mem = '5MB'; GRANT CONNECT ON DATABASE shop TO reader; DELETE FROM items WHERE id > 10;"
                , "shop")
    session = server.session("shop", "SELECT 1;")
    newest = json.loads(project.run("list", "--format", "json").stdout)["sets"][0]["id"]
    project.expect("in production it is confirmed", ["restore", newest, "--to", "original", "--overwrite", "-e", "production"], 2,
                   "--confirm production")
    project.expect("restored beside and swapped", ["restore", newest, "--to", "original", "--overwrite", "-e", "production", "--confirm",
                                                   "production"], 0, "the old database is kept as shop_before_")
    session.kill()
    session.wait()
    counted.note("what is restored serves", "" if server.ask("SELECT count(*) FROM items", "shop") == "5000" else "no")
    old = server.ask("SELECT datname FROM pg_database WHERE datname LIKE 'shop_before_%'")
    counted.note("the old one is there", "" if server.ask("SELECT count(*) FROM items", old) == "10" else old)
    counted.note("settings and rights of the database stayed", "" if server.ask("SHOW work_mem", "shop") == "5MB" and server.ask(
        "SELECT datacl::text LIKE '%reader=c/%' FROM pg_database WHERE datname = 'shop'") == "t" else "no")
    lost(server, project)
    for name in ("template1", "template0"):
        project.expect(f"{name} is no target", ["restore", "latest", "--to", name, "--overwrite"], 2, f"database '{name}' is a template")
    counted.note("the templates are as they were", "" if server.ask("SELECT count(*) FROM pg_database WHERE datname LIKE 'template_%'")
                 == "2" else "no")
    server.psql("CREATE DATABASE waiting")
    project.expect("into an empty one", ["restore", "latest", "--to", "waiting"], 0)
    counted.note("it is there", "" if server.ask("SELECT count(*) FROM items", "waiting") == "5000" else "no")


OF_A_DATABASE = """SELECT pg_get_userbyid(datdba), datacl, datconnlimit, shobj_description(oid, 'pg_database'),
(SELECT array_agg(setrole::regrole || ':' || setconfig::text ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid)
FROM pg_database d WHERE datname = 'settled'"""


def lost(server, project):
    """What belongs to a database comes back with it, though no dump holds it; an own setting may be a secret."""
    server.psql("CREATE DATABASE settled OWNER app")
    server.psql("""CREATE TABLE t (a int); INSERT INTO t VALUES (1);
ALTER DATABASE settled SET search_path = "odd, one", public;
ALTER DATABASE settled SET work_mem = '7MB'; ALTER DATABASE settled CONNECTION LIMIT 9;
ALTER ROLE app IN DATABASE settled SET statement_timeout = '5s';
REVOKE ALL ON DATABASE settled FROM PUBLIC; GRANT CONNECT ON DATABASE settled TO reader WITH GRANT OPTION;
COMMENT ON DATABASE settled IS 'it''s \\ ours';""", "settled")
    url = {"SHOP_URL": server.url("settled")}
    before = server.ask(OF_A_DATABASE)
    project.expect("a set of it", ["run", "--store", "file:settled"], 0, **url)
    project.expect("over what is there", ["restore", "latest", "--store", "file:settled", "--to", "original", "--overwrite"], 0, **url)
    counted.note("it keeps what belongs to it", "" if server.ask(OF_A_DATABASE) == before else f"{before}\n{server.ask(OF_A_DATABASE)}")
    server.psql("ALTER DATABASE settled SET app.jwt_key = 'hidden word'")
    project.expect("a set with a setting of its own", ["run", "--store", "file:settled"], 0, **url)
    held = "".join(path.read_text() for path in (project.folder / "settled").rglob("*.manifest.json"))
    counted.note("no manifest holds its value", "" if "app.jwt_key" in held and "hidden word" not in held else held)
    server.psql("DROP DATABASE settled")
    project.expect("a lost one comes back", ["restore", "latest", "--store", "file:settled", "--to", "original"], 0,
                   "ALTER DATABASE \"settled\" SET app.jwt_key = ...", **url)
    counted.note("with what belongs to it", "" if server.ask(OF_A_DATABASE) == before else f"{before}\n{server.ask(OF_A_DATABASE)}")


def failing(server, project, folder):
    before = project.names()
    broken = Project(folder / "broken", server.tcp_url("shop"))
    programs = folder / "programs"
    programs.mkdir()
    real = postgres.folder_of_programs()
    for name in ("pg_restore", "psql", "pg_dumpall"):
        (programs / name).symlink_to(real / name)
    config = CONFIG + f"  pg_bin: {programs}\n"
    (broken.folder / "fairlead.yml").write_text(config)

    def pretend(text):
        path = programs / "pg_dump"
        path.write_text(f"#!/bin/sh\ncase $1 in --version) exec {real}/pg_dump --version;; esac\n{text}\n")
        path.chmod(0o755)

    pretend(f"{real}/pg_dump \"$@\" | head -c 3000; echo 'the disk of the server is gone' >&2; exit 1")
    broken.expect("a dump that fails near its end", ["run"], 3, "the disk of the server is gone")
    pretend(f"{real}/pg_dump \"$@\" | head -c 3000")
    broken.expect("one that ends early and says nothing", ["run"], 1)
    pretend("true")
    broken.expect("one of no byte", ["run"], 1)
    pretend(f"{real}/pg_dump \"$@\" | head -c 3000")
    broken.expect("the same of SQL", ["run", "--dump", "plain"], 3, "lacks its end")
    counted.note("none of them is a set, and nothing is left", "" if broken.names() == [] else str(broken.names()))
    (programs / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    broken.expect("an old pg_dump is told before anything", ["run"], 3, "the newest here is 9.6.1", "postgresql-client-")
    (broken.folder / "fairlead.yml").write_text(CONFIG)
    broken.url = server.tcp_url("shop", password="wrong")
    broken.expect("a wrong password, and nobody is asked", ["run"], 3)
    broken.url = server.tcp_url("nowhere")
    broken.expect("no such database", ["run"], 3, "nowhere")
    server.psql("CREATE DATABASE nothing")
    broken.url = server.tcp_url("nothing")
    broken.expect("an empty database", ["run"], 1, "has no table", "--allow-empty")
    server.psql("CREATE ROLE guarded LOGIN PASSWORD 'secret word'; CREATE DATABASE rls OWNER guarded")
    server.psql("CREATE TABLE t (id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT SELECT ON t TO guarded; INSERT INTO t VALUES (1)",
                "rls")
    broken.url = server.tcp_url("rls", user="guarded")
    broken.expect("rows that a policy hides", ["run"], 3, "rows of public.t are hidden from role guarded", "BYPASSRLS")
    broken.expect("doctor knows it", ["doctor"], 1, "rows of public.t are hidden from role guarded")
    server.psql("ALTER TABLE t DISABLE ROW LEVEL SECURITY; REVOKE SELECT ON t FROM guarded", "rls")
    broken.expect("and a table that it may not read", ["doctor"], 1, "role guarded may not read public.t", "pg_read_all_data")
    broken.expect("as the run does", ["run"], 3, "role guarded may not read public.t")
    counted.note("still nothing is there", "" if broken.names() == [] else str(broken.names()))
    counted.note("other sets are as they were", "" if [name for name in project.names() if "verify" not in name] ==
                 [name for name in before if "verify" not in name] else "no")
    server.psql("CREATE DATABASE target; CREATE ROLE gone;")
    server.psql("CREATE TABLE t (id int); ALTER TABLE t OWNER TO gone; INSERT INTO t VALUES (1)", "nothing")
    broken.url = server.tcp_url("nothing")
    broken.expect("a set with a role", ["run"], 0)
    server.psql("ALTER TABLE t OWNER TO fairlead; DROP ROLE gone", "nothing")
    broken.expect("a role that is missing is told before", ["restore", "latest", "--to", "target"], 2, "roles", "gone", "--no-owner")
    broken.expect("and can be left out", ["restore", "latest", "--to", "target", "--no-owner"], 0)


def in_a_terminal(project, *words):
    """Its status and what it shows, where somebody could be asked."""
    ours, its = os.openpty()
    variables = {"PATH": "/usr/bin:/bin", "HOME": str(project.folder), "SHOP_URL": project.url}
    running = subprocess.Popen([PROGRAM, *words], cwd=project.folder, env=variables, stdin=its, stdout=its, stderr=its, start_new_session=True,
                               preexec_fn=lambda: fcntl.ioctl(its, termios.TIOCSCTTY, 0))
    os.close(its)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # its end
        pass
    os.close(ours)
    return running.wait(60), shown.decode()


def losing(server, folder):
    """Connections that break, a password that is asked for, restores that fail or are killed."""
    project = Project(folder / "losing", server.tcp_url("shop"))
    programs = folder / "losing programs"
    programs.mkdir()
    real = postgres.folder_of_programs()
    for name in ("pg_dump", "pg_restore", "psql", "pg_dumpall"):
        (programs / name).symlink_to(real / name)
    (project.folder / "fairlead.yml").write_text(CONFIG + f"  pg_bin: {programs}\n")

    def pretend(name, text):
        (programs / name).unlink()
        (programs / name).write_text(f"#!/bin/sh\ncase $1 in --version) exec {real}/{name} --version;; esac\n{text}\n")
        (programs / name).chmod(0o755)

    mark = folder / "tried"
    terminate = (f"{real}/psql -X -h {server.folder} -p {server.port} -U {server.user} postgres -qc \"select pg_terminate_backend(pid) from pg_stat_activity "
                 "where application_name = 'pg_dump'\" >&2")
    once = f"[ -e '{mark}' ] && exec {real}/pg_dump \"$@\"\ntouch '{mark}'\n"
    pretend("pg_dump", f"{once}{real}/pg_dump \"$@\" --lock-wait-timeout=9s | (head -c 2000; {terminate}; cat); exit 1")
    project.expect("a connection that breaks is tried once more", ["run"], 0, "is tried once more")
    mark.unlink()
    pretend("pg_dump", "echo 'one of twenty' >&2; echo 'FATAL: canceling statement due to conflict with recovery' >&2; echo last >&2; exit 1")
    before = project.names()
    project.expect("a replica that is in conflict: retried, then advice", ["run"], 3, "is tried once more", "hot_standby_feedback", "one of twenty", "last")
    counted.note("and nothing is left", "" if project.names() == before else str(project.names()))
    pretend("pg_dump", f"touch '{mark}'; while [ -e '{mark}' ]; do sleep 0.02; done; exec {real}/pg_dump \"$@\"")
    running = subprocess.Popen([PROGRAM, "run"], cwd=project.folder, env={"PATH": "/usr/bin:/bin", "SHOP_URL": project.url}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wait_until("pg_dump begins", lambda: mark.exists() or running.poll() is not None)
    server.stop("SIGKILL")
    mark.unlink()
    said = running.communicate()[0]
    counted.note("a server that stops in the middle", "" if running.returncode == 3 and project.names() == before else f"{running.returncode} {said} {project.names()}")
    server.start()
    pretend("pg_dump", f"exec {real}/pg_dump \"$@\"")
    project.expect("the next run works", ["run"], 0)
    project.url = server.tcp_url("shop").replace("secret%20word", "")
    status, shown = in_a_terminal(project, "run")
    counted.note("a password is needed, and a terminal is there", "" if status == 3 and "assword" in shown and "Password:" not in shown else f"{status} {shown}")
    project.url = server.tcp_url("shop")
    rows = server.ask("SELECT count(*) FROM items", "shop")
    pretend("pg_restore", f"case \"$*\" in *' -d '*) head -c 3000 >&2; echo 'the disk of the server is full' >&2; exit 1;; esac; exec {real}/pg_restore \"$@\"")
    project.expect("a restore that fails half way", ["restore", "latest", "--to", "original", "--overwrite"], 3, "the disk of the server is full")
    left = server.ask("SELECT count(*) FROM pg_database WHERE datname LIKE '%\\_restore\\_%'")
    counted.note("the old database serves, and nothing is beside it", "" if server.ask("SELECT count(*) FROM items", "shop") == rows and left == "0" else left)
    pretend("pg_restore", "case \"$*\" in *' -d '*) cat > /dev/null; echo 'pg_restore: error: could not execute query: ERROR:  must be member of role' >&2; "
            f"echo 'Command was: ALTER TABLE t' >&2; exit 1;; esac; exec {real}/pg_restore \"$@\"")
    project.expect("its cause is told, not what stands behind it", ["restore", "latest", "--to", "original", "--overwrite"], 3, "must be member of role")
    pretend("pg_restore", "case \"$*\" in *' -d '*) cat > /dev/null; echo 'pg_restore: error: COPY failed for table \"items\": ERROR:  invalid input syntax "
            f"for type integer: \"ann lee\"' >&2; echo 'DETAIL:  Key (name)=(ann lee) exists' >&2; exit 1;; esac; exec {real}/pg_restore \"$@\"")
    done = project.expect("no value is told with it", ["restore", "latest", "--to", "original", "--overwrite"], 3, 'table "items"', 'integer: "***"')
    counted.note("none at all", "it is" if "ann lee" in done.stdout + done.stderr else "")
    pretend("pg_restore", f"exec {real}/pg_restore \"$@\"")
    for at in ("restore", "restored", "counted", "in-place"):
        done = project.run("restore", "latest", "--to", "original", "--overwrite", FAIRLEAD_FAULT=f"kill@{at}")
        counted.note(f"restore killed at {at}: a whole database serves", "" if done.returncode == -9 and server.ask("SELECT count(*) FROM items", "shop") == rows
                     else str(done))
        server.wait_alone()
        project.expect(f"restore killed at {at}: the next one works", ["restore", "latest", "--to", "original", "--overwrite"], 0)
        left = server.ask("SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE '%\\_restore\\_%'")
        counted.note(f"restore killed at {at}: and leaves nothing beside", left)


def plain(server, folder):
    project = Project(folder / "plain", server.tcp_url("shop"))
    done = project.expect("SQL, named as by hand", ["run", "--name-style", "plain", "--format", "json"], 0)
    stem = json.loads(done.stdout)["id"]
    counted.note("backup_YYYYMMDD_HHMMSS.sql", "" if f"{stem}.sql" in project.names() and stem.startswith("backup_") else str(project.names()))
    project.expect("is restored", ["restore", "latest", "--to", "by_sql"], 0)
    counted.note("with all rows", "" if server.ask("SELECT count(*) FROM items", "by_sql") == "5000" else "no")
    project.expect("is proven", ["verify", "--level", "4"], 0)
    project.expect("a set of its own folder", ["run", "--name-style", "set"], 0, "in shop/")
    project.expect("is found by its time", ["verify", "shop/2"], 0)


DOCKER = """#!/bin/sh
[ "$1 $2 $3" = "compose exec -T" ] || { echo "not so: $*" >&2; exit 1; }
echo "$*" >> "$(dirname "$0")/said"
shift 3
kept=
while [ "$1" = -e ]; do kept="$kept $2"; shift 2; done
[ "$1" = db ] || { echo "service \\"$1\\" is not running" >&2; exit 1; }
shift
for name in $(env | sed -n 's/^\\(PG[A-Z]*\\)=.*/\\1/p'); do
    case " $kept " in *" $name "*) ;; *) unset "$name" ;; esac
done
exec "$@"
"""


def via(server, folder):
    project = Project(folder / "via", server.tcp_url("shop"), CONFIG.replace("dump: custom", "via: 'compose:db'"))
    programs = folder / "docker"
    programs.mkdir()
    (programs / "docker").write_text(DOCKER)
    (programs / "docker").chmod(0o755)
    path = {"PATH": f"{programs}:/usr/bin:/bin"}
    project.expect("by the programs of a container", ["run"], 0, **path)
    part = json.loads(next(project.store.glob("*.manifest.json")).read_text())["parts"][0]
    counted.note("with all that a manifest tells", "" if part["facts"]["large_objects"] == "1" and part["facts"]["roles"] and
                 {one["name"]: one["rows"] for one in part["tables"]}["public.items"] == 5000 else str(part))
    project.expect("restored from there", ["restore", "latest", "--to", "by_via"], 0, **path)
    counted.note("rows and sums are the same", "" if sums(server, "by_via") == sums(server, "shop") else str(sums(server, "by_via")))
    project.expect("a plain one, too", ["run", "--name-style", "plain"], 0, **path)
    project.expect("restored by its psql", ["restore", "latest", "--to", "by_via_sql"], 0, **path)
    counted.note("with all rows", "" if server.ask("SELECT count(*) FROM items", "by_via_sql") == "5000" else "no")
    counted.note("no password in a word of docker's", "it is there" if "secret" in (programs / "said").read_text() else "")
    project.expect("by a flag", ["run", "--via", "compose:other"], 3, 'service "other" is not running', **path)
    project.url = server.tcp_url("nowhere")
    project.expect("no such database", ["run"], 3, "nowhere", **path)


def directory(server, folder):
    project = Project(folder / "directory", server.tcp_url("shop"), CONFIG.replace("dump: custom", "dump: directory, jobs: 3"))
    temporary = project.folder / "tmp"
    temporary.mkdir()
    project.expect("by several at once", ["run"], 0, TMPDIR=str(temporary))
    names = [name for name in project.names() if name.endswith(".tar.gz")]
    counted.note("is one file of the set", "" if len(names) == 1 else str(project.names()))
    project.expect("is proven", ["verify", "--level", "4"], 0)
    project.expect("is restored", ["restore", "latest", "--to", "by_folder"], 0)
    counted.note("rows and sums are the same", "" if sums(server, "by_folder") == sums(server, "shop") else str(sums(server, "by_folder")))
    left = [path.name for path in temporary.iterdir()]
    counted.note("no folder is left", "" if not left else str(left))


def queries(server, folder):
    def asking(*asked, more=""):
        return CONFIG + f"  verify: {{level: 4, queries: {json.dumps(asked)}{more}}}\n"

    project = Project(folder / "queries", server.tcp_url("shop"), asking("SELECT count(*) FROM items", "SELECT true"))
    project.expect("a set", ["run"], 0)
    project.expect("queries that are fulfilled", ["verify"], 0)
    for query, why in (("SELECT count(*) FROM items WHERE id < 0", "answers 0"), ("SELECT id FROM items WHERE id < 0", "has no answer"),
                       ("SELECT NULL", "answers NULL"), ("SELECT false", "answers f"), ("SELECT 1 FROM nowhere", "was refused")):
        (project.folder / "fairlead.yml").write_text(asking(query))
        project.expect(f"{query} is a no", ["verify"], 1, why)
    (project.folder / "fairlead.yml").write_text(asking("SELECT count(*) FROM items", more=", on: OTHER_URL"))
    project.expect("on another server, whose variable is not set", ["verify"], 2, "OTHER_URL")
    with postgres.Server(tcp=True, port=0) as other:
        project.expect("on another server", ["verify"], 0, "level 4: passed", OTHER_URL=other.tcp_url("postgres"))
        left = other.ask("SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database")
        counted.note("nothing is left there", "" if left == "postgres template0 template1" else left)
        project.expect("the set's roles, to be read", ["restore", "latest", "--source", "db.globals", "--to", "roles.sql"], 0, "wrote roles to")
        text = (project.folder / "roles.sql").read_text()
        counted.note("are SQL without passwords", "" if "CREATE ROLE app;" in text and "PASSWORD" not in text else text)
        project.expect("over no file", ["restore", "latest", "--source", "db.globals", "--to", "roles.sql"], 2, "is there already")
        project.expect("nor into a server", ["restore", "latest", "--source", "db.globals", "--to", "original"], 2, "--to ./roles.sql")
        project.expect("roles that are missing there are told", ["restore", "latest", "--to", "env:OTHER_URL"], 2, "app", "--globals",
                       OTHER_URL=other.tcp_url("fresh"))
        other.psql("CREATE ROLE reader CREATEDB")
        project.expect("and made first", ["restore", "latest", "--to", "env:OTHER_URL", "--globals"], 0,
                       "are made, without passwords: app", OTHER_URL=other.tcp_url("fresh"))
        counted.note("with their rights", "" if other.ask("SELECT tableowner FROM pg_tables WHERE tablename = 'items'", "fresh") == "app" else "no")
        roles = other.ask("SELECT string_agg(rolname || rolcanlogin || rolcreatedb, ' ' ORDER BY rolname) FROM pg_roles WHERE rolname IN "
                          "('app', 'reader')")
        counted.note("one that is there is left as it is", "" if roles == "apptruefalse readerfalsetrue" else roles)
        server.psql("CREATE EXTENSION hstore", "shop")
        project.expect("a set with an extension", ["run"], 0)
        server.psql("DROP EXTENSION hstore", "shop")
        other.psql("SET allow_system_table_mods = on; CREATE OR REPLACE VIEW pg_catalog.pg_available_extensions AS SELECT name, default_version, "
                   "NULL::text COLLATE \"C\" AS installed_version, comment FROM pg_available_extensions() WHERE name <> 'hstore'", "postgres")
        project.expect("an extension that is missing is told before", ["restore", "latest", "--to", "env:OTHER_URL", "--no-owner"], 2, "hstore",
                       "install it there", OTHER_URL=other.tcp_url("another"))
        counted.note("and nothing was made", "" if other.ask("SELECT count(*) FROM pg_database WHERE datname LIKE 'another%'") == "0" else "no")


def kinds(server, folder):
    server.psql("CREATE DATABASE kinds")
    server.psql("CREATE TABLE t (id int); INSERT INTO t VALUES (1); CREATE UNLOGGED TABLE u (id int); CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s "
                "FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE f (id int) SERVER s; CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE p1 "
                "PARTITION OF p FOR VALUES FROM (0) TO (9); SELECT lo_from_bytea(0, 'a'), lo_from_bytea(0, 'b')", "kinds")
    project = Project(folder / "kinds", server.tcp_url("kinds"))
    project.expect("a set of many kinds", ["run"], 0)
    facts = json.loads(next(project.store.glob("*.manifest.json")).read_text())["parts"][0]["facts"]
    wanted = {"unlogged_tables": "1", "foreign_tables": "1", "partitioned_tables": "1", "large_objects": "2", "from_standby": "f"}
    counted.note("each is counted", "" if {**facts, **wanted} == facts else str(facts))
    project.expect("and restores", ["restore", "latest", "--to", "kinds_copy"], 0)
    counted.note("large objects, too", "" if server.ask("SELECT count(*) FROM pg_largeobject_metadata", "kinds_copy") == "2" else "no")


def came_meanwhile(server, folder):
    """Into a database that is empty when the restore begins, and not when it ends."""
    project = Project(folder / "meanwhile", server.tcp_url("kinds"))
    project.expect("a set to restore", ["run"], 0)
    comes = {"a table": "CREATE TABLE came (id int)", "a function": "CREATE FUNCTION came() RETURNS int LANGUAGE sql AS 'SELECT 1'",
             "a schema": "CREATE SCHEMA came", "a large object": "SELECT lo_from_bytea(0, 'came')", "nothing": "SELECT 1"}
    for place in ("restored", "swapped"):
        for what, text in comes.items():
            server.psql("CREATE DATABASE late")
            run = subprocess.Popen([PROGRAM, "restore", "latest", "--to", "late"], cwd=project.folder, stdin=subprocess.DEVNULL, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "SHOP_URL": project.url, "FAIRLEAD_FAULT": f"stop@{place}"})
            is_there = wait_stopped(run)
            old = server.ask("SELECT datname FROM pg_database WHERE datname LIKE 'late\\_before%'") or "late"
            server.psql(text, old)
            run.send_signal(signal.SIGCONT)
            said = run.communicate(timeout=60)[0]
            kept = server.ask("SELECT datname FROM pg_database WHERE datname LIKE 'late\\_before%' AND datallowconn")
            wrong = [] if is_there and run.returncode == 0 else [f"status {run.returncode}"]
            wrong += [] if bool(kept) == (what != "nothing") and (not kept or kept in said) else [f"kept: {kept!r}"]
            wrong += [] if server.ask("SELECT count(*) FROM t", "late") == "1" else ["it is not restored"]
            counted.note(f"{what} comes at '{place}': it is kept", f"{wrong}\n{said}" if wrong else "")
            for name in ("late", kept):
                if name:
                    server.psql(f'DROP DATABASE "{name}" WITH (FORCE)')


def made_meanwhile(server, folder):
    """No database of that name was there when the restore began, and somebody has made one when it ends."""
    project = Project(folder / "made", server.tcp_url("kinds"))
    project.expect("a set for a database that comes", ["run"], 0)
    run = subprocess.Popen([PROGRAM, "restore", "latest", "--to", "late"], cwd=project.folder, stdin=subprocess.DEVNULL, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "SHOP_URL": project.url, "FAIRLEAD_FAULT": "stop@counted"})
    is_there = wait_stopped(run)
    server.psql("CREATE DATABASE late")
    server.psql("CREATE TABLE came (id int)", "late")
    run.send_signal(signal.SIGCONT)
    said = run.communicate(timeout=60)[0]
    left = server.ask("SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'late%'")
    counted.note("a database that somebody made meanwhile stays, and no copy is left", "" if is_there and run.returncode == 3 and left == "late" and
                 server.ask("SELECT to_regclass('came')", "late") == "came" and "run the command again" in said else f"{run.returncode} {left} {said}")
    project.expect("then it is asked about", ["restore", "latest", "--to", "late"], 2, "is not empty", "--overwrite")
    project.expect("and restored", ["restore", "latest", "--to", "late", "--overwrite"], 0, "late_before_")


def sorted_as_there(server, folder):
    """Order and bytes are the database's own: ICU's rules, and bytes of no encoding."""
    for name, options, text, question, answer in (
            ("icu", "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-u-kn-true' ENCODING 'UTF8'",
             "CREATE TABLE t (v text); INSERT INTO t VALUES ('a10'), ('a9'), ('B1'), ('z')", "SELECT string_agg(v, ' ' ORDER BY v) FROM t", "a9 a10 B1 z"),
            ("bytes", "TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'",
             "CREATE TABLE t (v text); INSERT INTO t VALUES (E'caf\\xe9')", "SELECT encode(v::bytea, 'hex') FROM t", "636166e9")):
        made = server.psql(f"CREATE DATABASE {name} {options}", check=False)
        if made.returncode:
            counted.skip("icu", name, made.stderr.strip())
            continue
        server.psql(text, name)
        for dump in ("custom", "plain"):
            project = Project(folder / f"{name} {dump}", server.tcp_url(name), CONFIG.replace("dump: custom", f"dump: {dump}"))
            project.expect(f"{name}: a set, {dump}", ["run"], 0)
            project.expect(f"{name}: level 4", ["verify", "--level", "4"], 0, "level 4")
            copy = f"{name}_{dump}"
            project.expect(f"{name}: restored", ["restore", "latest", "--to", copy], 0)
            said = server.ask(question, copy)
            counted.note(f"{name}, {dump}: as it was", "" if said == answer else said)


if postgres.folder_of_programs() is None:
    counted.leave(postgres.PART, postgres.INSTALL)
with tempfile.TemporaryDirectory(prefix="fairlead backup ") as name, postgres.Server(tcp=True, port=0) as served:
    served.psql(TABLES)
    served.psql("CREATE DATABASE shop")
    served.psql(ROWS, "shop")
    made_project = there_and_back(served, pathlib.Path(name))
    over_what_serves(served, made_project)
    failing(served, made_project, pathlib.Path(name))
    plain(served, pathlib.Path(name))
    losing(served, pathlib.Path(name))
    for part_of_it in (via, directory, queries, kinds, came_meanwhile, made_meanwhile, sorted_as_there):
        part_of_it(served, pathlib.Path(name))
counted.close()
