#!/usr/bin/python3
"""fairlead-backup beside others, on a PostgreSQL of its own; all in one run, in turn, medians.

    script/bench backup speed [MB] [TIMES]   run beside pg_dump -Fc, pg_dump | gzip, pg_dump | zstd -3, restic and pgBackRest: wall, CPU,
                                             memory of all processes together and of the largest one, size; default 1024 MB, 5 times
    script/bench backup tables [COUNT]       a set of so many tables, and of a tenth of them, beside pg_dump -Fc; default 10000
    script/bench backup load [MB]            a set made while others write: rows and sums of every table are those of its snapshot, and
                                             of what is restored where nothing but the tool and PostgreSQL's programs are; default 1024 MB
    script/bench backup days                 1,000 simulated days of runs, some of which fail, clocks that jump and prunes: what is kept, and why
                                             (build/dev/bin/unit_backup)

FAIRLEAD_BENCH_BIN      folder of the executables, default build/release/bin
FAIRLEAD_BENCH_ROWS     names of speed's rows to run, by semicolons; default: all
FAIRLEAD_POSTGRES_BIN   folder of another version's programs
TMPDIR                  where the cluster and the sets are
Who is not installed is left out, and told; apt-get install zstd restic pgbackrest.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
import postgres

BIN = pathlib.Path(os.environ.get("FAIRLEAD_BENCH_BIN", ROOT / "build/release/bin")).resolve()
OURS = str(BIN / "fairlead-backup")
PAGE = os.sysconf("SC_PAGE_SIZE")
# About 350 bytes a row: numbers, words that repeat, JSON, and text that doesn't pack well.
ROWS = """CREATE TABLE {0} (id bigint PRIMARY KEY, at timestamptz, name text, state text, amount numeric, body jsonb, token text);
INSERT INTO {0} SELECT i, '2026-01-01'::timestamptz + i * interval '1 second', 'customer ' || i % 5000, (array['open', 'paid', 'sent', 'closed'])[1 + i % 4],
(i::bigint * 7919 % 100000) / 100.0, jsonb_build_object('item', i % 300, 'note', repeat('word ' || i % 90 || ' ', 12), 'ok', i % 3 = 0), md5(i::text) || md5((i * 3)::text)
FROM generate_series({1}, {2}) i;"""


def fill(server, database, megabytes):
    """So many MB as the server counts them."""
    server.psql(f"CREATE DATABASE {database}")
    server.psql(ROWS.format("probe", 1, 20000), database)
    each = int(server.ask("SELECT pg_total_relation_size('probe')", database)) / 20000
    server.psql("DROP TABLE probe", database)
    rows = int(megabytes * (1 << 20) / each / 4)
    for number in range(4):
        server.psql(ROWS.format(f"orders_{number}", number * rows + 1, (number + 1) * rows), database)
    server.psql("VACUUM ANALYZE; CHECKPOINT", database)
    return int(server.ask(f"SELECT pg_database_size('{database}')")) >> 20


class Tree:
    """Memory of a process and its descendants, looked at each 20 ms."""

    def __init__(self, pid):
        self.pid, self.together, self.largest, self.over = pid, 0, {}, threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self):
        while not self.over.wait(0.02):
            parents, sizes, names = {}, {}, {}
            for folder in pathlib.Path("/proc").glob("[0-9]*"):
                try:
                    stat = (folder / "stat").read_text()
                    name, rest = stat[stat.index("(") + 1:stat.rindex(")")], stat[stat.rindex(")") + 2:].split()
                    parents[int(folder.name)], sizes[int(folder.name)], names[int(folder.name)] = int(rest[1]), int(rest[21]) * PAGE, name
                except (OSError, ValueError):
                    continue
            together = 0
            for pid, size in sizes.items():
                above = pid
                while above not in (self.pid, 0, 1) and above in parents:
                    above = parents[above]
                if above == self.pid:
                    together += size
                    self.largest[names[pid]] = max(self.largest.get(names[pid], 0), size)
            self.together = max(self.together, together)

    def end(self):
        self.over.set()
        self.thread.join()


def measured(words, folder, variables, user=()):
    began, before = time.monotonic(), os.times()
    running = subprocess.Popen([*user, *map(str, words)], cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    tree = Tree(running.pid)
    said = running.communicate()[0]
    wall, after = time.monotonic() - began, os.times()
    tree.end()
    if running.returncode != 0:
        sys.exit(f"{words}: {running.returncode}\n{said}")
    return wall, after.children_user + after.children_system - before.children_user - before.children_system, tree


def size_of(path):
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) if path.is_dir() else path.stat().st_size


def ours(compress, encrypt=""):
    def words(folder, _):
        (folder / "fairlead.yml").write_text(f"version: 1\napp: shop\nbackup:\n  stores: [file:made]\n  name_style: set\n  compress: {compress}\n{encrypt}")
        return [OURS, "run", "-q"]
    return words


def piped(line):
    return lambda folder, server: ["bash", "-o", "pipefail", "-c", f"'{server.programs}'/pg_dump " + line]


def restic(folder, server):
    (folder / "secret").write_text("word\n")
    return ["bash", "-o", "pipefail", "-c", "restic -q init -r made --password-file secret && "
            f"'{server.programs}'/pg_dump | restic -q backup -r made --password-file secret --stdin --stdin-filename shop.sql"]


def pgbackrest(options):
    def words(folder, server):
        common = (f"--stanza=shop --pg1-path={server.folder}/data --pg1-socket-path={server.folder} --pg1-port={server.port} --pg1-user={server.user} "
                  f"--repo1-path={folder}/made --log-path={folder} --lock-path={folder} --no-config --log-level-console=error")
        return ["bash", "-c", f"pgbackrest {common} stanza-create --no-online && pgbackrest {common} {options} --type=full --no-archive-check --start-fast "
                "--repo1-retention-full=1 backup"]
    return words


AGE = "  encrypt: {to: [age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj]}\n"
SPEED = {  # its name: how, which program it needs beside PostgreSQL's, whether it is the server's user
    "pg_dump -Fc": (piped("-Fc -f made"), None, False),
    "run, gzip:6": (ours("gzip:6"), None, False),
    "run, zstd:3": (ours("zstd:3"), None, False),
    "run, zstd:3, age": (ours("zstd:3", AGE), None, False),
    "pg_dump | gzip": (piped("| gzip > made"), "gzip", False),
    "pg_dump | zstd -3": (piped("| zstd -q -3 -o made"), "zstd", False),
    "pg_dump | restic": (restic, "restic", False),
    "pgBackRest, gz, 1 process": (pgbackrest("--compress-type=gz"), "pgbackrest", True),
    "pgBackRest, zst:3, 2 processes": (pgbackrest("--compress-type=zst --compress-level=3 --process-max=2"), "pgbackrest", True),
}


def speed(server, megabytes, times):
    wanted = [name for name in os.environ.get("FAIRLEAD_BENCH_ROWS", "").split(";") if name] or list(SPEED)
    rows = {}
    for name, row in SPEED.items():
        if row[1] and not shutil.which(row[1]):
            print(f"SKIPPED: {name}: {row[1]} is not installed")
        elif name in wanted:
            rows[name] = row
    really = fill(server, "shop", megabytes)
    figures = {name: [] for name in rows}
    variables = {"PATH": f"{server.programs}:/usr/bin:/bin", "DATABASE_URL": server.url("shop"), **server.variables("shop")}
    for turn in range(times):
        for name, (words, _, is_servers) in rows.items():
            with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as folder:
                folder = pathlib.Path(folder)
                if is_servers and os.geteuid() == 0:
                    os.chown(folder, postgres.NOBODY, postgres.NOBODY)
                wall, cpu, tree = measured(words(folder, server), folder, {**variables, "HOME": str(folder)}, postgres.as_other() if is_servers else ())
                figures[name].append((wall, cpu, tree.together, max(tree.largest.values()), tree.largest.get("fairlead-backup", 0), size_of(folder / "made")))
        print(f"turn {turn + 1} of {times}: " + ", ".join(f"{name} {of[-1][0]:.1f} s" for name, of in figures.items()), file=sys.stderr, flush=True)
    print(f"{really} MB of PostgreSQL {server.ask('SHOW server_version').split()[0]}, {os.cpu_count()} cores, {times} times in turn; medians. "
          "CPU is the client's side: the server's own is not in it, pgBackRest reads the files itself.\n")
    print("| | wall, s | to pg_dump -Fc | CPU, s | memory together, MB | ours alone, MB | size, MB |\n|---|---|---|---|---|---|---|")
    base = statistics.median(one[0] for one in figures.get("pg_dump -Fc", [(1, 0)]))
    for name, of in figures.items():
        wall, cpu, together, _, own, size = (statistics.median(column) for column in zip(*of))
        print(f"| {name} | {wall:.1f} | {wall / base:.2f} | {cpu:.1f} | {together / 1e6:.0f} | {own / 1e6:.0f} | {size / 1e6:.0f} |".replace("| 0 | ", "| – | "))


def tables(server, count):
    print("| tables | | wall, s | ours alone, MB | largest process, MB |\n|---|---|---|---|---|")
    for many in (count // 10, count):
        server.psql("DROP DATABASE IF EXISTS many;\nCREATE DATABASE many")
        for first in range(0, many, 1000):  # a transaction of all would need too many locks
            server.psql("".join(f"CREATE TABLE t{number} (id int PRIMARY KEY, name text);INSERT INTO t{number} VALUES (1, 'a');"
                                for number in range(first, min(first + 1000, many))), "many")
        variables = {"PATH": f"{server.programs}:/usr/bin:/bin", "DATABASE_URL": server.url("many"), **server.variables("many")}
        for name in ("run, zstd:3", "pg_dump -Fc"):
            with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as folder:
                folder = pathlib.Path(folder)
                wall, _, tree = measured(SPEED[name][0](folder, server), folder, {**variables, "HOME": str(folder)})
                own = f"{tree.largest['fairlead-backup'] / 1e6:.0f}" if "fairlead-backup" in tree.largest else "–"
                print(f"| {many} | {name} | {wall:.1f} | {own} | {max(tree.largest.values()) / 1e6:.0f} |", flush=True)


def main():
    what, numbers = sys.argv[1:2], [int(word) for word in sys.argv[2:]]
    if what == ["days"]:
        sys.exit(subprocess.run([ROOT / "build/dev/bin/unit_backup", "over 1\\,000 days*"], env={**os.environ, "FAIRLEAD_RETENTION_TABLE": "1"}).returncode)
    if what not in (["speed"], ["load"], ["tables"]) or postgres.folder_of_programs() is None:
        sys.exit(__doc__ if postgres.folder_of_programs() else postgres.INSTALL)
    with postgres.Server(port=0, tcp=True, settings=["shared_buffers=256MB", "max_wal_size=4GB", "autovacuum=off", "max_locks_per_transaction=1024"]) as server:
        if what == ["load"]:
            import backup_load
            sys.exit(backup_load.check(server, OURS, fill, *(numbers or [1024])))
        if what == ["tables"]:
            return tables(server, *(numbers or [10_000]))
        speed(server, *(numbers + [1024, 5][len(numbers):]))


main()
