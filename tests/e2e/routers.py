#!/usr/bin/python3
"""routers.py BIN [KIND...]: fairlead-deploy through each real router under a strict load, with nothing tried again:
nginx by links, by lanes (rolling) and by include, HAProxy, Caddy. What a switch may lose is 0, but for reloads."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

from rig import Load, Rig, answers, checks, program, start_nginx
from until import wait_until

SWITCHES = int(os.environ.get("FAIRLEAD_SWITCHES", "5"))  # 20 of each: script/bench deploy switches


class RouterRig(Rig):
    router, strategy = "{kind: nginx}", "blue-green"
    may_lose = False  # a reload cuts idle connections

    def configure(self, **options):
        super().configure(**{"strategy": self.strategy, **options})
        file = self.work / "fairlead.yml"
        folder = str(self.work)
        text = file.read_text().replace('[/usr/bin/python3, app.py, "{socket}"]', '[./probe-app, "{socket}"]')
        file.write_text(text.replace("deploy:\n  release", f"deploy:\n  router: {self.router.replace('WORK', folder)}\n  release", 1))

    def release(self, version, **behaviour):
        super().release(version, **behaviour)
        shutil.copy(self.bin / "probe-app", self.work / "release")

    def install(self):
        """The file that the router reads, as `router --install` writes it; nothing is tried again in it."""
        folder = self.work / "router"
        folder.mkdir(exist_ok=True)
        self.site = folder / "site.conf"
        done = self.run("router", "--install", str(self.site))
        if done.returncode:
            raise RuntimeError(done.stderr)
        return folder

    def start_router(self):
        folder = self.install()
        self.site.write_text(re.sub("proxy_next_upstream [^;]*;", "proxy_next_upstream off;", self.site.read_text()))
        self.nginx = start_nginx(folder, f'include "{self.site}";')
        answers(self.url, folder / "error.log")

    def stop_router(self):
        self.nginx.terminate()
        self.nginx.wait()

    def break_router(self):
        """Something that the router's own check refuses, in its main file."""
        file = self.work / "router" / "nginx.conf"
        file.write_text(file.read_text().replace("events {", "no_such_directive; events {", 1))

    def mend_router(self):
        file = self.work / "router" / "nginx.conf"
        file.write_text(file.read_text().replace("no_such_directive; ", ""))


class Links(RouterRig):
    router = '{kind: nginx, config: "WORK/router/nginx.conf"}'


class Lanes(RouterRig):
    router = '{kind: nginx, config: "WORK/router/nginx.conf", lanes: 10, log: "WORK/router/access.log"}'
    strategy = "rolling"


class Sticky(RouterRig):
    router = '{kind: nginx, lanes: 4, sticky: fl}'
    strategy = "rolling"


class Include(RouterRig):
    router = '{kind: nginx, mode: include, include: "WORK/router/upstream/probe.conf", config: "WORK/router/nginx.conf", min_reload_interval: 1s}'
    may_lose = True


class Haproxy(RouterRig):
    router = '{kind: haproxy, socket: "WORK/router/s", config: "WORK/router/haproxy.cfg", server_state: "WORK/router/state"}'

    def start_router(self):
        program("haproxy")
        folder = self.install()
        (folder / "haproxy.cfg").write_text(
            f'global\n    stats socket "{folder}/s" mode 600 level admin\n    maxconn 2000\n'
            "defaults\n    mode http\n    retries 0\n    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n")
        self.again()

    def again(self):
        folder = self.site.parent
        self.nginx = subprocess.Popen([program("haproxy"), "-db", "-f", str(folder / "haproxy.cfg"), "-f", str(self.site)],
                                      stderr=open(folder / "log", "w"), start_new_session=True)
        answers(self.url, folder / "log")

    def break_router(self):
        file = self.site.parent / "haproxy.cfg"
        file.write_text(file.read_text() + "    no_such_keyword\n")

    def mend_router(self):
        file = self.site.parent / "haproxy.cfg"
        file.write_text(file.read_text().replace("    no_such_keyword\n", ""))


