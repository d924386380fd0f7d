#!/usr/bin/python3
# needs: postgres; takes: 19 s
"""migrate_locks.py BIN: the locks that `fairlead-migrate plan` tells are those that a real server takes (pg_locks).

A server of each /usr/lib/postgresql/*/bin (or of the folders in FAIRLEAD_POSTGRES, parted by colons) is started without
privileges on a socket in a scratch folder. What may stand in a transaction is run in one, which then says what it holds on
relations that were there before. The rest waits behind a lock of ours, and pg_locks says for which it waits.

What copies such a relation (relfilenode), reads all of one (scans of the transaction) or builds an index of it, under a lock that
writers wait for, is never silent: `lint` has a finding of its own for it.
"""
import glob
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-migrate"
FOLDERS = [one for one in os.environ.get("FAIRLEAD_POSTGRES", "").split(":") if one] or sorted(glob.glob("/usr/lib/postgresql/*/bin"))
PSQL = shutil.which("psql", path=os.environ.get("PATH", "") + ":/usr/bin")
MODES = ["AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock",
         "ExclusiveLock", "AccessExclusiveLock"]
NAMES = ["ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE",
         "ACCESS EXCLUSIVE"]
SETUP = """
CREATE TABLE u (id int PRIMARY KEY, n int);
CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(10), c numeric(5, 2), d int, CONSTRAINT positive CHECK (d > 0) NOT VALID);
CREATE INDEX t_a ON t (a);
CREATE UNIQUE INDEX t_d ON t (d);
CREATE TABLE parts (k int, v int) PARTITION BY LIST (k);
CREATE TABLE part1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE part2 (k int, v int);
CREATE TABLE kind OF_TYPE;
CREATE VIEW v AS SELECT id FROM t;
CREATE MATERIALIZED VIEW m AS SELECT id FROM t;
CREATE UNIQUE INDEX m_id ON m (id);
CREATE SEQUENCE s;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE pair AS (x int, y int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE POLICY p ON t;
CREATE ROLE somebody;
CREATE SCHEMA other;
CREATE TABLE child (id int NOT NULL, n int);
CREATE TABLE elder (id int);
CREATE TABLE heir () INHERITS (elder);
CREATE UNLOGGED TABLE temporary (a int);
CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY);
CREATE DOMAIN whole AS int;
ALTER DOMAIN whole ADD CONSTRAINT positive CHECK (value > 0) NOT VALID;
CREATE TABLE of_whole (w whole);
INSERT INTO u VALUES (1, 1), (2, 2);
INSERT INTO t (id, a, b, c) VALUES (1, 1, 'x', 1), (2, 2, 'y', 2);
UPDATE t SET d = id;
INSERT INTO of_whole VALUES (1);
INSERT INTO temporary VALUES (1);
INSERT INTO part2 VALUES (2, 1);
INSERT INTO child VALUES (1);
REFRESH MATERIALIZED VIEW m;
""".replace("CREATE TABLE kind OF_TYPE;\n", "")
WITHIN = """
SELECT * FROM t
SELECT * FROM t FOR UPDATE
INSERT INTO t (id) VALUES (9)
UPDATE u SET n = 1
DELETE FROM u
COPY u FROM '/dev/null'
COPY u TO '/dev/null'
ANALYZE t
CREATE INDEX ON t (b)
CREATE UNIQUE INDEX ON t (b)
DROP INDEX t_a
REINDEX TABLE t
REINDEX INDEX t_a
CLUSTER t USING t_a
CREATE TABLE w (a int)
CREATE TABLE w (a int REFERENCES t)
CREATE TABLE w (a int, FOREIGN KEY (a) REFERENCES t (id))
CREATE TABLE w PARTITION OF parts FOR VALUES IN (9)
CREATE TABLE w () INHERITS (t)
CREATE TABLE w AS SELECT 1
CREATE VIEW w AS SELECT id FROM t
CREATE OR REPLACE VIEW v AS SELECT id FROM t
CREATE TRIGGER h BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()
DROP TRIGGER g ON t
CREATE RULE r AS ON DELETE TO t DO ALSO NOTHING
CREATE POLICY q ON t
DROP POLICY p ON t
REFRESH MATERIALIZED VIEW m
REFRESH MATERIALIZED VIEW CONCURRENTLY m
DROP TABLE u
DROP VIEW v
DROP MATERIALIZED VIEW m
DROP SEQUENCE s
TRUNCATE u
LOCK TABLE t IN SHARE MODE
LOCK t
COMMENT ON TABLE t IS 'x'
COMMENT ON COLUMN t.a IS 'x'
CREATE TYPE hue AS ENUM ('red')
ALTER TYPE mood ADD VALUE 'good'
ALTER TYPE mood RENAME TO temper
ALTER FUNCTION f() RENAME TO ff
ALTER SEQUENCE s RESTART
GRANT SELECT ON t TO somebody
ALTER TABLE t ADD COLUMN e int
ALTER TABLE t ADD COLUMN e int DEFAULT random()
ALTER TABLE t ADD COLUMN e int REFERENCES u
ALTER TABLE t DROP COLUMN b
ALTER TABLE t ALTER a SET NOT NULL
ALTER TABLE t ALTER a DROP NOT NULL
ALTER TABLE t ALTER a SET DEFAULT 1
ALTER TABLE t ALTER a TYPE bigint
ALTER TABLE t ALTER b TYPE text
ALTER TABLE t ALTER a SET STATISTICS 5
ALTER TABLE t ALTER a SET (n_distinct = 5)
ALTER TABLE t ALTER b SET STORAGE PLAIN
ALTER TABLE t ADD CHECK (a > 0)
ALTER TABLE t ADD CHECK (a > 0) NOT VALID
ALTER TABLE t VALIDATE CONSTRAINT positive
ALTER TABLE t DROP CONSTRAINT positive
ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u
ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u NOT VALID
ALTER TABLE t ADD UNIQUE (a)
ALTER TABLE t ADD UNIQUE USING INDEX t_d
ALTER TABLE u ADD CONSTRAINT k EXCLUDE (n WITH =)
ALTER TABLE t SET (fillfactor = 70)
ALTER TABLE t SET (autovacuum_enabled = off)
ALTER TABLE t RESET (fillfactor)
ALTER TABLE t SET (user_catalog_table = true)
ALTER TABLE t CLUSTER ON t_a
ALTER TABLE t SET WITHOUT CLUSTER
ALTER TABLE t DISABLE TRIGGER ALL
ALTER TABLE t ENABLE TRIGGER g
ALTER TABLE t ENABLE ROW LEVEL SECURITY
ALTER TABLE t REPLICA IDENTITY FULL
ALTER TABLE t OWNER TO somebody
ALTER TABLE t SET UNLOGGED
ALTER TABLE t RENAME TO tt
ALTER TABLE t RENAME COLUMN a TO aa
ALTER TABLE t RENAME CONSTRAINT positive TO negative
ALTER INDEX t_a RENAME TO t_aa
ALTER VIEW v RENAME TO vv
ALTER TABLE parts ATTACH PARTITION part2 FOR VALUES IN (2)
ALTER TABLE parts DETACH PARTITION part1
ALTER TABLE child INHERIT u
ALTER TABLE heir NO INHERIT elder
ALTER TABLE t ALTER a RESET (n_distinct)
ALTER TABLE t ENABLE ALWAYS TRIGGER g
ALTER TABLE t ENABLE REPLICA TRIGGER g
ALTER TABLE t ENABLE TRIGGER ALL
ALTER TABLE t ENABLE TRIGGER USER
ALTER TABLE t DISABLE TRIGGER g
ALTER TABLE t FORCE ROW LEVEL SECURITY
ALTER TABLE t ALTER a DROP DEFAULT
ALTER TABLE t NO FORCE ROW LEVEL SECURITY
ALTER TABLE t DISABLE ROW LEVEL SECURITY
ALTER TABLE t DISABLE TRIGGER USER
ALTER TABLE t SET LOGGED
ALTER TABLE temporary SET LOGGED
ALTER TABLE t SET TABLESPACE second
ALTER INDEX t_a SET TABLESPACE second
ALTER TABLE t ADD COLUMN e int DEFAULT 0 CHECK (e >= 0)
ALTER TABLE t ADD COLUMN e int GENERATED ALWAYS AS (a + 1) STORED
ALTER TABLE t ADD COLUMN e serial
ALTER TABLE t ADD COLUMN e int UNIQUE
ALTER TABLE numbered ALTER id DROP IDENTITY
ALTER TABLE t SET SCHEMA other
ALTER TABLE m OWNER TO somebody
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'
ALTER TYPE pair DROP ATTRIBUTE y
ALTER TABLE t ADD CONSTRAINT filled CHECK (a IS NOT NULL)
DROP SCHEMA other
DROP FUNCTION f() CASCADE
DROP TYPE mood
DROP POLICY p ON t
ALTER TABLE t DROP COLUMN a CASCADE
ALTER TABLE t DROP CONSTRAINT t_pkey
ALTER TABLE t ALTER c TYPE numeric(9, 2)
ALTER TABLE t ALTER b TYPE varchar(5)
ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY
ALTER DOMAIN whole SET NOT NULL
ALTER DOMAIN whole ADD CHECK (value > 0)
ALTER DOMAIN whole ADD CHECK (value > 0) NOT VALID
ALTER DOMAIN whole VALIDATE CONSTRAINT positive
ALTER DOMAIN whole SET DEFAULT 1
ALTER TABLE t VALIDATE CONSTRAINT positive, ALTER a SET STATISTICS 5
ALTER TABLE t VALIDATE CONSTRAINT positive, ALTER a SET NOT NULL
""".strip().splitlines()
ALONE = [("t", "CREATE INDEX CONCURRENTLY t_b ON t (b)", 13), ("t", "DROP INDEX CONCURRENTLY t_a", 13),
         ("t", "REINDEX TABLE CONCURRENTLY t", 13), ("t", "REINDEX INDEX CONCURRENTLY t_a", 13), ("t", "VACUUM t", 13),
         ("t", "VACUUM FULL t", 13), ("t", "VACUUM (ANALYZE) t", 13),
         ("parts", "ALTER TABLE parts DETACH PARTITION part1 CONCURRENTLY", 14)]
