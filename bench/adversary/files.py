"""What is restored into files and folders, what lies in a store, and `fairlead recover` as a whole."""
import contextlib
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import threading
import time

import socket_site

BIN = pathlib.Path(sys.argv[1])
ENDS = ("", "-wal", "-shm", "-journal")


class Scene:
    """A folder with a fairlead.yml, a command, and what somebody else does meanwhile: acts, {name: function(place)}."""
    senseless = ()

    def __init__(self, name, folder):
        self.name, self.folder, self.acknowledged, self.held = name, folder, set(), []
        folder.mkdir(parents=True)

    def environment(self):
        return {"PATH": "/usr/sbin:/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp")}

    def call(self, *words, check=True):
        done = subprocess.run([BIN / words[0], *words[1:]], cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False, timeout=120)
        if check and done.returncode:
            raise RuntimeError(f"{words}: {done.stdout}{done.stderr}")
        return done

    def let_go(self):
        """After the command: who held something writes once more, and ends."""
        for end in self.held:
            end()
        self.held = []

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def whole(file):
    """(what PRAGMA integrity_check says, the rows of its tables `rows` and `notes`)."""
    with contextlib.closing(sqlite3.connect(file)) as database:
        try:
            said = database.execute("PRAGMA integrity_check").fetchone()[0]
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            found = {(*row, table) for table in tables & {"rows", "more"} for row in database.execute(f"SELECT who, number FROM {table}")}
            return said, found | {("table", name) for name in tables - {"rows"}}
        except sqlite3.DatabaseError as why:
            return str(why), set()


