#!/usr/bin/python3
# needs: nothing; takes: 9 s
"""backup_wal.py BIN: what archive_command and restore_command call: a file of WAL is in every store or PostgreSQL keeps it, comes
back byte for byte, and nothing but its absence ends a recovery."""
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-backup"
CONFIG = "version: 1\napp: shop\nbackup:\n  stores: [file:store, file:copies]\n  compress: zstd:3\n"
SEGMENT, NEXT = "000000010000000000000003", "000000010000000000000004"
PLACES = ("wal-look", "wal-created", "wal-written", "wal-stored")


class Project:
    def __init__(self, folder, config=CONFIG):
        self.folder = folder
        (folder / "pg_wal").mkdir(parents=True)
        (folder / "fairlead.yml").write_text(config)
        for store in ("store", "copies"):
            (folder / store).mkdir()

    def segment(self, name, seed=1):
        path = self.folder / "pg_wal" / name
        size = 1 << 20
        at = int(name[8:16], 16) * (1 << 32) + int(name[16:24], 16) * size if len(name) >= 24 else 0
        header = struct.pack("<HHIQI4xQII", 0xD110, 2, 1, at, 0, 4711, size, 8192)  # of PostgreSQL's access/xlog_internal.h
        path.write_bytes((header + bytes([seed]) + os.urandom(4095)) + bytes(size - len(header) - 4096))
        return path

    def run(self, *words, **variables):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp"), **variables}
        return subprocess.run([PROGRAM, *words], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=120)

    def expect(self, what, words, status, *parts, **variables):
        done = self.run(*words, **variables)
        shown = done.stdout + done.stderr
        missing = [part for part in parts if part not in shown]
        counted.note(what, f"status {done.returncode}, expected {status}; missing {missing}\n{shown}"
                     if done.returncode != status or missing else "")

    def stored(self, store="store"):
        return sorted(path for path in (self.folder / store).rglob("0*-*") if path.is_file() and not path.name.startswith("."))


def there_and_back(folder):
    project = Project(folder / "back")
    path = project.segment(SEGMENT)
    project.expect("pushed", ["wal-push", f"pg_wal/{SEGMENT}"], 0, "stored")
    counted.note("in both stores, once", "" if len(project.stored()) == len(project.stored("copies")) == 1 else str(project.stored()))
    (project.folder / "elsewhere").mkdir()
    done = subprocess.run([PROGRAM, "--config", "../fairlead.yml", "wal-push", f"../pg_wal/{SEGMENT}"], cwd=project.folder / "elsewhere",
                          capture_output=True, text=True)
    counted.note("stores of fairlead.yml begin at its folder", "" if "was there already" in done.stdout else str(done))
    project.expect("pushed again", ["wal-push", f"pg_wal/{SEGMENT}"], 0, "was there already")
    project.expect("fetched", ["wal-fetch", SEGMENT, "pg_wal/RECOVERYXLOG"], 0)
    fetched = project.folder / "pg_wal" / "RECOVERYXLOG"
    counted.note("byte for byte", "" if fetched.read_bytes() == path.read_bytes() else "it differs")
    fetched.unlink()
    for store in ("store", "copies"):
        (project.folder / store).rename(project.folder / f"{store} away")
    project.expect("stores that are away are no end of it", ["wal-fetch", NEXT, "pg_wal/RECOVERYXLOG"], 126, "is not there; mount its disk")
    for store in ("store", "copies"):
        (project.folder / f"{store} away").rename(project.folder / store)
    project.expect("one that nobody has is the end of recovery", ["wal-fetch", NEXT, "pg_wal/RECOVERYXLOG"], 1, "no store has")
    project.segment(SEGMENT, seed=2)
    project.expect("another content of that name", ["wal-push", f"pg_wal/{SEGMENT}"], 3, "has another")
    project.expect("no file of WAL", ["wal-push", "fairlead.yml"], 2, "archive_command")
    for what, content, message in (("an empty one", b"", "it is too short"), ("a short one", path.read_bytes()[:5000], "has 5000 bytes"),
                                   ("another one", path.read_bytes(), "it is another one than its name says"), ("noise", os.urandom(2) + bytes(2) + os.urandom(9000), "does not begin")):
        (project.folder / NEXT).write_bytes(content)
        project.expect(f"{what} under a segment's name", ["wal-push", NEXT], 2, message)
    project.expect("a history", ["wal-push", str(project.segment("00000002.history"))], 0)
    for name in (f"{SEGMENT}.partial", f"{SEGMENT}.00000028.backup"):
        path = project.segment(name)
        project.expect(f"{name} is pushed", ["wal-push", f"pg_wal/{name}"], 0, "stored")
        project.expect(f"{name}: again", ["wal-push", f"pg_wal/{name}"], 0, "was there already")
        project.expect(f"{name} is fetched", ["wal-fetch", name, f"fetched {name}"], 0)
        counted.note(f"{name}: byte for byte", "" if (project.folder / f"fetched {name}").read_bytes() == path.read_bytes() else
                     "it differs")


def environments(folder):
    """Production's log is nobody else's."""
    project = Project(folder / "environments", CONFIG + "environments: {staging: {}, production: {}}\n")
    project.segment(SEGMENT)
    project.expect("pushed by production", ["wal-push", f"pg_wal/{SEGMENT}", "--env", "production"], 0)
    project.expect("staging has none", ["wal-fetch", SEGMENT, "staging", "--env", "staging"], 1, "no store has")
    project.segment(SEGMENT, seed=2)
    project.expect("and archives its own", ["wal-push", f"pg_wal/{SEGMENT}", "--env", "staging"], 0)
    project.expect("both are there", ["wal-fetch", SEGMENT, "production", "--env", "production"], 0)


