"""A Docker engine of its own for the rigs: dockerd with its data in a scratch folder and in a network of the test's own, the compose
plugin (v2), images made here. An engine that runs here already is neither asked nor touched."""
import contextlib
import ctypes
import fcntl
import functools
import io
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from compose_plugin import MISSING, plugin  # noqa: E402
from until import wait_for, wait_until  # noqa: E402


class Missing(Exception):
    """Why no engine runs here."""


@functools.cache
def apart():
    """This process and all that it starts from now on have a network of their own: loopback, and the engine's bridges. What filters the
    host's packets (a policy that another engine left drops what containers send each other), what it binds and what it routes has no say
    here, and no bridge is left there. Their mounts end with them, too."""
    libc = ctypes.CDLL(None, use_errno=True)
    for flags in (0x40000000, 0x00020000):  # CLONE_NEWNET, CLONE_NEWNS
        if libc.unshare(flags):
            raise Missing(f"no network of its own can be made: {os.strerror(ctypes.get_errno())}")
    if libc.mount(None, b"/", None, 0x4000 | 0x40000, None):  # MS_REC | MS_PRIVATE
        raise Missing(f"no mounts of its own can be made: {os.strerror(ctypes.get_errno())}")
    os.makedirs("/run/containerd", exist_ok=True)  # where dockerd would find the host's containerd and use it
    if libc.mount(b"none", b"/run/containerd", b"tmpfs", 0, None):
        raise Missing(f"the host's containerd can't be hidden: {os.strerror(ctypes.get_errno())}")
    with socket.socket() as any_one:
        fcntl.ioctl(any_one, 0x8914, struct.pack("16sh", b"lo", 0x41))  # SIOCSIFFLAGS: up and running


def missing():
    """Why this machine can't start one; empty: it can."""
    for name in ("dockerd", "docker"):
        if not shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin"):
            return f"{name} is not installed"
    return "it takes root to start one" if os.geteuid() else "" if plugin() else MISSING


class Engine:
    def __init__(self):
        if why := missing():
            raise Missing(why)
        apart()
        self.folders()
        self.environment = {"DOCKER_HOST": f"unix://{self.work}/sock", "DOCKER_CONFIG": str(self.work / "config")}
        self.start()

    def folders(self, prefix="fairlead-engine."):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix=prefix))
        (self.work / "config/cli-plugins").mkdir(parents=True)
        (self.work / "tmp").mkdir()  # its TMPDIR: a containerd that answers late writes its stacks there
        (self.work / "config/cli-plugins/docker-compose").symlink_to(plugin())
        (self.work / "daemon.json").write_text("{}")  # not /etc/docker/daemon.json, which is another engine's

    def start(self):
        """Again after stop(), with all that it had."""
        command = ["dockerd", "--config-file", self.work / "daemon.json", "--data-root", self.work / "data", "--exec-root", self.work / "exec",
                   "--pidfile", self.work / "pid", "-H", self.environment["DOCKER_HOST"], "--iptables=false", "--bip", "172.30.7.1/24",
                   "--default-address-pool", "base=172.30.8.0/22,size=27"]
        self.begin([str(word) for word in command], {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin",
                                                          "TMPDIR": str(self.work / "tmp")})

    def begin(self, command, environment):
        with open(self.work / "log", "w") as log:
            self.daemon = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
        with contextlib.suppress(TimeoutError):
            wait_until("dockerd", lambda: self.docker("version").returncode == 0 or self.daemon.poll() is not None, 120, 0.1)
        if self.daemon.poll() is not None or self.docker("version").returncode:
            said = (self.work / "log").read_text().strip().splitlines()
            self.close()
            raise Missing(f"dockerd does not start: {said[-1] if said else ''}")

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
        wait_for(lambda: subprocess.run(["pgrep", "-f", f"{self.work}/"], capture_output=True, check=False).returncode, 10, 0.1)  # the shims
        wait_for(self.removed, 10, 0.2)  # what is there even then is told by tests/support/left.py

    def removed(self):
        """Whether all that it kept is gone; on a busy machine somebody writes there until the last moment."""
        mounts = [line.split()[1] for line in pathlib.Path("/proc/thread-self/mounts").read_text().splitlines()]
        subprocess.run(["umount", "--lazy", *(place for place in mounts if place.startswith(f"{self.work}/"))], capture_output=True, check=False)
        shutil.rmtree(self.work, ignore_errors=True)
        return not self.work.exists()


def main():
    """engine.py COMMAND...: runs it with an engine of its own; its exit status."""
    try:
        engine = Engine()
    except Missing as why:
        counted.leave("engine", str(why))
    try:
        return subprocess.run(sys.argv[1:], env={**os.environ, **engine.environment}, check=False).returncode
    finally:
        engine.close()


if __name__ == "__main__":
    sys.exit(main())
