"""script/bench backup load: a set of a database that others write to, restored where nothing but the tool and PostgreSQL's programs are."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time

SUMS = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} t"
TABLES = ["orders_0", "orders_1", "orders_2", "orders_3", "accounts", "transfers"]
# In pg_dump's place: counts and sums of every table in the very snapshot that it gets, then pg_dump.
EYES = """#!/bin/sh
for word; do case $word in --snapshot=*) snapshot=${{word#--snapshot=}};; esac; done
if [ -n "$snapshot" ]; then
    {{ echo "BEGIN ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT '$snapshot';"; cat '{folder}/sums.sql'; }} |
        '{programs}/psql' -X -At -q -v ON_ERROR_STOP=1 > '{folder}/sums' || exit 1
fi
exec '{programs}/pg_dump' "$@"
"""


def sums(server, database):
    return [server.ask(SUMS.format(table), database) for table in TABLES]


class Load:
    """Transfers between accounts, each one transaction, and rows of the large tables that change, until it is left."""

    def __init__(self, server, count=3):
        self.server, self.over, self.done = server, threading.Event(), 0
        self.threads = [threading.Thread(target=self.write, args=(number,)) for number in range(count)]

    def write(self, number):
        session = self.server.session("shop")
        turn = 0
        while not self.over.is_set():
            turn += 1
            one, other, row = (turn * 7 + number) % 1000, (turn * 13 + number * 5) % 1000, turn * 97 + number
            session.stdin.write(f"BEGIN; UPDATE accounts SET balance = balance - 5 WHERE id = least({one}, {other}); UPDATE accounts SET balance = balance + 5 WHERE id = "
                                f"greatest({one}, {other}); INSERT INTO transfers (amount) VALUES (-5), (5); UPDATE orders_{turn % 4} SET state = 'moved', amount = amount + 1 "
                                f"WHERE id % 100000 = {row % 100000} AND id < 100001 + {turn % 4} * 10000000; COMMIT;\n\\echo done\n")
            while session.stdout.readline().strip() not in ("done", ""):
                pass
            self.done += 1
        session.stdin.close()
        session.wait()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


def bare_root(folder, programs):
    """A root folder that holds these programs with their libraries, /dev/null and nothing else."""
    for program in programs:
        needed = re.findall(r"(/\S+) \(0x", subprocess.run(["ldd", program], capture_output=True, text=True).stdout)
        for path in [program, *needed]:
            place = folder / str(path).lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.exists():
                shutil.copy(pathlib.Path(path).resolve(), place)
    (folder / "dev").mkdir()
    subprocess.run(["mknod", "-m", "666", folder / "dev/null", "c", "1", "3"], check=True)
    (folder / "tmp").mkdir(exist_ok=True)


def tree(folder):
    """Each path's bytes, mode, attributes and whether it has holes."""
    found = {}
    for path in sorted(folder.rglob("*"), key=os.fsencode):
        info = path.lstat()
        content = os.readlink(path) if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        attributes = {name: os.getxattr(path, name) for name in os.listxattr(path, follow_symlinks=False)} if not path.is_symlink() else {}
        found[os.fsencode(path.relative_to(folder))] = (content, info.st_mode, info.st_mtime_ns, attributes, path.is_file() and info.st_blocks * 512 < info.st_size)
    return found


def files(ours, rows=400_000):
    """A file of SQLite that is written to, and a folder with holes, attributes and odd names, restored where nothing but the tool is."""
    with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as name:
        folder = pathlib.Path(name)
        database = sqlite3.connect(folder / "app.db")
        database.executescript("PRAGMA journal_mode = wal; CREATE TABLE accounts (id integer PRIMARY KEY, balance integer); CREATE TABLE filler (id integer PRIMARY KEY, "
                               "text text);")
        database.executemany("INSERT INTO accounts VALUES (?, 0)", [(i,) for i in range(100)])
        database.executemany("INSERT INTO filler (text) VALUES (?)", ((os.urandom(100).hex(),) for _ in range(rows)))
        database.commit()
        database.close()
        odd = folder / "odd"
        odd.mkdir()
        for word in (b"new\nline", b"quo'te\"s", b"not \xff utf-8", b" blank ", b"-dash"):
            pathlib.Path(os.fsdecode(os.path.join(os.fsencode(odd), word))).write_bytes(word * 1000)
        with open(odd / "holes", "wb") as sparse:
            sparse.seek(300 << 20)
            sparse.write(b"end")
        (odd / "link").symlink_to("nowhere")
        try:
            os.setxattr(odd / "holes", "user.note", b"kept \0 bytes")
        except OSError:
            print("SKIPPED: attributes: this file system has none")
        (folder / "fairlead.yml").write_text("version: 1\napp: shop\nbackup:\n  stores: [file:store]\n  name_style: set\n  sources:\n    - {name: db, engine: sqlite}\n"
                                             "    - {name: odd, path: odd}\n")
        over, done = threading.Event(), []

        def write():
            writer = sqlite3.connect(folder / "app.db", timeout=60)
            while not over.is_set():
                with writer:
                    writer.execute("UPDATE accounts SET balance = balance - 5 WHERE id = ?", (len(done) % 100,))
                    writer.execute("UPDATE accounts SET balance = balance + 5 WHERE id = ?", (len(done) * 7 % 100,))
                    writer.execute("INSERT INTO filler (text) VALUES ('more')")
                done.append(1)
            writer.close()

        thread = threading.Thread(target=write)
        thread.start()
        made = subprocess.run([ours, "run"], cwd=folder, env={"PATH": "/usr/bin:/bin", "DATABASE_URL": "sqlite:app.db", "TMPDIR": tempfile.gettempdir()},
                              capture_output=True, text=True)
        over.set()
        thread.join()
        print(f"SQLite and a folder: status {made.returncode}, {len(done)} transactions of others meanwhile; {made.stdout}{made.stderr}", end="")
        root = folder / "root"
        root.mkdir()
        bare_root(root, [ours])
        shutil.copytree(folder / "store", root / "store")
        (root / "fairlead.yml").write_text("version: 1\napp: shop\n")
        for source, to in (("db", "/copy.db"), ("odd", "/odd")):
            restored = subprocess.run([shutil.which("chroot"), root, ours, "restore", "latest", "--source", source, "--to", to, "--store", "file:/store"], env={},
                                      cwd=root, capture_output=True, text=True)
            print(f"{source} restored by the tool alone: status {restored.returncode} {restored.stdout}{restored.stderr}", end="")
        manifest = json.loads(next((folder / "store").rglob("*.manifest.json")).read_text())
        wanted = {one["name"]: one["rows"] for one in manifest["parts"][0]["tables"]}
        copy = sqlite3.connect(root / "copy.db")
        found = {table: copy.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in wanted}
        balance, whole = copy.execute("SELECT sum(balance) FROM accounts").fetchone()[0], copy.execute("PRAGMA integrity_check").fetchone()[0]
        copy.close()
        same = tree(odd) == tree(root / "odd")
        print(f"rows of the manifest {wanted}, of the copy {found}; sum of balances {balance}, {whole}; the folder is {'the same' if same else 'DIFFERENT'}")
        return made.returncode == 0 and wanted == found and balance == 0 and whole == "ok" and same and bool(done)


def check(server, ours, fill, megabytes):
    """0, or 1 where a table differs."""
    print(f"{fill(server, 'shop', megabytes)} MB, three sessions write", flush=True)
    server.psql("CREATE TABLE accounts (id int PRIMARY KEY, balance bigint NOT NULL); INSERT INTO accounts SELECT i, 0 FROM generate_series(0, 999) i; "
                "CREATE TABLE transfers (id bigserial PRIMARY KEY, amount bigint, at timestamptz DEFAULT clock_timestamp())", "shop")
    with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as name:
        folder = pathlib.Path(name)
        eyes = folder / "programs"
        eyes.mkdir()
        for program in ("pg_restore", "psql", "pg_dumpall"):
            (eyes / program).symlink_to(server.programs / program)
        (eyes / "pg_dump").write_text(EYES.format(folder=folder, programs=server.programs))
        (eyes / "pg_dump").chmod(0o755)
        (folder / "sums.sql").write_text("".join(SUMS.format(table) + ";\n" for table in TABLES))
        (folder / "fairlead.yml").write_text(f"version: 1\napp: shop\nbackup:\n  stores: [file:store]\n  name_style: set\n  pg_bin: {eyes}\n")
        variables = {"PATH": "/usr/bin:/bin", "HOME": name, "DATABASE_URL": server.tcp_url("shop"), "TMPDIR": tempfile.gettempdir()}
        with Load(server) as load:
            time.sleep(2)
            before, began = load.done, time.monotonic()
            made = subprocess.run([ours, "run"], cwd=folder, env=variables, capture_output=True, text=True)
            took, during = time.monotonic() - began, load.done - before
        if made.returncode:
            print(made.stdout + made.stderr)
            return 1
        print(f"run: {took:.1f} s, {during} transactions of others meanwhile; {made.stdout.splitlines()[-1]}", flush=True)
        wanted = (folder / "sums").read_text().split()
        root = folder / "root"
        root.mkdir()
        bare_root(root, [ours, *(str(server.programs / program) for program in ("pg_dump", "pg_restore", "psql"))])
        shutil.copytree(folder / "store", root / "store")
        (root / "fairlead.yml").write_text("version: 1\napp: shop\n")
        began = time.monotonic()
        restored = subprocess.run([shutil.which("chroot"), root, ours, "restore", "latest", "--to", "copy", "--store", "file:/store"],
                                  env={"DATABASE_URL": server.tcp_url("shop")}, cwd=root, capture_output=True, text=True)
        print(f"restored by the tool and PostgreSQL's client alone in {time.monotonic() - began:.1f} s: status {restored.returncode} {restored.stdout}{restored.stderr}", flush=True)
        found = sums(server, "copy") if restored.returncode == 0 else []
        after = sums(server, "shop")
        for table, its, copied, now in zip(TABLES, wanted, found, after):
            print(f"{table}: the snapshot's {its}, the copy's {copied}: {'equal' if its == copied else 'DIFFERENT'} (the database is now at {now})")
        balance = server.ask("SELECT (SELECT sum(balance) FROM accounts) || ' ' || (SELECT sum(amount) FROM transfers)", "copy") if found else ""
        print(f"sums of balances and transfers in the copy: {balance}")
        (folder / "fairlead.yml").write_text(f"version: 1\napp: shop\nbackup:\n  stores: [file:store]\n  name_style: set\n  pg_bin: {server.programs}\n")
        proven = subprocess.run([ours, "verify", "--level", "4"], cwd=folder, env=variables, capture_output=True, text=True)
        print(f"verify --level 4: status {proven.returncode}\n{proven.stdout}{proven.stderr}", end="")
        files_are_well = files(ours)
        is_well = files_are_well and found == wanted and balance == "0 0" and proven.returncode == 0 and during > 0
        print("equal" if is_well else "NOT EQUAL")
        return 0 if is_well else 1
