#!/usr/bin/python3
"""fairlead-migrate at work beside others, on a PostgreSQL of its own.

    script/bench migrate_runs replicas [TIMES]  three replicas migrate at once, by our own driver, Alembic, Django and Flyway; default 50 times
    script/bench migrate_runs unlocked [ROUNDS] two runners in a test build that takes no lock, on SQLite and PostgreSQL; default 1000 rounds
    script/bench migrate_runs speed [COUNT]     up of 200 small migrations beside golang-migrate and Alembic: wall and CPU, in turn
    script/bench migrate_runs large [MB]        one migration of so many MB of rows, by COPY and by INSERT, beside psql -1; default 1000
    script/bench migrate_runs many [COUNT]      so many migrations of a table each, and a tenth of them: up and status; default 10000
    script/bench migrate_runs rehearsal [TIMES] a rehearsal of 1 GB beside the real run: longest lock and total of both; default 5 times
    script/bench migrate_runs versions FOLDER...   the tests with a server on those in the folders (…/bin), a row each

FAIRLEAD_BENCH_BIN   folder of the executables, default build/release/bin; of unlocked build/dev/bin
FAIRLEAD_MIGRATORS   where the others are: tests/support/migrators.py
"""
import contextlib
import json
import os
import pathlib
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
import migrators
import postgres

PRESET = "dev" if sys.argv[1:2] == ["unlocked"] else "release"  # a release has no fault points
BIN = pathlib.Path(os.environ.get("FAIRLEAD_BENCH_BIN", ROOT / f"build/{PRESET}/bin")).resolve()
OURS = str(BIN / "fairlead-migrate")


def environment(url, python=None):
    others = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "FAIRLEAD_", "GITHUB_"))}
    folders = ([os.path.dirname(python)] if python else []) + [migrators.PATH]
    return {**others, "PATH": ":".join(folders), "DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1",
            **({"VIRTUAL_ENV": str(pathlib.Path(python).parent.parent)} if python else {})}


def replicas(server, times):
    print("| driver | times | one migrated, two found nothing to do | otherwise | seconds each: median, longest |\n|---|---|---|---|---|")
    for name, make in (("own", migrators.plain_project), ("alembic", migrators.alembic_project), ("django", migrators.django_project),
                       ("flyway", migrators.flyway_project)):
        python = migrators.python_with(name) if name in ("alembic", "django") else None
        if name != "own" and migrators.why_not(name):
            print(f"| {name} | 0 | {migrators.why_not(name)} | | |")
            continue
        well, otherwise, took = 0, [], []
        with tempfile.TemporaryDirectory(prefix="fairlead replicas ") as folder:
            folder = pathlib.Path(folder)
            make(folder, migrators.steps(5))
            for number in range(times):
                database = f"{name}_{number}"
                server.psql(f"CREATE DATABASE {database}")
                variables = environment(server.tcp_url(database) if name == "flyway" else server.url(database), python)
                begin = time.monotonic()
                running = [subprocess.Popen([OURS, "up"], cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            stderr=subprocess.STDOUT, text=True) for _ in range(3)]
                said = [one.communicate()[0] for one in running]
                took.append(time.monotonic() - begin)
                done = sum("5 migrations applied" in text for text in said)
                idle = sum("nothing to do" in text for text in said)
                tables = server.ask("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ '^t[0-9]'", database)
                if (done, idle, tables) == (1, 2, "5") and not any(one.returncode for one in running):
                    well += 1
                else:
                    otherwise.append(said)
                server.psql(f"DROP DATABASE {database}")
        print(f"| {name} | {times} | {well} | {len(otherwise)} | {statistics.median(took):.2f}, {max(took):.2f} |", flush=True)
        for said in otherwise:
            print("\n".join(said))


TWICE = {"1_table": "CREATE TABLE ran (version INTEGER);", "2_row": "INSERT INTO ran VALUES (2);", "3_row": "INSERT INTO ran VALUES (3);",
         "4_rows": "-- fairlead: no-transaction\nINSERT INTO ran VALUES (4);\nINSERT INTO ran VALUES (5);\nINSERT INTO ran VALUES (6);"}
TOLD = ("another run has done it meanwhile", "another run goes on with it", "another run has begun it")


