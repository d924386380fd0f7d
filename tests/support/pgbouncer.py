"""PgBouncer in front of a server of postgres.py, for one test.

    with pgbouncer.Pooler(server, mode="transaction") as pooler: pooler.url("postgres")
"""
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.parse

import postgres

PROGRAM = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")
INSTALL = "no pgbouncer is here; apt-get install pgbouncer"


class Pooler:
    def __init__(self, server, mode="transaction", port=6433, pool=5):
        self.server, self.mode, self.port, self.pool = server, mode, port, pool
        self.folder = pathlib.Path(server.folder) / f"pooler-{mode}-{port}-{pool}"

    def __enter__(self):
        self.folder.mkdir()
        (self.folder / "users").write_text(f'"{self.server.user}" ""\n')
        (self.folder / "ini").write_text(f"""[databases]
* = host={self.server.folder} port={self.server.port}
[pgbouncer]
unix_socket_dir = {self.folder}
listen_addr =
listen_port = {self.port}
auth_type = trust
auth_file = {self.folder}/users
pool_mode = {self.mode}
default_pool_size = {self.pool}
ignore_startup_parameters = extra_float_digits
""")
        if os.geteuid() == 0:
            os.chown(self.folder, postgres.NOBODY, postgres.NOBODY)
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen([*postgres.as_other(), PROGRAM, str(self.folder / "ini")], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log, start_new_session=True)
        for _ in range(200):
            try:
                socket.socket(socket.AF_UNIX).connect(str(self.folder / f".s.PGSQL.{self.port}"))
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("pgbouncer doesn't start: " + (self.folder / "log").read_text())

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def url(self, database="postgres"):
        query = urllib.parse.urlencode({"host": str(self.folder)})
        return f"postgresql://{self.server.user}@:{self.port}/{database}?{query}"
