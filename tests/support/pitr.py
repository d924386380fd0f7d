"""What the tests of point-in-time recovery share: a project whose commands run as the server's user, a server in a folder that was restored."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import time

import counted
import postgres
from until import wait_until

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-backup"
CLIENTS = os.environ.get("PITR_CLIENT_BIN", "")  # of newer client programs, for servers that have none of their own


class Project:
    """Everything runs as the server's user."""

    def __init__(self, folder, more="", stores="[file:store]", **variables):
        self.folder, self.stores, self.variables = folder, stores, variables
        folder.mkdir()
        bins = folder / "bin"
        bins.mkdir()
        self.program = bins / "fairlead-backup"
        shutil.copy(PROGRAM, self.program)
        self.config = folder / "fairlead.yml"
        self.more = more + (f"  pg_bin: {CLIENTS}\n" if CLIENTS else "")
        self.write("")
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", f"{postgres.NOBODY}:{postgres.NOBODY}", folder], check=True)
        self.url = None

    def write(self, keep):
        self.config.write_text(f"version: 1\napp: shop\nenvironments: {{dev: {{}}}}\nbackup:\n  stores: {self.stores}\n  compress: zstd:1\n"
                               "  sources: [{name: db, engine: postgres, url_env: SHOP_URL}]\n" + keep + self.more)

    def run(self, *words, **variables):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
                       **self.variables, **variables}
        if self.url:
            environment["SHOP_URL"] = self.url
        return subprocess.run([*postgres.as_other(), str(self.program), *words], cwd=self.folder, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)

    def expect(self, what, words, status, *parts, **variables):
        done = self.run(*words, **variables)
        shown = done.stdout + done.stderr
        missing = [part for part in parts if part not in shown]
        if "secret word" in shown:
            missing.append("the silence about the password")
        counted.note(what, f"status {done.returncode}, expected {status}; missing {missing}\n{shown}"
                     if done.returncode != status or missing else "")
        return done

    def segment(self, name):
        found = sorted((self.folder / "store/shop/pitr/wal").rglob(f"{name}-*"))
        return found[0] if found else None

    def bases(self):
        return sorted(path.parent.name for path in (self.folder / "store/shop/pitr/base").rglob("manifest.json"))


def archived(server, name):
    question = "SELECT coalesce(last_archived_wal, '') >= '%s' AND last_archived_wal !~ 'history|backup' FROM pg_stat_archiver" % name
    with contextlib.suppress(TimeoutError):
        return wait_until("it is archived", lambda: server.ask(question) == "t", 60)
    return False


def switch(server):
    """A commit behind what matters, then the segment is archived: its name."""
    server.psql("INSERT INTO ticks DEFAULT VALUES", "shop")
    name = server.ask("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")
    server.psql("SELECT pg_switch_wal()")
    counted.note(f"{name} is archived", "" if archived(server, name) else "no")
    return name


def now(server):
    time.sleep(0.05)
    at = server.ask("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
    time.sleep(0.05)
    return at[:23] + "+00"


class Restored(postgres.Server):
    """A server in a folder that was restored."""

    def __init__(self, data, settings=(), **variables):
        super().__init__(port=0, settings=settings)
        self.environment.update(variables)
        self.data = data

    def __enter__(self):
        (self.folder / "data").symlink_to(self.data)
        self.start()
        wait_until("it leaves recovery", lambda: self.ask("SELECT pg_is_in_recovery()") == "f", 60)
        return self


def rows(server):
    return server.ask("SELECT string_agg(id::text, ',' ORDER BY id) FROM items", "shop")