class Sqlite(Scene):
    """The target is a file of SQLite that others have open."""
    name = "sqlite"
    places = ("scratch-made", "scratch-held", "restore", "restored", "counted", "target-absent", "target-locked", "target-kept", "target-replaced", "in-place")

    @classmethod
    def scenes(cls, scratch):
        for mode in ("wal", "delete", "empty", "absent"):
            yield cls(scratch, mode)

    def __init__(self, scratch, mode):
        super().__init__(f"restore, SQLite, {mode}", scratch / f"sqlite {mode}")
        self.mode, self.path = mode, self.folder / "app.db"
        self.places = [place for place in self.places if place != ("target-absent" if mode != "absent" else "")
                       and not (mode == "absent" and place.startswith("target-") and place != "target-absent") and (mode, place) != ("empty", "target-kept")]
        self.acts = {one.__name__: one for one in (self.write, self.write_long, self.hold, self.open, self.create, self.rename, self.delete, self.migrate, self.restore)}
        self.senseless = {("in-place", "rename"), ("in-place", "delete")}
        (self.folder / "fairlead.yml").write_text("version: 1\napp: shop\nenvironments: {dev: {}}\nbackup:\n  stores: [file:store]\n"
                                                  "migrate: {backup_first: 'no'}\n")
        (self.folder / "migrations").mkdir()
        (self.folder / "migrations/1_more.sql").write_text("CREATE TABLE more (who TEXT, number INTEGER);\nINSERT INTO more VALUES ('more', 1);\n")
        self.fill([("set", number) for number in range(50)], "delete")
        self.call("fairlead-backup", "run")
        self.wanted = {("set", number, "rows") for number in range(50)}

    def environment(self):
        return super().environment() | {"DATABASE_URL": "sqlite:app.db"}

    def command(self):
        return [BIN / "fairlead-backup", "restore", "latest", "--to", "original", "--overwrite"]

    def fill(self, rows, mode):
        with contextlib.closing(sqlite3.connect(self.path)) as database:
            database.execute(f"PRAGMA journal_mode = {mode}")
            database.execute("CREATE TABLE IF NOT EXISTS rows (who TEXT, number INTEGER)")
            database.executemany("INSERT INTO rows VALUES (?, ?)", rows)
            database.commit()

    def reset(self):
        for file in self.folder.glob("*app.db*"):
            file.unlink()
        self.acknowledged, self.number = set(), 0
        if self.mode in ("wal", "delete"):
            self.fill([("before", number) for number in range(200)], self.mode)
            self.acknowledged = {("before", number, "rows") for number in range(200)}
        elif self.mode == "empty":
            self.path.touch()

    def add(self, database, who):
        self.number += 1
        try:
            database.execute("CREATE TABLE IF NOT EXISTS rows (who TEXT, number INTEGER)")
            database.execute("INSERT INTO rows VALUES (?, ?)", (who, self.number))
            database.commit()
            self.acknowledged.add((who, self.number, "rows"))
        except sqlite3.OperationalError:
            database.rollback()

    def write(self, place):
        with contextlib.closing(sqlite3.connect(self.path, timeout=0.05)) as database:
            self.add(database, "short")

    def write_long(self, place):
        database = sqlite3.connect(self.path, timeout=0.05)
        self.add(database, "long")

        def end():
            self.add(database, "late")
            database.close()
        self.held.append(end)

    def hold(self, place):
        """A transaction that writes, and ends 0.3 s later."""
        database = sqlite3.connect(self.path, timeout=0.05, isolation_level=None, check_same_thread=False)

        def work():
            try:
                time.sleep(0.3)
                database.execute("COMMIT")
                self.acknowledged.add(("held", 1, "rows"))
            except sqlite3.OperationalError:
                database.execute("ROLLBACK")
            database.close()
        try:
            database.execute("BEGIN IMMEDIATE")
            database.execute("CREATE TABLE IF NOT EXISTS rows (who TEXT, number INTEGER)")
            database.execute("INSERT INTO rows VALUES ('held', 1)")
        except sqlite3.OperationalError:
            database.close()
            return
        thread = threading.Thread(target=work)
        thread.start()
        self.held.append(thread.join)

    def open(self, place):
        """Reads in a transaction until the end."""
        database = sqlite3.connect(self.path, timeout=0.05, isolation_level=None)
        with contextlib.suppress(sqlite3.OperationalError):
            database.execute("BEGIN")
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        self.held.append(database.close)

    def create(self, place):
        with contextlib.closing(sqlite3.connect(self.path, timeout=0.05)) as database, contextlib.suppress(sqlite3.OperationalError):
            database.execute("CREATE TABLE came (id INTEGER)")
            self.acknowledged.add(("table", "came"))

    def rename(self, place):
        for end in ENDS:
            with contextlib.suppress(FileNotFoundError):
                os.rename(f"{self.path}{end}", f"{self.path}.moved{end}")
        self.write(place)

    def delete(self, place):
        """What it held is lost by that, unless the restore has kept it by then."""
        for end in ENDS:
            pathlib.Path(f"{self.path}{end}").unlink(missing_ok=True)
        if place not in ("target-kept", "target-replaced"):
            self.acknowledged = set()

    def migrate(self, place):
        done = self.call("fairlead-migrate", "up", "--env", "dev", "--wait-lock", "100ms", check=False)
        if done.returncode == 0:
            self.acknowledged.add(("more", 1, "more"))

    def restore(self, place):
        self.call(*map(str, self.command()), check=False)

    def judge(self, place, act, status):
        found = {file.name: whole(file) for file in self.folder.glob("app.db*") if not file.name.endswith(ENDS[1:])}
        everywhere = set().union(*(rows for _, rows in found.values()))
        lost = self.acknowledged - everywhere
        broken = {name: said for name, (said, _) in found.items() if said != "ok"}
        wrong = [f"lost {len(lost)}: {sorted(lost, key=str)[:3]}"] if lost else []
        wrong += [f"not whole: {broken}"] if broken else []
        if status == 0 and not self.wanted <= found.get("app.db", ("", set()))[1]:
            wrong.append("status 0, and the set's rows are not there")
        return wrong


