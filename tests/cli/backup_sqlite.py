#!/usr/bin/python3
# needs: age, namespaces; takes: 16 s
"""backup_sqlite.py BIN: sets of SQLite's files in a folder: made under write load, whole or not there, told, verified, restored and
pruned."""
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import backups  # noqa: E402
import counted  # noqa: E402
from until import wait_stopped  # noqa: E402

PROGRAM = backups.PROGRAM
KILLED = ["dump", "dumped", "stored", "read-back", "manifest", "sealed"]
KILLED_RESTORING = ["restore", "restored", "counted", "in-place"]
KILLED_PRUNING = ["prune-begun", "prune-manifest", "prune-files"]
CONFIG = """version: 1
app: shop
environments: {dev: {}, production: {}}
backup:
  stores: [file:store]
"""


class Project(backups.Project):
    def __init__(self, folder, config=CONFIG):
        super().__init__(folder)
        (folder / "fairlead.yml").write_text(config)

    def names(self):
        return sorted(str(path.relative_to(self.store)) for path in self.store.rglob("*") if path.is_file()
                      and not path.name.startswith("."))


def make(path, rows=1000):
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE notes (id integer PRIMARY KEY, text text)")
        database.execute('CREATE TABLE "odd ""name" (id integer)')
        database.executemany("INSERT INTO notes (text) VALUES (?)", [(os.urandom(50).hex(),) for _ in range(rows)])
    database.close()


def rows(path):
    database = sqlite3.connect(path)
    found = database.execute("SELECT * FROM notes ORDER BY id").fetchall()
    database.close()
    return found


def there_and_back(folder):
    project = Project(folder / "there and back")
    make(project.folder / "app.db")
    done = project.expect("a set is made", ["run", "--format", "json"], 0)
    made = json.loads(done.stdout)
    names = project.names()
    counted.note("its names are those of the scripts before", "" if names == [f"{made['id']}.manifest.json", f"{made['id']}.sqlite.gz"]
                 else str(names))
    counted.note("nobody else may read it", "" if all((project.store / name).stat().st_mode & 0o077 == 0 for name in names) else "others may")
    project.expect("it is listed", ["list"], 0, made["id"], "1 set of shop in", "not verified")
    project.expect("it is not verified yet", ["status", "--max-unverified", "7d"], 1, "no set was ever verified")
    project.expect("each level passes", ["verify", "--level", "4"], 0, "level 1: passed", "level 4: passed")
    project.expect("and counts", ["status", "--max-unverified", "7d"], 0, "RPO: ", "RTO: ")
    project.expect("restored elsewhere", ["restore", "latest", "--to", "copy.db"], 0, f"set {made['id']} restored")
    counted.note("the rows are the same", "" if rows(project.folder / "copy.db") == rows(project.folder / "app.db") else "they differ")
    project.expect("not over what is there", ["restore", "latest", "--to", "copy.db"], 2, "is there already", "--overwrite")
    copy = project.folder / "copy.db"
    copy.chmod(0o664)
    if os.geteuid() == 0:
        os.chown(copy, 65534, 65534)
    project.expect("but where it is asked for", ["restore", "latest", "--to", "copy.db", "--overwrite"], 0, "the old file is kept as")
    states = [(state.st_mode & 0o777, state.st_uid) for state in map(os.stat, project.folder.glob("copy.db*"))]
    counted.note("with its mode and owner, both", "" if states == [(0o664, 65534 if os.geteuid() == 0 else os.geteuid())] * 2 else str(states))
    project.expect("the original", ["restore", made["id"], "--to", "original", "--overwrite"], 0)
    project.expect("a dry run tells and does nothing", ["run", "--dry-run"], 0, "would back up sqlite:", "would write one set")
    counted.note("nothing was written", "" if project.sets() == [made["id"]] else str(project.sets()))
    project.expect("production is confirmed", ["restore", made["id"], "--to", "original", "--overwrite", "-e", "production"], 2,
                   "--confirm production")
    project.expect("and then done", ["restore", made["id"], "--to", "original", "--overwrite", "-e", "production", "--confirm", "production"], 0)


