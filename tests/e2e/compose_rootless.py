#!/usr/bin/python3
"""compose_rootless.py BIN: target compose with a rootless engine, deployed by its user: nobody is root but the router. It takes
rootlesskit, slirp4netns and uidmap (Debian's packages; FAIRLEAD_TEST_REQUIRE=rootless or =all fetches them to build/tools/rootless)."""
import os
import pathlib
import subprocess
import sys
import tempfile

import cells
from cells import Cell, describe
from engine import MISSING, Engine, Missing, plugin
from rig import checks

TOOLS = pathlib.Path(__file__).resolve().parent.parent.parent / "build/tools/rootless"
START = "/usr/share/docker.io/contrib/dockerd-rootless.sh"
USER = 65534
# A mount namespace of its own: ids that the user may give to others, and a tun that it may open.
INSIDE = """set -e
mount --make-rprivate /
for file in subuid subgid; do [ -e /etc/$file ] && mount --bind "$1/ids" /etc/$file; done
mount --bind "$1/tun" /dev/net/tun
cd "$1/home"
shift
exec setpriv --reuid={user} --regid={user} --clear-groups env -i "$@"
"""


def tools():
    """Folder that usr/bin of the three packages is in."""
    if (TOOLS / "usr/bin/rootlesskit").exists():
        return TOOLS
    if not checks.is_brought("rootless"):
        raise Missing(f"{TOOLS} is not here; FAIRLEAD_TEST_REQUIRE=rootless makes it")
    with tempfile.TemporaryDirectory() as folder:
        got = subprocess.run(["apt-get", "download", "rootlesskit", "slirp4netns", "uidmap", "libslirp0"], cwd=folder, capture_output=True, text=True, check=False)
        if got.returncode:
            raise Missing(f"apt-get download: {got.stderr.strip().splitlines()[-1:]}")
        for package in pathlib.Path(folder).glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(TOOLS)], check=True)
    return TOOLS


class Rootless(Engine):
    def __init__(self):
        if os.geteuid() or not pathlib.Path(START).exists() or not pathlib.Path("/dev/net/tun").exists():
            raise Missing(f"it takes root, {START} and /dev/net/tun")
        if not plugin():
            raise Missing(MISSING)
        self.tools = tools()
        for name in ("newuidmap", "newgidmap"):
            (self.tools / "usr/bin" / name).chmod(0o4755)
        self.folders("fairlead-rootless.")
        self.work.chmod(0o755)
        for name in ("home", "run"):
            (self.work / name).mkdir()
            os.chown(self.work / name, USER, USER)
        (self.work / "ids").write_text(f"{USER}:200000:65536\n")
        os.mknod(self.work / "tun", 0o20666, os.stat("/dev/net/tun").st_rdev)
        (self.work / "tun").chmod(0o666)
        self.environment = {"DOCKER_HOST": f"unix://{self.work}/run/docker.sock", "DOCKER_CONFIG": str(self.work / "config")}
        self.start()

    def start(self):
        folders = f"{self.tools}/usr/bin:/usr/share/docker.io/contrib:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
        words = [f"HOME={self.work}/home", "USER=nobody", f"XDG_RUNTIME_DIR={self.work}/run", f"TMPDIR={self.work}/run", f"PATH={folders}",
                 f"LD_LIBRARY_PATH={self.tools}/usr/lib/x86_64-linux-gnu", START, "--storage-driver", "vfs", "--iptables=false"]
        self.begin(["unshare", "-m", "bash", "-c", INSIDE.format(user=USER), "rootless", str(self.work), *words], None)


def as_its_user(rig, engine):
    for path in (rig.work, rig.work / "secrets.env", rig.work / "router"):
        os.chown(path, USER, USER)
    rig.work.chmod(0o755)
    if (rig.work / "router/s").exists():
        (rig.work / "router/s").chmod(0o666)
    rig.as_user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]


def switches(engine, checks, router):
    rig = Cell(sys.argv[1], "compose", "blue-green", router)
    try:
        as_its_user(rig, engine)
        first = rig.apply()
        checks.that(first.returncode == 0 and rig.served() == "1.0.0", f"{router}: a first release serves", first.stderr)
        load, good = rig.load(slow=1.2), 0
        for number in range(2):
            rig.release(f"2.{number}.0")
            done = rig.apply()
            good += done.returncode == 0 and rig.served() == rig.version
        lost = load.end()
        checks.that(good == 2 and not rig.leftovers(), f"{router}: 2 switches", f"{good} {done.stderr} {rig.leftovers()}")
        checks.that(lost["lost"] == 0, f"{router}: {describe(lost)}", lost)
        if router == "haproxy":
            rig.configure(target__reach="container")
            done = rig.apply()
            checks.that(done.returncode == 2 and "rootless" in done.stderr, "an address that nobody reaches is refused", done.stderr)
    finally:
        rig.close()


def main():
    try:
        engine = Rootless()
    except Missing as why:
        checks.leave("rootless", str(why))
    cells.engine = lambda: engine
    try:
        for router in ("haproxy", "nginx-link"):
            switches(engine, checks, router)
    finally:
        engine.close()
    checks.close()


main()