FINALIZE = "ALTER TABLE parts DETACH PARTITION part1 FINALIZE"
# On the parent it asks for less than on the partition, whose readers it waits for: plan tells the strongest.
WEAKER = {"ALTER TABLE parts DETACH PARTITION part1 CONCURRENTLY": [("SHARE UPDATE EXCLUSIVE", "parts", "SHARE UPDATE EXCLUSIVE"),
                                                                    ("ACCESS EXCLUSIVE", "part1", "ACCESS SHARE")]}
# What is said of each migration, or of its names and types.
GENERAL = {"mig-lock-timeout", "mig-statement-timeout", "mig-no-down", "mig-down-not-inverse", "mig-syntax", "mig-int-key", "mig-varchar",
           "mig-char", "mig-timestamp", "mig-json", "mig-fk-no-index", "mig-idempotent", "mig-update-no-where", "mig-concurrently-in-transaction"}
WRITERS_WAIT = ("SHARE", "SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE")  # EXCLUSIVE is REFRESH … CONCURRENTLY's, whose view nobody writes
HELD = """SELECT coalesce(max(array_position(ARRAY[{modes}], mode)), 0) FROM pg_locks l
 JOIN before ON before.oid = l.relation WHERE l.pid = pg_backend_pid() AND l.granted"""