def over_what_is_broken(folder):
    """The emergency: the file is damaged, or its program was killed in the middle."""
    project = Project(folder / "broken")
    target = project.folder / "app.db"
    make(target)
    project.run("run")
    wanted, whole = rows(target), target.read_bytes()
    for what, content in (("no database at all", b"what a disk had left" * 500), ("torn pages", whole[:8192] + os.urandom(8192) + whole[16384:])):
        target.write_bytes(content)
        before = set(project.folder.iterdir())
        project.expect(f"{what}: it is replaced", ["restore", "latest", "--to", "original", "--overwrite"], 0, "the old file is kept as")
        made = set(project.folder.iterdir()) - before
        counted.note(f"{what}: it is kept as it was", "" if rows(target) == wanted and [one.read_bytes() for one in made] == [content]
                     else f"{made}")
        for one in made:
            one.unlink()
    killed = subprocess.run(["/usr/bin/python3", "-c", "import os, sqlite3; d = sqlite3.connect('app.db'); d.execute('PRAGMA journal_mode = wal'); "
                             "d.execute('DELETE FROM notes'); d.commit(); os._exit(9)"], cwd=project.folder)
    counted.note("a killed program leaves its log", "" if killed.returncode == 9 and (project.folder / "app.db-wal").stat().st_size else "no log")
    done = project.expect("it is replaced, too", ["restore", "latest", "--to", "original", "--overwrite"], 0, "the old file is kept as")
    kept = next(project.folder.glob("app.db.before_*"))
    counted.note("the old one with what its log held", "" if rows(kept) == [] and rows(target) == wanted else done.stdout)


def under_load(folder):
    project = Project(folder / "load")
    path = project.folder / "app.db"
    make(path, 20000)
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = wal")
    database.close()
    ended = threading.Event()

    def write():
        writer = sqlite3.connect(path, timeout=30)
        while not ended.is_set():
            with writer:  # two rows belong together
                writer.execute("INSERT INTO notes (text) VALUES ('first')")
                writer.execute("INSERT INTO notes (text) VALUES ('second')")
            time.sleep(0.001)
        writer.close()

    thread = threading.Thread(target=write)
    thread.start()
    done = project.expect("a file that is written to", ["run", "--format", "json", "--compress", "zstd:3"], 0)
    ended.set()
    thread.join()
    counted.note("zstd ends its name", "" if any(name.endswith(".sqlite.zst") for name in project.names()) else str(project.names()))
    project.expect("is restored", ["restore", "latest", "--to", "copy.db"], 0)
    found = [text for _, text in rows(project.folder / "copy.db")]
    counted.note("to one moment", "" if found.count("first") == found.count("second") else
                 f"{found.count('first')} first, {found.count('second')} second")
    manifest = json.loads(next(project.store.glob("*.manifest.json")).read_text())
    counted.note("with the rows of that moment", "" if {"name": "notes", "rows": len(found), "exact": True} in manifest["parts"][0]["tables"]
                 else str(manifest["parts"][0]["tables"]))
    opened = sqlite3.connect(path)
    opened.execute("BEGIN IMMEDIATE")
    project.expect("a file that is written to stays as it is", ["restore", "latest", "--to", "original", "--overwrite"], 3, "in use")
    opened.rollback()
    project.expect("one that is open is replaced", ["restore", "latest", "--to", "original", "--overwrite"], 0, "the old file is kept as")
    counted.note("and who has it open sees what is new", "" if opened.execute("SELECT count(*) FROM notes").fetchone() == (len(found),) else "not so")
    opened.close()


def damage(folder):
    """What is damaged is told, and counts for nothing; bits that flip are backup_faults.py's."""
    project = Project(folder / "damage")
    make(project.folder / "app.db", 50)
    project.expect("a set to damage", ["run"], 0)
    files = [project.store / name for name in project.names()]
    file = next(file for file in files if file.name.endswith(".gz"))
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    project.expect("a byte is missing", ["verify"], 1, "level 1: failed", "were written")
    project.expect("and nothing is restored", ["restore", "latest", "--to", "target.db"], 1, "damaged")
    file.unlink()
    project.expect("a file is missing", ["verify"], 1, "lacks")
    file.write_bytes(whole)
    project.expect("whole again", ["verify"], 0)
    project.expect("status: whole", ["status"], 0)
    good = project.sets()[0]
    project.later()
    project.expect("a second set", ["run"], 0)
    bad = project.sets()[0]
    file = next(file for file in project.store.iterdir() if file.name.startswith(bad) and file.name.endswith(".gz"))
    whole = file.read_bytes()
    file.write_bytes(whole[:50] + bytes([whole[50] ^ 1]) + whole[51:])
    project.expect("it is damaged", ["verify"], 1, "level 2: failed")
    project.expect("status tells", ["status"], 1, bad, "failed its verification (level 2)")
    project.expect("list tells", ["list"], 0, "FAILED", "(level 2)")
    (project.folder / "fairlead.yml").write_text(CONFIG + "  keep: {last: 1}\n")
    project.expect("it counts for no rule", ["prune", "--allow-many"], 0, f"keep   {good}: the newest", f"'{bad}' failed its verification")
    file.write_bytes(whole)
    project.expect("it was the disk", ["verify"], 0)
    project.expect("status is content", ["status"], 0)
    file.unlink()
    project.expect("status looks at the newest one's files", ["status"], 1, "lacks")


