#!/usr/bin/python3
"""demo_compose.py BIN: `script/demo --compose` with an engine of its own. What the Dockerfiles and compose files ask for can't be
pulled here: images of those names are made of one Debian 13 (kit_images.py)."""
import os
import pathlib
import subprocess
import sys
import tempfile

import kit_images
from engine import Engine, Missing
from rig import checks

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PYTHON_IMAGE, POSTGRES_IMAGE, REDIS_IMAGE = "python:3.13-slim", "postgres:stand-in", "redis:stand-in"
POSTGRES = """#!/bin/sh
# As the image's own: a cluster and what docker-entrypoint-initdb.d says at the first start, then the server.
set -e
bin=$(ls -d /usr/lib/postgresql/*/bin) data=/var/lib/postgresql/data
export PATH=$bin:$PATH PGHOST=/run/postgresql
if [ ! -e $data/PG_VERSION ]; then
    echo "$POSTGRES_PASSWORD" >/tmp/password
    initdb -D $data -U postgres --pwfile=/tmp/password --auth-host=scram-sha-256 --auth-local=trust --locale=C.UTF-8 >/dev/null
    echo "host all all all scram-sha-256" >>$data/pg_hba.conf
    pg_ctl -D $data -w -o "-c listen_addresses= -k $PGHOST" start >/dev/null
    for file in /docker-entrypoint-initdb.d/*.sh; do sh $file; done
    pg_ctl -D $data -m fast -w stop >/dev/null
fi
exec postgres -D $data -c "listen_addresses=*" -k $PGHOST
"""
PYTHON = """#!/bin/sh
# Debian's packages stand in for what pip would install.
[ "$1 $2" = "-m venv" ] || exec /usr/bin/python3 "$@"
/usr/bin/python3 -m venv --system-site-packages --without-pip "$3"
printf '#!/bin/sh\\nexit 0\\n' >"$3/bin/pip"
chmod +x "$3/bin/pip"
"""


REDIS = '#!/bin/sh\nexec /usr/bin/redis-server "$@" --protected-mode no\n'  # as its image, which listens to other containers
BASE = """FROM fairlead-debian
COPY python postgres-entry redis-server /usr/local/bin/
COPY packages /usr/lib/python3/dist-packages/
RUN ln -s /usr/bin/pip3 /usr/local/bin/pip
"""


def base(engine):
    """Debian, and what the official images have that it names otherwise."""
    pack = subprocess.run(["tar", "-C", str(kit_images.TREE), "-cf", "-", "."], capture_output=True, check=True).stdout
    if (done := engine.docker("import", "-", "fairlead-debian", data=pack, timeout=600)).returncode:
        raise RuntimeError(done.stderr.decode())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for program, text in (("python", PYTHON), ("postgres-entry", POSTGRES), ("redis-server", REDIS)):
            (folder / program).write_text(text)
            (folder / program).chmod(0o755)
        for package, version in (("pytest", "7.2"), ("pytest-cov", "4.0")):  # asked for by requirements.txt, not by what runs
            about = folder / f"packages/{package.replace('-', '_')}-{version}.dist-info"
            about.mkdir(parents=True)
            (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        (folder / "Dockerfile").write_text(BASE)
        build(engine, "fairlead-demo-base", folder)


def build(engine, name, *where, data=None):
    done = engine.docker("build", "--tag", name, *where, data=data, timeout=600)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())


def images(engine):
    base(engine)
    # The numbers of their users, as docker-compose.prod.yml names them.
    for name, lines in ((PYTHON_IMAGE, 'ENV PIP_BREAK_SYSTEM_PACKAGES=1 PIP_NO_INDEX=1\nCMD ["python3"]'),
                        (POSTGRES_IMAGE, 'RUN usermod -u 70 postgres && groupmod -g 70 postgres && install -d -o 70 -g 70 /var/lib/postgresql/data\n'
                                         'CMD ["/usr/local/bin/postgres-entry"]\nVOLUME /var/lib/postgresql/data\nSTOPSIGNAL SIGINT'),
                        (REDIS_IMAGE, 'RUN install -d -o 999 -g 1000 /data\nCMD ["redis-server"]\nWORKDIR /data\nVOLUME /data')):
        build(engine, name, "-", data=f"FROM fairlead-demo-base\n{lines}\n".encode())


def main():
    if not checks.is_required("engine"):
        checks.leave("engine", "it judges losses under a load of its own, which takes a quiet machine; FAIRLEAD_TEST_REQUIRE=engine runs it")
    try:
        kit_images.tree()
        engine = Engine()
    except (kit_images.Missing, Missing) as why:
        checks.leave("engine", str(why))
    try:
        images(engine)
        environment = {**os.environ, **engine.environment, "FAIRLEAD_DEMO_BIN": str(pathlib.Path(sys.argv[1]).resolve()),
                       "FAIRLEAD_DEMO_PYTHON": PYTHON_IMAGE, "POSTGRES_IMAGE": POSTGRES_IMAGE, "REDIS_IMAGE": REDIS_IMAGE}
        done = subprocess.run([str(ROOT / "script/demo"), "--compose"], env=environment, capture_output=True, text=True, check=False)
        print(done.stdout)
        checks.that(done.returncode == 0 and "SKIPPED" not in done.stdout, "script/demo --compose", done.stderr[-3000:])
        left = engine.docker("ps", "-aq").stdout.decode().split()
        checks.that(not left, "leaves no container", left)
    finally:
        engine.close()
    without = subprocess.run([str(ROOT / "script/demo"), "--compose"], env={**os.environ, "DOCKER_HOST": "unix:///nowhere", "FAIRLEAD_DEMO_BIN": sys.argv[1]},
                             capture_output=True, text=True, check=False)
    checks.that(without.returncode == 0 and "SKIPPED" in without.stdout, "without an engine it says so and skips", without.stdout + without.stderr)
    checks.close()


if __name__ == "__main__":
    main()
