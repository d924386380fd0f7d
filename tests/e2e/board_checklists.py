#!/usr/bin/python3
"""board_checklists.py BIN: examples/board as a repository of its own, with PostgreSQL, Redis and nginx: both checklists before it is
deployed (as it is; then signed, with two sign-offs that ran out; then renewed), and after. No item changes anything."""
import datetime
import hashlib
import json
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time

from rig import checks, free_port

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))
import postgres  # noqa: E402
import redis  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
LISTS = ("deployment", "security")
EXPIRED = ("dep-mon-04", "dep-mon-06")
# What has to be yes once tests ran, a backup was made and proven and the database migrated.
# Plain http at an address, without headers: docker/nginx/nginx.conf has them, and a name and TLS are looked at where there are any.
NO_TLS = ["dep-sec-05", "dep-inf-01", "dep-inf-03", "dep-inf-04", "sec-dat-01", "sec-dat-02", "sec-inf-20", "sec-inf-22"]
DONE = ("dep-db-02", "dep-db-03", "dep-db-04", "dep-tst-01", "dep-bak-01", "dep-bak-02", "dep-bak-03", "dep-stp-02", "dep-stp-03", "dep-don-05")


class Broker(redis.Server):
    password = secrets.token_hex(16)  # a placeholder would be found


