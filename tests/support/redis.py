"""A real Redis of the distribution for one test: on a free port, gone with the test.

    with redis.Server() as server: server.ask("SET", "a", "1"); server.url()
"""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

PART = "redis"  # in FAIRLEAD_TEST_REQUIRE
INSTALL = "no redis-server is here; apt-get install redis-server"


def is_here():
    return all(shutil.which(name) for name in ("redis-server", "redis-cli", "redis-check-rdb"))


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    password = "secret word"

    def __init__(self, *words):
        self.own = tempfile.TemporaryDirectory(prefix="fl", dir=os.environ.get("TMPDIR", "/tmp"))
        self.folder, self.port, self.words = pathlib.Path(self.own.name), free_port(), words

    def start(self):
        self.process = subprocess.Popen(["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder, "--loglevel",
                                         "warning", "--requirepass", self.password, "--save", "3600 1", *self.words],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for _ in range(100):
            if self.ask("PING") == "PONG":
                return
            time.sleep(0.1)
        raise RuntimeError("redis-server does not start")

    def stop(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.own.cleanup()

    def ask(self, *words, database=0):
        environment = {**os.environ, "REDISCLI_AUTH": self.password}
        done = subprocess.run(["redis-cli", "-p", str(self.port), "-n", str(database), *words], env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def say(self, lines, database=0):
        environment = {**os.environ, "REDISCLI_AUTH": self.password}
        subprocess.run(["redis-cli", "-p", str(self.port), "-n", str(database)], env=environment, input=lines, capture_output=True, text=True,
                       check=True)

    def url(self, password="secret%20word", scheme="redis"):
        return f"{scheme}://:{password}@127.0.0.1:{self.port}/0"
