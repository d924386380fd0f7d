#!/usr/bin/python3
"""volumes.py BIN: fairlead-backup with a real Docker engine: a volume whose database is stopped meanwhile and started again, also when
fairlead-backup is killed; Redis by the programs of its container, which has no open port. And fairlead-smoke --exec: it asks from inside
the network of a container."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from cells import wait_for
from engine import Engine, Missing
from rig import checks

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-backup"
SLEEPER = "trap exit TERM; while :; do /bin/sleep 1; done"
COMPOSE = """name: shop
services:
  cache:
    image: fl-redis
    command: [/usr/bin/redis-server, --requirepass, secret word, --save, '3600 1', --dir, /tmp]
"""


def with_libraries(*programs):
    """Files of an image that can run them: {path: bytes}."""
    files = {}
    for program in programs:
        files[program.lstrip("/")] = pathlib.Path(program).read_bytes()
        for path in re.findall(r"(/\S+) \(0x", subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout):
            files[path.lstrip("/")] = pathlib.Path(path).read_bytes()
    busybox = pathlib.Path("/bin/busybox").read_bytes()
    return files | {f"bin/{name}": busybox for name in ("sh", "cat", "mkdir", "rm", "sleep", "busybox")} | {"tmp/none": b""}


class Project:
    def __init__(self, folder, engine, source):
        self.folder, self.engine = folder, engine
        folder.mkdir()
        (folder / "fairlead.yml").write_text(f"version: 1\napp: shop\nbackup:\n  stores: [file:store]\n  sources: [{source}]\n")

    def run(self, *words, **variables):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), **self.engine.environment, **variables}
        return subprocess.run([PROGRAM, *words], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=300, check=False)


def told(done):
    return f"{done.returncode}: {done.stdout}{done.stderr}"


def volume(engine, checks, folder):
    engine.docker("volume", "create", "--label", "com.docker.compose.project=shop", "--label", "com.docker.compose.volume=data", "shop_data")
    started = engine.docker("run", "-d", "--name", "shop-db-1", "--label", "com.docker.compose.project=shop", "--label",
                            "com.docker.compose.service=db", "-v", "shop_data:/var/lib/postgresql/data", "fl-busy", "/bin/sh", "-c",
                            f"echo 15 > /var/lib/postgresql/data/PG_VERSION; echo one > /var/lib/postgresql/data/rows; {SLEEPER}")
    checks.that(started.returncode == 0, "a container with a volume", started.stderr.decode())

    def serves():
        return engine.docker("inspect", "-f", "{{.State.Running}}", "shop-db-1").stdout.decode().strip() == "true"

    def starts():
        return engine.docker("inspect", "-f", "{{.State.StartedAt}}", "shop-db-1").stdout.decode().strip()

    plain = Project(folder / "plain", engine, "{name: data, volume: data}")
    done = plain.run("run")
    checks.that(done.returncode == 2 and "stop: [db]" in done.stderr and serves(), "a database that runs is refused", told(done))
    project = Project(folder / "stopping", engine, "{name: data, volume: data, stop: [db]}")
    before = starts()
    done = project.run("run")
    checks.that(done.returncode == 0 and serves() and starts() != before, "it is stopped meanwhile, and runs again", told(done))
    done = project.run("verify", "--level", "4")
    checks.that(done.returncode == 0, "the set is proven", told(done))
    before = starts()
    done = project.run("run", FAIRLEAD_FAULT="kill@stopped")
    checks.that(done.returncode == -9 and wait_for(lambda: serves() and starts() != before, 30), "killed meanwhile: it runs again", told(done))
    done = project.run("restore", "latest", "--to", "copy")
    shown = engine.docker("run", "--rm", "-v", "copy:/v", "fl-busy", "/bin/cat", "/v/rows").stdout.decode()
    checks.that(done.returncode == 0 and shown == "one\n", "restored into a new volume, a container reads it", told(done) + shown)
    done = project.run("restore", "latest", "--to", "original", "--overwrite")
    shown = engine.docker("exec", "shop-db-1", "/bin/cat", "/var/lib/postgresql/data/rows").stdout.decode()
    checks.that(done.returncode == 0 and serves() and shown == "one\n", "restored over it, and it runs again", told(done) + shown)
    done = Project(folder / "none", engine, "{name: data, volume: ai-scrum_postgres-data}").run("run")
    checks.that(done.returncode == 2 and "shop_data" in done.stderr, "a name that nobody made, and those that are there", told(done))


def by_containers_programs(engine, checks, folder):
    project = Project(folder / "redis", engine, "{name: cache, engine: redis, url_env: CACHE_URL, via: 'compose:cache'}")
    (project.folder / "compose.yml").write_text(COMPOSE)
    done = subprocess.run(["docker", "compose", "up", "-d"], cwd=project.folder, env={**os.environ, **engine.environment}, capture_output=True,
                          text=True, check=False)
    checks.that(done.returncode == 0, "a Redis without an open port", told(done))
    url = {"CACHE_URL": "redis://:secret%20word@localhost:6379/0"}

    def ask(*words):
        return subprocess.run(["docker", "compose", "exec", "-T", "-e", "REDISCLI_AUTH=secret word", "cache", "/usr/bin/redis-cli", *words],
                              cwd=project.folder, env={**os.environ, **engine.environment}, capture_output=True, text=True, check=False).stdout.strip()

    checks.that(wait_for(lambda: ask("PING") == "PONG", 30), "it answers")
    ask("SET", "a", "kept")
    done = project.run("run", **url)
    checks.that(done.returncode == 0 and "secret" not in told(done), "a set by its container's programs", told(done))
    done = project.run("verify", "--level", "4", **url)
    checks.that(done.returncode == 0, "proven in the container", told(done))
    ask("SET", "a", "lost")
    done = project.run("restore", "latest", "--to", "original", "--overwrite", **url)
    checks.that(done.returncode == 0 and ask("GET", "a") == "kept", "restored", told(done))
    left = engine.docker("exec", "shop-cache-1", "/bin/sh", "-c", "echo /tmp/*").stdout.decode()
    checks.that(wait_for(lambda: "fairlead" not in engine.docker("exec", "shop-cache-1", "/bin/sh", "-c", "echo /tmp/*").stdout.decode(), 10),
                "nothing is left in the container", left)
    subprocess.run(["docker", "compose", "down", "-t", "1"], cwd=project.folder, env={**os.environ, **engine.environment}, capture_output=True, check=False)


INSIDE = """name: inside
services:
  web: {image: fl-web, command: [/app, "127.0.0.1:8000"], networks: [own]}
  other: {image: fl-web, command: [/app, "0.0.0.0:8000"], networks: [own]}
