#!/usr/bin/python3
# needs: postgres; takes: 7 s
"""backup_left.py BIN: what a killed run or verification leaves of the data in TMPDIR is told, and swept by the next one; what somebody
is at work in stays."""
import fcntl
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402
from backups import PROGRAM, Project, is_true, make, rows  # noqa: E402
from until import is_gone, wait_until  # noqa: E402


def postmaster(temporary):
    """The process of the server that a verification has started; None: not yet."""
    for file in temporary.glob("fairlead-scratch-*/server/data/postmaster.pid"):
        if said := file.read_text():
            return int(said.split()[0])
    return None


def left(folder):
    return sorted(path.name for path in folder.glob("fairlead-*"))


def of_sqlite(folder):
    temporary = folder / "sqlite's"
    temporary.mkdir()
    project = Project(folder / "sqlite", TMPDIR=str(temporary))
    make(project.folder / "app.db")
    project.killed("a run", "dumped", "run")
    is_true("its copy is there", len(left(temporary)) == 1, left(temporary))
    project.expect("doctor tells of it", ["doctor"], 0, f"{temporary}/fairlead-backup-", "unencrypted data", "removes it")
    project.expect("a dry run sweeps nothing", ["run", "--dry-run"], 0)
    is_true("it is there still", len(left(temporary)) == 1, left(temporary))
    project.expect("the next run sweeps it", ["run"], 0, "removed unencrypted data that a killed run left", f"{temporary}/fairlead-backup-")
    is_true("it is gone", left(temporary) == [], left(temporary))
    for words in (["verify"], ["restore", "latest", "--to", "copy.db"]):
        project.killed("another run", "dumped", "run")
        project.expect(f"{words[0]} sweeps it", words, 0, "removed unencrypted data")
        is_true(f"gone by {words[0]}", left(temporary) == [], left(temporary))
    other, held, named = temporary / "mine", temporary / "fairlead-backup-ABCdef", temporary / "fairlead-backup-of-mine"
    for one in (other, held, named):
        one.mkdir()
        (one / "kept").write_text("kept")
    (temporary / "fairlead-backup-linked").symlink_to(other)
    lock = os.open(held, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    project.expect("who is at work is left alone", ["run"], 0)
    is_true("and so are links and other names", all((one / "kept").exists() for one in (other, held, named)), left(temporary))
    os.close(lock)
    done = project.expect("until it ends", ["run"], 0, str(held))
    is_true("then it goes, and nothing else", not held.exists() and (other / "kept").exists() and (named / "kept").exists(), done.stderr)


def beside_a_database(folder):
    project = Project(folder / "beside")
    make(project.folder / "app.db", 2000)
    project.expect("a set", ["run"], 0)
    restore = ["restore", "latest", "--to", "original", "--overwrite"]

    def there():
        return sorted(path.name for path in project.folder.iterdir() if ".fairlead-" in path.name and path.is_dir())

    for point in ("restored", "target-locked", "target-copied", "target-kept", "target-replaced"):
        project.killed("a restore", point, *restore)
        is_true(f"killed at {point} it leaves one folder", len(there()) == 1, there())
        kept = list(project.folder.glob("app.db.before_*"))
        is_true("what is called as the old one is the old one, whole", all(len(rows(one)) == 2000 for one in kept), kept)
        project.expect("doctor tells of it", ["doctor"], 0, "/.app.db.fairlead-", "a killed restore left")
        project.expect("the next one takes it away", restore, 0, "removed unencrypted data", "/.app.db.fairlead-")
        is_true("it is gone, and no other is there", there() == [] and len(rows(project.folder / "app.db")) == 2000, there())
        for one in project.folder.glob("app.db.before_*"):
            one.unlink()
    os.link(project.folder / "app.db", project.folder / "other.db")
    project.expect("by another name of the file nothing is put in", ["restore", "latest", "--to", "other.db", "--overwrite"], 3, "has a second name")
    project.expect("or taken", ["run"], 3, "has a second name", "-samefile")


def of_a_server(folder):
    temporary = folder / "server's"
    temporary.mkdir()
    temporary.chmod(0o755)
    folder.chmod(0o755)
    with postgres.Server(tcp=True, port=0) as server:
        server.psql("CREATE DATABASE shop")
        server.psql("CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 1000)", "shop")
        project = Project(folder / "server", TMPDIR=str(temporary), DATABASE_URL=server.tcp_url("shop"))
        project.expect("a set", ["run"], 0)
        running = subprocess.Popen([PROGRAM, "verify", "--level", "4"], cwd=project.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=project.environment())
        scratch = wait_until("its server starts", lambda: postmaster(temporary))
        running.send_signal(signal.SIGKILL)
        running.wait()
        is_true("a killed verification leaves its server's files", left(temporary) != [], running.returncode)
        project.expect("doctor tells of them", ["doctor"], 0, "fairlead-scratch-", "unencrypted data")
        wait_until("its server ends with it", lambda: is_gone(scratch))
        project.expect("the next one sweeps them", ["verify", "--level", "4"], 0, "level 4: passed", "removed unencrypted data")
        is_true("nothing is left", left(temporary) == [], left(temporary))
        server.psql("CREATE DATABASE other_restore_12345678 ALLOW_CONNECTIONS false")
        server.psql("CREATE DATABASE other_restore_87654321")
        project.killed("a restore", "counted", "restore", "latest", "--to", "other")
        server.wait_alone()
        project.expect("doctor tells of its database", ["doctor"], 0, "database other_restore_", "a killed restore left")
        project.expect("the next one there takes it away", ["restore", "latest", "--to", "other"], 0)
        databases = server.psql("SELECT datname FROM pg_database WHERE datname LIKE 'other%' ORDER BY 1").stdout.split()
        is_true("so is one that it was killed before it could mark, and none of somebody else", databases == ["other", "other_restore_87654321"], databases)
        done = project.expect("then there is nothing to tell", ["doctor"], 0)
        is_true("of it", "killed" not in done.stderr, done.stderr)


with tempfile.TemporaryDirectory(prefix="fairlead-left-") as name:
    of_sqlite(pathlib.Path(name))
    beside_a_database(pathlib.Path(name))
    if postgres.folder_of_programs() is not None:
        of_a_server(pathlib.Path(name))
    else:
        counted.skip(postgres.PART, "what a killed one left of a server", postgres.INSTALL)
counted.close()
