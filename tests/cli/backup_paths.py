#!/usr/bin/python3
# needs: nothing; takes: 3 s
"""backup_paths.py BIN: sets of folders and files: told, excluded, restored byte for byte beside what is there; what changes while it is
read is told; nothing to back up is a refusal."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from until import wait_stopped  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-backup"


class Project:
    def __init__(self, folder, source):
        self.folder = folder
        folder.mkdir()
        self.store = folder / "store"
        self.write(source)

    def write(self, source):
        (self.folder / "fairlead.yml").write_text(f"version: 1\napp: shop\nbackup:\n  stores: [file:store]\n  sources: [{source}]\n")

    def expect(self, what, words, status, *parts, **variables):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp"), **variables}
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=300, check=False)
        shown = done.stdout + done.stderr
        missing = [part for part in parts if part not in shown]
        counted.note(what, f"status {done.returncode}, expected {status}; missing {missing}\n{shown}"
                     if done.returncode != status or missing else "")
        return done

    def part(self):
        newest = sorted(self.store.glob("*.manifest.json"))[-1]
        return json.loads(newest.read_text())["parts"][0]

    def names(self):
        return [path.name for path in self.store.glob("*") if not path.name.startswith(".")]


def tree(folder):
    """Everything that has to come back: kinds, names as bytes, modes, times, content."""
    found = {}
    root = os.fsencode(folder)
    for where, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(where, name)
            state = os.lstat(path)
            what = os.readlink(path) if os.path.islink(path) else open(path, "rb").read() if os.path.isfile(path) else b""
            found[os.path.relpath(path, root)] = (state.st_mode, state.st_uid, state.st_gid, state.st_mtime_ns, what)
    return found


def fill(folder):
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "a.txt").write_bytes(os.urandom(300_000))
    (folder / "deep" / "er" / "b.txt").write_text("b")
    (folder / "deep" / "er" / "b.txt").chmod(0o640)
    (folder / "new\nline 'and' \"quotes\"").write_text("odd")
    open(os.path.join(os.fsencode(folder), b"not \xff utf-8"), "wb").close()
    (folder / "link").symlink_to("deep/er/b.txt")
    os.link(folder / "a.txt", folder / "deep" / "hard")
    (folder / "empty").mkdir()
    with open(folder / "holes", "wb") as file:
        file.truncate(10 << 20)
        file.seek(5 << 20)
        file.write(b"something")


def there_and_back(folder):
    project = Project(folder / "there and back", "{name: uploads, path: uploads/}")
    uploads = project.folder / "uploads"
    fill(uploads)
    was = tree(uploads)
    project.expect("a dry run tells", ["run", "--dry-run"], 0, "would back up " + str(uploads))
    project.expect("a set is made", ["run"], 0, "uploads: path", ".tar.gz")
    counted.note("its state is told", "" if project.part()["consistency"] == "crash-consistent" else str(project.part()))
    project.expect("each level passes", ["verify", "--level", "4"], 0, "level 4: passed")
    project.expect("restored elsewhere", ["restore", "latest", "--to", "copy"], 0)
    counted.note("all is the same", "" if tree(project.folder / "copy") == was else "it differs")
    for to in (".", "/"):
        for more in ([], ["--dry-run"]):
            project.expect(f"not around what it needs: {to} {more}", ["restore", "latest", "--to", to, "--overwrite", *more], 2,
                           "which the restore needs where it is")
    project.expect("not over what is there", ["restore", "latest", "--to", "original"], 2, "is there already", "--overwrite")
    (uploads / "later").write_text("made after the set")
    project.expect("but where it is asked for", ["restore", "latest", "--to", "original", "--overwrite"], 0, "is kept as")
    counted.note("the original is what it was", "" if tree(uploads) == was else "it differs")
    kept = list(project.folder.glob("uploads.before_*"))
    counted.note("what was there is kept", "" if len(kept) == 1 and (kept[0] / "later").exists() else str(kept))
    left = [path.name for path in project.folder.glob(".*fairlead-*")]
    counted.note("nothing else is left", str(left) if left else "")
    (project.folder / "a file").write_text("old")
    project.expect("a folder has no file's mode", ["restore", "latest", "--to", "a file", "--overwrite"], 2, "is a file, and the set holds a folder")
    counted.note("the file is what it was", "" if (project.folder / "a file").read_text() == "old" else "it is another")
    project.expect("no server takes it", ["restore", "latest", "--to", "postgresql://db/shop"], 2, "write a path")
    stored = next(project.store.glob("*.tar.gz"))
    whole = stored.read_bytes()
    stored.write_bytes(whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:])
    project.expect("a damaged set touches nothing", ["restore", "latest", "--to", "damaged"], 1)
    counted.note("not even a folder", "it is there" if (project.folder / "damaged").exists() else "")


def of_the_store(folder):
    """A set that holds the sets before it would double with each run."""
    project = Project(folder / "of the store", "{name: all, path: .}")
    project.expect("a store within the folder is left out", ["run"], 0)
    sets = project.names()
    for path in ("store", "store/", "./store/../store", "link", "store/deep"):
        if path == "link":
            (project.folder / "link").symlink_to("store")
        if path == "store/deep":
            (project.store / "deep").mkdir()
        project.write("{name: sets, path: " + path + "}")
        project.expect(f"the store is no source: {path}", ["run"], 2, *[] if path == "link" else ["source 'sets' is the store"])
    counted.note("nothing was stored", "" if [name for name in project.names() if name != "deep"] == sets else str(project.names()))
    project.write("{name: one, path: one}")
    (project.folder / "one").write_text("a file")
    project.expect("a set of a file", ["run"], 0)
    (project.folder / "there").mkdir()
    project.expect("goes over no folder", ["restore", "latest", "--to", "there", "--overwrite"], 2, "is a folder, and the set holds a file")


def original(folder):
    """Where a set goes back to is never its own word: whoever writes to the store could choose the folder."""
    project = Project(folder / "original", "{name: uploads, path: uploads}")
    fill(project.folder / "uploads")
    project.expect("a set", ["run"], 0)
    shutil.rmtree(project.folder / "uploads")
    text = (project.folder / "fairlead.yml").read_text()
    for sources in ("", "  sources: [{name: other, path: uploads}]\n", "  sources: [{name: uploads, volume: uploads}]\n", "  sources: [{name: uploads}]\n"):
        (project.folder / "fairlead.yml").write_text("version: 1\napp: shop\nbackup:\n  stores: [file:store]\n" + sources)
        for more in ([], ["--dry-run"], ["--overwrite"]):
            project.expect(f"fairlead.yml doesn't name it: {sources} {more}", ["restore", "latest", "--to", "original", *more], 2,
                           "fairlead.yml names no path for source 'uploads', and the set alone doesn't decide where it is restored",
                           "say --source uploads and the place with --to", f"(the set says that it was '{project.folder}/uploads')")
    counted.note("nothing was made", "it is there" if (project.folder / "uploads").exists() else "")
    project.expect("the configuration is no place", ["restore", "latest", "--source", "uploads", "--to", "fairlead.yml", "--overwrite"], 2,
                   "is the configuration that this run reads")
    project.expect("a place that is named", ["restore", "latest", "--source", "uploads", "--to", "uploads"], 0)
    shutil.rmtree(project.folder / "uploads")
    (project.folder / "fairlead.yml").write_text(text.replace("path: uploads", "path: elsewhere"))
    project.expect("fairlead.yml's word counts, not the set's", ["restore", "latest", "--to", "original"], 0)
    counted.note("it is there", "" if (project.folder / "elsewhere").exists() and not (project.folder / "uploads").exists() else "no")


def late(folder):
    """A signal that comes when all is done takes nothing of it back, and isn't told as if it did."""
    project = Project(folder / "late", "{name: uploads, path: uploads}")
    fill(project.folder / "uploads")
    project.expect("of a run", ["run"], 0, "read back", FAIRLEAD_FAULT="int@sealed")
    project.expect("of a restore", ["restore", "latest", "--to", "copy"], 0, "restored in", FAIRLEAD_FAULT="int@in-place")
    counted.note("it is there", "" if (project.folder / "copy").exists() else "no")
    project.expect("earlier it is in time", ["restore", "latest", "--to", "other"], 3, "interrupted", FAIRLEAD_FAULT="int@restore")
    counted.note("nothing took its place", "it is there" if (project.folder / "other").exists() else "")


