"""The projects in which tests/commands.tsv calls each command: made once, laid out anew as often as wanted.

    world = World(scratch, bin_folder); world.lay("shop"); world.run(["fairlead-gate"]); world.close()

`shop` has something for every command: history with tags, a report, migrations for SQLite, a database, a store,
a signed file and a deployment by two commands whose server this process is. `migrated`, `saved`, `deployed` and `planned` are shop after `migrate up`,
after a verified backup as well, after two deployments, and after a plan that awaits its approval.
"""
import http.server
import json
import os
import pathlib
import shutil
import stat
import struct
import subprocess
import threading

TOKEN = "token-of-the-job-4711"
CTL = """#!/bin/sh
set -e
case $1 in
put) echo "$2" > ../live/current ;;
stop) rm -f ../live/current ;;
current) cat ../live/current ;;
esac
"""
YML = """version: 1
app: shop
gate: {reports: {tests: {path: reports/junit.xml}}, max_age: off}
tag: {tag_prefix: v}
migrate: {dir: migrations, seeds: {demo: {file: demo.sql}}}
backup: {stores: ["file:STORE", "file:COPIES"], encrypt: {to: [RECIPIENT], identity_file: key.txt}}
smoke: {deadline: 5s, retry: {attempts: 1}, checks: [{get: /}]}
deploy:
  health: {path: /version, version: {json: $.version}, interval: 20ms, deadline: 2s}
  bake: 50ms
run: [{name: tests, exec: ["true"]}, gate]
environments:
  staging:
    profile: development
    url: http://127.0.0.1:PORT
    deploy:
      target:
        kind: exec
        deploy: [./ctl, put, "{version}"]
        current: [./ctl, current]
        down: [./ctl, stop]
        state: ../state
"""
FILES = {
    "reports/junit.xml": '<testsuite><testcase name="a" classname="b"/></testsuite>\n',
    "migrations/1_goods.up.sql": "CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n",
    "migrations/1_goods.down.sql": "DROP TABLE goods;\n",
    "migrations/2_price.up.sql": "CREATE TABLE price (id INTEGER PRIMARY KEY);\n",
    "migrations/2_price.down.sql": "DROP TABLE price;\n",
    "demo.sql": "INSERT INTO goods (name) VALUES ('pen');\n",
    "compose.yml": "services:\n  app:\n    image: registry.example.org/shop:1.0.0\n    env_file: [.env.staging]\n",
    ".env.staging.example": "DEBUG=false\nDATABASE_URL=\n",
    ".gitignore": "app.db*\nreports/\n.fairlead/out\nkey.txt\n*.pem\npg_wal/\n.env.staging\n",
    "predicate.json": '{"buildDefinition": {"buildType": "x"}, "runDetails": {"builder": {"id": "x"}}}\n',
    ".github/workflows/pull-request.yml": "on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: 'true'\n",
    ".env.staging": "DEBUG=false\n",
}
SEGMENT = "000000010000000000000003"


def segment():
    """A file of WAL, as PostgreSQL's access/xlog_internal.h has it."""
    header = struct.pack("<HHIQI4xQII", 0xD110, 2, 1, 3 << 20, 0, 4711, 1 << 20, 8192)
    return header + bytes((1 << 20) - len(header))


def snapshot(folder):
    """Relative path -> what tells that it is another one: kind and mode, and of what is no folder also size, time and where it leads."""
    found, open_ones = {}, [""]
    while open_ones:
        at = open_ones.pop()
        with os.scandir(folder / at) as entries:
            for entry in entries:
                path, about = os.path.join(at, entry.name), entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    open_ones.append(path)
                    found[path] = (about.st_mode,)
                else:
                    found[path] = (about.st_mode, about.st_size, about.st_mtime_ns, os.readlink(entry.path) if entry.is_symlink() else "")
    return found


def restore(folder, kept, was):
    """Undoes in the folder whatever differs from the snapshot that was taken of it."""
    now = snapshot(folder)
    stays = {path for path in now if path in was and stat.S_ISDIR(now[path][0]) and stat.S_ISDIR(was[path][0])}
    for path in stays:
        if now[path] != was[path]:
            (folder / path).chmod(stat.S_IMODE(was[path][0]))
    wrong = [path for path in now if now[path] != was.get(path) and path not in stays]
    for path in sorted(wrong, reverse=True):
        (os.rmdir if stat.S_ISDIR(now[path][0]) else os.unlink)(folder / path)
    for path in sorted(path for path in was if path in wrong or path not in now):
        if stat.S_ISDIR(was[path][0]):
            (folder / path).mkdir()
            (folder / path).chmod(stat.S_IMODE(was[path][0]))
        else:
            shutil.copy2(kept / path, folder / path, follow_symlinks=False)