networks: {own: {}}
"""


def from_inside(engine, checks, folder, bin_folder):
    smoke = bin_folder / "fairlead-smoke"
    engine.image("fl-web", with_libraries(str(bin_folder / "fairlead-fetch")) | {"app": (bin_folder / "probe-app").read_bytes(),
                                                                              "behaviour.json": b'{"of": "1"}'}, "ENV FAIRLEAD_VERSION=1.4.0")
    folder.mkdir()
    (folder / "compose.yml").write_text(INSIDE)

    def run(*words, **variables):
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **engine.environment, **variables}
        return subprocess.run(list(map(str, words)), cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=300, check=False)

    done = run("docker", "compose", "up", "-d")
    checks.that(done.returncode == 0, "a service that listens at its own 127.0.0.1 alone", told(done))
    before = engine.docker("ps", "-aq").stdout
    done = run(smoke, "--exec", "web", "http://127.0.0.1:8000/health", "http://other:8000/health", "--deadline", "60s")
    checks.that(done.returncode == 0 and "2 of 2 checks passed" in done.stdout, "asked from inside: itself, and another service by its name", told(done))
    done = run(smoke, "--exec", "inside-web-1", "http://127.0.0.1:8000/health", "--deadline", "60s", "--format", "json",
               FAIRLEAD_BEARER="canary-of-the-inside")
    checks.that(done.returncode == 0 and "canary-of-the-inside" not in told(done), "by the container's name, with a bearer that nothing shows", told(done))
    done = run(smoke, "--exec", "web", "http://127.0.0.1:1/", "--deadline", "3s")
    checks.that(done.returncode == 1 and "smoke/connect" in told(done), "what is refused there is a no", told(done))
    done = run(smoke, "--exec", "nobody", "http://127.0.0.1:8000/")
    checks.that(done.returncode == 2 and "docker compose ps" in done.stderr, "a service that doesn't run is wrong use", told(done))
    checks.that(engine.docker("ps", "-aq").stdout == before, "no container is left")
    run("docker", "compose", "down", "-t", "1")


def main():
    try:
        engine = Engine()
    except Missing as why:
        checks.leave("compose", str(why))
    try:
        with tempfile.TemporaryDirectory(prefix="fairlead volumes ") as name:
            engine.image("fl-busy", with_libraries())
            volume(engine, checks, pathlib.Path(name))
            from_inside(engine, checks, pathlib.Path(name) / "inside", PROGRAM.parent)
            if all(pathlib.Path("/usr/bin", program).exists() for program in ("redis-server", "redis-cli")):
                engine.image("fl-redis", with_libraries("/usr/bin/redis-server", "/usr/bin/redis-cli", "/usr/bin/redis-check-rdb"),
                             "ENV PATH=/usr/bin:/bin")
                by_containers_programs(engine, checks, pathlib.Path(name))
            else:
                checks.skip("redis", "programs of a container", "redis-server is not here; apt-get install redis-server")
    finally:
        engine.close()
    checks.close()


main()
