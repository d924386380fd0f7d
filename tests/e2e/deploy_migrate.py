#!/usr/bin/python3
"""deploy_migrate.py BIN [KIND@POINT...]: a column is renamed in two releases, under a strict load, with a real nginx and SQLite.

Each request of the application reads the column that its release knows and fails without it: an expanding migration that came
too late, or a contracting one that came too early, is a lost request. Then the deployer is killed at each step around them,
and a rerun has to converge."""
import shutil
import sqlite3
import sys

from rig import Load, Rig, checks

APP = """\
import http.server, json, os, pathlib, socketserver, sqlite3, sys, time
HERE = pathlib.Path(__file__).parent
COLUMN = json.loads((HERE / "behaviour.json").read_text())["column"]
FILE = os.environ["DATABASE_URL"].removeprefix("sqlite:")
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        status = 200
        try:
            connection = sqlite3.connect(FILE, timeout=10)
            connection.execute(f"SELECT {COLUMN} FROM notes").fetchall()
            connection.close()
        except sqlite3.Error as error:
            status = 500
        time.sleep(0.005)
        body = json.dumps({"version": os.environ["FAIRLEAD_VERSION"], "column": COLUMN}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_POST = do_GET
    def log_message(self, *_):
        pass
class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    request_queue_size = 512
    daemon_threads = True
    def get_request(self):
        return super().get_request()[0], ("unix", 0)
Server(sys.argv[1], Handler).serve_forever()
"""
CONFIG = """\
version: 1
app: probe
migrate: {{engine: {engine}}}
deploy:
  migrate: true
  strategy: {strategy}
  keep_warm: {keep_warm}
  health: {{path: /health, interval: 100ms, timeout: 2s, deadline: 8s, healthy_after: 2, version: {{json: $.version}}}}
  verify: {{requests: 5}}
  bake: 300ms
  drain: {{timeout: 10s}}
  stop: {{timeout: 3s}}
environments:
  staging:
    profile: {profile}
    url: {url}
    env: {{secrets: [DATABASE_URL]}}
    deploy:
      target: {{kind: direct, root: {root}, state: {state}, supervise: own, command: [/usr/bin/python3, app.py, "{{socket}}"]}}
"""
MIGRATIONS = [
    ("1_notes", "CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT NOT NULL DEFAULT '')", "DROP TABLE notes"),
    ("2_body", "ALTER TABLE notes ADD COLUMN body TEXT;\nUPDATE notes SET body = title", "ALTER TABLE notes DROP COLUMN body"),
    ("3_no_title", "-- fairlead: phase contract\nALTER TABLE notes DROP COLUMN title", "ALTER TABLE notes ADD COLUMN title TEXT NOT NULL DEFAULT ''"),
]
LOAD = ["--fresh", "2", "--kept", "2", "--think-ms", "10"]
STEPS = ["plan", "prepare+", "migrate", "migrate+", "start", "switch+", "stop", "stop+", "contract", "contract+", "commit", "commit+"]


class Shop(Rig):
    app, migrations = APP, MIGRATIONS

    def configure(self, **options):
        self.engine = self.place()
        self.values = {"engine": self.engine, "strategy": "blue-green", "keep_warm": "0s", "profile": "staging", "url": self.url, "root": f'"{self.root}"', "state": f'"{self.state}"', **options}
        (self.work / "release").mkdir(exist_ok=True)
        (self.work / "release/fairlead.yml").write_text(CONFIG.format(**self.values))

    def place(self):
        """Whose SQL it is; the environment says where the database is."""
        self.file = self.work / "notes.sqlite"
        self.environment["DATABASE_URL"] = f"sqlite:{self.file}"
        return "sqlite"

    def empty(self):
        """No database any more."""
        for file in self.work.glob("notes.sqlite*"):
            file.unlink()
        if self.values["profile"] == "production":
            with sqlite3.connect(self.file) as database:  # it gets no database by chance
                database.execute("PRAGMA user_version = 0")

    def release(self, version, count=1):
        """With so many of the migrations; from the second on it reads the new column."""
        super().release(version, column="title" if count < 2 else "body")
        folder = self.work / "release"
        (folder / "app.py").write_text(self.app)
        shutil.rmtree(folder / "migrations", ignore_errors=True)
        (folder / "migrations").mkdir()
        for name, up, down in self.migrations[:count]:
            (folder / "migrations" / f"{name}.up.sql").write_text(up + ";\n")
            (folder / "migrations" / f"{name}.down.sql").write_text(down + ";\n")

    def command(self, *arguments):
        return [str(self.bin / "fairlead-deploy"), *arguments, "--env", "staging", "--config", str(self.work / "release/fairlead.yml")]

    def columns(self):
        with sqlite3.connect(self.file) as database:
            return [row[1] for row in database.execute("PRAGMA table_info(notes)")][1:]

    def anew(self):
        """What the first release left."""
        self.run("down", "--confirm", "staging")
        shutil.rmtree(self.state)
        shutil.rmtree(self.root)
        self.empty()
        self.release("1.0.0", 1)
        done = self.apply()
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)


