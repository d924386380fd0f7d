"""What stands in for the images of registries: one Debian 13 (debootstrap), which demo_compose.py and board_production.py take, too; for the
production kit's also wheels, and npm with a cache that holds what Express's application asks for. All are kept, and made where FAIRLEAD_TEST_REQUIRE
names `engine` or `all`: that takes a minute or two and the network. In an image no registry is asked."""
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import counted  # noqa: E402

TOOLS = HERE.parent.parent / "build/tools"
TREE = pathlib.Path(os.environ.get("FAIRLEAD_KIT_ROOT") or TOOLS / "kit-root")
WHEELS = pathlib.Path(os.environ.get("FAIRLEAD_KIT_WHEELS") or TOOLS / "kit-wheels")
NPM = pathlib.Path(os.environ.get("FAIRLEAD_KIT_NPM") or TOOLS / "kit-npm")
PACKAGES = ("python3,python3-venv,python3-pip,python3-flask,gunicorn,python3-fastapi,python3-uvicorn,python3-websockets,python3-psycopg2,python3-redis,"
            "postgresql,redis-server,nginx-light,nodejs,wget,ca-certificates")
KIT = ("gunicorn==27.0.1", "sentry-sdk==2.75.0", "prometheus-client==0.26.0", "whitenoise==6.12.0", "psycopg[binary]==3.3.9", "async-timeout==5.0.1")  # the last of redis under Python 3.11
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
    "kit-node": "RUN ln -s /npm/program/bin/npm-cli.js /usr/local/bin/npm\nENV npm_config_offline=true npm_config_cache=/npm/cache\n"
                'CMD ["node"]\n',
    "kit-postgres": "RUN groupmod -g 70 postgres && usermod -u 70 -g 70 postgres && rm -rf /var/lib/postgresql && install -d -o 70 -g 70 -m 700 "
                    "/var/lib/postgresql/data\nCOPY entry /usr/local/bin/entry\nENV PATH=/usr/lib/postgresql/17/bin:/usr/bin:/bin\n"
                    'STOPSIGNAL SIGINT\nCMD ["/usr/local/bin/entry"]\n',
    "kit-redis": 'RUN install -d -o 999 -g 1000 /data\nWORKDIR /data\nCMD ["redis-server"]\n',
    "kit-nginx": "RUN install -d -o 101 -g 101 /srv/uploads && ln -sf /dev/stderr /var/log/nginx/error.log\n"
                 'USER 101:101\nCMD ["nginx", "-e", "stderr", "-g", "daemon off;"]\n',
    "kit-caddy": "COPY caddy /usr/bin/\nENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data\n",  # this machine's, where there is one
}


class Missing(Exception):
    """Why no image can be made here."""


def make(what, is_here, *words, **more):
    if is_here():
        return
    if not counted.is_brought("engine"):
        raise Missing(f"{what} is not here; FAIRLEAD_TEST_REQUIRE=engine makes it")
    what.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{what}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_here():  # another test made it meanwhile
            return
        shutil.rmtree(what, ignore_errors=True)
        made = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, **more)
    if made.returncode:
        shutil.rmtree(what, ignore_errors=True)
        raise Missing(f"{what} can't be made: {''.join((made.stderr or made.stdout).strip().splitlines()[-1:])}")


def tree():
    new = TREE.with_name(f"{TREE.name}.new")  # whole, or not there
    make(TREE, (TREE / "usr/bin").exists, "sh", "-c", 'rm -rf "$1" && debootstrap --variant=minbase --include="$2" trixie "$1" http://deb.debian.org/debian && '
         'rm -rf "$1"/var/cache/* "$1"/var/lib/apt/lists/* "$1"/usr/share/doc/* "$1"/usr/share/man/* "$1"/usr/share/locale/* && mv "$1" "$3"', "sh", new, PACKAGES, TREE,
         env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"})


def ready():
    """The tree, the wheels, npm and its cache with the lock file of what lies in it."""
    tree()
    make(WHEELS, lambda: list(WHEELS.glob("psycopg_binary*")) and list(WHEELS.glob("whitenoise*")), sys.executable, "-m", "pip", "download", "-q", "--only-binary=:all:",
         "--python-version", "3.13", "-d", WHEELS, *(word for name in ("manylinux2014_x86_64", "manylinux_2_28_x86_64") for word in ("--platform", name)),
         *(word for stack in ("flask", "django") for word in ("-r", HERE / "kit" / stack / "requirements.txt")), *KIT)
    if not (NPM / "package-lock.json").exists() and not shutil.which("npm"):
        raise Missing("npm is not installed")
    make(NPM, (NPM / "package-lock.json").exists, "sh", "-c", 'mkdir -p "$1/program" && cp "$2" "$1" && cp -rL "$(npm root -g)/npm/." "$1/program" && cd "$1" && '
         "npm install --cache ./cache --no-audit --no-fund --omit-lockfile-registry-resolved=false && rm -r node_modules", "sh", NPM, HERE / "kit/express/package.json")


def build(docker, scratch):
    """(name, what went wrong) of each image."""
    pack = scratch / "base.tar"
    left_out = ("./proc/*", "./sys/*", "./wheels", "./npm")
    subprocess.run(["tar", "-C", TREE, *(f"--exclude={path}" for path in left_out), "-cf", pack, "."], check=True)
    for folder, place in ((WHEELS, "wheels"), (NPM, "npm")):
        subprocess.run(["tar", "-C", folder, "--transform", f"s,^\\.,./{place},", "--owner=0", "--group=0", "--mode=a+rX", "-rf", pack, "."], check=True)
    with open(pack, "rb") as stream:
        done = subprocess.run(["docker", "import", "-", "kit-base"], stdin=stream, capture_output=True, check=False, timeout=500,
                              env={**os.environ, **docker.environment})
    pack.unlink()
    yield "kit-base", done.stderr.decode() if done.returncode else ""
    context = scratch / "images"
    context.mkdir()
    (context / "entry").write_text(POSTGRES)
    (context / "entry").chmod(0o755)
    caddy = shutil.which("caddy")
    if caddy:
        shutil.copy(caddy, context)
    for name, lines in IMAGES.items():
        if name == "kit-caddy" and not caddy:
            continue
        (context / "Dockerfile").write_text("FROM kit-base\n" + lines)
        done = docker.docker("build", "--tag", name, context, timeout=500)
        yield name, done.stdout.decode()[-500:] + done.stderr.decode()[-1500:] if done.returncode else ""