class Board:
    def __init__(self, scratch, database, broker):
        self.folder, self.state, self.root = scratch / "board", scratch / "state", scratch / "root"
        shutil.copytree(ROOT / "examples/board", self.folder, ignore=shutil.ignore_patterns("__pycache__", "node_modules", "dist", "reports", ".env.deploy"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        temporary = pathlib.Path(scratch) / "tmp"  # gunicorn's folder of metrics stays there
        temporary.mkdir()
        temporary.chmod(0o1777)
        self.environment = {"PATH": f"{BIN}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(scratch), "LANG": "C.UTF-8", "TMPDIR": str(temporary),
                            "BOARD_PORT": str(self.port), "BOARD_ROOT": str(self.root), "BOARD_STATE": str(self.state), "BOARD_BACKUPS": str(scratch / "backups"),
                            "DATABASE_URL": database}
        values = {"SECRET_KEY": secrets.token_hex(32), "DATABASE_URL": database, "REDIS_URL": broker, "SENTRY_DSN": "https://a1b2c3d4e5f6@errors.example.org/7"}
        template = (self.folder / ".env.deploy.example").read_text()
        file = self.folder / ".env.deploy"
        file.write_text(re.sub(r"^(\w+)=.*", lambda line: f"{line[1]}={values.get(line[1], line[0].split('=', 1)[1])}", template, flags=re.M))
        file.chmod(0o600)
        self.git("init", "-q", "-b", "main")
        self.commit("board")

    def git(self, *words):
        return subprocess.run(["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *words], cwd=self.folder, env=self.environment, check=True,
                              capture_output=True, text=True).stdout

    def commit(self, text):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", text)

    def run(self, *words):
        return subprocess.run([str(word) for word in words], cwd=self.folder, env=self.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)

    def must(self, *words):
        if (done := self.run(*words)).returncode:
            raise RuntimeError(f"{' '.join(map(str, words))}: {done.returncode}: {done.stderr[-1500:]}{done.stdout[-500:]}")
        return done

    def walk(self, name, *words):
        """States by item, the findings, and what it took."""
        began = time.monotonic()
        done = self.run("fairlead-preflight", "checklist", name, "--env", "staging", "--profile", "production", "--format", "json", *words)
        took = time.monotonic() - began
        if done.returncode not in (0, 1):
            raise RuntimeError(f"checklist {name} {words}: {done.returncode}: {done.stderr}")
        told = json.loads(done.stdout)
        states = {item["id"]: item["state"] for item in told["items"]}
        counts = ", ".join(f"{sum(state == one for state in states.values())} {one}" for one in sorted(set(states.values())))
        print(f"     {name:<10} {' '.join(words) or '--phase before':<16} {done.returncode}  {len(states):>3} items: {counts} ({took:.1f} s)", flush=True)
        return done.returncode, states, told["findings"], took

    def fingerprint(self, server):
        """What no item may change: files, what is deployed, the database."""
        seen = hashlib.sha256()
        for top in (self.folder, self.state, self.root, pathlib.Path(self.environment["BOARD_BACKUPS"])):
            for path in sorted(top.rglob("*")):
                if path.is_file() and not {".git", "log", "logs"} & set(path.parts) and not path.name.endswith((".log", ".lock", "lock")):
                    seen.update(f"{path}".encode() + path.read_bytes())
        for database in ("board",):
            seen.update(server.ask("SELECT coalesce(string_agg(relname || reltuples::int, ',' ORDER BY relname), '') FROM pg_class WHERE relkind = 'r' "
                                   "AND relnamespace::regnamespace::text NOT LIKE 'pg_%' AND relnamespace::regnamespace::text <> 'information_schema'", database).encode())
        seen.update(self.git("log", "--format=%H", "--all").encode() + self.git("status", "--porcelain").encode())
        return seen.hexdigest()


def sign(board, name, findings):
    """Everything that waits for a person, as a person would."""
    items = [re.match(r"\S+", one["message"])[0] for one in findings if one["rule"] == "check-unsigned"]
    for start in range(0, len(items), 40):
        board.must("fairlead-preflight", "sign", *items[start:start + 40], "--checklist", name, "--evidence", "docs/runbook.md", "--note", "seen")
        board.commit(f"{name}: signed")
    return items


def serve(board, scratch):
    paths = "".join(f'{name}_temp_path "{scratch}/{name}"; ' for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (scratch / "site").write_text(board.must("fairlead-deploy", "router", "--env", "staging").stdout)
    (scratch / "nginx.conf").write_text(f'user root; daemon off; pid "{scratch}/pid"; events {{ worker_connections 256; }} http {{ access_log off; {paths}include "{scratch}/site"; }}')
    return subprocess.Popen(["nginx", "-e", f"{scratch}/nginx.log", "-c", scratch / "nginx.conf"], env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"})


def errors(findings):
    return {one["message"].split()[0]: one["message"] for one in findings if one["severity"] == "error"}


def table(checks, board, server):
    before = {name: board.walk(name) for name in LISTS}
    checks.that(all(code == 1 for code, *_ in before.values()), "as it is, production says no: nobody has signed")
    drill = {name: board.walk(name, "--phase", "drill") for name in LISTS}
    board.must("git", "config", "user.name", "Ada")
    board.must("git", "config", "user.email", "ada@example.org")
    (board.folder / "CODEOWNERS").write_text("* @all\n/.fairlead/ ada@example.org bob@example.org\n")
    board.commit("who may sign")
    signed = {name: sign(board, name, before[name][2]) for name in LISTS}
    print(f"     signed: {len(signed['deployment'])} of deployment, {len(signed['security'])} of security")
    file = board.folder / ".fairlead/signoffs/deployment.yml"
    old = (datetime.date.today() - datetime.timedelta(days=300)).isoformat(), (datetime.date.today() - datetime.timedelta(days=120)).isoformat()
    aged = re.sub(rf'(item: (?:{"|".join(EXPIRED)})\b.*?on: ")[^"]*(", expires: ")[^"]*', rf"\g<1>{old[0]}\g<2>{old[1]}", file.read_text())
    file.write_text(aged)
    board.commit("two ran out")
    board.must("fairlead", "run", "--only", "tests")  # a report that is older than the newest commit is stale
    untouched = board.fingerprint(server)
    code, states, findings, _ = board.walk("deployment")
    expired = [one for one in findings if one["rule"] == "check-expired"]
    checks.that(code == 1 and [item for item in states if states[item] == "stale"] == list(EXPIRED) and len(expired) == 2, "two sign-offs ran out: these two are a no", expired)
    checks.that(all("ask ada@example.org or bob@example.org" in one["message"] and one["severity"] == "error" for one in expired), "with who to ask", expired)
    checks.that(not [one for one in findings if one["rule"] == "check-unsigned"], "nothing else waits for a person",
                [one["message"] for one in findings if one["rule"] == "check-unsigned"])
    checks.that(all(states[item] == "yes" for item in DONE), "tests, migrations, backup and plan are seen by the tools themselves", {item: states[item] for item in DONE if states[item] != "yes"})
    board.walk("security")
    checks.that(board.fingerprint(server) == untouched, "walking the lists changed nothing")
    board.must("fairlead-preflight", "sign", *EXPIRED, "--evidence", "docs/runbook.md", "--note", "seen again")
    board.commit("renewed")
    board.must("fairlead", "run", "--only", "tests")
    _, states, findings, _ = board.walk("deployment")
    left = errors(findings)
    checks.that("stale" not in states.values() and list(left) == ["dep-tst-02"] and "nothing is deployed" in left["dep-tst-02"],
                "renewed: all that is left before the first deployment is that staging has none", left)
    return [took for told in (before, drill) for *_, took in told.values()]


def after(checks, board, server):
    for version in ("1.0.0", "1.0.1"):
        board.must("fairlead-deploy", "apply", "--env", "staging", "--release-version", version)
    left = errors(board.walk("deployment")[2])
    checks.that(not left, "once there is a release to go back to, nothing is left", left)
    untouched = board.fingerprint(server)
    told = {name: board.walk(name, "--phase", "after", "--url", board.url) for name in LISTS}
    checks.that(board.fingerprint(server) == untouched, "nor after it")
    for name in LISTS:
        sign(board, name, told[name][2])
    signed = {name: board.walk(name, "--phase", "after", "--url", board.url) for name in LISTS}
    left = [item for name in LISTS for item, state in signed[name][1].items() if state not in ("yes", "n/a", "not applicable")]
    for one in (one for name in LISTS for one in signed[name][2]):
        print(f"       | {one['severity']}: {one['message'][:150]}")
    checks.that(left == NO_TLS, "after it, signed: what is left is what the proxy of this test doesn't do", left)
    return [took for *_, took in told.values()]


def main():
    for part, here, why in (("postgres", postgres.folder_of_programs(), postgres.INSTALL), ("redis", redis.is_here(), redis.INSTALL)):
        if not here:
            checks.leave(part, why)
    if os.geteuid() or not shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"):
        checks.leave("nginx", "it takes root and nginx")
    if subprocess.run(["/usr/bin/python3", "-c", "import fastapi, uvicorn, gunicorn, psycopg2, redis, websockets, pytest, httpx"], capture_output=True).returncode:
        checks.leave("board", "apt-get install gunicorn python3-fastapi python3-uvicorn python3-websockets python3-psycopg2 python3-redis python3-httpx python3-pytest")
    with tempfile.TemporaryDirectory(prefix="fl", dir=os.environ.get("TMPDIR", "/tmp")) as text, postgres.Server(port=0, tcp=True) as server, Broker() as broker:
        scratch, nginx = pathlib.Path(text), None
        scratch.chmod(0o755)
        password = secrets.token_hex(16)
        server.psql(f"CREATE ROLE board LOGIN SUPERUSER PASSWORD '{password}'; CREATE DATABASE board OWNER board")
        board = Board(scratch, server.tcp_url("board", "board", password), broker.url(Broker.password))
        try:
            print(board.must("fairlead", "run", "--only", "tests").stdout[-200:])
            board.must("fairlead-migrate", "up", "--env", "staging")
            board.must("fairlead-backup", "run", "--env", "staging")
            board.must("fairlead-backup", "verify", "--env", "staging", "--level", "4")
            nginx = serve(board, scratch)
            times = table(checks, board, server) + after(checks, board, server)
            checks.that(max(times) < 60, f"the slowest list took {max(times):.1f} s")
        finally:
            board.run("fairlead-deploy", "down", "--env", "staging", "--wait-lock", "20s")
            if nginx:
                nginx.terminate()
                nginx.wait()
    checks.close()


main()
