#!/usr/bin/python3
"""migrate_drivers.py BIN [PART...]: fairlead-migrate where Alembic, Django, golang-migrate or Flyway keep the migrations, with the
real tools and a real PostgreSQL: their states, our lock around them, adoption there and back."""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import migrators
import postgres
from until import is_gone, wait_until

BIN = pathlib.Path(sys.argv[1]).resolve()


def check(name, holds, *shown):
    counted.that(holds, name, "\n".join(map(str, shown)))


class Project:
    """A folder with a project, and a database of its own."""

    def __init__(self, server, kind, steps, section="", by_tcp=False):
        self.server, self.kind = server, kind
        self.own = tempfile.TemporaryDirectory(prefix="fairlead drivers ", dir=os.environ.get("TMPDIR", "/tmp"))
        self.folder = pathlib.Path(self.own.name)
        self.database = f"d{time.monotonic_ns()}"
        server.psql(f"CREATE DATABASE {self.database}")
        self.url = server.tcp_url(self.database) if by_tcp else server.url(self.database)
        {"alembic": migrators.alembic_project, "django": migrators.django_project, "flyway": migrators.flyway_project,
         "golang-migrate": migrators.plain_project}[kind](self.folder, steps)
        self.configure(section)
        python = migrators.python_with(kind) if kind in ("alembic", "django") else None
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "GITHUB_", "FAIRLEAD_"))}
        self.environment |= {"PATH": (os.path.dirname(python) if python else "") + ":" + migrators.PATH, "CI": "true",
                             "FAIRLEAD_DATABASE_URL": self.url, "PYTHONDONTWRITEBYTECODE": "1"}
        if python and (pathlib.Path(python).parent.parent / "pyvenv.cfg").exists():
            self.environment["VIRTUAL_ENV"] = str(pathlib.Path(python).parent.parent)
        self.tool_environment = {**self.environment, "DATABASE_URL": self.url}
        if by_tcp:
            self.tool_environment |= {"FLYWAY_URL": f"jdbc:postgresql://127.0.0.1:{server.port}/{self.database}",
                                      "FLYWAY_USER": server.user, "FLYWAY_PASSWORD": server.password}

    def configure(self, section, environments="  production: {}\n  test: {profile: development}\n"):
        (self.folder / "fairlead.yml").write_text(f"version: 1\nenvironments:\n{environments}migrate:\n  backup_first: no\n{section}")

    def words(self, *words, env="test"):
        return [str(BIN / "fairlead-migrate"), *words, *(["--env", env] if env else [])]

    def run(self, *words, env="test"):
        return subprocess.run(self.words(*words, env=env), cwd=self.folder, env=self.environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)

    def start(self, *words):
        return subprocess.Popen(self.words(*words), cwd=self.folder, env=self.environment, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)

    def tool(self, *words):
        """The other tool by itself."""
        python = migrators.python_with(self.kind) if self.kind in ("alembic", "django") else ""
        first = {"alembic": [os.path.join(os.path.dirname(python), "alembic")], "django": [python, "manage.py"], "flyway": ["flyway"],
                 "golang-migrate": ["migrate", "-path", "migrations", "-database", self.url]}[self.kind]
        return subprocess.run([*first, *words], cwd=self.folder, env=self.tool_environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)

    def ask(self, text):
        return self.server.ask(text, self.database)

    def tables(self):
        return self.ask("SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND relname ~ '^t[0-9]'")

    def expect(self, name, status, *words, says="", env="test"):
        done = self.run(*words, env=env)
        text = done.stdout + done.stderr
        check(f"{self.kind}: {name}", done.returncode == status and says in text, f"status {done.returncode}, expected {status}", text)
        return done

    def told(self, *words):
        return json.loads(self.run(*words, "--format", "json").stdout)


