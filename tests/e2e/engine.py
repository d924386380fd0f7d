"""A Docker engine of its own for the rigs: dockerd with its data in a scratch folder, the compose plugin (v2), images made
here. Debian 12 has no such plugin: Debian 13's package holds one program that runs on both, kept in build/tools/compose."""
import contextlib
import fcntl
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import urllib.request

TOOLS = pathlib.Path(__file__).resolve().parent.parent.parent / "build/tools/compose"
PACKAGE = "http://deb.debian.org/debian/pool/main/d/docker-compose/docker-compose_2.26.1-4_amd64.deb"
SHA256 = "47681197cb2b1ab88206b42a1a92fc75f50d9530a6322d03494a473eed0408ea"
BIP = "172.30.7.1/24"
ROOMS = 8  # engines at a time; each gives its networks addresses of its own


class Missing(Exception):
    """Why no engine runs here."""


def plugin():
    """Path of docker-compose, or Missing."""
    for place in (TOOLS, pathlib.Path("/usr/libexec/docker/cli-plugins"), pathlib.Path("/usr/lib/docker/cli-plugins"), pathlib.Path.home() / ".docker/cli-plugins"):
        if (place / "docker-compose").is_file():
            return place / "docker-compose"
    try:
        data = urllib.request.urlopen(PACKAGE, timeout=60).read()
    except OSError as why:
        raise Missing(f"the compose plugin (v2) is not here, and {PACKAGE} can't be had: {why}") from None
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise Missing(f"{PACKAGE} is not what it was")
    TOOLS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "x.deb").write_bytes(data)
        subprocess.run(["dpkg-deb", "-x", f"{folder}/x.deb", folder], check=True)
        shutil.move(f"{folder}/usr/libexec/docker/cli-plugins/docker-compose", TOOLS / "docker-compose")
    return TOOLS / "docker-compose"


class Engine:
    def __init__(self):
        for name in ("dockerd", "docker"):
            if not shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin"):
                raise Missing(f"{name} is not installed")
        if os.geteuid():
            raise Missing("it takes root to start one")
        compose = plugin()
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="fairlead-engine."))
        (self.work / "config/cli-plugins").mkdir(parents=True)
        (self.work / "config/cli-plugins/docker-compose").symlink_to(compose)
        self.environment = {"DOCKER_HOST": f"unix://{self.work}/sock", "DOCKER_CONFIG": str(self.work / "config")}
        self.start()

    def start(self):
        """Again after stop(), with all that it had."""
        room = self.room()
        command = ["dockerd", "--data-root", self.work / "data", "--exec-root", self.work / "exec", "--pidfile", self.work / "pid",
                   "-H", self.environment["DOCKER_HOST"], "--iptables=false", "--bip", BIP,
                   "--default-address-pool", f"base=172.30.{8 + 4 * room}.0/22,size=27"]
        self.daemon = subprocess.Popen([str(word) for word in command], stdout=open(self.work / "log", "w"), stderr=subprocess.STDOUT,
                                       env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})
        from cells import wait_for
        if not wait_for(lambda: self.docker("version").returncode == 0 or self.daemon.poll() is not None, 40) or self.daemon.poll() is not None:
            said = (self.work / "log").read_text().strip().splitlines()
            self.close()
            raise Missing(f"dockerd does not start: {said[-1] if said else ''}")

    def room(self):
        """The first that no other engine of these tests has, until we end."""
        for number in range(ROOMS):
            self.lock = open(f"/tmp/fairlead-engine-{number}.lock", "w")
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return number
        raise Missing(f"{ROOMS} engines of these tests run already")

    def stop(self):
        self.daemon.terminate()
        self.daemon.wait()

    def docker(self, *words, data=None, timeout=120):
        return subprocess.run(["docker", *map(str, words)], input=data, capture_output=True, check=False, timeout=timeout,
                              env={**os.environ, **self.environment})

    def image(self, name, files, *changes):
        """An image of these files ({path: bytes, executable}) alone; its changes are lines of a Dockerfile. Its id."""
        tar = io.BytesIO()
        with tarfile.open(fileobj=tar, mode="w") as archive:
            for path, content in files.items():
                info = tarfile.TarInfo(path)
                info.size, info.mode = len(content), 0o755
                archive.addfile(info, io.BytesIO(content))
        done = self.docker("import", *(word for change in changes for word in ("--change", change)), "-", name, data=tar.getvalue())
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        return done.stdout.decode().strip()

    def application(self, bin_folder, name, version, **behaviour):
        """The rigs' application as an image: it listens at port 8000 and checks itself."""
        return self.image(name, {"app": (pathlib.Path(bin_folder) / "probe-app").read_bytes(), "behaviour.json": json.dumps({"of": version, **behaviour}).encode()},
                          'CMD ["/app", "0.0.0.0:8000"]', f"ENV FAIRLEAD_VERSION={version}", "EXPOSE 8000",
                          'HEALTHCHECK --interval=1s --timeout=10s CMD ["/app", "--check", "127.0.0.1:8000"]')

    def close(self):
        listed = self.docker("ps", "-aq").stdout.decode().split() if self.daemon.poll() is None else []
        if listed:
            self.docker("rm", "-f", *listed)
        self.stop()
        shutil.rmtree(self.work, ignore_errors=True)
