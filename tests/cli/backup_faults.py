#!/usr/bin/python3
# needs: namespaces; takes: 41 s
"""backup_faults.py BIN: what a backup survives, on SQLite and a folder: bytes that change, full disks, SIGKILL at each place, two at
once, a clock that jumps back. FAIRLEAD_FLIPS=1000 flips so many bytes; tests/backup_faults.tsv says which test shows which fault."""
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-backup"
SECRET, PUBLIC = ("AGE-SECR" "ET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX",
                  "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj")
CONFIG = """version: 1
app: shop
backup:
  stores: [file:store]
"""
TWO = """version: 1
app: shop
backup:
  stores: [file:store, file:copies]
  name_style: set
  sources:
    - {name: db, engine: sqlite}
    - {name: other, engine: sqlite, url_env: OTHER_URL}
    - {name: more, engine: sqlite, url_env: MORE_URL}
    - {name: files, path: files}
"""
KINDS = {"gzip": "  compress: gzip:6\n", "zstd": "  compress: zstd:3\n", "not packed": "  compress: none\n",
         "zstd and age": f"  compress: zstd:3\n  encrypt: {{to: [{PUBLIC}], identity_env: BACKUP_KEY}}\n",
         "age alone": f"  compress: none\n  encrypt: {{to: [{PUBLIC}], identity_env: BACKUP_KEY}}\n"}


class Project:
    def __init__(self, folder, config=CONFIG):
        self.folder = folder
        folder.mkdir()
        (folder / "temporary").mkdir()  # what is killed leaves something there
        self.store = folder / "store"
        (folder / "fairlead.yml").write_text(config)

    def environment(self, **variables):
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": str(self.folder / "temporary"), "DATABASE_URL":
                "sqlite:app.db", "OTHER_URL": "sqlite:other.db", "MORE_URL": "sqlite:more.db", "BACKUP_KEY": SECRET, **variables}

    def run(self, *words, **variables):
        return subprocess.run([PROGRAM, *words], cwd=self.folder, env=self.environment(**variables), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120)

    def expect(self, what, words, status, *parts, **variables):
        done = self.run(*words, **variables)
        shown = done.stdout + done.stderr
        missing = [part for part in parts if part not in shown]
        counted.note(what, f"status {done.returncode}, expected {status}; missing {missing}\n{shown}"
                     if done.returncode != status or missing else "")
        return done

    def stopped(self, at, *words):
        """The program, standing still there."""
        running = subprocess.Popen([PROGRAM, *words], cwd=self.folder, env=self.environment(FAIRLEAD_FAULT=f"stop@{at}"),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        os.waitid(os.P_PID, running.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        return running

    def names(self, store="store"):
        folder = self.folder / store
        return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))

    def sets(self):
        done = self.run("list", "--format", "json")
        return [one["id"] for one in json.loads(done.stdout)["sets"]]

    def begun(self, store="store"):
        """What belongs to no set."""
        names = self.names(store)
        sets = [name.removesuffix(".manifest.json") for name in names if name.endswith(".manifest.json")]
        return [name for name in names if name.endswith(".begun") or ".partial" in name or not any(name.startswith(one) for one in sets)]


def make(path, rows=50):
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE notes (id integer PRIMARY KEY, text text)")
        database.executemany("INSERT INTO notes (text) VALUES (?)", [(os.urandom(50).hex(),) for _ in range(rows)])
    database.close()


def rows(path):
    database = sqlite3.connect(path)
    found = database.execute("SELECT * FROM notes ORDER BY id").fetchall()
    database.close()
    return found