def killed(folder):
    for at in KILLED:
        project = Project(folder / f"killed {at}")
        make(project.folder / "app.db", 20)
        project.run("run")
        before = project.sets()
        project.later()
        done = project.run("run", FAIRLEAD_FAULT=f"kill@{at}")
        after = project.sets()
        whole = all(project.run("verify", one).returncode == 0 for one in after)
        counted.note(f"killed at {at}: no set or a whole one", "" if done.returncode == -signal.SIGKILL and whole and set(before) <= set(after)
                     else f"status {done.returncode}, sets {after}, whole: {whole}")
        again = project.run("run")
        left = [name for name in project.names() if name.endswith(".begun") or not any(name.startswith(one) for one in project.sets())]
        counted.note(f"killed at {at}: the next run works, and sweeps", f"{again.stderr} {left}" if again.returncode or
                     [name for name in left if at != "sealed"] else "")
    for at in KILLED_RESTORING:
        project = Project(folder / f"killed restoring {at}")
        make(project.folder / "app.db", 20)
        project.run("run")
        shutil.copy(project.folder / "app.db", project.folder / "target.db")
        was = rows(project.folder / "target.db")
        done = project.run("restore", "latest", "--to", "target.db", "--overwrite", FAIRLEAD_FAULT=f"kill@{at}")
        counted.note(f"restore killed at {at}: the target is a whole database", "" if done.returncode == -signal.SIGKILL
                     and rows(project.folder / "target.db") == was else str(done))
        project.expect(f"restore killed at {at}: the next one works", ["restore", "latest", "--to", "target.db", "--overwrite"], 0)


def read_meanwhile(folder):
    """A restore waits for nobody, and what it reads stays."""
    project = Project(folder / "read meanwhile", CONFIG + "  keep: {last: 1}\n")
    make(project.folder / "app.db", 50)
    for _ in range(2):
        project.expect("a set", ["run"], 0)
        project.later()
    oldest = project.sets()[-1]
    reader = subprocess.Popen([PROGRAM, "restore", oldest, "--to", "old.db"], cwd=project.folder, env=project.environment(FAIRLEAD_FAULT="stop@restore"))
    wait_stopped(reader)
    project.expect("another run goes on", ["run"], 0)
    project.expect("a second restore, too", ["restore", "latest", "--to", "new.db"], 0)
    project.expect("prune leaves what is read", ["prune", "--allow-many"], 0, f"keep   {oldest}: needed by a restore")
    reader.send_signal(signal.SIGCONT)
    counted.note("it comes to its end", "" if reader.wait(60) == 0 and len(rows(project.folder / "old.db")) == 50 else "it did not")
    project.expect("then it goes", ["prune", "--allow-many"], 0, f"delete {oldest}")
    counted.note("no mark is left", "" if not any("restoring" in one for one in project.names()) else str(project.names()))


def pruned(folder):
    for at in [None, *KILLED_PRUNING]:
        project = Project(folder / f"pruned {at}")
        make(project.folder / "app.db", 20)
        for _ in range(4):
            project.run("run")
            project.later()
        everything = project.sets()
        rules = CONFIG + "  keep: {last: 2}\n"
        (project.folder / "fairlead.yml").write_text(rules)
        (project.store / "shop_backup_20200101_000000.sql.gz").write_text("of a script of theirs")
        (project.store / "notes.txt").write_text("theirs")
        project.expect("a dry run tells each fate", ["prune", "--dry-run"], 0, "keep   " + everything[0], "last 1 of 2",
                       "delete " + everything[3], "no rule keeps it", "2 sets would be deleted")
        counted.note("and deletes nothing", "" if project.sets() == everything else str(project.sets()))
        if at:
            done = project.run("prune", FAIRLEAD_FAULT=f"kill@{at}")
            counted.note(f"prune killed at {at}", "" if done.returncode == -signal.SIGKILL else str(done))
            project.expect(f"after {at} a run works", ["run"], 0)
            counted.note(f"after {at} what is listed is whole", "" if all(project.run("verify", one).returncode == 0 for one in
                                                                        project.sets()) else str(project.names()))
            continue
        project.expect("what no rule keeps goes", ["prune"], 0, "2 sets deleted")
        counted.note("and nothing else", "" if project.sets() == everything[:2] and (project.store / "notes.txt").exists() and
                     (project.store / "shop_backup_20200101_000000.sql.gz").exists() else str(project.names()))
        (project.folder / "fairlead.yml").write_text(CONFIG + "  keep: {last: 1}\n")
        project.expect("half may go", ["prune"], 0, "1 set deleted")
        project.run("run")
        project.later()
        project.run("run")
        project.expect("more than half may not", ["prune"], 1, "2 of 3 sets would be deleted at once", "--allow-many")
        project.expect("unless it is said", ["prune", "--allow-many"], 0, "2 sets deleted")
        project.expect("days are told by a flag", ["prune", "--keep-days", "30"], 0, "younger than 30 days")