class World:
    def __init__(self, scratch, bin_folder, name="home"):
        self.bin = pathlib.Path(bin_folder).resolve()
        self.home = pathlib.Path(scratch).resolve() / name
        self.kept = self.home.with_name(name + ".kept")
        self.work = self.home / "work"
        self.laid, self.was = "", {}
        self.serve()

    def serve(self):
        world = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                file = world.home / "live" / "current"
                version = file.read_text().strip() if file.exists() else ""
                body = ('{"version": "%s"}' % version).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:  # whoever asked was ended
                    pass

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def environment(self, **more):
        env = {"PATH": f"{self.bin}:/usr/local/bin:/usr/bin:/bin", "HOME": str(self.home), "LANG": "C.UTF-8",
               "TMPDIR": str(self.home / "tmp"), "DATABASE_URL": "sqlite:app.db", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
               "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_NOSYSTEM": "1",
               "GIT_CEILING_DIRECTORIES": str(self.home)}
        env |= {key: os.environ[key] for key in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH") if key in os.environ}
        return env | more

    def run(self, argv, timeout=60, **variables):
        return subprocess.run([self.bin / argv[0], *argv[1:]], cwd=self.work, env=self.environment(**variables), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=timeout, start_new_session=True)

    def lay(self, name):
        """The project as it was made, at the same place every time; what is as it was stays."""
        kept = self.kept / name
        if not kept.exists():
            self.make(name)
            self.keep(name)
        elif self.laid != name:
            shutil.rmtree(self.home, ignore_errors=True)
            subprocess.run(["cp", "-a", kept, self.home], check=True)
            self.laid, self.was = name, snapshot(self.home)
        else:
            restore(self.home, kept, self.was)
        return self

    def keep(self, name):
        """What is here is that project from now on."""
        self.kept.mkdir(exist_ok=True)
        subprocess.run(["cp", "-a", self.home, self.kept / name], check=True)
        self.laid, self.was = name, snapshot(self.home)

    def make(self, name):
        if name == "shop":
            self.make_shop()
            return
        after, steps = AFTER[name]
        self.lay(after)
        if name == "planned":
            file = self.work / "fairlead.yml"
            file.write_text(file.read_text().replace("  bake: 50ms\n", "  bake: 50ms\n  approvals: {required: 1, from: [public.pem], expires: 1h}\n"))
            self.commit("feat: approvals")
        for argv in steps:
            done = self.run(argv)
            if done.returncode:
                raise SystemExit(f"{' '.join(argv)}: status {done.returncode}\n{(done.stdout + done.stderr).decode(errors='replace')}")

    def make_shop(self):
        if self.home.exists():
            shutil.rmtree(self.home)
        for folder in ("work/reports", "work/pg_wal", "live", "store", "copies", "tmp"):
            (self.home / folder).mkdir(parents=True)
        (self.work / "fairlead.yml").write_text("version: 1\napp: shop\n")
        recipient = self.run(["fairlead-backup", "keys", "make", "--to", "key.txt"]).stdout.decode().split()[0]
        yml = YML.replace("PORT", self.url.rpartition(":")[2]).replace("RECIPIENT", recipient)
        yml = yml.replace("STORE", json.dumps(f"{self.home}/store")[1:-1]).replace("COPIES", json.dumps(f"{self.home}/copies")[1:-1])
        for path, text in (FILES | {"fairlead.yml": yml}).items():
            (self.work / path).parent.mkdir(parents=True, exist_ok=True)
            (self.work / path).write_text(text)
        (self.work / "ctl").write_text(CTL)
        (self.work / "ctl").chmod(0o755)
        (self.work / "pg_wal" / SEGMENT).write_bytes(segment())
        for words in (("genpkey", "-algorithm", "ed25519", "-out", "private.pem"), ("pkey", "-in", "private.pem", "-pubout", "-out", "public.pem")):
            subprocess.run(["openssl", *words], cwd=self.work, check=True, capture_output=True)
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "origin", "https://git.example.org/acme/shop.git")
        self.commit("feat: start")
        self.git("update-ref", "-m", "update by push", "refs/remotes/origin/main", "HEAD")
        self.git("tag", "v1.0.0")
        self.git("commit", "-q", "--allow-empty", "-m", "fix: more")
        done = self.run(["fairlead", "attest", "predicate.json", "--key", "private.pem", "--predicate", "predicate.json", "--provenance", "signed.json"])
        assert done.returncode == 0, done.stderr

    def git(self, *words):
        return subprocess.run(["/usr/bin/git", *words], cwd=self.work, env=self.environment(), check=True, capture_output=True).stdout.decode().strip()

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")


AFTER = {
    "migrated": ("shop", [["fairlead-migrate", "up", "--env", "staging"]]),
    "saved": ("migrated", [["fairlead-backup", "run", "--env", "staging"], ["fairlead-backup", "verify", "--env", "staging"]]),
    "planned": ("shop", [["fairlead-deploy", "plan", "--env", "staging", "--release-version", "1.0.0", "--plan", "plan.json"]]),
    "deployed": ("shop", [["fairlead-deploy", "apply", "--env", "staging", "--release-version", version] for version in ("1.0.0", "2.0.0")]),
}