def flips(folder):
    """One bit changed anywhere is noticed by verify at level 2 or lower, and by restore, before the target is touched."""
    times = int(os.environ.get("FAIRLEAD_FLIPS", "25"))
    random.seed(14)
    for kind, lines in KINDS.items():
        project = Project(folder / f"flips, {kind}", CONFIG + lines)
        make(project.folder / "app.db")
        project.expect(f"{kind}: a set to damage", ["run"], 0)
        files = [project.store / name for name in project.names()]
        sizes, missed, tried = [file.stat().st_size for file in files], [], {}
        for turn in range(-(-times // len(KINDS))):
            manifest = next(file for file in files if file.name.endswith(".manifest.json"))
            file = random.choices(files, sizes)[0] if turn % 4 else manifest
            before = file.read_bytes()
            at, bit = random.randrange(len(before)), random.randrange(8)
            file.write_bytes(before[:at] + bytes([before[at] ^ 1 << bit]) + before[at + 1:])
            for words in (["verify", "--level", "2", "--dry-run"], ["restore", "latest", "--to", "target.db"]):
                done = project.run(*words)
                if done.returncode != 1 or (project.folder / "target.db").exists():
                    missed.append(f"{file.name} byte {at} bit {bit}: {words[0]} {done.returncode} {done.stderr}")
            file.write_bytes(before)
            tried["manifest" if file == manifest else "data"] = tried.get("manifest" if file == manifest else "data", 0) + 1
        counted.note(f"{kind}: every flipped bit is noticed", "\n".join(missed))
        print(f"{kind}: {sum(tried.values())} bits flipped ({tried.get('manifest', 0)} in the manifest), {len(missed)} missed")
        file = next(file for file in files if not file.name.endswith(".manifest.json"))
        whole = file.read_bytes()
        for left in (0, 1, len(whole) // 2, len(whole) - 1):
            file.write_bytes(whole[:left])
            project.expect(f"{kind}: {left} bytes are left", ["verify"], 1, "level 1: failed", "were written")
            project.expect(f"{kind}: nothing of {left} bytes is restored", ["restore", "latest", "--to", "target.db"], 1, "damaged")
        file.write_bytes(whole + b"\0")
        project.expect(f"{kind}: a byte too many", ["verify"], 1, "level 1: failed")
        project.expect(f"{kind}: is not restored", ["restore", "latest", "--to", "target.db"], 1)
        file.write_bytes(whole)
        project.expect(f"{kind}: whole again", ["verify"], 0)
        text = manifest.read_text()
        manifest.write_text(text.replace('"rows": 50', '"rows": 51'))
        project.expect(f"{kind}: an edited manifest", ["verify"], 1)
        project.expect(f"{kind}: is nothing to restore from", ["restore", "latest", "--to", "target.db"], 1)
        counted.note(f"{kind}: the target was never touched", "" if not (project.folder / "target.db").exists() else "it was")


def two_sources(folder, what):
    project = Project(folder / what, TWO)
    for name in ("app.db", "other.db", "more.db"):
        make(project.folder / name)
    (project.folder / "files").mkdir()
    (project.folder / "files" / "a").write_text("one")
    return project


def killed_running(folder):
    project = two_sources(folder, "killed")
    project.expect("a set before", ["run"], 0)
    number, faults, kept = 0, [], 0
    while number < 200:
        number += 1
        before = project.sets()
        done = project.run("run", FAIRLEAD_FAULT=f"kill@{number}")
        if done.returncode == 0:
            break
        after = project.sets()
        kept += len(after) - len(before)
        damaged = [one for one in set(after) - set(before) if project.run("verify", one, "--dry-run").returncode]
        if done.returncode != -signal.SIGKILL or damaged or not set(before) <= set(after):
            faults.append(f"killed at {number}: status {done.returncode}, sets {after}, not whole {damaged}: {done.stderr}")
        again = project.run("run")
        left = project.begun() + project.begun("copies")
        if again.returncode or left:
            faults.append(f"after {number}: status {again.returncode}, {again.stderr}, left {left}")
        for place in ("store", "copies"):
            shutil.rmtree(project.folder / place)
        project.run("run")
    counted.note(f"run: killed at each of {number - 1} places", "\n".join(faults) or ("" if number > 20 else "too few places"))
    print(f"run: SIGKILL at {number - 1} places: {kept} times a whole set, {number - 1 - kept} times none, {len(faults)} faults")


def killed_restoring(folder):
    project = two_sources(folder, "killed restoring")
    project.expect("a set to restore", ["run"], 0)
    targets = [project.folder / name for name in ("app.db", "other.db", "more.db")]
    was = [rows(path) for path in targets]
    number, faults = 0, []
    while number < 200:
        number += 1
        done = project.run("restore", "latest", "--to", "original", "--overwrite", FAIRLEAD_FAULT=f"kill@{number}")
        if done.returncode == 0:
            break
        if done.returncode != -signal.SIGKILL or [rows(path) for path in targets] != was or (project.folder / "files/a").read_text() != "one":
            faults.append(f"killed at {number}: status {done.returncode} {done.stderr}")
        again = project.run("restore", "latest", "--to", "original", "--overwrite")
        if again.returncode:
            faults.append(f"after {number}: {again.stderr}")
    counted.note(f"restore: killed at each of {number - 1} places", "\n".join(faults) or ("" if number >= 20 else "too few places"))
    print(f"restore: SIGKILL at {number - 1} places: the target whole each time, {len(faults)} faults")


def killed_pruning(folder):
    made = two_sources(folder, "to prune")
    for _ in range(6):
        made.run("run")
    everything = made.sets()
    counted.note("runs of one second have names of their own", "" if len(everything) == 6 and any(re.search(r"_\d$", one) for one in everything)
                 else str(everything))
    (made.folder / "fairlead.yml").write_text(TWO + "  keep: {last: 3}\n")
    number, faults = 0, []
    while number < 200:
        number += 1
        project = Project.__new__(Project)
        project.folder = folder / f"killed pruning {number}"
        project.store = project.folder / "store"
        shutil.copytree(made.folder, project.folder)
        done = project.run("prune", FAIRLEAD_FAULT=f"kill@{number}")
        if done.returncode == 0:
            break
        after = project.sets()
        damaged = [one for one in after if project.run("verify", one).returncode]
        if done.returncode != -signal.SIGKILL or damaged or not set(everything[:3]) <= set(after):
            faults.append(f"killed at {number}: status {done.returncode}, sets {after}, not whole {damaged}: {done.stderr}")
        again, pruned = project.run("run"), project.run("prune", "--allow-many")
        left = project.begun()
        if again.returncode or pruned.returncode or left or len(project.sets()) != 3:
            faults.append(f"after {number}: {again.stderr} {pruned.stdout}{pruned.stderr}, left {left}, sets {project.sets()}")
        shutil.rmtree(project.folder)
    counted.note(f"prune: killed at each of {number - 1} places", "\n".join(faults) or ("" if number >= 20 else "too few places"))
    print(f"prune: SIGKILL at {number - 1} places: what is listed is whole each time, {len(faults)} faults")


def two_at_once(folder):
    project = Project(folder / "two at once")
    make(project.folder / "app.db")
    project.expect("a set before", ["run"], 0)
    first = project.stopped("dump", "run")
    project.expect("the second names the first", ["run"], 3, f"process {first.pid}")
    project.expect("prune, too", ["prune"], 3, f"process {first.pid}")
    second = subprocess.Popen([PROGRAM, "run", "--wait-lock", "30s"], cwd=project.folder, env=project.environment(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(0.3)  # long enough to be refused, if it were
    counted.note("or waits", "" if second.poll() is None else "it does not")
    first.send_signal(signal.SIGCONT)
    first.communicate()
    said = second.communicate()[1]
    counted.note("and works then", "" if (first.returncode, second.returncode) == (0, 0) and len(project.sets()) == 3 else
                 f"{first.returncode}, {second.returncode}: {said}{project.sets()}")


def clock_was_ahead(folder):
    """A set that was made by a clock three days ahead has the last name for three days and more. Whichever was made last is the latest."""
    project = Project(folder / "ahead", CONFIG.replace("file:store]", "file:store, file:copies]"))
    database = sqlite3.connect(project.folder / "app.db")
    database.execute("CREATE TABLE made (id integer)")

    def run(number, clock):
        database.execute("INSERT INTO made VALUES (?)", (number,))
        database.commit()
        return project.run("run", "-q", FAIRLEAD_CLOCK=f"+{clock}").returncode

    def latest(what, wanted, clock, *parts):
        target = project.folder / f"{what}.db".replace(" ", "_")
        done = project.run("restore", "latest", "--to", str(target), FAIRLEAD_CLOCK=f"+{clock}")
        found = sqlite3.connect(target).execute("SELECT max(id) FROM made").fetchone()[0] if target.exists() else None
        told = done.stdout + done.stderr
        counted.note(what, "" if done.returncode == 0 and found == wanted and all(part in told for part in parts) else f"{done.returncode} {found} {told}")
        return told

    statuses = [run(1, 259200), run(2, 259300), run(3, 60), run(4, 250000)]
    counted.note("four sets are made, two of them ahead", "" if statuses == [0, 0, 0, 0] else str(statuses))
    latest("not yet reached", 4, 250100, "was made after")
    told = latest("reached", 4, 260000, "was made after", "a clock was wrong")
    counted.note("both are named", "" if all(one in told for one in project.sets()[:3:2]) else told)
    verified = project.run("verify", "latest", "--level", "1", FAIRLEAD_CLOCK="+260000")
    counted.note("verify takes the same", "" if project.sets()[2] in verified.stdout else verified.stdout)
    (project.folder / "fairlead.yml").write_text((project.folder / "fairlead.yml").read_text() + "  keep: {last: 1}\n")
    latest_id = project.sets()[2]
    pruned = project.run("prune", "--allow-many", FAIRLEAD_CLOCK="+260000")
    counted.note("prune keeps it", "" if pruned.returncode == 0 and latest_id in project.sets() and len(project.sets()) == 2 else pruned.stdout + pruned.stderr)
    shutil.rmtree(project.store)
    fetched = project.run("fetch", "latest", FAIRLEAD_CLOCK="+260000")
    counted.note("fetch, too", "" if fetched.returncode == 0 and len(project.sets()) == 1 else fetched.stdout + fetched.stderr)
    latest("fetched", 4, 260000)
    counted.note("a set that is made then is the latest again", "" if run(5, 270000) == 0 else "it isn't made")
    told = latest("later", 5, 270100)
    counted.note("of which nothing is said", told if "clock" in told else "")


def clock_jumps(folder):
    """A set of tomorrow is what a clock that jumped back sees."""
    project = Project(folder / "clock", CONFIG + "  keep: {last: 1}\n")
    make(project.folder / "app.db")
    for _ in range(3):
        project.run("run")
    newest = project.sets()[0]
    tomorrow = time.strftime("shop_backup_%Y%m%d_%H%M%S", time.gmtime(time.time() + 86400))
    text = (project.store / f"{newest}.manifest.json").read_text().replace(newest, tomorrow)
    body = text[:text.rindex(',\n "sha256"')] + "\n}\n"
    (project.store / f"{newest}.manifest.json").unlink()
    (project.store / f"{tomorrow}.manifest.json").write_text(body[:-3] + f',\n "sha256": "{hashlib.sha256(body.encode()).hexdigest()}"\n}}\n')
    (project.store / f"{newest}.sqlite.gz").rename(project.store / f"{tomorrow}.sqlite.gz")
    before = project.names()
    project.expect("a clock before the newest set", ["prune", "--allow-many"], 1, "nothing is deleted by such a clock")
    counted.note("nothing was pruned", "" if project.names() == before else str(project.names()))
    project.expect("a run goes on", ["run"], 0)


def full(folder):
    """In a mount namespace, on a file system of 600 KiB."""
    project = Project(folder / "full")
    project.store.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "none", project.store], check=True)
    make(project.folder / "app.db")
    project.expect("a set that fits", ["run"], 0)
    kept = project.names()
    make(project.folder / "large.db", 20000)
    project.expect("a disk that fills while it is written", ["run"], 3, "No space left", "bytes were written", "are free", DATABASE_URL="sqlite:large.db")
    counted.note("nothing of it is left, the older set stays", "" if project.names() == kept else str(project.names()))
    project.expect("the older set is whole", ["verify"], 0)
    kept = project.names()
    for at in ("manifest", "new_file.written"):
        running = project.stopped(at, "run")
        with open(project.store / "filler", "wb", buffering=0) as filler:
            try:
                while filler.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        running.send_signal(signal.SIGCONT)
        said = running.communicate()[0]
        counted.note(f"a disk that is full at {at}", "" if running.returncode == 3 and "0 are free" in said else f"{running.returncode} {said}")
        (project.store / "filler").unlink()
        counted.note(f"full at {at}: no set", "" if project.names() == kept else str(project.names()))
    running = project.stopped("new_file.synced", "run")
    project.store.joinpath("moved").mkdir()
    for path in [path for path in project.store.iterdir() if ".partial" in path.name]:
        path.rename(project.store / "moved" / path.name)
    running.send_signal(signal.SIGCONT)
    said = running.communicate()[0]
    counted.note("a rename that fails", "" if running.returncode == 3 and project.sets() == [kept[0].removesuffix(".manifest.json")] else
                 f"{running.returncode} {said} {project.sets()}")
    shutil.rmtree(project.store / "moved")
    project.expect("the next run works", ["run"], 0)
    counted.note("and leaves nothing", "" if project.begun() == [] else str(project.begun()))
    make(project.folder / "target.db")
    was = rows(project.folder / "target.db")
    (project.folder / "small").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "none", project.folder / "small"], check=True)
    project.expect("a target's disk that is full", ["restore", "latest", "--to", "small/copy.db"], 3)
    counted.note("leaves nothing there", "" if list((project.folder / "small").iterdir()) == [] else str(list((project.folder / "small").iterdir())))
    counted.note("the old one serves", "" if rows(project.folder / "target.db") == was else "it does not")
    for place in (project.folder / "small", project.store):
        subprocess.run(["umount", place], check=True)


def full_disks():
    inner = ["unshare", "-rm", sys.executable, __file__, sys.argv[1], "full"]
    if subprocess.run(["unshare", "-rm", "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True).returncode:
        counted.skip("namespaces", "a full disk", "no mount namespace may be made here")
        return
    done = subprocess.run(inner, capture_output=True, text=True)
    problems = done.stdout.splitlines()[:-1]
    passed = re.match(r"(\d+) passed, (\d+) failed", (done.stdout.splitlines() or [""])[-1])
    for _ in range(int(passed[1]) if passed else 0):
        counted.note("full disks", "")
    if done.returncode or not passed:
        counted.note("full disks", "\n".join([*problems, done.stderr]))


def table():
    """Each fault is shown by a test that is there."""
    tests = pathlib.Path(__file__).resolve().parent.parent
    missing = []
    for row in (tests / "backup_faults.tsv").read_text().splitlines()[1:]:
        fault, shown_by, observed = row.split("\t")
        file, _, case = shown_by.partition(": ")
        if not observed or not (tests / file).is_file() or case not in (tests / file).read_text():
            missing.append(fault)
    counted.note("every fault of tests/backup_faults.tsv has its test", ", ".join(missing))


with tempfile.TemporaryDirectory(prefix="fairlead backup ") as name:
    if sys.argv[2:] == ["full"]:
        full(pathlib.Path(name))
    else:
        for part in (flips, killed_running, killed_restoring, killed_pruning, two_at_once, clock_jumps, clock_was_ahead):
            part(pathlib.Path(name))
        full_disks()
        table()
counted.close()
