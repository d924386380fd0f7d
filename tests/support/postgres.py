"""A real PostgreSQL of the distribution for one test: started unprivileged on a unix socket, gone with the test.

    with postgres.Server() as server: server.psql("SELECT 1"); server.url()
    postgres.py FOLDER      serves there until standard input ends; makes FOLDER/ready when it answers

FAIRLEAD_POSTGRES_BIN is the folder of another version's programs.
"""
import os
import pathlib
import shutil
import socket
import subprocess
import signal
import sys
import tempfile
import urllib.parse

from until import is_gone, wait_until

PART = "postgres"  # in FAIRLEAD_TEST_REQUIRE
NOBODY = 65534
INSTALL = "no PostgreSQL server is here; apt-get install postgresql"


def folder_of_programs():
    """The newest one that is here; nothing without any."""
    named = os.environ.get("FAIRLEAD_POSTGRES_BIN")
    if named:
        return pathlib.Path(named)
    known = sorted((path.parent for path in pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres")),
                   key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0)
    return known[-1] if known else None


def as_other():
    """PostgreSQL refuses root."""
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """User fairlead (superuser), trusted on the socket; password `secret word` for who asks by TCP. Port 0: a free one."""
    user, password = "fairlead", "secret word"

    def __init__(self, folder=None, port=5432, tcp=False, settings=()):
        self.programs = folder_of_programs()
        self.own = None if folder else tempfile.TemporaryDirectory(prefix="fl", dir=os.environ.get("TMPDIR", "/tmp"))
        self.folder = pathlib.Path(folder or self.own.name)
        self.port, self.tcp = port or free_port(), tcp
        self.settings = ["fsync=off", "log_min_messages=warning", "max_connections=60", *settings]
        if os.geteuid() == 0:
            self.folder.chmod(0o755)
            os.chown(self.folder, NOBODY, NOBODY)
        library = self.programs.parent / "lib"
        self.environment = {"PATH": f"{self.programs}:/usr/sbin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(self.folder),
                            "LD_LIBRARY_PATH": str(library) if "FAIRLEAD_POSTGRES_BIN" in os.environ else ""}
        self.process = None

    def __enter__(self):
        secret = self.folder / "password"
        secret.write_text(self.password + "\n")
        secret.chmod(0o644)
        self.run("initdb", "-D", self.folder / "data", "-U", self.user, "-N", "-E", "UTF8", "--locale=C", "--auth-local=trust",
                 "--auth-host=scram-sha-256", f"--pwfile={secret}")
        try:
            self.start()
        except BaseException:  # nobody leaves what was never entered
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        if self.own:
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        words = [*as_other(), str(self.programs / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder),
                 "-h", "127.0.0.1" if self.tcp else "", "-p", str(self.port)]
        for setting in self.settings:
            words += ["-c", setting]
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(words, env=self.environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        start_new_session=True)
        wait_until("PostgreSQL starts", lambda: self.process.poll() is not None or self.psql("SELECT 1", check=False).returncode == 0)
        if self.process.poll() is not None:
            raise RuntimeError("PostgreSQL doesn't start: " + (self.folder / "log").read_text(errors="replace")[-2000:])

    def stop(self, how="SIGINT"):
        """SIGINT: fast; SIGKILL: as a crash, its children see it and end, too."""
        if self.process and self.process.poll() is None:
            children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            self.process.send_signal(getattr(signal, how))
            self.process.wait(30)
            wait_until("the server's processes end", lambda: all(map(is_gone, children)))
        if self.process:
            self.log.close()
        self.process = None

    def run(self, name, *words):
        done = subprocess.run([*as_other(), str(self.programs / name), *map(str, words)], env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stderr}")
        return done.stdout

    def variables(self, database="postgres"):
        """PGHOST and so on: by the socket."""
        return {"PGHOST": str(self.folder), "PGPORT": str(self.port), "PGUSER": self.user, "PGDATABASE": database}

    def url(self, database="postgres", user=None, **parameters):
        """By the socket."""
        query = urllib.parse.urlencode({"host": str(self.folder), **parameters}, quote_via=urllib.parse.quote)
        return f"postgresql://{user or self.user}@:{self.port}/{database}?{query}"

    def tcp_url(self, database="postgres", user=None, password=None):
        secret = urllib.parse.quote(password or self.password, safe="")
        return f"postgresql://{user or self.user}:{secret}@127.0.0.1:{self.port}/{database}"

    def psql(self, text, database="postgres", check=True):
        """Its rows, columns by '|'."""
        environment = {**self.environment, **self.variables(database), "LD_LIBRARY_PATH": ""}
        done = subprocess.run(["psql", "-X", "-At", "-q", "-v", "ON_ERROR_STOP=1"], input=text, env=environment,
                              capture_output=True, text=True)
        if check and done.returncode != 0:
            raise RuntimeError(f"psql: {done.stderr}{text}")
        return done

    def ask(self, text, database="postgres"):
        return self.psql(text, database).stdout.strip()

    def wait_alone(self):
        """Until the connections of whoever was killed are gone."""
        wait_until("no other connection is left", lambda: self.ask(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()") == "0")

    def session(self, database="postgres", text=""):
        """psql that stays: a process whose standard input takes more."""
        environment = {**self.environment, **self.variables(database), "LD_LIBRARY_PATH": ""}
        process = subprocess.Popen(["psql", "-X", "-At", "-q"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, bufsize=1)
        process.stdin.write(text + "\n\\echo ready\n")
        process.stdin.flush()
        while process.stdout.readline().strip() not in ("ready", ""):
            pass
        return process


def serve(folder):
    with Server(folder) as server:
        (server.folder / "ready").touch()
        sys.stdin.read()


if __name__ == "__main__":
    if folder_of_programs() is None:
        sys.exit(INSTALL)
    serve(sys.argv[1])