def came_meanwhile(folder):
    """Nothing was there when the restore looked, and something is when it acts."""
    for what, source in (("a folder", "{name: it, path: uploads}"), ("a file", "{name: it, path: uploads/one}")):
        project = Project(folder / f"came {what}", source)
        (project.folder / "uploads").mkdir()
        (project.folder / "uploads" / "one").write_text("1")
        project.expect(f"{what}: a set", ["run"], 0)
        target = project.folder / "late"
        process = subprocess.Popen([PROGRAM, "restore", "latest", "--to", "late"], cwd=project.folder, stdin=subprocess.DEVNULL, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "FAIRLEAD_FAULT": "stop@target-absent"})
        is_there = wait_stopped(process)
        if what == "a folder":
            target.mkdir()
            (target / "came").write_text("meanwhile")
        else:
            target.write_text("meanwhile")
        process.send_signal(signal.SIGCONT)
        said = process.communicate(timeout=60)[0]
        kept = [path / "came" if what == "a folder" else path for path in project.folder.glob("late.before_*")]
        new = target / "one" if what == "a folder" else target
        counted.note(f"{what} that came meanwhile is kept and told", "" if is_there and process.returncode == 0 and len(kept) == 1 and
                     kept[0].read_text() == "meanwhile" and "late.before_" in said and new.read_text() == "1" else f"{process.returncode} {kept} {said}")


