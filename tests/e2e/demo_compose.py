#!/usr/bin/python3
"""demo_compose.py BIN: `script/demo --compose` with an engine of its own. What the Dockerfiles and compose files ask for can't be
pulled here: images of those names are made of one Debian 12 (debootstrap, kept in build/tools/images-root)."""
import os
import pathlib
import shutil
import subprocess
import sys

from engine import Engine, Missing
from rig import checks

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TREE = pathlib.Path(os.environ.get("FAIRLEAD_IMAGES_ROOT") or ROOT / "build/tools/images-root")
PYTHON_IMAGE, POSTGRES_IMAGE, REDIS_IMAGE = "python:3.13-slim", "postgres:stand-in", "redis:stand-in"
PACKAGES = "python3,python3-pip,python3-flask,gunicorn,python3-fastapi,python3-uvicorn,python3-websockets,python3-psycopg2,python3-redis,postgresql,redis-server"
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


def make_tree(tree=TREE, suite="bookworm", packages=PACKAGES, *, has=("usr/bin/redis-server", "usr/lib/python3/dist-packages/fastapi")):
    if all((tree / path).exists() for path in has):
        return
    if not checks.is_required("engine"):  # it takes minutes, and the network
        checks.leave("engine", f"{tree} is not here; FAIRLEAD_REQUIRE=engine makes it")
    if not shutil.which("debootstrap", path=os.environ["PATH"] + ":/usr/sbin") or os.geteuid():
        checks.leave("engine", "debootstrap is not installed, or nobody who may run it is here")
    shutil.rmtree(tree, ignore_errors=True)
    made = subprocess.run(["debootstrap", "--variant=minbase", f"--include={packages}", suite, str(tree), "http://deb.debian.org/debian"],
                          capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(tree, ignore_errors=True)
        checks.leave("engine", f"debootstrap: {made.stdout.strip().splitlines()[-1:]}")


def prepare_tree():
    """What the official images have that Debian names otherwise."""
    pip = TREE / "usr/local/bin/pip"
    if not pip.is_symlink():
        pip.symlink_to("/usr/bin/pip3")
    # Redis's own image listens to other containers.
    for name, text in (("python", PYTHON), ("postgres-entry", POSTGRES), ("redis-server", '#!/bin/sh\nexec /usr/bin/redis-server "$@" --protected-mode no\n')):
        program = TREE / "usr/local/bin" / name
        if program.is_file() and not program.is_symlink() and program.read_text() == text:
            continue  # another test may be reading it
        program.unlink(missing_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    for name, version in (("pytest", "7.2"), ("pytest-cov", "4.0")):  # asked for by requirements.txt, not by what runs
        folder = TREE / f"usr/lib/python3/dist-packages/{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir(exist_ok=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def import_tree(engine, tree, name):
    pack = subprocess.run(["tar", "-C", str(tree), "--exclude=./var/cache", "--exclude=./var/lib/apt/lists", "--exclude=./usr/share/doc", "-cf", "-", "."],
                          capture_output=True, check=True).stdout
    if (done := engine.docker("import", "-", name, data=pack, timeout=600)).returncode:
        raise RuntimeError(done.stderr.decode())


def images(engine):
    import_tree(engine, TREE, "fairlead-demo-base")
    # The numbers of their users, as docker-compose.prod.yml names them.
    for name, lines in ((PYTHON_IMAGE, 'ENV PIP_BREAK_SYSTEM_PACKAGES=1 PIP_NO_INDEX=1\nCMD ["python3"]'),
                        (POSTGRES_IMAGE, 'RUN usermod -u 70 postgres && groupmod -g 70 postgres && install -d -o 70 -g 70 /var/lib/postgresql/data\n'
                                         'CMD ["/usr/local/bin/postgres-entry"]\nVOLUME /var/lib/postgresql/data\nSTOPSIGNAL SIGINT'),
                        (REDIS_IMAGE, 'RUN install -d -o 999 -g 1000 /data\nCMD ["redis-server"]\nWORKDIR /data\nVOLUME /data')):
        done = engine.docker("build", "--tag", name, "-", data=f"FROM fairlead-demo-base\n{lines}\n".encode())
        if done.returncode:
            raise RuntimeError(done.stderr.decode())


def main():
    make_tree()
    try:
        engine = Engine()
    except Missing as why:
        checks.leave("engine", str(why))
    try:
        prepare_tree()
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
