"""What the tests of point-in-time recovery share: a project whose commands run as the server's user, a server in a folder that was restored."""
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import counted
import postgres
from until import wait_until

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-backup"
PART, INSTALL = "pgbackrest", "apt-get install pgbackrest"


@contextlib.contextmanager
def workshop():
    """A folder for the projects; the test is left where pgBackRest or PostgreSQL is missing."""
    if postgres.folder_of_programs() is None:
        counted.leave(postgres.PART, postgres.INSTALL)
    if not shutil.which("pgbackrest"):
        counted.leave(PART, INSTALL)
    with tempfile.TemporaryDirectory(prefix="fairlead pitr ") as name:
        os.chmod(name, 0o1777)
        yield pathlib.Path(name)


def handed_over(path):
    """Whom PostgreSQL runs as has to read and write it."""
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{postgres.NOBODY}:{postgres.NOBODY}", path], check=True)


class Project:
    """Everything runs as the server's user."""

    def __init__(self, folder, more="", stores="[file:store]", sources="", **variables):
        self.folder, self.stores, self.more, self.sources, self.variables = folder, stores, more, sources, variables
        folder.mkdir()
        (folder / "bin").mkdir()
        self.program = folder / "bin/fairlead-backup"
        shutil.copy(PROGRAM, self.program)
        self.config = folder / "fairlead.yml"
        self.write()
        handed_over(folder)
        self.url = None

    def write(self, keep="", source=""):
        self.config.write_text("version: 1\napp: shop\nenvironments: {dev: {}}\nbackup:\n" +
                               (f"  stores: {self.stores}\n" if self.stores else "") + "  compress: zstd:1\n  sources:\n"
                               f"    - {{name: cluster, engine: pgbackrest, url_env: SHOP_URL, config: shop.conf{source}}}\n" + self.sources + keep +
                               self.more)

    def environment(self, **variables):
        all_of = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp"), **self.variables, **variables}
        if self.url:
            all_of["SHOP_URL"] = self.url
        return all_of

    def start(self, *words, **variables):
        return subprocess.Popen([*postgres.as_other(), str(self.program), *words], cwd=self.folder, env=self.environment(**variables),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)

    def run(self, *words, **variables):
        return subprocess.run([*postgres.as_other(), str(self.program), *words], cwd=self.folder, env=self.environment(**variables),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)

    def expect(self, what, words, status, *parts, **variables):
        done = self.run(*words, **variables)
        shown = done.stdout + done.stderr
        missing = [part for part in parts if part not in shown]
        missing += [f"the silence about {word!r}" for word in ("secret word", "a passphrase of ours") if word in shown]
        counted.note(what, f"status {done.returncode}, expected {status}; missing {missing}\n{shown}"
                     if done.returncode != status or missing else "")
        return done

    def backups(self):
        """Newest first, as `list` has them."""
        return json.loads(self.run("list", "--format", "json").stdout)["clusters"]["cluster"]

    def repository(self):
        return self.folder / "store/shop/pgbackrest"

    def segment(self, name):
        return next(iter(self.repository().rglob(f"archive/*/*/*/{name}-*")), None)

    def enable(self, server):
        """From nothing to a server that archives."""
        self.url = server.tcp_url("shop")
        self.run("pitr-enable", "--apply")
        server.stop()
        server.start()
        self.expect("the archive works", ["pitr-enable", "--apply"], 0, "archived as a trial")


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


@contextlib.contextmanager
def serving(**settings):
    """A server with the database shop and its tables."""
    with postgres.Server(tcp=True, port=0, **settings) as server:
        server.psql("CREATE DATABASE shop")
        server.psql("CREATE TABLE items (id int); CREATE TABLE ticks (at timestamptz DEFAULT now())", "shop")
        yield server


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


def back_to(project, what, words, wanted, **variables):
    """Restored into a folder of its own, started there, looked at."""
    data = project.folder / f"data {len(list(project.folder.glob('data *')))}"
    project.expect(f"{what} is laid out", ["restore", "--source", "cluster", *words, "--to", str(data)], 0, "is ready to be recovered")
    restored = Restored(data, **variables)
    try:
        with restored:
            found = rows(restored)
            counted.note(f"{what}: its rows", "" if found == wanted else f"{found}, expected {wanted}")
            counted.note(f"{what}: it archives nothing", "" if restored.ask("SHOW archive_mode") == "off" else "it does")
    except (RuntimeError, TimeoutError) as error:
        log = pathlib.Path(restored.folder) / "log"
        counted.note(f"{what}: it starts", f"{error}\n{log.read_text()[-3000:] if log.exists() else ''}")
    return data
