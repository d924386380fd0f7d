"""What the tests of sets in several places share: a project with a database of SQLite, stores of three kinds, an sshd without a port."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request

import counted
from until import wait_until

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-backup"
S3_KEYS = {"AWS_ACCESS_KEY_ID": "the-id", "AWS_SECRET_ACCESS_KEY": "the-secret-key"}


class Project:
    def __init__(self, folder, section="  stores: [file:store]\n", **variables):
        self.folder = folder
        self.variables = variables
        self.ahead = 0  # seconds, of its clock
        folder.mkdir(parents=True)
        self.store = folder / "store"
        self.write(section)

    def write(self, section):
        (self.folder / "fairlead.yml").write_text(f"version: 1\napp: shop\nenvironments: {{dev: {{}}, production: {{}}}}\nbackup:\n{section}")

    def later(self, seconds=1):
        """Turns the clock of all that runs from now on: what is made then is of another second."""
        self.ahead += seconds

    def environment(self, **variables):
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp"), "DATABASE_URL": "sqlite:app.db",
                "FAIRLEAD_CLOCK": f"+{self.ahead}", **self.variables, **variables}

    def run(self, *words, **variables):
        return subprocess.run([PROGRAM, *words], cwd=self.folder, env=self.environment(**variables), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=300, check=False)

    def expect(self, what, words, status, *parts, **variables):
        done = self.run(*words, **variables)
        shown = done.stdout + done.stderr
        missing = [part for part in parts if part not in shown]
        counted.note(what, f"status {done.returncode}, expected {status}; missing {missing}\n{shown}"
                     if done.returncode != status or missing else "")
        return done

    def killed(self, what, point, *words, **variables):
        done = self.run(*words, FAIRLEAD_FAULT=f"kill@{point}", **variables)
        counted.note(f"{what}: killed at {point}", "" if done.returncode == -signal.SIGKILL else f"{done.returncode} {done.stdout}{done.stderr}")

    def sets(self, *store):
        done = self.run("list", "--format", "json", *(["--store", *store] if store else []))
        return [one["id"] for one in json.loads(done.stdout)["sets"]] if done.returncode == 0 else [done.stderr]


def is_true(what, so, otherwise=""):
    counted.note(what, "" if so else str(otherwise) or "it is not so")


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def make(path, rows=200, wide=50):
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE notes (id integer PRIMARY KEY, text text)")
        database.executemany("INSERT INTO notes (text) VALUES (?)", [(os.urandom(wide).hex(),) for _ in range(rows)])
    database.close()


def rows(path):
    database = sqlite3.connect(path)
    found = database.execute("SELECT * FROM notes ORDER BY id").fetchall()
    database.close()
    return found


def sshd(folder):
    """The configuration of ssh for the host store.test, whose sshd goes with the connection; None: there is no sshd here."""
    if not os.access("/usr/sbin/sshd", os.X_OK) or not os.access("/usr/lib/openssh/sftp-server", os.X_OK):
        return None
    folder.mkdir()
    for key in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    shutil.copy(folder / "user.pub", folder / "authorized")
    (folder / "known").write_text("store.test " + (folder / "host.pub").read_text())
    with contextlib.suppress(OSError):
        os.makedirs("/run/sshd", exist_ok=True)
    (folder / "sshd_config").write_text(f'HostKey "{folder}/host"\nAuthorizedKeysFile "{folder}/authorized"\nPasswordAuthentication no\nUsePAM no\n'
                                        "StrictModes no\nPermitRootLogin prohibit-password\nPidFile none\n"
                                        "Subsystem sftp /usr/lib/openssh/sftp-server\n")
    user = "root" if os.geteuid() == 0 else os.environ.get("USER", "nobody")
    config = folder / "ssh_config"
    config.write_text(f'Host store.test\nUser {user}\nIdentityFile "{folder}/user"\nIdentitiesOnly yes\nStrictHostKeyChecking yes\n'
                      f'GlobalKnownHostsFile /dev/null\nUserKnownHostsFile "{folder}/known"\n'
                      f"ProxyCommand /usr/sbin/sshd -i -f {folder}/sshd_config\n")
    return config


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@contextlib.contextmanager
def listening_sshd(folder, user):
    """The same with a port, for clients that run as `user` and have no right to start one."""
    config = sshd(folder)
    if config is None:
        yield None
        return
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    config.write_text("".join(line for line in config.read_text().splitlines(True) if not line.startswith("ProxyCommand")) +
                      f"HostName 127.0.0.1\nPort {port}\nHostKeyAlias store.test\n")
    if os.geteuid() == 0:
        os.chown(folder / "user", user, user)
    server = subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", folder / "sshd_config", "-o", "ListenAddress=127.0.0.1", "-p", str(port)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until("sshd answers", lambda: answers(port))
        yield config
    finally:
        server.terminate()
        server.wait()


def made(bucket):
    with contextlib.suppress(urllib.error.URLError, OSError):
        urllib.request.urlopen(urllib.request.Request(bucket, method="PUT"), timeout=5).close()
        return True
    return False


@contextlib.contextmanager
def moto():
    """The endpoint of a real server of S3 with a bucket; None: FAIRLEAD_MOTO names no program moto_server."""
    program = os.environ.get("FAIRLEAD_MOTO")
    if not program:
        yield None
        return
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    server = subprocess.Popen([program, "-H", "127.0.0.1", "-p", str(port)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        wait_until("moto makes a bucket", lambda: made(endpoint + "/bucket"), 60)
        yield endpoint
    finally:
        server.kill()
        server.wait()