class Caddy(RouterRig):
    router = '{kind: caddy, admin: "unix/WORK/router/admin", config: "WORK/router/Caddyfile"}'

    def start_router(self):
        program("caddy")
        folder = self.install()
        (folder / "Caddyfile").write_text(f'{{\n    admin "unix/{folder}/admin"\n}}\nimport "{self.site}"\n')
        environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        self.nginx = subprocess.Popen([program("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"],
                                      stderr=open(folder / "log", "w"), env=environment, start_new_session=True)
        answers(self.url, folder / "log")

    def break_router(self):
        file = self.site.parent / "Caddyfile"
        file.write_text(file.read_text() + "}\n")

    def mend_router(self):
        file = self.site.parent / "Caddyfile"
        file.write_text(file.read_text().removesuffix("}\n"))


RIGS = {"links": Links, "lanes": Lanes, "include": Include, "haproxy": Haproxy, "caddy": Caddy, "sticky": Sticky}


def switches(rig, checks, name):
    load = Load(rig, "--fresh", "3", "--kept", "3", "--think-ms", "5", "--slow", "2", "--slow-url", rig.url + "/?sleep=1")
    posts = Load(rig, "--fresh", "1", "--kept", "2", "--method", "POST")
    good = rig.switch(SWITCHES, "2")
    post, lost = posts.end(), load.end()
    checks.that(good == SWITCHES, f"{name}: {SWITCHES} switches", f"{good} good")
    for what, count, connections in (("requests", lost, 3), ("POSTs", post, 2)):
        if rig.may_lose:
            kept = count["by_work"].get("kept", {}).get("lost", 0)
            most = connections * SWITCHES  # as the plan says; a share of what was sent would depend on the machine's speed
            checks.that(count["lost"] == kept and count["lost"] <= most,
                        f"{name}: {count['lost']} of {count['sent']} {what} lost, all of them on kept connections, at most one of each at a reload", count)
        else:
            checks.that(count["lost"] == 0, f"{name}: 0 of {count['sent']} {what} lost over {SWITCHES} switches", count)


def sockets(rig, checks, name):
    """WebSockets that are open across a switch see no cut before they end by themselves."""
    load = Load(rig, "--fresh", "1", "--kept", "0", "--socket", "2")
    for number in range(3):
        rig.release(f"3.{number}.0")
        rig.apply()
    count = load.end()
    work = count["by_work"].get("socket", {})
    checks.that(work.get("sent", 0) > 0 and work.get("lost", 1) == 0, f"{name}: 0 of {work.get('sent')} messages of WebSockets lost", count)


def sick(rig, checks, name):
    before = rig.served()
    load = Load(rig, "--fresh", "2", "--kept", "0")
    rig.configure(bake="3s")
    rig.release("4.0.0", sick_after=1.0)
    done = rig.apply()
    count = load.end()
    rig.configure()
    checks.that(done.returncode == 1 and rig.served() == before, f"{name}: a release that turns sick is taken back", done.stderr)
    checks.that(count["sent"] > 0, f"{name}: meanwhile {count['lost']} of {count['sent']} were lost")


def dead_router(rig, checks, name):
    before = rig.served()
    rig.release("5.0.0")
    rig.stop_router()
    done = rig.apply()
    checks.that(done.returncode == 3, f"{name}: without its router nothing is touched, exit 3", f"{done.returncode} {done.stderr}")
    told, checked = rig.run("status"), rig.run("status", "--check")
    trouble = [line for line in told.stdout.splitlines() + told.stderr.splitlines() if "[deploy/" in line]
    checks.that(told.returncode == 0 and checked.returncode == 1 and f"runs {before}-" in told.stdout and len(trouble) == 1 and "[deploy/router]" in trouble[0],
                f"{name}: without its router status tells slots and records, and the router's trouble in one line", f"{told.returncode} {checked.returncode} {told.stdout} {told.stderr}")
    plan, steps = rig.run("rollback", "--dry-run"), len(rig.history())
    back = rig.run("rollback")
    asked = name in ("haproxy", "include")  # the others switch by links
    checks.that(plan.returncode == 0 and ("now it would be refused: " in plan.stdout) == asked, f"{name}: a rollback's plan says whether it could switch now", plan.stdout + plan.stderr)
    if asked:
        checks.that(back.returncode == 3 and ("start HAProxy" if name == "haproxy" else "start it") in back.stderr and "nothing was changed" in back.stderr and len(rig.history()) == steps,
                    f"{name}: a rollback can't switch then, and says what to do", back.stdout + back.stderr)
    else:
        checks.that(back.returncode == 1 and "the router at" in back.stderr, f"{name}: a rollback switches without it, and isn't said to serve", back.stdout + back.stderr)
        before = json.loads((rig.state_folder / "state.json").read_text())["current"].rpartition("-")[0]
    rig.again() if hasattr(rig, "again") else rig.start_router()
    for _ in range(50):
        if rig.served() == before:
            break
        time.sleep(0.1)
    checks.that(rig.served() == before, f"{name}: started again, it leads where it led", rig.served())
    done = rig.apply()
    checks.that(done.returncode == 0 and rig.served() == "5.0.0", f"{name}: and the next deployment goes through", done.stderr)


def unwritable_state(rig, checks, name):
    """Where HAProxy's state file can't be, nothing is started."""
    before, file = rig.served(), rig.work / "fairlead.yml"
    kept = file.read_text()
    file.write_text(kept.replace("router/state", "router/site.conf/state"))
    rig.release("7.0.0")
    for command in ("plan", "apply"):
        done = rig.run(command, "--release-version", "7.0.0")
        checks.that(done.returncode == 3 and "router.server_state" in done.stderr and "start slot" not in done.stderr and rig.served() == before,
                    f"{name}: {command} finds that the state file can't be written", done.stdout + done.stderr)
    file.write_text(kept)


def installed(rig, checks, name):
    checked = rig.run("router", "--check", "--install", str(rig.site))
    if rig.site.read_text() != rig.run("router").stdout:
        checks.that(checked.returncode == 1, f"{name}: --check sees that the file isn't what would be written", checked.stderr)
    done = rig.run("router", "--install", str(rig.site))
    checks.that(done.returncode == 0 and rig.site.read_text() == rig.run("router").stdout, f"{name}: --install writes what is printed", done.stderr)
    if "nginx" in rig.router:
        rig.nginx.send_signal(signal.SIGHUP)
        wait_until("nginx has read it", lambda: rig.run("router", "--check", "--install", str(rig.site)).returncode == 0)
    checked = rig.run("router", "--check", "--install", str(rig.site))
    checks.that(checked.returncode == 0, f"{name}: --check: what runs is what would be written", checked.stdout + checked.stderr)
    rig.break_router()
    checked = rig.run("router", "--check", "--install", str(rig.site))
    checks.that(checked.returncode == 1, f"{name}: --check: the user's own mistake is told", checked.stderr)
    rig.mend_router()
    foreign = rig.work / "foreign.conf"
    foreign.write_text("# somebody's\n")
    done = rig.run("router", "--install", str(foreign))
    checks.that(done.returncode == 2 and foreign.read_text() == "# somebody's\n", f"{name}: a file that isn't ours is left alone", done.stderr)


def broken_include(rig, checks, name):
    """The user's configuration breaks between two deployments: nothing is switched, the include stays as it was."""
    include = rig.work / "router" / "upstream" / "probe.conf"
    before, text = rig.served(), include.read_text()
    rig.break_router()
    rig.release("6.0.0")
    done = rig.apply()
    checks.that(done.returncode == 3 and "no_such_directive" in done.stderr and "nginx.conf:1" in done.stderr, f"{name}: nginx's own file and line", done.stderr)
    for words in (["rollback"], ["down", "--confirm", "staging"]):
        done = rig.run(*words)
        checks.that(done.returncode == 3 and "nothing was changed" in done.stderr and "stop " not in done.stderr and rig.served() == before,
                    f"{name}: {words[0]} asks before it stops anything", done.stderr)
    seen = rig.run("status", "--check")
    checks.that(seen.returncode == 1 and "no_such_directive" in seen.stdout + seen.stderr, f"{name}: status --check says so", seen.stdout + seen.stderr)
    rig.mend_router()
    checks.that(rig.served() == before and include.read_text() == text, f"{name}: what served serves")


def damaged_include(rig, checks, name):
    """Our own file, while nothing serves: it is written again."""
    include = rig.work / "router" / "upstream" / "probe.conf"
    for way in ("apply", "router --install"):
        done = rig.run("down", "--confirm", "staging")
        whole = include.read_text()
        include.write_text(whole.splitlines()[0] + "\nwhat is this\n")
        if way == "apply":
            rig.release("8.0.0")
            done = rig.apply()
            checks.that(done.returncode == 0 and rig.served() == "8.0.0", f"{name}: {way} writes a damaged include again", done.stdout + done.stderr)
        else:
            done = rig.run("router", "--install", str(rig.site))
            checks.that(done.returncode == 0 and include.read_text() == whole, f"{name}: {way} writes a damaged include again", include.read_text())


def lanes_in_log(rig, checks, name):
    lines = [line.split("\t") for line in (rig.work / "router" / "access.log").read_text().splitlines()]
    checks.that(lines and all(len(line) == 6 for line in lines), f"{name}: the access log has its six columns", lines[:2])
    used = {line[4] for line in lines if line[4] != "-"}
    checks.that(len(used) == 10 and all("/run/lane/0" in one for one in used), f"{name}: requests are spread over 10 lanes", used)


def sticky(rig, checks, name):
    rig.apply()
    text = rig.site.read_text()
    checks.that("hash $cookie_fl consistent;" in text and text.count("/run/lane/0") >= 4, f"{name}: users stay by their cookie", text)
    checks.that(rig.served() == rig.version, f"{name}: it serves", rig.served())


def all_of(rig, checks, name):
    first = rig.apply()
    checks.that(first.returncode == 0 and rig.served() == "1.0.0", f"{name}: the first release", first.stderr)
    if name == "sticky":
        return sticky(rig, checks, name)
    switches(rig, checks, name)
    sockets(rig, checks, name)
    sick(rig, checks, name)
    dead_router(rig, checks, name)
    if name == "haproxy":
        unwritable_state(rig, checks, name)
    if name == "lanes":
        lanes_in_log(rig, checks, name)
    if name == "include":
        broken_include(rig, checks, name)
    installed(rig, checks, name)
    if name == "include":
        damaged_include(rig, checks, name)


def main():
    for name in sys.argv[2:] or RIGS:
        needs = {"haproxy": "haproxy", "caddy": "caddy"}.get(name, "nginx")
        if not any((pathlib.Path(folder) / needs).exists() for folder in (os.environ["PATH"] + ":/usr/sbin").split(":")):
            checks.skip(needs, f"switches through {name}", "it is not installed")
            continue
        rig = RIGS[name](sys.argv[1])
        try:
            all_of(rig, checks, name)
        finally:
            rig.close()
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