def main():
    shop = Shop(sys.argv[1])
    only = sys.argv[2:]
    try:
        shop.release("1.0.0", 1)
        first = shop.apply()
        checks.that(first.returncode == 0 and shop.columns() == ["title"], "the first release makes its table", first.stderr)

        for strategy in ("blue-green", "rolling", "canary"):
            if only:
                break
            shop.configure(strategy=strategy if strategy != "canary" else "{canary: {steps: [50, 100], min_hold: 300ms, step_deadline: 1s, on_undecided: promote}}")
            if strategy != "blue-green":
                shop.anew()
            steady = Load(shop, *LOAD)
            shop.release("2.0.0", 2)
            shop.apply()
            both = shop.columns()
            shop.release("3.0.0", 3)
            last = shop.apply()
            lost = steady.end()
            record = shop.history()[-1]
            names = [step["name"] for step in record["steps"]]
            checks.that(both == ["title", "body"] and shop.columns() == ["body"] and last.returncode == 0 and lost["lost"] == 0,
                        f"{strategy}: a column renamed in two releases: {lost['sent']} requests, {lost['lost']} lost",
                        f"{both} {shop.columns()} {lost['by_kind']} {last.stdout}{last.stderr}")
            checks.that(names.index("migrate") < names.index("start") and names.index("stop") < names.index("contract"), f"{strategy}: order of the steps", names)
            checks.that(record["migrations"] == {"contract": ["3"], "contracted": True}, f"{strategy}: the history tells what ran", record)

        if not only:
            refused = shop.run("rollback")
            checks.that(refused.returncode == 1 and "the contracting migration 3 ran with 3.0.0-" in refused.stdout + refused.stderr
                        and shop.served() == "3.0.0", "a rollback over it is refused", refused.stdout + refused.stderr)
            back = shop.run("rollback", "--with-down", "2")
            checks.that(back.returncode == 0 and shop.served() == "2.0.0" and shop.columns() == ["body", "title"], "with --with-down it is done",
                        back.stdout + back.stderr)

            shop.configure(profile="production")
            shop.anew()
            for number in (2, 3):
                shop.release(f"{number}.0.0", number)
                live = shop.apply()
            checks.that(live.returncode == 0 and shop.columns() == ["body"], "in production nobody has to confirm it twice", live.stdout + live.stderr)
            unsaid = shop.run("rollback", "--with-down", "2")
            checks.that(unsaid.returncode == 2 and shop.columns() == ["body"], "but a way back with --with-down once", unsaid.stdout + unsaid.stderr)

            shop.configure(keep_warm="10m")
            shop.anew()
            for number in (2, 3):
                shop.release(f"{number}.0.0", number)
                shop.apply()
            waiting = shop.run("status")
            checks.that(shop.columns() == ["title", "body"] and "pending for contract: 3" in waiting.stdout, "while the old release stays warm, its column does",
                        waiting.stdout)
            steady = Load(shop, *LOAD)
            warm = shop.run("rollback")
            lost = steady.end()
            checks.that(warm.returncode == 0 and shop.served() == "2.0.0" and lost["lost"] == 0, "a rollback to it is none over a contract", warm.stderr)
            shop.apply("--retry-bad")
            shop.release("4.0.0", 3)
            fourth = shop.apply()
            checks.that(fourth.returncode == 0 and shop.columns() == ["body"] and shop.served() == "4.0.0", "the next deployment begins with it",
                        fourth.stdout + fourth.stderr)
            shop.configure()

        for point in STEPS:
            if only and f"kill@{point}" not in only:
                continue
            shop.anew()
            shop.release("2.0.0", 2)
            shop.apply()
            shop.release("3.0.0", 3)
            steady = Load(shop, *LOAD)
            died = shop.apply(fault=f"kill@{point}")
            rerun = shop.apply()
            lost = steady.end()
            problems = shop.leftovers()
            if died.returncode != -9:
                problems.append(f"was not killed: {died.returncode} {died.stderr[-600:]}")
            if rerun.returncode != 0 or shop.served() != "3.0.0" or shop.columns() != ["body"]:
                problems.append(f"rerun gave {rerun.returncode}, {shop.served()} serves, {shop.columns()}\n{rerun.stderr[-800:]}")
            over = shop.run("rollback")
            if over.returncode != 1 or shop.served() != "3.0.0":
                problems.append(f"a rollback over it gave {over.returncode}\n{over.stderr[-800:]}")
            checks.that(not problems and lost["lost"] == 0, f"kill@{point:<10} rerun {rerun.returncode}: {shop.served()}  sent {lost['sent']:>5}  lost {lost['lost']}",
                        f"{problems} {lost['by_kind']}")
    finally:
        shop.run("down", "--confirm", "staging")
        shop.close()
    checks.close()


if __name__ == "__main__":
    main()
