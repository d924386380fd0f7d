#!/usr/bin/python3
"""learn.py BIN: docs/learn-containers.md as a newcomer would follow it, with a real engine. No registry is asked: this machine's Python
with its libraries stands in for the image that the page begins with."""
import io
import os
import pathlib
import re
import socket
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import engine  # noqa: E402
import learn  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
BASE = "python:3.13-slim-bookworm"
LEFT_OUT = ("test/", "idlelib/", "tkinter/", "lib2to3/", "ensurepip/", "dist-packages/", "site-packages/", "__pycache__/", "config-")


def python():
    """What an image of python holds at least, as an archive: the program, its libraries, its modules, /tmp."""
    program = pathlib.Path("/usr/bin/python3").resolve()
    folder = pathlib.Path("/usr/lib") / program.name
    libraries = re.findall(r"(/\S+) \(0x", subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout)
    files = {"usr/bin/python": program.read_bytes()}
    files |= {path.lstrip("/"): pathlib.Path(path).read_bytes() for path in libraries}
    for path in folder.rglob("*"):
        if path.is_file() and not any(part in f"{path.relative_to(folder)}" for part in LEFT_OUT):
            files[str(path).lstrip("/")] = path.read_bytes()
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, mode in (("tmp", 0o1777), *((name, 0o755) for name in files)):
            info = tarfile.TarInfo(name)
            info.mode, info.type = mode, tarfile.REGTYPE if name in files else tarfile.DIRTYPE
            info.size = len(files.get(name, b""))
            archive.addfile(info, io.BytesIO(files.get(name, b"")))
    return data.getvalue()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
try:
    docker = engine.Engine()
except engine.Missing as why:
    counted.leave("engine", str(why))
try:
    made = docker.docker("import", "--change", "ENV PYTHONHOME=/usr PATH=/usr/bin", "-", BASE, data=python())
    counted.note("the stand-in for the base", made.stderr.decode() if made.returncode else "")
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        environment = {**os.environ, **docker.environment, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": scratch, "DOCKER_BUILDKIT": "0"}
        ran = learn.follow("learn-containers.md", folder, environment, free_port())
        counted.that(ran >= 10 and not counted.counts["failed"], "S0-28: every command of 'Image, container, Compose, env files' does what the page says")
finally:
    docker.close()
counted.close()
