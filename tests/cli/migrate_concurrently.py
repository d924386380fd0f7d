#!/usr/bin/python3
# needs: postgres; takes: 7 s
"""migrate_concurrently.py BIN: CREATE INDEX CONCURRENTLY while other replicas wait for our lock.

CONCURRENTLY waits for every snapshot that is older. Whoever waits for a lock in pg_advisory_lock() holds one: a deadlock, which
the control shows. Ours asks and goes away again, so nothing waits for anything, and no invalid index is left.
"""
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402
from until import wait_stopped, wait_until  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-migrate"
REPLICAS = 4
INVALID = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"


def control(server):
    """What a blocking lock does: the server ends one of the two."""
    holder = server.session("postgres", "SELECT pg_advisory_lock(1);")
    waiter = server.session("postgres", "SET application_name = 'waiter';")
    waiter.stdin.write("SELECT pg_advisory_lock(1);\n")
    waiter.stdin.flush()
    wait_until("the other one waits", lambda: server.ask("SELECT wait_event_type FROM pg_stat_activity WHERE application_name = 'waiter'") == "Lock")
    holder.stdin.write("CREATE INDEX CONCURRENTLY control_a ON rows (a);\n\\echo over\n")
    holder.stdin.flush()
    said = ""
    for line in holder.stdout:
        said += line
        if "over" in line:
            break
    holder.kill()
    told = waiter.communicate("\n", timeout=30)[0]
    counted.note("control: a blocking lock deadlocks", "" if "deadlock detected" in said + told else said + told)
    server.psql("DROP INDEX IF EXISTS control_a")


def replicas(server, folder):
    migrations = folder / "migrations"
    migrations.mkdir()
    (migrations / "1_index.up.sql").write_text("-- fairlead: no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS rows_a ON rows (a);\n"
                                               "CREATE INDEX CONCURRENTLY IF NOT EXISTS rows_b ON rows (b);\n")
    (migrations / "1_index.down.sql").write_text("-- fairlead: no-transaction\nDROP INDEX CONCURRENTLY IF EXISTS rows_b;\n"
                                                 "DROP INDEX CONCURRENTLY IF EXISTS rows_a;\n")
    writer = server.session("postgres", "BEGIN; INSERT INTO rows VALUES (0, 0);")  # keeps CONCURRENTLY waiting
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "DATABASE_URL": server.url()}
    started = [subprocess.Popen([PROGRAM, "up", "--wait-lock", "60s"], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(REPLICAS)]
    waiting = ("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'fairlead-migrate%' AND state = 'idle' AND "
               "query LIKE '%pg_try_advisory_lock%'")
    wait_until("the others wait", lambda: int(server.ask(waiting)) >= REPLICAS - 1, 60)
    snapshots = []
    for _ in range(20):
        time.sleep(0.1)  # a sample of what they do over two seconds
        snapshots.append(server.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'fairlead-migrate%' AND "
                                    "state = 'idle' AND (backend_xmin IS NOT NULL OR xact_start IS NOT NULL)"))
    waiting = server.ask(waiting)
    counted.note("the others wait", "" if int(waiting) >= REPLICAS - 1 else f"{waiting} do")
    counted.note("who waits holds no snapshot and no transaction", "" if set(snapshots) == {"0"} else str(snapshots))
    writer.stdin.write("COMMIT;\n")
    writer.stdin.flush()
    said = [one.communicate(timeout=120)[0] for one in started]
    counted.note("all of them end well", "" if all(one.returncode == 0 for one in started) else "\n".join(said))
    one = sum("is applied" in text or "1 applied" in text or "applied 1" in text for text in said)
    counted.note("one of them told who kept it waiting", "" if any("waits for pid" in text for text in said) else "\n".join(said))
    counted.note("and who holds the lock", "" if any("waits for the lock, which is held by pid" in text for text in said) else
                 "\n".join(said))
    counted.note("the migration ran once", "" if one >= 1 and server.ask("SELECT count(*) FROM fairlead_migrations WHERE version = '1'")
                 == "1" else f"{one}: " + "\n".join(said))
    counted.note("no invalid index is left", "" if server.ask(INVALID) == "0" else "there is one")
    made = server.ask("SELECT count(*) FROM pg_class WHERE relname IN ('rows_a', 'rows_b')")
    counted.note("both indexes are there", "" if made == "2" else made)
    writer.kill()


def built_by_hand(server, folder):
    """An index that is being built is invalid, too: neither repair nor up drops it, whether it is built still when they act or not."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "DATABASE_URL": server.url()}
    build = "CREATE UNIQUE INDEX CONCURRENTLY twice_a ON twice (a);\n"

    def start(*words, fault=None):
        return subprocess.Popen([PROGRAM, *words], cwd=folder, env=environment | ({"FAIRLEAD_FAULT": f"stop@{fault}"} if fault else {}),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    for words in (["repair", "--drop-invalid-indexes"], ["up"]):
        for fault in (None, "index-invalid"):
            server.psql("DROP TABLE IF EXISTS twice; DROP TABLE IF EXISTS fairlead_migrations; CREATE TABLE twice (a integer); INSERT INTO twice VALUES (1), (1)")
            (folder / "migrations").mkdir(exist_ok=True)
            (folder / "migrations/1_index.up.sql").write_text("-- fairlead: no-transaction\n" + build)
            failed = start("up")
            failed.communicate(timeout=60)
            invalid = server.ask(INVALID)
            server.psql("DROP INDEX twice_a; DELETE FROM twice")
            writer = server.session("postgres", "BEGIN; INSERT INTO twice VALUES (7);")  # keeps CONCURRENTLY waiting
            by_hand = server.session("postgres", "SELECT 1;")
            by_hand.stdin.write(build)
            by_hand.stdin.close()
            wait_until("the index is being built", lambda: server.ask(INVALID) == "1")
            ours = start(*words, fault=fault)
            if fault:
                wait_stopped(ours)
            said = "" if fault else ours.communicate(timeout=60)[0]
            writer.stdin.write("COMMIT;\n")
            writer.stdin.close()
            by_hand.wait(60)
            writer.wait(60)
            if fault:
                ours.send_signal(signal.SIGCONT)
                said = ours.communicate(timeout=60)[0]
            valid = server.ask("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('twice_a')")
            good = ours.returncode == 0 if fault else ours.returncode == 3 and "run the command again when that has ended" in said
            counted.note(f"{words[0]}: an index that is built by hand{', and whole when it acts,' if fault else ''} stays", "" if
                         failed.returncode == 1 and invalid == "1" and good and valid == "t" else f"{invalid} {ours.returncode} {valid} {said}")
    server.psql("DROP TABLE twice; DROP TABLE fairlead_migrations; CREATE TABLE twice (a integer); INSERT INTO twice VALUES (1), (1)")
    start("up").communicate(timeout=60)
    said = start("repair", "--drop-invalid-indexes").communicate(timeout=60)[0]
    counted.note("one that is left behind is dropped", "" if "1 invalid index dropped" in said and server.ask(INVALID) == "0" else said)


if postgres.folder_of_programs() is None:
    counted.leave(postgres.PART, postgres.INSTALL)
with tempfile.TemporaryDirectory() as scratch, postgres.Server(settings=["deadlock_timeout=300ms"]) as server:
    server.psql("CREATE TABLE rows AS SELECT i AS a, i AS b FROM generate_series(1, 50000) i")
    control(server)
    replicas(server, pathlib.Path(scratch))
    hand = pathlib.Path(scratch) / "by hand"
    hand.mkdir()
    built_by_hand(server, hand)
counted.close()
