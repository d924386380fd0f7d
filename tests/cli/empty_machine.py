#!/usr/bin/python3
# needs: nothing; takes: 5 s
"""empty_machine.py BIN: the host is gone, and what is left is the repository and a store of backups somewhere else. On an empty machine
the data is restored, the release deployed and checked, by the commands of docs/backup-emergency.md."""
import contextlib
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from exec_site import BIN, Site  # noqa: E402

MORE = """smoke:
  deadline: 5s
  checks: [{name: version, get: /version, expect: {json: {$.version: "2.0.0"}}}]
backup:
  stores: ["file:STORE"]
"""


class Machine:
    """A host: its own folders, database and user, the store beside them."""

    def __init__(self, folder, store):
        self.site = Site(folder)
        self.database = folder / "live/app.db"
        self.site.write(self.site.yml + MORE.replace("STORE", str(store)))

    def run(self, program, *words, where=None):
        environment = self.site.environment() | {"PATH": f"{BIN}:/usr/bin:/bin", "DATABASE_URL": f"sqlite:{self.database}"}
        done = subprocess.run([BIN / f"fairlead-{program}", *words], cwd=where or self.site.here, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=90)
        return done.returncode, done.stdout + done.stderr

    def rows(self):
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            return database.execute("SELECT text FROM notes ORDER BY id").fetchall()

    def close(self):
        self.site.server.shutdown()


def expect(what, found, status, *parts):
    missing = [part for part in parts if part not in found[1]]
    counted.note(what, f"status {found[0]}, expected {status}; missing {missing}\n{found[1]}" if found[0] != status or missing else "")


def main():
    with tempfile.TemporaryDirectory(prefix="fairlead empty ") as name:
        folder = pathlib.Path(name)
        lost = Machine(folder / "lost", folder / "store")
        with contextlib.closing(sqlite3.connect(lost.database)) as database:
            database.executescript("CREATE TABLE notes (id INTEGER PRIMARY KEY, text); INSERT INTO notes (text) VALUES ('one'), ('two')")
        expect("a release serves", lost.run("deploy", "apply", "--release-version", "2.0.0", "--env", "staging"), 0)
        expect("a set is in the store", lost.run("backup", "run", "--env", "staging"), 0)
        lost.close()

        empty = Machine(folder / "empty", folder / "store")
        bare = folder / "bare"
        bare.mkdir()
        expect("the store is listed without a fairlead.yml",
               empty.run("backup", "list", "--store", f"file:{folder}/store", "--app", "site", "--env", "staging", where=bare), 0, "1 set of site")
        expect("S4-73: the data is restored where nothing was", empty.run("backup", "restore", "latest", "--env", "staging", "--to", "original"), 0)
        counted.note("with all rows", "" if empty.rows() == [("one",), ("two",)] else str(empty.rows()))
        code, said = empty.run("smoke", "--env", "staging")
        counted.note("before the release is deployed smoke says no", "" if code == 1 else said)
        expect("S4-73: the release is deployed there", empty.run("deploy", "apply", "--release-version", "2.0.0", "--env", "staging"), 0, "deployed: 2.0.0")
        expect("S4-73: and smoke says yes", empty.run("smoke", "--env", "staging"), 0)
        expect("status names it", empty.run("deploy", "status", "--check", "--env", "staging"), 0, "2.0.0")
        empty.close()
    counted.close()


main()