def came_into_empty(folder):
    """The folder was empty when the restore looked, and holds a file, a folder or is another one when it acts."""
    for what in ("a file in it", "a folder in it", "a file of its name", "nothing"):
        project = Project(folder / f"empty {what}", "{name: it, path: uploads}")
        (project.folder / "uploads").mkdir()
        (project.folder / "uploads" / "one").write_text("1")
        project.expect(f"{what}: a set", ["run"], 0)
        target = project.folder / "late"
        target.mkdir()
        process = subprocess.Popen([PROGRAM, "restore", "latest", "--to", "late"], cwd=project.folder, stdin=subprocess.DEVNULL, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "FAIRLEAD_FAULT": "stop@target-folder"})
        is_there = wait_stopped(process)
        if what == "a file of its name":
            target.rmdir()
            target.write_text("meanwhile")
        elif what == "a folder in it":
            (target / "below").mkdir()
            (target / "below" / "came").write_text("meanwhile")
        elif what == "a file in it":
            (target / "came").write_text("meanwhile")
        process.send_signal(signal.SIGCONT)
        said = process.communicate(timeout=60)[0]
        beside = [path for path in project.folder.glob("late.before_*")]
        kept = [file.read_text() for path in beside for file in [path, *path.rglob("*")] if file.is_file()]
        wanted = [] if what == "nothing" else ["meanwhile"]
        counted.note(f"{what} came into an empty folder: it is kept and told", "" if is_there and process.returncode == 0 and kept == wanted and
                     len(beside) == len(wanted) and ("late.before_" in said) == bool(wanted) and (target / "one").read_text() == "1" else
                     f"{process.returncode} {beside} {kept} {said}")


def of_one_file(folder):
    project = Project(folder / "one file", "{name: list, path: list.txt}")
    (project.folder / "list.txt").write_text("one")
    project.expect("a file alone", ["run"], 0, "list: path")
    (project.folder / "list.txt").write_text("two")
    project.expect("comes back", ["restore", "latest", "--to", "original", "--overwrite"], 0)
    counted.note("as it was", "" if (project.folder / "list.txt").read_text() == "one" else "it differs")


def excluded(folder):
    project = Project(folder / "excluded", '{name: uploads, path: uploads, exclude: ["*.txt", "deep/er"]}')
    fill(project.folder / "uploads")
    (project.folder / "uploads" / "deep" / "c.txt").write_text("c")
    project.expect("without what exclude names", ["run"], 0)
    project.expect("restored", ["restore", "latest", "--to", "copy"], 0)
    found = tree(project.folder / "copy")
    wanted = {name: what for name, what in tree(project.folder / "uploads").items()
              if not name.endswith(b".txt") and not name.startswith(b"deep/er")}
    counted.note("all but that", "" if set(found) == set(wanted) else str(set(found) ^ set(wanted)))


