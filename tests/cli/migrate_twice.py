#!/usr/bin/python3
# needs: postgres; takes: 20 s
"""migrate_twice.py BIN: two runners of the same migrations. One file of SQLite and one table of PostgreSQL by many names; a
runner that lost its lock in the middle. Every migration runs once, and who comes second is told."""
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402
from until import go_on, wait_stopped  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-migrate"
FILES = {"1_table.sql": "CREATE TABLE ran (version INTEGER);\n", "2_row.sql": "INSERT INTO ran VALUES (2);\n",
         "3_row.sql": "INSERT INTO ran VALUES (3);\n", "4_row.sql": "-- fairlead: no-transaction\nINSERT INTO ran VALUES (4);\nINSERT INTO ran VALUES (5);\nINSERT INTO ran VALUES (6);\n"}
RAN = [2, 3, 4, 5, 6]
TOLD = ("another run has done it meanwhile, and nothing of this run is left", "another run goes on with it, and this run has stopped after statement", "nothing to do", "is held by", "another run migrates")


class Project:
    def __init__(self, folder, url, table="fairlead_migrations"):
        self.folder, self.url = folder, url
        (folder / "migrations").mkdir(parents=True)
        for name, text in FILES.items():
            (folder / "migrations" / name).write_text(text)
        (folder / "fairlead.yml").write_text("version: 1\nenvironments: {dev: {}}\nmigrate: {backup_first: 'no', "
                                             f"table: {table}, rules: {{mig-no-down: off}}}}\n")

    def start(self, *words, fault=None):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "DATABASE_URL": self.url} | (
            {"FAIRLEAD_FAULT": fault} if fault else {})
        return subprocess.Popen([PROGRAM, *words, "--env", "dev"], cwd=self.folder, env=environment, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def judge(what, runs, ran, wanted=tuple(RAN)):
    said = [run.communicate(timeout=60)[0] for run in runs]
    wrong = [] if ran() == sorted(wanted) else [f"ran: {ran()}"]
    for run, text in zip(runs, said):
        if run.returncode not in (0, 3) or (run.returncode == 3 and not any(one in text for one in TOLD)):
            wrong.append(f"status {run.returncode}: {text}")
    if not any(run.returncode == 0 for run in runs):
        wrong.append("none went through")
    counted.note(what, "\n".join(wrong + said) if wrong else "")


def sqlite_names(folder):
    """Names of real/app.db, as deployments make them."""
    (folder / "real").mkdir()
    (folder / "releases/1").mkdir(parents=True)
    (folder / "current").symlink_to("releases/1")
    (folder / "releases/1/app.db").symlink_to("../../real/app.db")
    (folder / "link.db").symlink_to("real/app.db")
    (folder / "twice.db").symlink_to("link.db")
    (folder / "shared").symlink_to("real")
    return {"relative": "sqlite:../real/app.db", "absolute": f"sqlite:{folder}/real/app.db", "link": "sqlite:../link.db",
            "link of a link": "sqlite:../twice.db", "folder of a link": "sqlite:../shared/app.db",
            "release": "sqlite:../releases/1/app.db", "current": f"sqlite:{folder}/current/app.db",
            "dots": f"sqlite:{folder}/real/../real/./app.db", "hard link": f"sqlite:{folder}/hard.db",
            "three slashes": f"sqlite:///{folder}/real/app.db", "doubled slashes": f"sqlite:{folder}//real//app.db",
            "percent": f"sqlite:{folder}/real/app%2Edb", "through a release": f"sqlite:{folder}/current/../../real/app.db"}


def rows(path):
    with sqlite3.connect(path) as database:
        return sorted(version for (version,) in database.execute("SELECT version FROM ran"))


def on_sqlite(folder):
    """The first stands still at each place, its lock held or not, while the second tries by another name."""
    names = sqlite_names(folder)
    path = folder / "real/app.db"
    first = Project(folder / "first", names["relative"])
    for name, url in names.items():
        second = Project(folder / f"second {name}", url)
        for fault in ("locked", "read", "ready", "before", "after", "started", "progressed") if name in ("link", "hard link") else ("ready",):
            for file in (folder / "real").iterdir():
                file.unlink()
            (folder / "hard.db").unlink(missing_ok=True)
            path.touch()
            os.link(path, folder / "hard.db")
            one = first.start("up", fault=f"stop@{fault}")
            wait_stopped(one)
            two = second.start("up", "--wait-lock", "200ms")
            two.wait(60)
            go_on(one)
            judge(f"SQLite, second by {name}, first at {fault}", [one, two], lambda: rows(path))


def repaired(folder):
    """repair writes over no row that somebody has changed, made or taken away since it was read."""
    changes = {"began again": "UPDATE fairlead_migrations SET started_at = '2001-01-01T00:00:00.000Z' WHERE version = '1'",
               "was accepted": "UPDATE fairlead_migrations SET checksum = '%064d' WHERE version = '1'" % 7,
               "was taken away and made again": "UPDATE fairlead_migrations SET state = 'reverted' WHERE version = '1'"}
    for what, change in changes.items():
        for words in (["--mark-pending", "1"], ["--mark-applied", "1"], ["--accept-checksum", "1"]):
            project = Project(folder / f"repair {what} {words[0]}", "sqlite:app.db")
            for name in list(FILES)[1:]:
                (project.folder / "migrations" / name).unlink()
            project.start("up").communicate(timeout=60)
            run = project.start("repair", *words, fault="stop@before")
            wait_stopped(run)
            with sqlite3.connect(project.folder / "app.db") as database:
                database.execute(change)
            kept = database.execute("SELECT * FROM fairlead_migrations ORDER BY version").fetchall()
            run.send_signal(signal.SIGCONT)
            said = run.communicate(timeout=60)[0]
            now = database.execute("SELECT * FROM fairlead_migrations ORDER BY version").fetchall()
            counted.note(f"repair {words[0]} of a row that {what} meanwhile is refused", "" if run.returncode == 3 and kept == now and
                         "another run has changed the record of 1 meanwhile" in said else f"{run.returncode} {said} {kept} {now}")
            database.close()


def on_server(folder, server):
    tables = ["fairlead_migrations", "public.fairlead_migrations"]
    for number, (one_table, two_table) in enumerate([(tables[0], tables[1]), (tables[1], tables[0]), (tables[0], tables[0])]):
        for fault in ("ready", "before", "after"):
            name = f"twice_{number}_{fault}"
            server.psql(f"CREATE DATABASE {name}")
            first, second = (Project(folder / f"{name} {who}", server.url(name), table) for who, table in (("a", one_table), ("b", two_table)))

            def ran():
                return sorted(int(line) for line in server.ask("SELECT version FROM ran", name).split())
            one = first.start("up", fault=f"stop@{fault}")
            wait_stopped(one)
            two = second.start("up", "--wait-lock", "300ms")
            two.wait(60)
            go_on(one)
            judge(f"PostgreSQL, {one_table} and {two_table}, first at {fault}", [one, two], ran)
            server.psql(f"DROP DATABASE {name} WITH (FORCE)")
    name = "twice"
    server.psql(f"CREATE DATABASE {name}")
    by_tcp = server.tcp_url(name)
    names = {"TCP": by_tcp, "localhost": by_tcp.replace("127.0.0.1", "localhost"), "postgres:": server.url(name).replace("postgresql:", "postgres:"),
             "parameters": f"postgresql:///?host={server.folder}&port={server.port}&user={server.user}&dbname={name}",
             "search_path": server.url(name, options="-c search_path=public"), "application_name": server.url(name, application_name="other")}
    for how, url in names.items():
        server.psql("DROP TABLE IF EXISTS fairlead_migrations, ran", name)
        first, second = Project(folder / f"by {how} a", server.url(name)), Project(folder / f"by {how} b", url)
        one = first.start("up", fault="stop@ready")
        wait_stopped(one)
        two = second.start("up", "--wait-lock", "300ms")
        two.wait(60)
        go_on(one)
        judge(f"PostgreSQL, second by {how}", [one, two], lambda: sorted(int(line) for line in server.ask("SELECT version FROM ran", name).split()))
    for fault in ("before", "started", "progressed"):
        name = f"lost_{fault}"
        server.psql(f"CREATE DATABASE {name}")
        first, second = (Project(folder / f"{name} {who}", server.url(name)) for who in "ab")
        one = first.start("up", fault=f"stop@{fault}")
        wait_stopped(one)
        server.ask("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()", "postgres")
        two = second.start("up", "--wait-lock", "5s")
        two.wait(60)
        go_on(one)
        said = one.communicate(timeout=60)[0]
        other = two.communicate()[0]
        ran = sorted(int(line) for line in server.ask("SELECT version FROM ran", name).split())
        wrong = ran != RAN or two.returncode != 0 or one.returncode != 3
        counted.note(f"PostgreSQL, the lock's session ended while the first is at {fault}",
                     f"{ran}, {one.returncode}: {said}\n{two.returncode}: {other}" if wrong else "")


with tempfile.TemporaryDirectory(prefix="fairlead twice ") as scratch:
    on_sqlite(pathlib.Path(scratch).resolve())
    repaired(pathlib.Path(scratch).resolve() / "repair")
    if postgres.folder_of_programs() is None:
        counted.skip(postgres.PART, "on a server", postgres.INSTALL)
    else:
        with postgres.Server(port=0, tcp=True) as own:
            on_server(pathlib.Path(scratch) / "server", own)
counted.close()