def failing(folder):
    project = Project(folder / "failing")
    path = project.segment(SEGMENT)
    (project.folder / "copies").rmdir()
    (project.folder / "copies").write_text("no folder")
    project.expect("one store can't be written", ["wal-push", f"pg_wal/{SEGMENT}"], 3, "not in every store")
    (project.folder / "copies").unlink()
    project.expect("its folder isn't there", ["wal-push", f"pg_wal/{SEGMENT}"], 3, "copies' is not there; mount its disk")
    counted.note("nobody made it", "it is" if (project.folder / "copies").exists() else "")
    (project.folder / "copies").mkdir()
    project.expect("PostgreSQL asks again", ["wal-push", f"pg_wal/{SEGMENT}"], 0)
    for content in (b"", project.stored()[0].read_bytes()[:-9]):
        project.stored()[0].write_bytes(content)
        project.expect("what is damaged there is stored anew", ["wal-push", f"pg_wal/{SEGMENT}"], 0, "was damaged and is stored anew")
        project.expect("once", ["wal-push", f"pg_wal/{SEGMENT}"], 0, "was there already")
    broken = project.stored()[0]
    data = bytearray(broken.read_bytes())
    data[len(data) // 2] ^= 1
    broken.write_bytes(data)
    project.expect("a damaged one is taken from the other store", ["wal-fetch", SEGMENT, "pg_wal/RECOVERYXLOG"], 0)
    fetched = project.folder / "pg_wal" / "RECOVERYXLOG"
    counted.note("whole", "" if fetched.read_bytes() == path.read_bytes() else "it differs")
    fetched.unlink()
    project.stored("copies")[0].unlink()
    project.expect("damaged is not absent: recovery stops", ["wal-fetch", SEGMENT, "pg_wal/RECOVERYXLOG"], 126, "can't be had")
    counted.note("and nothing is there", "it is" if fetched.exists() else "")
    (project.folder / "fairlead.yml").write_text("version: 1\nbackup: {stores: [nowhere://x]}\n")
    project.expect("a wrong configuration stops it, too", ["wal-fetch", SEGMENT, "pg_wal/RECOVERYXLOG"], 126)
    project.expect("as does a wrong use", ["wal-fetch", SEGMENT], 126)


def never_in_the_clear(folder):
    project = Project(folder / "clear", CONFIG + "  encrypt: {identity_env: KEY}\n")
    project.segment(SEGMENT)
    project.expect("encrypt without a recipient", ["wal-push", f"pg_wal/{SEGMENT}"], 2, "in the clear")
    project = Project(folder / "passphrase", CONFIG + "  encrypt: {passphrase_env: PHRASE}\n")
    path = project.segment(SEGMENT)
    project.expect("a passphrase that isn't set", ["wal-push", f"pg_wal/{SEGMENT}"], 2, "PHRASE")
    counted.note("nothing is stored in the clear", "" if not project.stored() else str(project.stored()))
    project.expect("with it", ["wal-push", f"pg_wal/{SEGMENT}"], 0, PHRASE="open sesame, please")
    project.expect("and back", ["wal-fetch", SEGMENT, "fetched"], 0, PHRASE="open sesame, please")
    counted.note("byte for byte", "" if (project.folder / "fetched").read_bytes() == path.read_bytes() else "it differs")
    project.expect("by another one", ["wal-fetch", SEGMENT, "other"], 126, PHRASE="open barley, please")


def at_once(folder):
    """Of several that push the same file each says that it is there."""
    project = Project(folder / "at once")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(project.folder)}
    for number in range(5):
        name = f"00000001000000000000000{number}"
        project.segment(name)
        running = [subprocess.Popen([PROGRAM, "wal-push", f"pg_wal/{name}"], cwd=project.folder, env=environment, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(6)]
        told = [(one.communicate(timeout=120)[0], one.returncode) for one in running]
        counted.note(f"{name}: six at once are a yes", "" if all(status == 0 for _, status in told) else str(told))
    counted.note("each once", "" if len(project.stored()) == len(project.stored("copies")) == 5 else str(project.stored()))


def killed(folder):
    for place in PLACES:
        project = Project(folder / place)
        path = project.segment(SEGMENT)
        done = project.run("wal-push", f"pg_wal/{SEGMENT}", FAIRLEAD_FAULT=f"kill@{place}")
        counted.note(f"killed at {place}", "" if done.returncode == -signal.SIGKILL else str(done))
        before = project.run("wal-fetch", SEGMENT, "early")
        there = project.folder / "early"
        whole = before.returncode == 0 and there.read_bytes() == path.read_bytes()
        counted.note(f"{place}: whole or not there", "" if whole or before.returncode == 1 and not there.exists() else str(before))
        project.expect(f"{place}: the next one works", ["wal-push", f"pg_wal/{SEGMENT}"], 0)
        project.expect(f"{place}: and is fetched", ["wal-fetch", SEGMENT, "late"], 0)
        counted.note(f"{place}: whole", "" if (project.folder / "late").read_bytes() == path.read_bytes() else "it differs")


with tempfile.TemporaryDirectory(prefix="fairlead wal ") as name:
    there_and_back(pathlib.Path(name))
    environments(pathlib.Path(name))
    failing(pathlib.Path(name))
    never_in_the_clear(pathlib.Path(name))
    at_once(pathlib.Path(name))
    killed(pathlib.Path(name))
counted.close()
