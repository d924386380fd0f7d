#!/usr/bin/python3
"""kit.py BIN: what `fairlead init --production` wrote, started: Flask, Django and Express with PostgreSQL, Redis, and nginx or Caddy
by docker-compose.prod.yml, and docs/local.md as a reader would follow it. No registry is asked: kit_images.py has what stands in for the bases."""
import os
import pathlib
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
import kit_images  # noqa: E402
from kit_stacks import STACKS, ByCaddy, Production  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()


def certificate(folder):
    folder.mkdir(mode=0o755)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem", "-days", "2",
                    "-subj", "/CN=app.example.org", "-addext", "subjectAltName=DNS:app.example.org"], check=True, capture_output=True)
    (folder / "privkey.pem").chmod(0o644)  # nginx of the image is user 101


def workshop(folder):
    """The team's own Django, for `django-admin startproject` and `manage.py makemigrations`."""
    requirements = HERE / "kit/django/requirements.txt"
    for words in (["/usr/bin/python3", "-m", "venv", folder], [folder / "bin/pip", "install", "-q", "--no-index", "--find-links", kit_images.WHEELS, "-r", requirements]):
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        note("the team's Django", done.stderr if done.returncode else "")


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
    counted.that(ran == 8 and not counted.counts["failed"], "S0-25: built, run with --env-file .env.deploy and asked by fairlead-smoke, before a host is chosen")


def main():
    try:
        kit_images.ready()
        docker = engine.Engine()
    except (kit_images.Missing, engine.Missing) as why:
        counted.leave("engine", str(why))
    try:
        with tempfile.TemporaryDirectory(prefix="fairlead-kit.") as name:
            scratch = pathlib.Path(name)
            scratch.chmod(0o755)
            for image, problem in kit_images.build(docker, scratch):
                note(f"the stand-in {image}", problem)
            certificate(scratch / "tls")
            local(docker, scratch)
            workshop(scratch / "venv")
            for stack in STACKS:
                production = Production(stack, docker, scratch, BIN, counted.that)
                production.write()
                if production.start():
                    production.serves()
                    production.limited()
                    production.held()
                    production.restored()
                    production.again()
                if not shutil.which("caddy"):
                    counted.skip("caddy", f"{stack.name} behind Caddy", "it is not installed")
                    continue
                production = ByCaddy(stack, docker, scratch, BIN, counted.that)
                production.write()
                if production.start():
                    production.serves()
                production.type("prod down --volumes", shown="gone")
    finally:
        docker.close()
    counted.close()


main()
