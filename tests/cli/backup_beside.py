#!/usr/bin/python3
# needs: nothing; takes: 7 s
"""backup_beside.py BIN: restores into SQLite's file while an application goes on at it. At each step of a restore somebody
writes, opens, makes, renames or deletes the target; and four kinds of application write through whole restores. Every row
that was acknowledged is in the target or in what was kept of it, and the target is whole."""
import contextlib
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from until import wait_stopped  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-backup"
CONFIG = "version: 1\napp: shop\nenvironments: {dev: {}}\nbackup:\n  stores: [file:store]\n"
WANTED = [("set", number) for number in range(50)]
PLACES = ["restore", "restored", "counted", "target-absent", "target-locked", "target-kept", "target-replaced", "in-place"]
MODES = ["wal", "delete", "empty", "absent"]
RESTORE = ["restore", "latest", "--to", "original"]


class Project:
    """A set of fifty rows; then the file that is the target, as `mode` says."""

    def __init__(self, folder, mode):
        self.folder, self.mode = folder, mode
        folder.mkdir()
        self.path = folder / "app.db"
        (folder / "fairlead.yml").write_text(CONFIG)
        self.make(WANTED, "delete")
        subprocess.run([PROGRAM, "run"], cwd=folder, env=self.environment(), check=True, capture_output=True)
        self.reset()

    def environment(self, fault=None):
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
                "DATABASE_URL": "sqlite:app.db"} | ({"FAIRLEAD_FAULT": fault} if fault else {})

    def make(self, rows, mode):
        with contextlib.closing(sqlite3.connect(self.path, timeout=0.2)) as database:
            database.execute(f"PRAGMA journal_mode = {mode}")
            database.execute("CREATE TABLE IF NOT EXISTS rows (who TEXT, number INTEGER)")
            database.executemany("INSERT INTO rows VALUES (?, ?)", rows)
            database.commit()

    def reset(self):
        for file in self.folder.glob("*app.db*"):
            file.unlink()
        self.acknowledged = set()
        if self.mode in ("wal", "delete"):
            self.acknowledged = {("before", number) for number in range(200)}
            self.make(self.acknowledged, self.mode)
        elif self.mode == "empty":
            self.path.touch()

    def restore(self, fault=None, overwrite=True):
        return subprocess.Popen([PROGRAM, *RESTORE, *(["--overwrite"] if overwrite else [])], cwd=self.folder,
                                env=self.environment(fault), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def found(self):
        """Of every file that lies there: its rows, or why it has none."""
        found = {}
        for file in self.folder.glob("app.db*"):
            if file.name.endswith(("-wal", "-shm", "-journal")):
                continue
            with contextlib.closing(sqlite3.connect(file)) as database:
                try:
                    whole = database.execute("PRAGMA integrity_check").fetchone()[0]
                    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
                    rows = set(database.execute("SELECT who, number FROM rows")) if "rows" in tables else set()
                    found[file.name] = (whole, rows | {("table", name) for name in tables - {"rows"}})
                except sqlite3.DatabaseError as why:
                    found[file.name] = (str(why), set())
        return found

    def judge(self, what, status, said):
        found = self.found()
        everywhere = set().union(*(rows for _, rows in found.values()))
        lost = self.acknowledged - everywhere
        broken = {name: whole for name, (whole, _) in found.items() if whole != "ok"}
        wrong = [f"lost {len(lost)}: {sorted(lost)[:3]}"] if lost else []
        wrong += [f"not whole: {broken}"] if broken else []
        if status == 0 and not set(WANTED) <= found.get("app.db", ("", set()))[1]:
            wrong.append("status 0, and the set's rows are not there")
        if status not in (0, 2, 3):
            wrong.append(f"status {status}")
        if status and not any(way in said for way in ("run the command again", "--overwrite")):
            wrong.append("no way out is told")
        counted.note(f"{self.mode}: {what}", f"{'; '.join(wrong)}\n{said}" if wrong else "")


def short(project, held, tag):
    """Opens the file, writes, closes it, as one request does."""
    with contextlib.closing(sqlite3.connect(project.path, timeout=0.05)) as database:
        add(project, database, tag)


def long(project, held, tag):
    if not held:
        held.append(sqlite3.connect(project.path, timeout=0.05, check_same_thread=False))
    add(project, held[0], tag)


def add(project, database, tag):
    try:
        database.execute("CREATE TABLE IF NOT EXISTS rows (who TEXT, number INTEGER)")
        database.execute("INSERT INTO rows VALUES (?, ?)", (tag, len(project.acknowledged)))
        row = (tag, len(project.acknowledged))
        database.commit()
        project.acknowledged.add(row)
    except sqlite3.OperationalError:
        database.rollback()


def table(project, held, tag):
    with contextlib.closing(sqlite3.connect(project.path, timeout=0.05)) as database:
        try:
            database.execute(f"CREATE TABLE {tag.replace('-', '_')} (id INTEGER)")
            project.acknowledged.add(("table", tag.replace("-", "_")))
        except sqlite3.OperationalError:
            pass


def rename(project, held, tag):
    """As one who puts a new file there; it takes the log along."""
    for end in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            os.rename(f"{project.path}{end}", f"{project.path}.moved-{tag}{end}")
    short(project, held, tag)


def delete(project, held, tag):
    """Deletes the file. What it held is lost by that, unless the restore has kept it by then."""
    for end in ("", "-wal", "-shm", "-journal"):
        pathlib.Path(f"{project.path}{end}").unlink(missing_ok=True)
    if tag not in ("target-kept", "target-replaced"):
        project.acknowledged = set()


ADVERSARIES = [short, long, table, rename, delete]


def at_each_step(folder):
    for mode in MODES:
        project = Project(folder / f"steps {mode}", mode)
        for adversary in ADVERSARIES:
            for place in PLACES[:-1] if adversary in (rename, delete) else PLACES:
                for overwrite in (True, False) if mode in ("empty", "absent") else (True,):
                    project.reset()
                    held = []
                    if adversary is long and mode != "absent":
                        long(project, held, "early")
                    run = project.restore(f"stop@{place}", overwrite)
                    if wait_stopped(run):
                        adversary(project, held, place)
                        run.send_signal(signal.SIGCONT)
                    said = run.communicate(timeout=60)[0]
                    for one in held:
                        long(project, held, "late")
                        one.close()
                    project.judge(f"{adversary.__name__} at {place}{'' if overwrite else ', without --overwrite'}", run.returncode, said)


def under_load(folder):
    """What goes on all the time: one connection a request, and one for all of them."""
    for mode in ("wal", "delete"):
        for kept_open in (False, True):
            project = Project(folder / f"load {mode} {kept_open}", mode)
            ended = threading.Event()

            def serve():
                held = []
                while not ended.is_set():
                    with contextlib.suppress(sqlite3.DatabaseError):
                        (long if kept_open else short)(project, held, "served")
                    time.sleep(0.0005)
                for one in held:
                    one.close()

            thread = threading.Thread(target=serve)
            thread.start()
            for _ in range(4):
                before = len(project.acknowledged)
                run = project.restore()
                said = run.communicate(timeout=60)[0]
                deadline = time.monotonic() + 5
                while len(project.acknowledged) == before and thread.is_alive() and time.monotonic() < deadline:
                    time.sleep(0.01)
            ended.set()
            thread.join()
            project.judge(f"an application with {'one connection' if kept_open else 'a connection a request'} writes through four restores",
                          run.returncode, said)
            counted.note(f"{mode}: it wrote meanwhile", "" if len(project.acknowledged) > 210 else str(len(project.acknowledged)))


with tempfile.TemporaryDirectory(prefix="fairlead beside ") as scratch:
    at_each_step(pathlib.Path(scratch))
    under_load(pathlib.Path(scratch))
counted.close()