def refused(folder):
    project = Project(folder / "refused", "{name: uploads, path: uploads}")
    project.expect("nothing there", ["run"], 2, "is not there")
    uploads = project.folder / "uploads"
    uploads.mkdir()
    project.expect("nothing in it", ["run"], 1, "has no file", "--allow-empty")
    project.expect("unless that is said", ["run", "--allow-empty"], 0)
    project.expect("such a set is proven", ["verify", "--level", "4"], 0)
    project.expect("and restored", ["restore", "latest", "--to", "empty"], 0)
    counted.note("as an empty folder", "" if list((project.folder / "empty").iterdir()) == [] else "it isn't")
    project.expect("once it was empty it may be", ["run"], 0)
    (uploads / "file").write_text("something")
    project.expect("with something in it", ["run"], 0)
    (uploads / "file").unlink()
    project.expect("a folder that was emptied is told", ["run"], 1, "has no file", "--allow-empty")
    for path in sorted(project.folder.glob("store/**/*")):
        if path.is_file():
            path.unlink()
    (uploads / "out").symlink_to("/etc/passwd")
    project.expect("a link that leads out", ["run"], 2, "'out'", "exclude")
    counted.note("no set is left", str(project.names()) if any("manifest" in name for name in project.names()) else "")
    project.write("{name: uploads, path: uploads, engine: sqlite}")
    project.expect("a path and a database", ["run"], 2, "two sources")
    project.write('{name: db, exclude: ["*.tmp"]}')
    project.expect("exclude without path", ["run"], 2, "no path")
    for glob, why in (("[", "'[' that is not closed"), ("{a", "'{' that is not closed"), ("", "a glob is empty")):
        project.write('{name: up, path: uploads, exclude: ["*.tmp", "%s"]}' % glob)
        project.expect(f"a glob '{glob}' that leaves nothing out", ["run"], 2, why)
    project.write('{name: up, path: ""}')
    project.expect("a path that is empty", ["run"], 2, "path: it is empty")
    project.write("{name: db, engine: postgres, dump: directory, jobs: 65}")
    project.expect("more connections than any server has", ["run"], 2, "jobs: each job is a connection to the server; write at most 64")