def refused(folder):
    project = Project(folder / "refused")
    project.expect("a file that isn't there", ["run"], 3, "is not there")
    sqlite3.connect(project.folder / "app.db").execute("PRAGMA user_version = 1").connection.close()
    project.expect("an empty database", ["run"], 1, "has no table", "--allow-empty")
    counted.note("leaves nothing", "" if project.names() == [] else str(project.names()))
    project.expect("but where it is meant", ["run", "--allow-empty"], 0)
    (project.folder / "app.db").unlink()
    make(project.folder / "app.db", 3000)
    project.later()
    project.expect("a set of it", ["run"], 0)
    for _ in range(2):
        project.later()
        project.run("run")
    (project.folder / "app.db").unlink()
    make(project.folder / "app.db", 10)
    project.later()
    project.expect("a database that shrank", ["run"], 1, "less than half", "--allow-shrink")
    project.expect("but where it is meant", ["run", "--allow-shrink"], 0)
    (project.folder / "app.db").write_bytes(b"SQLite format 3\0" + os.urandom(5000))
    project.expect("a damaged database", ["run"], 3, "app.db")
    project.expect("no such set", ["verify", "19990101"], 2, "set '19990101' is not there")
    project.expect("no store", ["list", "--store", "gopher://x"], 2, "gopher")
    for words in (["run"], ["doctor"], ["verify"], ["list"], ["status"], ["prune", "--keep-days", "3"]):
        project.expect(f"no such source, {words[0]}", [*words, "--source", "cache"], 2, "source 'cache' is unknown; expected db")
    project.expect("a set is verified whole", ["verify", "--source", "db"], 2, "looked at whole", "leave it out")
    project.expect("no target", ["restore", "latest"], 2, "--to")
    for slip in ("orignal", "Original", "originall"):
        project.expect(f"{slip} is a slip", ["restore", "latest", "--to", slip, "--overwrite"], 2, "did you mean original?", f"./{slip}")
    project.expect("unless it is a path", ["restore", "latest", "--to", "./orignal"], 0, "restored")
    project.expect("origin is another name", ["restore", "latest", "--to", "origin"], 0, "restored")
    os.mkfifo(project.folder / "pipe.db")
    (project.folder / "folder.db").mkdir()
    for name in ("pipe", "folder"):
        for command in ("run", "doctor"):
            project.expect(f"nothing waits at a {name}: {command}", [command], 2 if command == "run" else 1, f"{name}.db' of DATABASE_URL is not a file",
                           DATABASE_URL=f"sqlite:{name}.db")
    make(project.folder / "held.db", 3000)
    holder = subprocess.Popen([PROGRAM, "run"], cwd=project.folder, stderr=subprocess.DEVNULL,
                              env=project.environment(DATABASE_URL="sqlite:held.db", FAIRLEAD_FAULT="stop@dump"))
    if wait_stopped(holder):
        project.expect("two at once: the second names the first", ["run", "--wait-lock", "1s"], 3, f"process {holder.pid}",
                       DATABASE_URL="sqlite:held.db")
        holder.kill()
    holder.wait()