def states(project, last):
    """What all drivers have in common: three pending migrations."""
    project.expect("pending is a no", 1, "status", says="0 applied, 3 pending")
    project.expect("the tool says the same", 1, "status", "--ask-tool", says="0 applied, 3 pending")
    project.expect("production asks", 2, "up", env="production", says="--confirm")
    check(f"{project.kind}: and nothing was touched", project.tables() == "")
    project.expect("nothing of it contracts", 0, "up", "--phase", "contract", says="nothing to do")
    project.expect("up applies all", 0, "up", "--phase", "expand", "--confirm", "production", env="production", says="3 migrations applied; at ")
    check(f"{project.kind}: the tables are there", project.tables() == "t1 t2 t3", project.tables())
    project.expect("a second one finds nothing to do", 0, "up", says="nothing to do; at ")
    told = project.told("status")
    check(f"{project.kind}: the same JSON as of ours", told["counts"] == {"applied": 3, "pending": 0, "failed": 0, "changed": 0,
          "missing": 0} and told["current"] == last and told["outputs"]["version"] == last, told)
    project.expect("verify agrees", 0, "verify")
    project.expect("what asks the server alone is ours", 0, "ping")
    check(f"{project.kind}: history has all", [one["version"] for one in project.told("history")["history"]][-1] == last)


def back(project, previous):
    project.expect("a bare down is wrong use", 2, "down")
    project.expect("down says what it would run", 0, "down", "1", "--dry-run", says="1 command would be run")
    project.expect("down takes one back", 0, "down", "1", says="1 migration taken back")
    check(f"{project.kind}: it is gone", project.tables() == "t1 t2", project.tables())
    check(f"{project.kind}: current is the one before", project.told("status")["current"] == previous)
    project.expect("plan lists what is pending, and starts nothing", 0, "plan", says="1 migration would be applied; only ")
    project.expect("asked, the tool prints its SQL", 0, "plan", "--ask-tool", says="CREATE TABLE t3")
    project.expect("up 1", 0, "up", "1", says="1 migration applied")
    project.expect("redo", 0, "redo", says="3 applied")
    project.expect("redo is not for production", 2, "redo", env="production")


def another_database(project):
    other = f"o{time.monotonic_ns()}"
    project.server.psql(f"CREATE DATABASE {other}")
    project.environment["FAIRLEAD_DATABASE_URL"], kept = project.server.url(other), project.url
    source = {"alembic": "env.py", "django": "settings.py"}[project.kind]
    text = (project.folder / source).read_text()
    (project.folder / source).write_text(text.replace('os.environ["DATABASE_URL"]', repr(kept)))
    project.expect("a tool that is at another database is refused", 2, "up", says="is connected to a different database than")
    (project.folder / source).write_text(text)
    project.environment["FAIRLEAD_DATABASE_URL"] = kept


def watched(project, add):
    """Under our lock, and no argv of any process has the password."""
    seen = project.folder / "seen"
    add(f"COPY (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') TO PROGRAM 'cat > \"{seen}\"; cat /proc/[0-9]*/cmdline >> "
        f"\"{seen}\" 2>/dev/null; true'")
    seen.touch()
    seen.chmod(0o666)
    project.folder.chmod(0o755)
    done = project.run("up", "-v")
    text = seen.read_bytes()
    check(f"{project.kind}: it runs under our lock", text.startswith(b"1\n"), text[:80], done.stdout + done.stderr)
    secrets = ("secret word", "secret%20word", "secret+word")
    check(f"{project.kind}: no argv has the password", not any(one.encode() in text for one in secrets))
    check(f"{project.kind}: nor has what is printed", not any(one in done.stdout + done.stderr for one in secrets), done.stdout + done.stderr)


def descendants(pid):
    """Whom it started, and they."""
    text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [one for child in map(int, text.split()) for one in (child, *descendants(child))]


