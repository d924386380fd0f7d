#!/usr/bin/python3
"""demo_compose.py BIN: `script/demo --compose` with an engine of its own. What the Dockerfiles and compose files ask for can't be
pulled here: images of those names are made of one Debian 12 (debootstrap, kept in build/tools/images-root)."""
import os
import pathlib
import shutil
import subprocess
import sys

from engine import Engine, Missing
from rig import REQUIRED, Checks, skip

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TREE = pathlib.Path(os.environ.get("FAIRLEAD_IMAGES_ROOT") or ROOT / "build/tools/images-root")
PACKAGES = "python3,python3-pip,python3-flask,gunicorn,python3-aiohttp,python3-psycopg2,python3-redis,postgresql,redis-server"
POSTGRES = """#!/bin/sh
# As the image's own: a cluster at the first start, then the server.
set -e
bin=$(ls -d /usr/lib/postgresql/*/bin) data=/var/lib/postgresql/data
mkdir -p $data && chown -R postgres $data
as() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
if [ ! -e $data/PG_VERSION ]; then
    echo "$POSTGRES_PASSWORD" >/tmp/password
    as $bin/initdb -D $data -U "$POSTGRES_USER" --pwfile=/tmp/password -A scram-sha-256 >/dev/null
    echo "host all all all scram-sha-256" >>$data/pg_hba.conf
    echo "local all all trust" >$data/pg_hba.conf.new && cat $data/pg_hba.conf >>$data/pg_hba.conf.new && mv $data/pg_hba.conf.new $data/pg_hba.conf
    chown postgres $data/pg_hba.conf
    as $bin/pg_ctl -D $data -w -o "-c listen_addresses= -k /tmp" start >/dev/null
    as $bin/createdb -h /tmp -U "$POSTGRES_USER" "$POSTGRES_DB" 2>/dev/null || true
    as $bin/pg_ctl -D $data -m fast -w stop >/dev/null
fi
mkdir -p /var/run/postgresql && chown postgres /var/run/postgresql
exec setpriv --reuid=postgres --regid=postgres --clear-groups $bin/postgres -D $data -c "listen_addresses=*"
"""


def make_tree():
    if (TREE / "usr/bin/redis-server").exists():
        return
    if "engine" not in REQUIRED:  # it takes minutes, and the network
        skip("engine", f"{TREE} is not here; FAIRLEAD_REQUIRE=engine makes it")
    if not shutil.which("debootstrap", path=os.environ["PATH"] + ":/usr/sbin") or os.geteuid():
        skip("engine", "debootstrap is not installed, or nobody who may run it is here")
    shutil.rmtree(TREE, ignore_errors=True)
    made = subprocess.run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(TREE), "http://deb.debian.org/debian"],
                          capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(TREE, ignore_errors=True)
        skip("engine", f"debootstrap: {made.stdout.strip().splitlines()[-1:]}")


def prepare_tree():
    """What the official images have that Debian names otherwise."""
    for name, target in (("usr/local/bin/python", "/usr/bin/python3"), ("usr/local/bin/pip", "/usr/bin/pip3")):
        if not (TREE / name).is_symlink():
            (TREE / name).symlink_to(target)
    (TREE / "usr/local/bin/postgres-entry").write_text(POSTGRES)
    (TREE / "usr/local/bin/postgres-entry").chmod(0o755)
    redis = TREE / "usr/local/bin/redis-server"  # the image's own listens to other containers
    redis.write_text('#!/bin/sh\nexec /usr/bin/redis-server "$@" --protected-mode no\n')
    redis.chmod(0o755)
    alias = TREE / "usr/lib/python3/dist-packages/psycopg2_binary-2.9.5.dist-info"  # the same under PyPI's name
    alias.mkdir(exist_ok=True)
    (alias / "METADATA").write_text("Metadata-Version: 2.1\nName: psycopg2-binary\nVersion: 2.9.5\n")
    for name, version in (("pytest", "7.2"), ("pytest-cov", "4.0")):  # asked for by requirements.txt, not by what runs
        folder = TREE / f"usr/lib/python3/dist-packages/{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir(exist_ok=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def images(engine):
    pack = subprocess.run(["tar", "-C", str(TREE), "--exclude=./var/cache", "--exclude=./var/lib/apt/lists", "--exclude=./usr/share/doc", "-cf", "-", "."],
                          capture_output=True, check=True).stdout
    if (done := engine.docker("import", "-", "fairlead-demo-base", data=pack, timeout=600)).returncode:
        raise RuntimeError(done.stderr.decode())
    for name, lines in (("python:3.13-slim", 'ENV PIP_BREAK_SYSTEM_PACKAGES=1 PIP_NO_INDEX=1\nCMD ["python3"]'),
                        ("postgres:17", 'CMD ["/usr/local/bin/postgres-entry"]\nVOLUME /var/lib/postgresql/data\nSTOPSIGNAL SIGINT'),
                        ("redis:7", 'CMD ["redis-server"]\nWORKDIR /data\nVOLUME /data')):
        done = engine.docker("build", "--tag", name, "-", data=f"FROM fairlead-demo-base\n{lines}\n".encode())
        if done.returncode:
            raise RuntimeError(done.stderr.decode())


def main():
    checks = Checks()
    make_tree()
    try:
        engine = Engine()
    except Missing as why:
        skip("engine", str(why))
    try:
        prepare_tree()
        images(engine)
        environment = {**os.environ, **engine.environment, "FAIRLEAD_DEMO_BIN": str(pathlib.Path(sys.argv[1]).resolve())}
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
    checks.finish()


main()
