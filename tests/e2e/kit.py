#!/usr/bin/python3
"""kit.py BIN: what `fairlead init --production` wrote, started: Flask with PostgreSQL, Redis and nginx by docker-compose.prod.yml, and
docs/local.md as a reader would follow it. No registry is asked: images of the same programs are made of one Debian 13 (debootstrap) and of
wheels, kept in build/tools/kit-root and build/tools/kit-wheels."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import counted  # noqa: E402
import learn  # noqa: E402
from counted import note  # noqa: E402

sys.path.insert(0, str(HERE))
import engine  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
TREE = pathlib.Path(os.environ.get("FAIRLEAD_KIT_ROOT") or counted.ROOT / "build/tools/kit-root")
WHEELS = pathlib.Path(os.environ.get("FAIRLEAD_KIT_WHEELS") or counted.ROOT / "build/tools/kit-wheels")
REQUIRED = "engine" in os.environ.get("FAIRLEAD_REQUIRE", "").split(",")
PACKAGES = "python3,python3-venv,postgresql,redis-server,nginx-light,wget,ca-certificates"
REQUIREMENTS = "flask==3.1.3\nredis==6.4.0\npsycopg[binary]==3.3.9\n"
KIT = ("gunicorn==27.0.1", "sentry-sdk==2.75.0", "prometheus-client==0.26.0")
APP = '''import os

import psycopg
import redis
from flask import Flask

app = Flask(__name__)


@app.get("/api/health")
def health():
    return {"status": "healthy"}


@app.post("/api/items")
def add():
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        database.execute("CREATE TABLE IF NOT EXISTS items (id serial)")
        database.execute("INSERT INTO items DEFAULT VALUES")
        count = database.execute("SELECT count(*) FROM items").fetchone()[0]
    return {"items": count, "asked": redis.Redis.from_url(os.environ["REDIS_URL"]).incr("asked")}
'''
# As the image's own, as far as the kit asks: a cluster at the first start, its scripts, then the server.
POSTGRES = '''#!/bin/sh
set -eu
bin=/usr/lib/postgresql/17/bin data=/var/lib/postgresql/data
if [ ! -e $data/PG_VERSION ]; then
    umask 077
    printf '%s\\n' "$POSTGRES_PASSWORD" >/tmp/password
    $bin/initdb -D $data -U postgres --pwfile=/tmp/password $POSTGRES_INITDB_ARGS >/dev/null
    echo 'host all all all scram-sha-256' >>$data/pg_hba.conf
    $bin/pg_ctl -D $data -w -o '-c listen_addresses=' start >/dev/null
    export PGPASSWORD="$POSTGRES_PASSWORD"
    for script in /docker-entrypoint-initdb.d/*; do "$script"; done
    unset PGPASSWORD
    $bin/pg_ctl -D $data -m fast -w stop >/dev/null
    rm /tmp/password
fi
exec $bin/postgres -D $data -c 'listen_addresses=*'
'''
IMAGES = {  # by the lines that make each of the base
    "kit-python": 'RUN ln -s /usr/bin/python3 /usr/local/bin/python\nENV PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels\nCMD ["python"]\n',
    "kit-postgres": "RUN groupmod -g 70 postgres && usermod -u 70 -g 70 postgres && rm -rf /var/lib/postgresql && install -d -o 70 -g 70 -m 700 "
                    "/var/lib/postgresql/data\nCOPY entry /usr/local/bin/entry\nENV PATH=/usr/lib/postgresql/17/bin:/usr/bin:/bin\n"
                    'STOPSIGNAL SIGINT\nCMD ["/usr/local/bin/entry"]\n',
    "kit-redis": 'RUN install -d -o 999 -g 1000 /data\nWORKDIR /data\nCMD ["redis-server"]\n',
    "kit-nginx": 'RUN install -d -o 101 -g 101 /srv/uploads\nUSER 101:101\nCMD ["nginx", "-e", "stderr", "-g", "daemon off;"]\n',
}


class checks:
    @staticmethod
    def that(well, what):
        note(what, "" if well else "no")


def give_up(why):
    """Not here: said, and a failure where it is required."""
    if REQUIRED:
        note("engine", why)
    else:
        counted.skip(why)
        counted.counts["passed"] += 1  # what needs no engine is looked at by cli.init_production
    counted.close()


def ready():
    """The tree and the wheels; made where that is required, as it takes minutes and the network."""
    if not (TREE / "usr/bin/wget").exists():
        if not REQUIRED:
            give_up(f"{TREE} is not here; FAIRLEAD_REQUIRE=engine makes it")
        shutil.rmtree(TREE, ignore_errors=True)
        made = subprocess.run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "trixie", str(TREE), "http://deb.debian.org/debian"],
                              capture_output=True, text=True, check=False, env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"})
        if made.returncode:
            shutil.rmtree(TREE, ignore_errors=True)
            give_up(f"debootstrap: {made.stdout.strip().splitlines()[-1:]}")
    if not list(WHEELS.glob("psycopg_binary*")):
        if not REQUIRED:
            give_up(f"{WHEELS} is not here; FAIRLEAD_REQUIRE=engine makes it")
        made = subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--only-binary=:all:", "--python-version", "3.13", "-d", str(WHEELS),
                               *(word for name in ("manylinux2014_x86_64", "manylinux_2_28_x86_64") for word in ("--platform", name)),
                               *REQUIREMENTS.split(), *KIT], capture_output=True, text=True, check=False)
        if made.returncode:
            give_up(f"pip download: {made.stderr.strip().splitlines()[-1:]}")


def images(docker, scratch):
    pack = scratch / "base.tar"
    subprocess.run(["tar", "-C", str(TREE), "--exclude=./var/cache", "--exclude=./var/lib/apt/lists", "--exclude=./usr/share/doc", "--exclude=./proc/*",
                    "--exclude=./sys/*", "--exclude=./wheels", "-cf", str(pack), "."], check=True)
    subprocess.run(["tar", "-C", str(WHEELS), "--transform", "s,^\\.,./wheels,", "-rf", str(pack), "."], check=True)
    with open(pack, "rb") as stream:
        done = subprocess.run(["docker", "import", "-", "kit-base"], stdin=stream, capture_output=True, check=False, timeout=900,
                              env={**os.environ, **docker.environment})
    pack.unlink()
    note("the base", done.stderr.decode() if done.returncode else "")
    context = scratch / "images"
    context.mkdir()
    (context / "entry").write_text(POSTGRES)
    (context / "entry").chmod(0o755)
    for name, lines in IMAGES.items():
        (context / "Dockerfile").write_text("FROM kit-base\n" + lines)
        done = docker.docker("build", "--tag", name, context, timeout=600)
        note(f"the stand-in {name}", done.stdout.decode()[-500:] + done.stderr.decode()[-1500:] if done.returncode else "")


def certificate(folder):
    folder.mkdir(mode=0o755)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem", "-days", "2",
                    "-subj", "/CN=app.example.org", "-addext", "subjectAltName=DNS:app.example.org"], check=True, capture_output=True)
    (folder / "privkey.pem").chmod(0o644)  # nginx of the image is user 101


class Stack:
    ADDRESS = "127.0.77.1"

    def __init__(self, docker, scratch):
        self.docker, self.scratch, self.folder = docker, scratch, scratch / "shop"
        self.folder.mkdir()
        (self.folder / "app.py").write_text(APP)
        (self.folder / "requirements.txt").write_text(REQUIREMENTS)
        self.environment = {**os.environ, **docker.environment, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(scratch), "DOCKER_BUILDKIT": "0"}

    def run(self, *words, timeout=600):
        return subprocess.run([str(word) for word in words], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=timeout, check=False)

    def compose(self, *words):
        return self.run("docker", "compose", "--env-file", ".env.production", "-f", "docker-compose.prod.yml", *words)

    def curl(self, *words):
        """Status, headers, body."""
        done = self.run("curl", "-s", "-i", "--max-time", "20", "--cacert", self.scratch / "tls/fullchain.pem", "--resolve", f"app.example.org:443:{self.ADDRESS}",
                        "--resolve", f"app.example.org:80:{self.ADDRESS}", *words)
        head, _, body = done.stdout.partition("\n\n")
        return int((re.findall(r"^HTTP/\S+ (\d+)", head) or [0])[0]), head.lower(), body

    def write(self):
        """From two files to all of production's."""
        self.run("git", "init", "-q")
        self.run("git", "add", "-A")
        self.run("git", "-c", "user.name=Ada L", "-c", "user.email=ada@example.org", "commit", "-qm", "feat: the shop")
        for words in (("init", "--production", "--readme"), ("init", "--secrets", "--to", ".env.production")):
            done = self.run("fairlead", *words)
            note(f"fairlead {' '.join(words)}", done.stderr if done.returncode else "")
        with open(self.folder / ".env.production", "a") as file:  # the stand-ins, and addresses of this test's
            file.write(f"APP_IMAGE=shop:tried\nAPP_PULL=missing\nPOSTGRES_IMAGE=kit-postgres\nREDIS_IMAGE=kit-redis\nPROXY_IMAGE=kit-nginx\nTLS_DIR={self.scratch}/tls\n"
                       f"ACME_DIR={self.scratch}/tls\nHTTP_BIND={self.ADDRESS}\nHTTPS_BIND={self.ADDRESS}\nAPP_HEALTH_INTERVAL=2s\nPROXY_HEALTH_INTERVAL=2s\n")
        judged = self.run("fairlead-preflight", "--env-file", ".env.production", "--format", "json")
        found = [one for one in json.loads(judged.stdout)["findings"] if one["severity"] == "error"]
        note("preflight: no error", found or judged.returncode and judged.stderr)
        done = self.compose("config", "--quiet")
        note("docker compose config", done.stderr if done.returncode else "")

    def start(self):
        built = self.run("docker", "build", "--quiet", "--build-arg", "PYTHON_IMAGE=kit-python", "--file", "Dockerfile.prod", "--tag", "shop:tried", ".")
        note("Dockerfile.prod builds", built.stdout[-1000:] + built.stderr[-2000:] if built.returncode else "")
        up = self.compose("up", "-d", "--wait", "--wait-timeout", "180")
        if up.returncode:
            note("docker compose up --wait", up.stderr[-2000:] + self.compose("logs", "--tail", "15").stdout[-4000:])
            return False
        note("docker compose up --wait: every service is healthy", "")
        return True

    def serves(self):
        status, head, body = self.curl("https://app.example.org/api/health")
        note("health by TLS", "" if status == 200 and "healthy" in body else (status, head, body))
        missing = [name for name in ("strict-transport-security", "x-content-type-options", "content-security-policy", "x-request-id") if name not in head]
        note("the headers of security and the request's id", missing and head)
        note("no version is told", re.findall(r"^server: .*\d.*$", head, re.M))
        status, head, _ = self.curl("http://app.example.org/api/health?a=1")
        note("http leads to https", "" if status == 301 and "location: https://app.example.org/api/health?a=1" in head else head)
        note("what is for the inside isn't shown", {path: status for path in ("/internal/metrics", "/.env", "/.git/config")
                                                   if (status := self.curl(f"https://app.example.org{path}")[0]) != 404})
        counts = [json.loads(self.curl("-X", "POST", "https://app.example.org/api/items")[2] or "{}") for _ in range(2)]
        note("database and Redis answer the application", "" if counts == [{"items": 1, "asked": 1}, {"items": 2, "asked": 2}] else counts)
        many = self.run("curl", "-s", "-o", "/dev/stdout", "-w", "%{http_code}\\n", "--cacert", self.scratch / "tls/fullchain.pem", "--resolve",
                        f"app.example.org:443:{self.ADDRESS}", "https://app.example.org/nowhere?[1-60]").stdout
        note("sixty requests at once: the rest are 429", "429" not in many and many[-300:])

    def held(self):
        """Each container as the file says it: its user, its files, its limits; the application's role."""
        for line in self.compose("ps", "--format", "{{.Service}} {{.ID}}").stdout.splitlines():
            service, name = line.split()
            said = json.loads(self.run("docker", "inspect", name).stdout)[0]
            host = said["HostConfig"]
            problems = [key for key, well in {
                "user": (said["Config"]["User"] or "0").split(":")[0] not in ("0", "root"), "read only": host["ReadonlyRootfs"], "memory": host["Memory"] > 0,
                "pids": host["PidsLimit"], "capabilities": host["CapDrop"] == ["ALL"], "privileges": "no-new-privileges:true" in host["SecurityOpt"],
                "log": host["LogConfig"]["Config"].get("max-size") == "10m"}.items() if not well]
            note(f"{service}: held", problems)
            ports = [port for port in host["PortBindings"] or {}]
            note(f"{service}: ports", ports if service != "proxy" else ports != ["8080/tcp", "8443/tcp"] and ports)
            secret = next(value for value in (self.folder / ".env.production").read_text().splitlines() if value.startswith("POSTGRES_PASSWORD=")).split("=")[1]
            inside = secret in json.dumps(said["Config"]["Env"])
            note(f"{service}: the owner's password", inside != (service == "db") and "inside" if service != "db" else "" if inside else "not inside")
        password = "PGPASSWORD=$DB_PASSWORD"
        role = self.compose("exec", "-T", "db", "sh", "-c", f"{password} psql -h 127.0.0.1 -U shop -d shop -Atc 'SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user'")
        note("the application's role is no superuser", "" if role.stdout.strip() == "f|f" else role.stdout + role.stderr)
        note("Redis asks for its password", "" if "NOAUTH" in self.compose("exec", "-T", "-e", "REDISCLI_AUTH=", "redis", "redis-cli", "get", "asked").stdout else "it answers")
        logs = self.compose("logs", "--no-log-prefix", "app").stdout
        lines = [json.loads(line[line.index("{"):]) for line in logs.splitlines() if line.endswith("}")]
        note("a line of JSON per request", not [line for line in lines if line.get("path") == "/api/items"] and logs[-500:])

    def again(self):
        """Down and up keeps what was written; an unsafe value stops the application alone."""
        self.compose("down")
        up = self.compose("up", "-d", "--wait", "--wait-timeout", "180")
        body = self.curl("-X", "POST", "https://app.example.org/api/items")[2]
        note("down and up: data stays", "" if body and json.loads(body) == {"items": 3, "asked": 3} else (up.stderr[-800:], body))
        refused = self.compose("run", "--rm", "--no-deps", "-e", "DEBUG=true", "app")
        note("DEBUG=true: the image refuses with 78", "" if refused.returncode == 78 and "refused: DEBUG is on" in refused.stdout + refused.stderr else (refused.returncode, refused.stdout[-800:]))
        before = {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file() and ".git/" not in str(path)}
        self.run("fairlead", "init", "--production", "--readme")
        note("init again changes nothing", [str(path) for path, text in before.items() if path.read_bytes() != text])
        down = self.compose("down", "--volumes")
        note("down", down.stderr if down.returncode else "")