def around(folder):
    """The store lies where nobody would look for it: in the folder, beside the configuration, from elsewhere."""
    project = Project(folder / "around", "{name: data, path: .}")
    (project.folder / "a").write_text("a")
    for _ in range(2):
        project.expect("a store within the folder", ["run"], 0)
    counted.note("is no part of a set", "" if project.part()["facts"]["entries"] == "3" else str(project.part()))
    project.expect("what the restore needs doesn't move away", ["restore", "latest", "--to", ".", "--overwrite"], 2, "holds", "name another path")
    counted.note("it is where it was", "" if (project.folder / "fairlead.yml").exists() else "gone")
    below = project.folder / "below"
    below.mkdir()
    done = subprocess.run([PROGRAM, "list", "--format", "json"], cwd=below, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    counted.note("fairlead.yml's store begins at its folder", "" if len(json.loads(done.stdout)["sets"]) == 2 else done.stdout + done.stderr)
    done = subprocess.run([PROGRAM, "restore", "latest", "--to", "here"], cwd=below, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    counted.note("a flag's path at the current one", "" if (below / "here" / "a").exists() else done.stdout + done.stderr)


def changing(folder):
    """A file that somebody writes to all the time is in the set, and the set says so."""
    project = Project(folder / "changing", "{name: uploads, path: uploads}")
    (project.folder / "uploads").mkdir()
    path = project.folder / "uploads" / "log"
    path.write_bytes(os.urandom(20_000_000))
    ended = threading.Event()

    def write():
        while not ended.is_set():
            with open(path, "ab") as file:
                file.write(b"more\n")
            time.sleep(0.001)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        project.expect("a file that changes is told", ["run"], 0, "'log' changed while it was read")
    finally:
        ended.set()
        thread.join()
    part = project.part()
    counted.note("the set is marked", "" if part["consistency"] == "inconsistent-paths" and part["problems"] else str(part))
    project.expect("and restores", ["restore", "latest", "--to", "copy"], 0)


def swapped(folder):
    """Somebody else may rename what is in the target's parent: its temporary folder, and whatever has its name next."""
    project = Project(folder / "swapped", "{name: files, path: uploads}")
    uploads = project.folder / "uploads"
    (uploads / "made").mkdir(parents=True)
    (uploads / "evil").write_text("* * * * * root id\n")
    project.expect("a set", ["run"], 0)
    home, victim = project.folder / "home", project.folder / "victim"
    home.mkdir()
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp")}

    def link(name, kept):
        name.rename(kept)
        name.symlink_to(victim)

    def folder_of_mine(name, kept):
        name.rename(kept)
        name.mkdir()
        (name / "made").symlink_to(victim)

    for place in ("scratch-made", "scratch-held", "restored", "target-absent"):
        for what, swap in (("a link", link), ("a folder with a link", folder_of_mine)):
            shutil.rmtree(home)
            home.mkdir()
            victim.mkdir()
            (victim / "keep").write_text("root's\n")
            os.chmod(victim, 0o711)
            before = tree(victim), victim.stat().st_mode, victim.stat().st_uid
            run = subprocess.Popen([PROGRAM, "restore", "latest", "--to", home / "up"], cwd=project.folder, stdin=subprocess.DEVNULL, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**environment, "FAIRLEAD_FAULT": f"stop@{place}"})
            is_there = wait_stopped(run)
            scratch = [path for path in home.iterdir() if ".fairlead-" in path.name]
            if is_there and scratch:
                swap(scratch[0], home / "kept")
            run.send_signal(signal.SIGCONT)
            said = run.communicate(timeout=60)[0]
            wrong = [] if is_there and scratch else ["it did not stop there"]
            wrong += [] if (tree(victim), victim.stat().st_mode, victim.stat().st_uid) == before else ["the victim changed"]
            came = (home / "up" / "evil").is_file()
            refused = run.returncode == 3 and not (home / "up").exists()
            wrong += [] if refused or (came and run.returncode == 0) else [f"status {run.returncode}"]
            wrong += ["names that nobody knows are told"] if "/proc/self" in said else []
            counted.note(f"{what} instead of the temporary folder at {place}", f"{wrong}\n{said}" if wrong else "")
            shutil.rmtree(victim)
    victim.mkdir()
    for place in ("scratch-held", "restored", "target-absent"):
        shutil.rmtree(home)
        home.mkdir()
        run = subprocess.Popen([PROGRAM, "restore", "latest", "--to", home / "up"], cwd=project.folder, stdin=subprocess.DEVNULL, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**environment, "FAIRLEAD_FAULT": f"stop@{place}"})
        is_there = wait_stopped(run)
        home.rename(project.folder / "moved")
        home.symlink_to(victim)
        run.send_signal(signal.SIGCONT)
        said = run.communicate(timeout=60)[0]
        wrong = [] if is_there and not list(victim.iterdir()) else [f"{is_there} {list(victim.iterdir())}"]
        wrong += [] if (project.folder / "moved" / "up" / "evil").is_file() else ["it is not where it was to come"]
        counted.note(f"a link instead of the parent at {place}", f"{wrong}\n{said}" if wrong else "")
        home.unlink()
        shutil.move(project.folder / "moved", home)
    if os.geteuid() == 0:
        way = project.folder / "way"
        way.symlink_to(project.folder)
        project.expect("a link of root's is followed", ["restore", "latest", "--to", way / "victim" / "one"], 0)
        os.lchown(way, 65534, 65534)
        project.expect("one of somebody else isn't", ["restore", "latest", "--to", way / "victim" / "two"], 2, "is a link that belongs to 'nobody'")


with tempfile.TemporaryDirectory(prefix="fairlead backup paths ") as name:
    for each in (swapped, there_and_back, of_the_store, original, late, came_meanwhile, came_into_empty, of_one_file, excluded, refused, around, changing):
        each(pathlib.Path(name))
counted.close()