def unlocked(server, rounds):
    print("| on | rounds | every migration once | both at work at once | otherwise |\n|---|---|---|---|---|")
    for engine in ("SQLite", "PostgreSQL"):
        once, met, otherwise = 0, 0, []
        with tempfile.TemporaryDirectory(prefix="fairlead unlocked ") as folder:
            folder = pathlib.Path(folder)
            (folder / "migrations").mkdir()
            for name, text in TWICE.items():
                (folder / f"migrations/{name}.sql").write_text(text + "\n")
            for number in range(rounds):
                file = folder / f"{number}.db"
                if engine == "PostgreSQL":
                    server.psql("DROP DATABASE IF EXISTS twice;\nCREATE DATABASE twice")
                url = f"sqlite:{file}" if engine == "SQLite" else server.url("twice")
                running = []
                for _ in range(2):
                    running.append(subprocess.Popen([OURS, "up"], cwd=folder, env=environment(url) | {"FAIRLEAD_IGNORE": "locks"},
                                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
                    time.sleep(random.uniform(0, 0.004 if engine == "SQLite" else 0.03))
                said = [one.communicate()[0] for one in running]
                if engine == "SQLite":
                    with contextlib.closing(sqlite3.connect(file)) as database:
                        ran = sorted(version for (version,) in database.execute("SELECT version FROM ran"))
                    for path in folder.glob(f"{number}.db*"):
                        path.unlink()
                else:
                    ran = sorted(int(line) for line in server.ask("SELECT version FROM ran", "twice").split())
                status = [one.returncode for one in running]
                told = sum(one == 3 and any(why in text for why in TOLD) for one, text in zip(status, said))
                met += told > 0 or all("applied" in text and "nothing to do" not in text for text in said)
                if ran == [2, 3, 4, 5, 6] and status.count(0) + told == 2:
                    once += 1
                else:
                    otherwise.append((ran, status, said))
        print(f"| {engine} | {rounds} | {once} | {met} | {len(otherwise)} |", flush=True)
        if met == 0:
            sys.exit(f"no two of {engine}'s runners met: {BIN} holds its locks; name a build with fault points: FAIRLEAD_BENCH_BIN=build/dev/bin")
        for ran, status, said in otherwise[:5]:
            print(f"\n{ran}, {status}:\n" + "\n".join(said))


def measured(words, folder, variables):
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(words, cwd=folder, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    wall, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{words[0]}: {done.stdout}{done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def speed(server, count, rounds=5):
    python = migrators.python_with("alembic")
    steps = [(f"CREATE TABLE t{i} (id int)", f"DROP TABLE t{i}") for i in range(1, count + 1)]
    rows = [("fairlead-migrate", migrators.plain_project, lambda url: [OURS, "up", "-q"])]
    if migrators.program("migrate"):
        rows.append(("golang-migrate", migrators.plain_project,
                     lambda url: [migrators.program("migrate"), "-path", "migrations", "-database", url, "up"]))
    if python:
        rows.append(("Alembic", migrators.alembic_project,
                     lambda url: [os.path.join(os.path.dirname(python), "alembic"), "upgrade", "head"]))
    walls, cpus = {}, {}
    with tempfile.TemporaryDirectory(prefix="fairlead speed ") as whole:
        for name, make, _ in rows:
            make(pathlib.Path(whole) / name, steps)
        for turn in range(rounds + 1):  # the first one warms up
            for name, _, words in rows:
                database = f"s{turn}_{name.lower().replace('-', '_')}"
                server.psql(f"CREATE DATABASE {database}")
                url = server.url(database)
                wall, cpu = measured(words(url), pathlib.Path(whole) / name, environment(url, python))
                if turn:
                    walls.setdefault(name, []).append(wall)
                    cpus.setdefault(name, []).append(cpu)
                server.psql(f"DROP DATABASE {database}")
    ours = rows[0][0]
    print(f"{count} migrations, {rounds} times in turn; medians\n")
    print("| | wall, ms | CPU, ms | wall to ours | CPU to ours |\n|---|---|---|---|---|")
    for name, _, _ in rows:
        wall, cpu = statistics.median(walls[name]), statistics.median(cpus[name])
        print(f"| {name} | {wall * 1000:.0f} | {cpu * 1000:.0f} | {wall / statistics.median(walls[ours]):.1f} "
              f"| {cpu / statistics.median(cpus[ours]):.1f} |")


# What keeps writers out, longest to shortest: a table rewritten, an index, a check of all rows, and what takes no time.
REHEARSED = [
    ("ALTER TABLE items ALTER COLUMN number TYPE bigint", "ALTER TABLE items ALTER COLUMN number TYPE int"),
    ("CREATE INDEX items_number ON items (number)", "DROP INDEX items_number"),
    ("ALTER TABLE items ADD CONSTRAINT positive CHECK (number > 0)", "ALTER TABLE items DROP CONSTRAINT positive"),
    ("ALTER TABLE items ADD COLUMN note text", "ALTER TABLE items DROP COLUMN note"),
]
LOCKED = ("SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_database d ON d.oid = l.database WHERE c.relname = "
          "'items' AND l.granted AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')")


def written(path, kind, megabytes):
    row = "a row with some text in it, as they come, and a bit more of it"
    with path.open("w") as file:
        file.write("CREATE TABLE t (number integer, text text);\n" + ("COPY t FROM stdin;\n" if kind == "COPY" else ""))
        number = 0
        while file.tell() < megabytes << 20:
            file.writelines(f"{one}\t{row} {one}\n" if kind == "COPY" else f"INSERT INTO t VALUES ({one}, '{row} {one}');\n"
                            for one in range(number, number + 10_000))
            number += 10_000
        file.write("\\.\n" if kind == "COPY" else "")
    return number


def used(words, folder, variables):
    """Its wall and CPU in seconds, and its memory at most in MB, as cells of a table."""
    begin = time.monotonic()
    running = subprocess.Popen(words, cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(running.pid, 0)
    if status:
        raise RuntimeError(f"{words}: status {status}")
    return f"{time.monotonic() - begin:.1f} s | {usage.ru_utime + usage.ru_stime:.1f} s | {usage.ru_maxrss >> 10} MB"


def large(server, megabytes):
    print("| rows by | | wall | CPU | memory at most |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="fairlead large ") as folder:
        folder = pathlib.Path(folder)
        (folder / "migrations").mkdir()
        file = folder / "migrations/1_rows.sql"
        for kind in ("COPY", "INSERT"):
            rows = written(file, kind, megabytes)
            url = server.url("large")
            for name, words in (("fairlead-migrate up", [OURS, "up", "-q"]), ("psql -1", ["psql", "-qX1", "-v", "ON_ERROR_STOP=1", "-f", file, url])):
                server.psql("DROP DATABASE IF EXISTS large;\nCREATE DATABASE large")
                cells = used(words, folder, environment(url))
                there = server.ask("SELECT count(*) FROM t", "large")
                if there != str(rows):
                    raise RuntimeError(f"{name}: {there} of {rows} rows")
                print(f"| {kind} | {name} | {cells} |", flush=True)


def many(server, count):
    print("| migrations | | wall | CPU | memory at most |\n|---|---|---|---|---|")
    for number in (count // 10, count):
        with tempfile.TemporaryDirectory(prefix="fairlead many ") as folder:
            folder = pathlib.Path(folder)
            migrators.plain_project(folder, migrators.steps(number))
            url = server.url(f"many_{number}")
            server.psql(f"CREATE DATABASE many_{number}")
            for words in (["up", "-q"], ["status"]):
                print(f"| {number} | {words[0]} | {used([OURS, *words], folder, environment(url))} |", flush=True)


def longest_lock(server, database, over):
    """Seconds: an observer of its own looks every 5 ms whether a lock on items keeps writers out."""
    session = server.session(database)
    longest, since = 0.0, None
    while not over.is_set():
        session.stdin.write(LOCKED + ";\n")
        is_locked = session.stdout.readline().strip() not in ("0", "")
        now = time.monotonic()
        since = (since or now) if is_locked else None
        longest = max(longest, now - since if since else 0)
        time.sleep(0.005)
    session.stdin.close()
    session.wait()
    return longest


def watched(server, database, words, folder, variables):
    over, seen = threading.Event(), []
    eyes = threading.Thread(target=lambda: seen.append(longest_lock(server, database, over)))
    eyes.start()
    begin = time.monotonic()
    done = subprocess.run(words, cwd=folder, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    took = time.monotonic() - begin
    over.set()
    eyes.join()
    if done.returncode != 0:
        sys.exit(f"{words}: {done.stdout}{done.stderr}")
    return took, seen[0], json.loads(done.stdout)


def state(server, database):
    """Of all that a migration could change: the schema's dump, and the rows."""
    schema = server.run("pg_dump", "-h", server.folder, "-p", server.port, "-U", server.user, "-s", database)
    schema = "".join(line for line in schema.splitlines(True) if not line.startswith("\\"))  # \restrict with a word by lot
    return schema, server.ask("SELECT count(*), sum(hashtext(items::text)::bigint) FROM items", database)


def rehearsal(server, times, count=6_600_000):
    server.psql("CREATE DATABASE base")
    server.psql("CREATE TABLE items (id serial PRIMARY KEY, number int NOT NULL, text text NOT NULL); INSERT INTO items (number, text) "
                f"SELECT i, repeat(md5(i::text), 3) FROM generate_series(1, {count}) i; ANALYZE items", "base")
    size = int(server.ask("SELECT pg_database_size('base')"))
    rows, untouched = [], 0
    print("| | clone | longest lock, s: rehearsed | real | total, s: rehearsed | real | rehearsal with its copy, s |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="fairlead rehearsal ") as folder:
        folder = pathlib.Path(folder)
        migrators.plain_project(folder, REHEARSED)
        for number in range(times):
            database = f"real_{number}"
            server.psql(f"CREATE DATABASE {database} TEMPLATE base")
            server.psql("CHECKPOINT")
            variables = environment(server.url(database))
            before = state(server, database)
            copied = time.monotonic()
            words = [OURS, "rehearse", "--format", "json"]
            done = subprocess.run(words, cwd=folder, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            copied = time.monotonic() - copied
            if done.returncode != 0:
                sys.exit(f"{words}: {done.stdout}{done.stderr}")
            told = json.loads(done.stdout)["rehearsal"]
            untouched += state(server, database) == before
            server.psql("CHECKPOINT")
            _, lock, real = watched(server, database, [OURS, "up", "--confirm-destructive", "1", "--format", "json"], folder, variables)
            total = sum(one["duration_ms"] for one in real["migrations"]) / 1000
            rows.append((told["longest_lock_ms"] / 1000, lock, told["total_ms"] / 1000, total))
            print(f"| {number + 1} | {told['clone']} | {rows[-1][0]:.2f} | {lock:.2f} | {rows[-1][2]:.2f} | {total:.2f} | {copied:.1f} |", flush=True)
            server.psql(f"DROP DATABASE {database}")
    print(f"\n{size / 1e9:.2f} GB, {len(REHEARSED)} migrations; of production nothing was changed by {untouched} of {times} rehearsals")
    for what, first in (("longest lock", 0), ("total", 2)):
        print(f"{what}: rehearsed to real, median of {times}: {statistics.median(row[first] / row[first + 1] for row in rows):.2f}")


TESTS = ["tests/cli/migrate_server.py", "tests/cli/migrate_concurrently.py", "tests/cli/migrate_rehearse.py", "tests/e2e/migrate.py"]


def versions(folders):
    print("| PostgreSQL | " + " | ".join(pathlib.Path(test).stem for test in TESTS) + " |\n|" + "---|" * (len(TESTS) + 1))
    well = True
    for folder in folders:
        variables = {**os.environ, "FAIRLEAD_POSTGRES_BIN": folder}
        library = {**variables, "LD_LIBRARY_PATH": str(pathlib.Path(folder).parent / "lib")}
        version = subprocess.run([f"{folder}/postgres", "--version"], env=library, capture_output=True, text=True).stdout.split()
        row = [version[2] if len(version) > 2 else folder]
        for test in TESTS:
            done = subprocess.run(["/usr/bin/python3", ROOT / test, BIN], env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            last = (done.stdout.strip().splitlines() or ["nothing said"])[-1]
            row.append(last)
            if done.returncode != 0:
                well = False
                print(done.stdout[-3000:], done.stderr[-1000:], file=sys.stderr)
        print("| " + " | ".join(row) + " |", flush=True)
    return 0 if well else 1


def main():
    if sys.argv[1:2] == ["versions"] and sys.argv[2:]:
        return versions(sys.argv[2:])
    what = {"replicas": (replicas, 50), "unlocked": (unlocked, 1000), "speed": (speed, 200), "large": (large, 1000), "many": (many, 10_000), "rehearsal": (rehearsal, 5)}.get(sys.argv[1] if sys.argv[1:] else "")
    if what is None:
        print(__doc__)
        return 2
    # As distributed: what a commit costs is part of it. The tests' servers leave the disk out.
    with postgres.Server(port=0, tcp=what[0] is replicas, settings=["fsync=on", "max_wal_size=4GB"] if what[0] not in (replicas, unlocked) else ()) as server:
        what[0](server, int(sys.argv[2]) if sys.argv[2:] else what[1])
    return 0


sys.exit(main())