def local(docker, scratch):
    """docs/local.md, with the stand-in by the name that Dockerfile.prod has."""
    folder = scratch / "local" / "shop"
    folder.mkdir(parents=True)
    programs = scratch / "local" / "bin"
    programs.mkdir()
    real = shutil.which("docker")
    (programs / "docker").write_text(f'#!/bin/sh\n[ "$1" != build ] || {{ shift; set -- build --build-arg PYTHON_IMAGE=kit-python "$@"; }}\nexec {real} "$@"\n')
    (programs / "docker").chmod(0o755)
    environment = {**os.environ, **docker.environment, "PATH": f"{programs}:{BIN}:{os.environ['PATH']}", "HOME": str(scratch), "DOCKER_BUILDKIT": "0"}
    ran = learn.follow("local.md", folder, environment, 8080)
    checks.that(ran == 8 and not counted.counts["failed"], "S0-25: built, run with --env-file .env.deploy and asked by fairlead-smoke, before a host is chosen")


ready()
try:
    docker = engine.Engine()
except engine.Missing as why:
    give_up(str(why))
try:
    with tempfile.TemporaryDirectory(prefix="fairlead-kit.") as name:
        scratch = pathlib.Path(name)
        images(docker, scratch)
        certificate(scratch / "tls")
        local(docker, scratch)
        stack = Stack(docker, scratch)
        stack.write()
        if stack.start():
            stack.serves()
            stack.held()
            stack.again()
finally:
    docker.close()
counted.close()