# Files and scans of what was there: "t copied", "t read". An index that is built reads its table.
WORK = """SELECT string_agg(c.relname || CASE WHEN c.relfilenode <> before.relfilenode THEN ' copied' ELSE ' read' END, ', ' ORDER BY 1)
 FROM pg_class c JOIN before USING (oid) WHERE c.relfilenode <> before.relfilenode
 OR c.relkind IN ('r', 'm') AND pg_stat_get_xact_numscans(c.oid) > 0"""
modes = ", ".join(f"'{mode}'" for mode in MODES)


class Server:
    def __init__(self, folder, scratch):
        self.folder, self.data = folder, scratch / "data"
        self.user = []
        if os.geteuid() == 0:  # PostgreSQL refuses root
            self.user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            scratch.chmod(0o755)
            os.chown(scratch, 65534, 65534)
        self.environment = {"PATH": f"{folder}:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(scratch), "PGHOST": str(scratch),
                            "PGUSER": "fairlead", "PGDATABASE": "postgres", "LD_LIBRARY_PATH": str(pathlib.Path(folder).parent / "lib")}
        self.run("initdb", "-D", self.data, "-U", "fairlead", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
        self.process = subprocess.Popen([*self.user, f"{folder}/postgres", "-D", str(self.data), "-k", str(scratch), "-h", "",
                                         "-c", "fsync=off", "-c", "log_min_messages=fatal"], env=self.environment,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        for _ in range(200):
            if self.psql("SELECT 1", check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError("the server doesn't answer")

    def run(self, name, *words):
        subprocess.run([*self.user, f"{self.folder}/{name}", *map(str, words)], env=self.environment, check=True, capture_output=True)

    def psql(self, text, check=True):
        environment = {**self.environment, "LD_LIBRARY_PATH": ""}
        return subprocess.run([PSQL, "-X", "-At", "-q"], input=text, env=environment, capture_output=True, text=True, check=check)

    def session(self):
        return subprocess.Popen([PSQL, "-X", "-At", "-q"], env={**self.environment, "LD_LIBRARY_PATH": ""}, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def planned(statement, major, folder):
    path = folder / "one.sql"
    path.write_text(statement + ";\n")
    done = subprocess.run([PROGRAM, "plan", "--file", "one.sql", "--postgres", str(major), "--format", "json"], cwd=folder, check=True,
                          capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "HOME": str(folder)})
    one, = json.loads(done.stdout)["statements"]
    return one["lock"], one["transactional"]


def name_of(number):
    return NAMES[number - 1] if number else "none"


def linted(statement, major, folder):
    """The rules that tell it."""
    (folder / "1_x.up.sql").write_text(statement + ";\n")
    done = subprocess.run([PROGRAM, "lint", "1_x.up.sql", "--postgres", str(major), "--format", "json"], cwd=folder, capture_output=True, text=True,
                          env={"PATH": "/usr/bin:/bin", "HOME": str(folder)})
    return {one["rule"].split("/")[-1] for one in json.loads(done.stdout)["findings"]} - GENERAL


def waits_for(server, table, statement, mode="SHARE UPDATE EXCLUSIVE"):
    """The mode that it asks for while we hold that one, with which it conflicts."""
    holder, asker = server.session(), server.session()
    try:
        holder.stdin.write(f"BEGIN; LOCK TABLE {table} IN {mode} MODE; SELECT 1;\n")
        holder.stdin.flush()
        holder.stdout.readline()
        asker.stdin.write(f"SET application_name = 'asker';\n{statement};\n")
        asker.stdin.flush()
        asked = f"""SELECT array_position(ARRAY[{modes}], mode) FROM pg_locks JOIN pg_stat_activity USING (pid)
                 WHERE application_name = 'asker' AND NOT granted AND locktype = 'relation'"""
        for _ in range(100):
            found = server.psql(asked).stdout.split()
            if found:
                return name_of(int(found[0]))
            time.sleep(0.05)
        return "nothing"
    finally:
        for whom in ("application_name = 'asker'", "pid <> pg_backend_pid()"):  # else it goes on when the holder goes
            server.psql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND {whom}")
            time.sleep(0.1)
        for one in (asker, holder):
            one.kill()
            one.wait()


def judge_within(server, major, statement, own):
    """Whether plan tells the lock that it takes in a transaction, and lint what it does under that."""
    done = server.psql(f"\\set ON_ERROR_STOP 1\nBEGIN;\n\\o /dev/null\n{statement};\n\\o\n{HELD.format(modes=modes)};\n{WORK};\nROLLBACK;\n",
                       check=False)
    is_told, may_stand = planned(statement, major, own)
    lock, work = done.stdout.splitlines() if done.returncode == 0 else ("", "")
    found = name_of(int(lock)) if done.returncode == 0 else done.stderr.strip()
    is_silent = bool(work) and found in WRITERS_WAIT and not linted(statement, major, own)
    if is_silent:
        print(f"{major}: {statement}: the server: {work} under {found}; lint is silent")
    if found != is_told or not may_stand:
        print(f"{major}: {statement}: the server: {found}; plan: {is_told}, {may_stand}")
    return found == is_told and may_stand and not is_silent


def judge(folder):
    wrong = passed = 0
    with tempfile.TemporaryDirectory(prefix="fl") as scratch, tempfile.TemporaryDirectory(prefix="fl") as own:
        server = Server(folder, pathlib.Path(scratch))
        space = pathlib.Path(scratch) / "space"
        space.mkdir()
        if os.geteuid() == 0:
            os.chown(space, 65534, 65534)
        try:
            major = int(server.psql("SHOW server_version_num").stdout) // 10000
            made = server.psql("\\set ON_ERROR_STOP 1\n" + SETUP + f"CREATE TABLESPACE second LOCATION '{space}';"
                               "CREATE TABLE before AS SELECT oid, relfilenode FROM pg_class WHERE relnamespace = "
                               "'public'::regnamespace;", check=False)
            if made.returncode != 0:
                raise RuntimeError(made.stderr)
            told = [judge_within(server, major, statement, pathlib.Path(own)) for statement in WITHIN]
            for table, statement, since in ALONE:
                if major < since:
                    continue
                is_told, may_stand = planned(statement, major, pathlib.Path(own))
                held = WEAKER.get(statement, [(is_told, table, "SHARE UPDATE EXCLUSIVE")])
                asked = [waits_for(server, at, statement, mode) for _, at, mode in held]
                found = asked[-1] if asked == [wanted for wanted, _, _ in held] else str(asked)
                refused = server.psql(f"\\set ON_ERROR_STOP 1\nBEGIN;\n{statement};\n", check=False).returncode != 0
                if found != is_told or may_stand or not refused:
                    wrong += 1
                    print(f"{major}: {statement}: the server: {found}, refused: {refused}; plan: {is_told}, {may_stand}")
                passed += found == is_told and not may_stand and refused
            if major >= 14:  # what was killed there is half detached
                told.append(judge_within(server, major, FINALIZE, pathlib.Path(own)))
            passed, wrong = passed + told.count(True), wrong + told.count(False)
        finally:
            server.stop()
    print(f"PostgreSQL {major}: {passed} of {passed + wrong} locks are as told")
    return passed, wrong


def main():
    if not FOLDERS or PSQL is None:
        counted.leave("postgres", "it is not installed; apt-get install postgresql")
    counted.close(*map(sum, zip(*map(judge, FOLDERS))))


main()