class Folder(Scene):
    """The target is a folder of uploads."""
    name = "folder"

    @classmethod
    def scenes(cls, scratch):
        for mode in ("full", "empty", "absent"):
            yield cls(scratch, mode)

    def __init__(self, scratch, mode):
        super().__init__(f"restore, folder, {mode}", scratch / f"folder {mode}")
        self.mode, self.path = mode, self.folder / "uploads"
        between = {"full": ("before-changed", "changed-places"), "empty": ("target-folder", "target-absent"), "absent": ("target-absent",)}
        self.places = ("scratch-made", "scratch-held", "restore", "restored", "counted", *between[mode], "in-place")
        self.acts = {one.__name__: one for one in (self.write, self.hold, self.open, self.create, self.rename, self.delete, self.replace, self.restore)}
        self.senseless = {(place, act) for place in ("changed-places", "in-place") for act in ("rename", "delete", "replace")}
        (self.folder / "fairlead.yml").write_text("version: 1\napp: shop\nenvironments: {dev: {}}\nbackup:\n  stores: [file:store]\n"
                                                  "  sources: [{name: uploads, path: uploads}]\n")
        (self.path / "deep").mkdir(parents=True)
        (self.path / "deep/set").write_text("of the set\n")
        self.call("fairlead-backup", "run")

    def command(self):
        return [BIN / "fairlead-backup", "restore", "latest", "--to", "original", "--overwrite"]

    def reset(self):
        for path in self.folder.glob("*uploads*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.acknowledged = set()
        if self.mode != "absent":
            self.path.mkdir()
        if self.mode == "full":
            self.say(self.path / "before", "before")

    def say(self, path, text):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        self.acknowledged.add(text)

    def write(self, place):
        self.say(self.path / "came", "came")

    def hold(self, place):
        """A file that is written on after the restore, by who opened it before."""
        self.path.mkdir(exist_ok=True)
        file = open(self.path / "held", "w")
        file.write("begun ")
        file.flush()

        def end():
            file.write("and ended")
            file.close()
            self.acknowledged.add("begun and ended")
        self.held.append(end)

    def open(self, place):
        process = subprocess.Popen(["sleep", "60"], cwd=self.path if self.path.is_dir() else self.folder)
        self.held.append(lambda: (process.kill(), process.wait()))

    def create(self, place):
        self.path.mkdir(exist_ok=True)
        (self.path / "new").mkdir(exist_ok=True)
        self.say(self.path / "new/file", "created")

    def rename(self, place):
        if self.path.exists():
            self.path.rename(self.folder / "moved-uploads")
        self.write(place)

    def delete(self, place):
        if self.path.exists():
            kept = self.contents(without=self.path)
            shutil.rmtree(self.path)
            self.acknowledged &= kept

    def replace(self, place):
        """By a file."""
        if self.path.exists():
            self.path.rename(self.folder / "moved-uploads")
        self.path.write_text("a file now")
        self.acknowledged.add("a file now")

    def restore(self, place):
        self.call(*map(str, self.command()), check=False)

    def contents(self, without=None):
        files = [file for path in self.folder.iterdir() if "uploads" in path.name and path != without
                 for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()]
        return {file.read_text() for file in files}

    def judge(self, place, act, status):
        lost = self.acknowledged - self.contents()
        wrong = [f"lost {sorted(lost)}"] if lost else []
        if status == 0 and not (self.path / "deep/set").is_file():
            wrong.append("status 0, and the set's file is not there")
        return wrong


class Store(Scene):
    """Four sets in a store and in a copy of it; prune deletes, rotate makes headers anew."""
    name = "store"

    @classmethod
    def scenes(cls, scratch):
        yield cls(scratch, "prune", ("prune-begun", "prune-manifest", "prune-files", "prune-next"))
        yield cls(scratch, "rotate", ("rotate-begun", "rotate-file", "new_file.created", "new_file.written", "new_file.synced", "new_file.named", "rotate-manifest",
                                      "rotate-removed"))

    def __init__(self, scratch, kind, places):
        super().__init__(kind, scratch / kind)
        self.kind, self.places = kind, places
        self.acts = {one.__name__: one for one in (self.write, self.open, self.hold, self.create, self.rename, self.replace, self.delete, self.delete_newest, self.verify,
                                                  self.copy, self.same)}
        self.ahead = 0
        self.configure()
        if kind == "rotate":
            first, second = (self.call("fairlead-backup", "keys", "make", "--to", name).stdout.split()[0] for name in ("first.txt", "second.txt"))
            (self.folder / "both.txt").write_text("".join((self.folder / name).read_text() for name in ("first.txt", "second.txt")))
            (self.folder / "both.txt").chmod(0o600)
            self.configure(first)
        with contextlib.closing(sqlite3.connect(self.folder / "app.db")) as database:
            database.execute("CREATE TABLE rows (who TEXT, number INTEGER)")
            database.execute("INSERT INTO rows VALUES ('set', 1)")
            database.commit()
        for _ in range(4):
            self.ahead += 60
            self.call("fairlead-backup", "run")
        self.call("fairlead-backup", "verify", "--level", "3")
        self.first = self.sets()
        if kind == "rotate":
            self.configure(second)
        shutil.copytree(self.folder / "store", self.folder / "pristine")

    def configure(self, recipient=None):
        encrypt = f"  encrypt: {{to: [{recipient}], identity_file: both.txt}}\n" if recipient else ""
        (self.folder / "fairlead.yml").write_text("version: 1\napp: shop\nenvironments: {dev: {}}\nbackup:\n  stores: [file:store]\n"
                                                  f"  keep: {{last: 1}}\n{encrypt}")

    def environment(self):
        return super().environment() | {"DATABASE_URL": "sqlite:app.db", "FAIRLEAD_CLOCK": f"+{self.ahead}"}

    def command(self):
        return [BIN / "fairlead-backup", *(("prune", "--allow-many") if self.kind == "prune" else ("keys", "rotate"))]

    def sets(self):
        store = self.folder / "store"
        return sorted(file.name.split(".")[0] for file in store.glob("*.manifest.json"))

    def reset(self):
        for name in ("store", "away", "elsewhere", "copy.db"):
            path = self.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        shutil.copytree(self.folder / "pristine", self.folder / "store")
        self.ahead += 60
        self.kept, self.restored = set(), None

    def write(self, place):
        """One more set."""
        self.call("fairlead-backup", "run", check=False)

    def open(self, place):
        """The oldest set that is there is read to its end."""
        there = self.sets()
        done = self.call("fairlead-backup", "restore", there[0], "--to", "copy.db", check=False)
        self.restored = done.returncode

    def hold(self, place):
        there = self.sets()
        done = self.call("fairlead-backup", "keep", there[0], check=False)
        if done.returncode == 0:
            self.kept.add(there[0])

    def create(self, place):
        """A file that is none of ours."""
        (self.folder / "store/notes.txt").write_text("mine")

    def rename(self, place):
        (self.folder / "store").rename(self.folder / "away")
        self.held.append(lambda: None if (self.folder / "store").exists() else (self.folder / "away").rename(self.folder / "store"))

    def delete(self, place):
        """The manifest of the oldest one, and its files."""
        for file in (self.folder / "store").glob(f"{self.sets()[0]}.*"):
            file.unlink()

    def replace(self, place):
        """By a copy, in which somebody else holds the lock."""
        (self.folder / "store").rename(self.folder / "away")
        shutil.copytree(self.folder / "pristine", self.folder / "store")
        (self.folder / "store/.fairlead.lock").write_text("somebody else")

    def delete_newest(self, place):
        """The one that stays when the others go."""
        for file in (self.folder / "store").glob(f"{self.sets()[-1]}.*"):
            file.unlink()

    def verify(self, place):
        self.call("fairlead-backup", "verify", "--level", "3", check=False)

    def copy(self, place):
        shutil.copytree(self.folder / "store", self.folder / "elsewhere")

    def same(self, place):
        self.call(*map(str, self.command()), check=False)

    def judge(self, place, act, status):
        wrong = []
        for name in ("away", "store", "elsewhere"):
            if not (self.folder / name).is_dir():
                continue
            there = sorted(file.name.split(".")[0] for file in (self.folder / name).glob("*.manifest.json"))
            for one in there:
                done = self.call("fairlead-backup", "verify", one, "--level", "3", "--store", f"file:{name}", check=False)
                if done.returncode:
                    wrong.append(f"{one} in {name} is not whole: {done.stdout}{done.stderr}")
        there = self.sets() if (self.folder / "store").is_dir() else []
        if self.kind == "rotate" and not act.startswith("delete") and not set(self.first) <= set(there) and act != "rename":
            wrong.append(f"sets are gone: {set(self.first) - set(there)}")
        wrong += ["all sets of the place that came are to be there"] if act == "replace" and not set(self.first) <= set(there) else []
        wrong += [f"kept, and gone: {self.kept - set(there)}"] if self.kept - set(there) else []
        wrong += ["none is left"] if not there and act != "rename" else []
        wrong += ["somebody's file is gone"] if act == "create" and not (self.folder / "store/notes.txt").exists() else []
        if self.restored == 0 and whole(self.folder / "copy.db")[1] != {("set", 1, "rows")}:
            wrong.append("a restore said 0 of what it doesn't hold")
        return wrong


class Recover(Scene):
    """All of it: release, data, database of SQLite in use by the release."""
    name = "recover"

    @classmethod
    def scenes(cls, scratch):
        yield cls(scratch)

    def __init__(self, scratch):
        super().__init__("recover", scratch / "recover")
        self.places = [f"recover-{stage}" for stage in ("backup", "stop", "restore", "swap", "start", "smoke")]
        self.acts = {one.__name__: one for one in (self.write, self.hold, self.create, self.rename, self.delete, self.migrate, self.run_backup, self.deploy, self.same)}
        self.path, self.number = self.folder / "app.db", 0
        router = socket_site.router()
        (self.folder / "app").mkdir()
        (self.folder / "app/app.py").write_text(socket_site.application(
            "database = sqlite3.connect(os.environ['DATABASE_URL'].removeprefix('sqlite:'), check_same_thread=False)\n"
            "database.execute('PRAGMA journal_mode = wal')\ndatabase.execute('SELECT count(*) FROM rows').fetchall()\n"))
        (self.folder / "settings.env").write_text(f"DATABASE_URL=sqlite:{self.path}\n")
        (self.folder / "settings.env").chmod(0o600)
        (self.folder / "migrations").mkdir()
        (self.folder / "migrations/1_more.sql").write_text("CREATE TABLE more (who TEXT, number INTEGER);\nINSERT INTO more VALUES ('more', 1);\n")
        (self.folder / "fairlead.yml").write_text(
            "version: 1\napp: probe\ndeploy:\n  bake: 100ms\n  health: {interval: 20ms, healthy_after: 1}\n  verify: {requests: 1}\n"
            "  drain: {timeout: 1s}\nmigrate: {backup_first: 'no'}\nbackup: {stores: ['file:store']}\nsmoke: {checks: [{name: page, get: /, expect: {status: 200}}]}\n"
            f"environments:\n  live:\n    profile: production\n    url: http://127.0.0.1:{router}\n    env: {{file: settings.env}}\n"
            "    deploy:\n      release: {path: app}\n      target: {kind: direct, root: srv, state: kept, supervise: own, command: [/usr/bin/python3, app.py, '{socket}']}\n")
        self.fill([("set", number) for number in range(50)])
        self.wanted = {("set", number, "rows") for number in range(50)}
        self.call("fairlead-deploy", "apply", "--release-version", "1.0", *self.live())
        self.call("fairlead-backup", "run", "--env", "live")
        self.call("fairlead-backup", "verify", "--env", "live")
        store = self.folder / "store"
        self.set = sorted(file.name.split(".")[0] for file in store.glob("*.manifest.json"))[0]

    def live(self):
        return "--env", "live", "--confirm", "live"

    def environment(self):
        return super().environment() | {"LANG": "C.UTF-8", "XDG_STATE_HOME": str(self.folder / "state"), "DATABASE_URL": f"sqlite:{self.path}"}

    def command(self):
        return [BIN / "fairlead", "recover", self.set, *self.live()]

    def fill(self, rows):
        with contextlib.closing(sqlite3.connect(self.path, timeout=5)) as database:
            database.execute("CREATE TABLE IF NOT EXISTS rows (who TEXT, number INTEGER)")
            database.executemany("INSERT INTO rows VALUES (?, ?)", rows)
            database.commit()

    def reset(self):
        """None is begun; the release serves."""
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        with contextlib.closing(sqlite3.connect(self.path, timeout=5)) as database:
            database.execute("CREATE TABLE IF NOT EXISTS rows (who TEXT, number INTEGER)")
            database.commit()
        self.call("fairlead-deploy", "apply", "--release-version", "1.0", *self.live())
        for file in self.folder.glob("app.db*before*"):
            file.unlink()
        for file in self.folder.glob("app.db.moved*"):
            file.unlink()
        self.number += 1
        self.acknowledged = {("here", self.number, "rows")}
        self.fill([("here", self.number)])
        self.given_up = None

    write, write_long, hold, create, rename, migrate, add = (Sqlite.write, Sqlite.write_long, Sqlite.hold, Sqlite.create, Sqlite.rename, None, Sqlite.add)

    def delete(self, place):
        for end in ENDS:
            pathlib.Path(f"{self.path}{end}").unlink(missing_ok=True)
        self.acknowledged = set()
        self.given_up = True

    def migrate(self, place):  # noqa: F811
        done = self.call("fairlead-migrate", "up", "--wait-lock", "100ms", *self.live(), check=False)
        if done.returncode == 0:
            self.acknowledged.add(("more", 1, "more"))

    def run_backup(self, place):
        self.call("fairlead-backup", "run", "--env", "live", check=False)

    def deploy(self, place):
        self.call("fairlead-deploy", "apply", "--release-version", f"2.{self.number}", *self.live(), check=False)

    def same(self, place):
        self.call(*map(str, ("fairlead", *self.command()[1:])), check=False)

    def judge(self, place, act, status):
        found = {file.name: whole(file) for file in self.folder.glob("app.db*") if not file.name.endswith(ENDS[1:])}
        lost = self.acknowledged - set().union(*(rows for _, rows in found.values()))
        broken = {name: said for name, (said, _) in found.items() if said != "ok"}
        wrong = [f"lost {sorted(lost, key=str)[:3]}"] if lost else []
        wrong += [f"not whole: {broken}"] if broken else []
        early = place not in ("recover-restore", "recover-swap", "recover-start", "recover-smoke")
        if status == 0 and early and not self.wanted <= found.get("app.db", ("", set()))[1]:
            wrong.append("status 0, and the set's rows are not there")
        return wrong

    def close(self):
        self.call("fairlead-deploy", "down", *self.live(), check=False)
        super().close()


SCENES = [Sqlite, Folder, Store, Recover]