def settings(folder):
    project = Project(folder / "settings")
    make(project.folder / "app.db", 20)
    make(project.folder / "other.db", 20)
    (project.folder / "fairlead.yml").write_text("""version: 1
app: shop
backup:
  stores: [file:store, file:copies]
  name_style: set
  compress: none
  sources: [{name: db, engine: sqlite}, {name: other, url_env: OTHER_URL}]
  keep: {days: 1, daily: 2, weekly: 1, monthly: 1, yearly: 1}
  max_age: 1s
  rpo: 2s
  rto: 10m
  verify: {every: 1s, level: 4}
""")
    project.expect("two sources in one set", ["run"], 0, "db: sqlite", "other: sqlite", OTHER_URL="sqlite:other.db")
    stem = project.sets()[0]
    counted.note("a folder of its own, and not packed", "" if f"{stem}/db.sqlite" in project.names() and f"{stem}/other.sqlite" in
                 project.names() and rows(project.store / stem / "db.sqlite") else str(project.names()))
    counted.note("its copy is the same", "" if (project.folder / "copies" / stem / "other.sqlite").read_bytes() ==
                 (project.store / stem / "other.sqlite").read_bytes() else "it differs")
    project.expect("level 3 is too little to count", ["verify", "--level", "3"], 0)
    project.expect("so rto and every are not shown to hold", ["status", "--max-age", "1h"], 1, "no set was ever verified", "rto 10m", "rpo 2s")
    project.expect("verify.level is the default", ["verify"], 0, "level 4: passed")
    project.later(2)
    project.expect("max_age, rpo and every are limits", ["status"], 1, "and max_age is 1s", "and rpo is 2s", "the last verification was")
    project.expect("each rule tells itself", ["prune"], 0, "younger than 1 days", "daily 1 of 2", "weekly 1 of 1", "monthly 1 of 1", "yearly 1 of 1")
    project.expect("two sources can't go to one place", ["restore", "latest", "--to", "x.db"], 2, "say --source")
    project.expect("one of them can", ["restore", "latest", "--source", "other", "--to", "x.db"], 0)
    project.expect("flags alone are enough", ["run", "--engine", "sqlite", "--url-env", "OTHER_URL", "--store", "file:third", "--name-style", "compat",
                                              "--compress", "gzip:1"], 0, "db: sqlite", OTHER_URL="sqlite:other.db")
    with open(project.folder / "fairlead.yml", "a") as file:
        file.write("environments:\n  staging:\n    backup: {stores: [file:of-staging]}\n")
    project.expect("an environment has a store of its own", ["run", "--env", "staging"], 0, "of-staging", OTHER_URL="sqlite:other.db")
    project.expect("the wrong engine is told", ["run", "--engine", "postgres"], 2, "file of SQLite")
    (project.folder / "fairlead.yml").write_text(CONFIG.replace("file:store", "'s3://bucket/p?endpoint=http://127.0.0.1:9'"))
    project.expect("a bucket in fairlead.yml, with its keys in the environment", ["run", "--dry-run"], 0, "would write one set to s3://bucket/p",
                   AWS_ACCESS_KEY_ID="the-id", AWS_SECRET_ACCESS_KEY="the-secret-key")
    project.expect("and without them", ["run", "--dry-run"], 2, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")


def encrypted(folder):
    secret, public = ("AGE-SECR" "ET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX",
                      "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj")
    project = Project(folder / "encrypted", CONFIG + f"  encrypt: {{to: [{public}], identity_env: BACKUP_KEY, identity_file: key.txt}}\n")
    make(project.folder / "app.db", 200)
    whole = (project.folder / "fairlead.yml").read_text()
    for nobody in ("{}", "{to: []}", "{identity_env: BACKUP_KEY}"):
        (project.folder / "fairlead.yml").write_text(CONFIG + f"  encrypt: {nobody}\n")
        project.expect(f"encrypt: {nobody} is for nobody", ["run"], 2, "backup.encrypt has no recipient", "not be encrypted")
    (project.folder / "fairlead.yml").write_text(whole)
    project.expect("made and read back without a secret key", ["run"], 0, ".sqlite.gz.age")
    stored = next(project.store.glob("*.age"))
    counted.note("by age", "" if stored.read_bytes().startswith(b"age-encryption.org/v1\n-> X25519 ") else "it is not")
    project.expect("its stored bytes are known without a key", ["verify", "--level", "2"], 0)
    project.expect("more is not", ["verify", "--level", "3"], 3, "it was encrypted for " + public)
    done = project.expect("with the key it is", ["verify", "--level", "4"], 0, BACKUP_KEY=secret)
    counted.note("the key is told nowhere", "it is" if secret in done.stdout + done.stderr else "")
    (project.folder / "key.txt").write_text(f"# created: today\n{secret}\n")
    project.expect("a file that others may read is refused", ["restore", "latest", "--to", "copy.db"], 2, "chmod 600")
    (project.folder / "key.txt").chmod(0o600)
    project.expect("by a file of keys", ["restore", "latest", "--to", "copy.db"], 0)
    counted.note("all rows are back", "" if rows(project.folder / "copy.db") == rows(project.folder / "app.db") else "they are not")
    if shutil.which("age"):
        opened = subprocess.run(["age", "-d", "-i", project.folder / "key.txt", stored], capture_output=True, check=False).stdout
        counted.note("age itself opens it", "" if opened.startswith(b"\x1f\x8b") else "it doesn't")
    else:
        counted.skip("age", "age itself opens a set", "it is not installed; apt-get install age")
    other = Project(folder / "passphrase", CONFIG + "  encrypt: {passphrase_env: BACKUP_WORDS}\n")
    make(other.folder / "app.db", 20)
    other.expect("a passphrase that isn't there", ["run"], 2, "BACKUP_WORDS")
    other.expect("one that is", ["run"], 0, BACKUP_WORDS="correct horse battery")
    other.expect("opens", ["verify", "--level", "4"], 0, BACKUP_WORDS="correct horse battery")
    other.expect("another one doesn't", ["verify", "--level", "3"], 3, BACKUP_WORDS="wrong horse battery")


def examined(folder):
    project = Project(folder / "examined")
    project.expect("a source that isn't there is told", ["doctor"], 1, "wrong  source db: ", "is not there", "ok     keys", "2 of 3 wrong")
    make(project.folder / "app.db", 20)
    project.expect("a store that isn't there is told", ["doctor"], 1, "wrong  store file:", "is not there; mount its disk", "run: fairlead-backup run",
                   "1 of 3 wrong")
    project.store.mkdir()
    project.expect("all is there", ["doctor"], 0, "ok     source db: sqlite:", "ok     store file:", "0 sets", "sets are not encrypted",
                   "a run has everything it needs")
    project.expect("a store without a set is listed", ["list"], 0, "0 sets of shop in")
    project.expect("and has nothing that is young enough", ["status"], 1)
    counted.note("nothing is left in the store", "" if project.names() == [] else str(project.names()))
    project.run("run")
    project.expect("another app's sets are named", ["restore", "latest", "--app", "shoop", "--to", "x.db"], 2, "the store has sets of shop")
    project.expect("and by list", ["list", "--app", "shoop"], 0, "0 sets of shoop", "it has sets of shop")
    project.expect("and by status", ["status", "--app", "shoop"], 1, "there are sets of shop: say --app")
    project.expect("and by prune", ["prune", "--app", "shoop"], 1, "no set of 'shoop', but has sets of shop")
    (project.folder / "fairlead.yml").rename(project.folder / "gone.yml")
    project.expect("without a fairlead.yml the app is said", ["restore", "latest", "--app", "shop", "--store", "store", "--to", "x.db"], 0, "restored")
    (project.folder / "gone.yml").rename(project.folder / "fairlead.yml")
    project.expect("an app that can't be one", ["list", "--app", "a/b"], 2, "app 'a/b' can't begin")
    nowhere = project.folder / "nowhere"
    project.expect("one that isn't there is told", ["doctor", "--store", "file:nowhere/deep"], 1, "nowhere/deep is not there; mount its disk")
    for words in (["list"], ["status"], ["verify"], ["verify", "--dry-run"], ["restore", "latest", "--to", "x.db"], ["prune"], ["prune", "--dry-run"],
                  ["keep", "x"], ["release", "x"]):
        project.expect(f"{' '.join(words[:2])}: a store that isn't there is not an empty one", [*words, "--store", "file:nowhere/deep"],
                       3, "nowhere/deep is not there; mount its disk, or correct its address")
    for words in (["push", "latest", "--store", "file:nowhere/deep,file:store"], ["fetch", "latest", "--store", "file:store,file:nowhere/deep"]):
        project.expect(f"{words[0]} from one that isn't there", words, 3, "nowhere/deep", "is not there; mount its disk")
    counted.note("and none makes the folder", str(nowhere) if nowhere.exists() else "")
    data = next(project.store.glob("*.sqlite.gz"))
    stem = project.sets()[0]
    for file in list(project.store.iterdir()):
        if file.name.startswith(stem):
            shutil.copy(file, project.store / file.name.replace(stem, "shop_backup_20990101_000000"))
    project.expect("a set of the future", ["doctor"], 1, "wrong  store file:", "is dated in the future")
    for file in project.store.glob("shop_backup_2099*"):
        file.unlink()
    (project.folder / "blocked").write_text("a file")
    project.expect("a store that can't be one", ["doctor", "--store", "file:store,file:blocked/x"], 1, "ok     store", "wrong  store", "1 of 4 wrong")
    secret, public = ("AGE-SECR" "ET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX",
                      "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj")
    (project.folder / "fairlead.yml").write_text(CONFIG + f"  encrypt: {{to: [{public}], identity_env: BACKUP_KEY}}\n")
    project.expect("no key is fine", ["doctor"], 0, "there is no secret key here")
    done = project.expect("the key of the recipient", ["doctor"], 0, "can be opened here", BACKUP_KEY=secret)
    counted.note("it is told nowhere", "it is" if secret in done.stdout + done.stderr else "")
    if shutil.which("age-keygen"):
        made = subprocess.run(["age-keygen"], capture_output=True, text=True, check=True).stdout.split()[-1]
        project.expect("a key of somebody else", ["doctor"], 1, "doesn't belong to a recipient", BACKUP_KEY=made)
    else:
        counted.skip("age", "a key of somebody else", "it is not installed; apt-get install age")
    counted.note("the set is as it was", "" if data.exists() and project.sets() == [stem] else str(project.names()))


def read_only(folder):
    """The backups' disk is mounted as it should be the day after."""
    project = Project(folder / "read-only")
    make(project.folder / "app.db", 20)
    project.expect("a set", ["run"], 0)
    mounted = ["unshare", "--mount", "sh", "-c", 'mount --bind store store && mount -o remount,ro,bind store && exec "$@"', "sh"]
    if subprocess.run([*mounted, "true"], cwd=project.folder, capture_output=True, check=False).returncode:
        counted.skip("namespaces", "a store that can only be read", "nothing can be mounted here")
        return
    for words, said in ((["verify"], "passed level 3"), (["restore", "latest", "--to", "x.db"], "restored")):
        done = subprocess.run([*mounted, PROGRAM, *words], cwd=project.folder, env={"PATH": "/usr/bin:/bin", "DATABASE_URL": "sqlite:app.db"},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        shown = done.stdout + done.stderr
        counted.note(f"{words[0]} of a store that can only be read", "" if done.returncode == 0 and said in shown and "Read-only" in shown else
                     f"{done.returncode}: {shown}")


def shared(folder):
    """One store, several who keep sets there: apps, environments, and sets of some sources."""
    config = CONFIG + "  keep: {last: 1}\n"
    project = Project(folder / "shared", config)
    for name, count in (("production.db", 30), ("staging.db", 3)):
        make(project.folder / name, count)
    production, staging = {"DATABASE_URL": "sqlite:production.db"}, {"DATABASE_URL": "sqlite:staging.db"}
    project.expect("a set of production", ["run", "--env", "production"], 0, **production)
    project.later()
    project.expect("a younger one of dev", ["run", "--env", "dev"], 0, **staging)
    project.expect("production's newest is its own", ["restore", "latest", "--env", "production", "--to", "p.db"], 0, **production)
    counted.note("with its rows", "" if len(rows(project.folder / "p.db")) == 30 else "they are dev's")
    project.expect("and prune leaves it", ["prune", "--env", "dev"], 0, "0 sets deleted")
    project.expect("so that it is listed", ["list", "--env", "production"], 0, "1 set of shop")
    project.expect("without an environment neither is", ["restore", "latest", "--to", "q.db"], 2, "shop --env dev or shop --env production")
    ids = sorted(name.split(".")[0] for name in project.names() if "manifest" in name)
    project.expect("by its whole id another's can be restored", ["restore", ids[1], "--env", "production", "--to", "q.db"], 0)
    counted.note("that one", "" if len(rows(project.folder / "q.db")) == 3 else "another")
    project.expect("but nothing of production in dev", ["restore", ids[0], "--env", "dev", "--to", "r.db"], 2, "doesn't belong there")

    for app in ("one", "two"):
        (project.folder / "fairlead.yml").write_text(config.replace("app: shop", f"app: {app}") + "  name_style: plain\n")
        project.expect(f"plain, of {app}", ["run", "--compress", "none"], 0, DATABASE_URL=f"sqlite:{'production' if app == 'one' else 'staging'}.db")
        project.later()
    (project.folder / "fairlead.yml").write_text(config.replace("app: shop", "app: one") + "  name_style: plain\n")
    project.expect("one's newest is one's", ["restore", "latest", "--to", "one.db"], 0)
    counted.note("with one's rows", "" if len(rows(project.folder / "one.db")) == 30 else "they are two's")

    (project.folder / "uploads").mkdir()
    (project.folder / "uploads" / "a").write_text("a")
    (project.folder / "fairlead.yml").write_text(config.replace("app: shop", "app: parts") + """  sources: [{name: db, engine: sqlite}, {name: uploads, path: uploads}]
  rpo: 1h
""")
    project.expect("a set of both", ["run"], 0, **production)
    both = project.sets()[0]
    project.later()
    project.expect("a set of one", ["run", "--source", "uploads"], 0, **production)
    project.expect("is proven", ["verify", "--level", "4"], 0)
    project.expect("which says nothing of the other", ["status"], 1, "source 'db': there is no verified set, and rpo is 1h", "RPO: unknown")
    project.expect("the last set of the database stays", ["prune", "--allow-many"], 0, f"keep   {both}: the newest of db, uploads")
    project.expect("proven as well", ["verify", both, "--level", "4"], 0)
    project.expect("all is", ["status"], 0)
    project.later(2)
    project.expect("each source has its age", ["run", "--source", "uploads"], 0)
    project.expect("and is judged by it", ["status", "--max-age", "2s"], 1, "the newest set with source 'db' is")


def kept(folder):
    project = Project(folder / "kept")
    make(project.folder / "app.db", 20)
    for _ in range(3):
        project.run("run")
        project.later()
    oldest = project.sets()[-1]
    (project.folder / "fairlead.yml").write_text(CONFIG + "  keep: {last: 1}\n")
    project.expect("which one has to be said", ["keep"], 2, "latest")
    project.expect("a dry run marks nothing", ["keep", oldest, "--dry-run"], 0, "would stay")
    project.expect("so it would go", ["prune", "--dry-run", "--allow-many"], 0, "delete " + oldest)
    project.expect("it is marked", ["keep", oldest], 0, f"set {oldest} stays")
    project.expect("twice is once", ["keep", oldest], 0, f"set {oldest} stays")
    project.expect("no rule takes it", ["prune"], 0, "keep   " + oldest, "1 set deleted")
    project.expect("and list tells", ["list"], 0, "  stays")
    project.expect("the mark is taken back", ["release", oldest], 0, "follows the rules of keep again")
    project.expect("then it goes", ["prune"], 0, "1 set deleted")
    project.expect("no such set", ["keep", "19990101"], 2, "set '19990101' is not there")


def where_the_application_has_it(folder):
    """By hand, in an emergency, nobody has DATABASE_URL set: it stands in env.file."""
    project = Project(folder / "env file")
    make(project.folder / "app.db")
    text = "environments: {production: {env: {file: .env.deploy}}, staging: {}}\nbackup:\n  stores: [file:store]\n"
    (project.folder / "fairlead.yml").write_text("version: 1\napp: shop\n" + text)
    (project.folder / ".env.deploy").write_text("DATABASE_URL=sqlite:app.db\nPATH=/nowhere\n")
    project.expect("a set is made", ["run", "--env", "production"], 0, DATABASE_URL="")
    project.expect("not of another environment", ["run", "--env", "staging"], 2, "set DATABASE_URL", DATABASE_URL="")
    project.expect("it is proven", ["verify", "--level", "4", "--env", "production"], 0, DATABASE_URL="")
    (project.folder / "app.db").unlink()
    project.expect("and brought back", ["restore", "latest", "--to", "original", "--env", "production", "--confirm", "production"], 0, DATABASE_URL="")


def quick(folder):
    project = Project(folder / "many")
    make(project.folder / "app.db", 20)
    project.run("run")
    manifest = (project.store / f"{project.sets()[0]}.manifest.json").read_bytes()
    for number in range(10_000):
        stem = time.strftime("shop_backup_%Y%m%d_%H%M%S", time.gmtime(1_000_000_000 + number * 3600))
        (project.store / f"{stem}.sqlite.gz").write_bytes(b"")
        (project.store / f"{stem}.manifest.json").write_bytes(manifest)
    times = []
    for _ in range(5):
        begin = time.monotonic()
        done = project.run("status")
        times.append(time.monotonic() - begin)
    print(f"status of 10,001 sets: {sorted(times)[2] * 1000:.0f} ms (median of 5)")
    counted.note("10,001 sets are told", "" if "sets: 10001" in done.stdout and sorted(times)[2] < 5 else done.stdout + done.stderr)


with tempfile.TemporaryDirectory(prefix="fairlead backup ") as name:
    for part in (there_and_back, over_what_is_broken, under_load, damage, killed, read_meanwhile, pruned, refused, settings, encrypted, examined, read_only, shared, kept, where_the_application_has_it, quick):
        part(pathlib.Path(name))
counted.close()