def killed(project, add):
    """SIGKILL while the tool is at work: it goes with us, the lock is free, and the next run converges."""
    add("SELECT pg_sleep(3)")
    running = project.start("up")
    wait_until("it works", lambda: project.ask("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(3)%' AND "
                                               "pid <> pg_backend_pid()") != "0")
    waiting = project.start("up")
    wait_until("the second asks for the lock", lambda: waiting.poll() is not None or project.ask(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle' AND query LIKE '%pg_try_advisory_lock%'") != "0")
    check(f"{project.kind}: who comes second waits", waiting.poll() is None)
    its = descendants(running.pid)
    running.kill()
    running.wait()
    out = waiting.communicate()[0]
    check(f"{project.kind}: and goes on when the first is killed", waiting.returncode == 0 and "0 pending" in out, out)
    check(f"{project.kind}: nobody is left of the first", its and all(map(is_gone, its)), f"{its}")


def three(project, count):
    """Three replicas at once: one migrates, two wait and find nothing to do."""
    replicas = [project.start("up") for _ in range(3)]
    said = [one.communicate()[0] for one in replicas]
    done = sum(f"{count} migrations applied" in text for text in said)
    idle = sum("nothing to do" in text for text in said)
    check(f"{project.kind}: of three at once one migrates", (done, idle) == (1, 2) and not any(one.returncode for one in replicas), *said)


def alembic(server):
    project = Project(server, "alembic", migrators.steps(3))
    states(project, "r0003")
    back(project, "r0002")
    another_database(project)
    migrators.alembic_revision(project.folder, 4, "SELECT 1", "SELECT 1", after="r0002", name="other")
    project.expect("two heads are wrong use", 2, "up", says="alembic has 2 heads: ")
    project.expect("of status, too", 2, "status", says="alembic merge heads")
    merged = project.tool("merge", "heads", "-m", "merge")
    check("alembic: the way out works", merged.returncode == 0 and project.run("up").returncode == 0, merged.stderr)
    project.ask("UPDATE alembic_version SET version_num = 'feedbeef'")
    project.expect("a revision of newer code is a no", 1, "status", says="feedbeef")
    project.expect("and nothing runs", 1, "up", says="feedbeef")
    broken = Project(server, "alembic", [("CREATE TABLE t1 (id int)", ""), ("CREATE TABEL", "")])
    broken.expect("a failed migration is a no", 1, "up", says="alembic upgrade head ended with status ")
    check("alembic: its last words are told", broken.told("status")["counts"]["pending"] == 2)
    tcp = Project(server, "alembic", migrators.steps(1), by_tcp=True)
    watched(tcp, lambda sql: migrators.alembic_revision(tcp.folder, 2, sql.replace("%", "%%"), ""))
    other = Project(server, "alembic", migrators.steps(1))
    killed(other, lambda sql: migrators.alembic_revision(other.folder, 2, sql, ""))
    three(Project(server, "alembic", migrators.steps(3)), 3)
    made = Project(server, "alembic", [])
    made.expect("new asks alembic", 3, "new", "first", says="target_metadata")


def django(server):
    project = Project(server, "django", migrators.steps(3))
    states(project, "shop.0003_step")
    back(project, "shop.0002_step")
    another_database(project)
    migrators.django_migration(project.folder, 4, "SELECT 1", "SELECT 1", after="0002_step", name="0003_other")
    project.expect("two ends are wrong use", 2, "up", says="makemigrations --merge shop")
    (project.folder / "shop/migrations/0003_other.py").unlink()
    project.ask("DELETE FROM django_migrations WHERE name = '0002_step'")
    project.expect("InconsistentMigrationHistory is explained", 1, "up", says="fairlead-migrate baseline --env test shop.0002_step")
    tcp = Project(server, "django", migrators.steps(1), by_tcp=True)
    watched(tcp, lambda sql: migrators.django_migration(tcp.folder, 2, sql, ""))
    other = Project(server, "django", migrators.steps(1))
    killed(other, lambda sql: migrators.django_migration(other.folder, 2, sql, ""))
    three(Project(server, "django", migrators.steps(3)), 3)


def flyway(server):
    project = Project(server, "flyway", migrators.steps(3), by_tcp=True)
    states(project, "3")
    project.expect("Flyway has no way back", 2, "down", "1", says="paid editions")
    file = project.folder / "sql/V1__step.sql"
    file.write_text(file.read_text() + "-- changed\n")
    project.expect("verify sees a changed file", 1, "verify", says="an applied file was changed")


def golang(server):
    project = Project(server, "golang-migrate", migrators.steps(3), section="  driver: golang-migrate\n")
    done = project.tool("up", "2")
    check("golang-migrate: its database is taken over", done.returncode == 0 and project.told("status")["current"] == "2", done.stderr,
          project.run("status").stderr)
    project.expect("up goes on where it was", 0, "up", says="1 migration applied")
    said = project.tool("version")
    check("golang-migrate: handed back, it is where we left it", said.stderr.strip() == "3", said.stderr)
    check("golang-migrate: it goes on", project.tool("down", "1").returncode == 0 and project.told("status")["current"] == "2")
    project.ask("UPDATE schema_migrations SET version = 3, dirty = true")
    project.expect("dirty is explained, and nothing runs", 1, "up", says="dirty")


def adoption(server, kind):
    """A database that another tool made: our own driver takes it over by baseline, goes on, and hands it back."""
    project = Project(server, kind, migrators.steps(2), by_tcp=kind == "flyway")
    up = {"alembic": ["upgrade", "head"], "django": ["migrate", "--noinput"], "flyway": ["migrate"]}[kind]
    check(f"{kind}: it makes a database", project.tool(*up).returncode == 0 and project.tables() == "t1 t2")
    if kind == "flyway":
        ours = "  driver: sql\n  layout: flyway\n  dir: sql\n"
    else:
        migrators.plain_project(project.folder, migrators.steps(2))
        ours = "  driver: sql\n"
    project.configure(ours)
    project.expect("baseline takes it over", 0, "baseline", "2")
    project.expect("nothing is pending", 0, "status", says="2 applied, 0 pending")
    third = migrators.steps(3)[2]
    if kind == "flyway":
        (project.folder / "sql/V3__step.sql").write_text(third[0] + ";\n")
    else:
        (project.folder / "migrations/3_step.up.sql").write_text(third[0] + ";\n")
        (project.folder / "migrations/3_step.down.sql").write_text(third[1] + ";\n")
    project.expect("we go on", 0, "up", says="1 migration applied")
    check(f"{kind}: the third is there", project.tables() == "t1 t2 t3")
    if kind == "alembic":
        migrators.alembic_revision(project.folder, 3, *third)
    if kind == "django":
        migrators.django_migration(project.folder, 3, *third)
    project.configure(f"  driver: {kind}\n")
    project.expect("handed back, the third is pending", 1, "status", says="2 applied, 1 pending")
    project.expect("baseline lets it count", 0, "baseline", "head")
    project.expect("the tool has nothing to do", 0, "up", says="nothing to do")
    again = project.tool(*up)
    check(f"{kind}: nor by itself", again.returncode == 0 and project.tables() == "t1 t2 t3", again.stdout + again.stderr)


def compose(server):
    """migrate.via with a docker that writes down what it is asked, and runs it here."""
    project = Project(server, "alembic", migrators.steps(1), section="  via: compose:web\n")
    own = tempfile.TemporaryDirectory(prefix="fairlead docker ", dir=os.environ.get("TMPDIR", "/tmp"))
    fake = pathlib.Path(own.name)
    for running, words in (("web", "compose exec -T web "), ("db", "compose run --rm -T web ")):
        (fake / "docker").write_text(f'#!/bin/sh\necho "$*" >> {str(fake / "log")!r}\ncase "$2" in ps) echo {running}; exit;; esac\n'
                                     'while [ "$1" != web ]; do shift; done; shift; exec "$@"\n')
        (fake / "docker").chmod(0o755)
        project.environment["PATH"] = f"{fake}:{project.environment['PATH']}"
        project.environment["DATABASE_URL"] = project.url
        project.expect(f"in a container, {running} runs", 0, "up")
        log = (fake / "log").read_text()
        check(f"compose: {words.strip()}", words + "alembic" in log, log)
        check("compose: no URL in its argv", "postgresql://" not in log, log)


PARTS = {"alembic": alembic, "django": django, "flyway": flyway, "golang-migrate": golang}


def main():
    if postgres.folder_of_programs() is None:
        counted.leave(postgres.PART, postgres.INSTALL)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with postgres.Server(port=port, tcp=True) as server:
        for name, part in PARTS.items():
            if sys.argv[2:] and name not in sys.argv[2:]:
                continue
            if reason := migrators.why_not(name):
                counted.skip(name, "its migrations, run", reason)
                continue
            part(server)
            if name != "golang-migrate":
                adoption(server, name)
            if name == "alembic":
                compose(server)
    counted.close()


main()
