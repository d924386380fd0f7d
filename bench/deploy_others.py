"""The ways of others, re-enacted: applications at two ports, nginx with an include file and retries off; kamal's with a proxy
that does what kamal-proxy's source does at a switch."""
import functools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from cells import FULL, Unknown, engine
from rig import Load, answers, children, free_port, start_nginx

OTHERS = "2 The ways of others"


class Hand:
    """What a script would do by itself."""

    def __init__(self, bin_folder):
        self.bin = Path(bin_folder)
        self.work = Path(tempfile.mkdtemp(prefix="fairlead naive "))
        self.work.chmod(0o755)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.ports, self.running, self.nginx, self.pointer = [free_port(), free_port()], {}, None, None

    def start(self, port, version):
        env = {**os.environ, "FAIRLEAD_VERSION": version, "BEHAVIOUR": '{"start_delay": 0.3}'}
        self.running[port] = subprocess.Popen([self.bin / "probe-app", f"127.0.0.1:{port}"], env=env)

    def stop(self, port):
        one = self.running.pop(port)
        one.terminate()
        one.wait()

    def healthy(self, port, every=0.05):
        while subprocess.run(["curl", "-sf", "-o", "/dev/null", f"http://127.0.0.1:{port}/health"], check=False).returncode:
            time.sleep(every)

    def lead(self, *ports):
        servers = "".join(f"server {port if isinstance(port, str) else f'127.0.0.1:{port}'} max_fails=0;" for port in ports)
        text = (f"upstream app {{ {servers} }} server {{ listen {self.url.removeprefix('http://')}; location / {{ proxy_pass http://app; "
                "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $how; } } "
                "map $http_upgrade $how { default upgrade; '' close; }")
        (self.work / "site.conf").write_text(text)
        if self.nginx is None:
            self.nginx = start_nginx(self.work, f'include "{self.work}/site.conf";')
            answers(self.url)
        else:
            self.nginx.send_signal(signal.SIGHUP)

    def workers(self):
        return children(self.nginx.pid)

    def close(self):
        for one in (*self.running.values(), self.nginx):
            if one:
                one.kill()
                one.wait()
        shutil.rmtree(self.work, ignore_errors=True)


def in_place(hand, old, new):
    hand.stop(old)
    hand.start(old, "next")
    hand.healthy(old)
    return old


def at_once(hand, old, new):
    hand.start(new, "next")
    hand.lead(new)
    hand.stop(old)
    hand.healthy(new)
    return new


def after_health(hand, old, new):
    hand.start(new, "next")
    hand.healthy(new)
    hand.lead(new)
    hand.stop(old)
    return new


def docker_rollout(hand, old, new):
    """New ones beside the old, a proxy that follows what runs (nginx-proxy, Traefik), wait until they are healthy, stop the old."""
    hand.start(new, "next")
    hand.lead(old, new)  # it sees a container that started
    hand.healthy(new, every=1)  # its loop
    hand.stop(old)
    hand.lead(new)  # it sees one that went
    return new


def workers_gone(hand, old, new):
    hand.start(new, "next")
    hand.healthy(new)
    before = hand.workers()
    hand.lead(new)
    while before & hand.workers():
        time.sleep(0.1)
    hand.stop(old)
    return new


class Pointer:
    """A proxy whose target is a pointer: each request goes where it points when it begins. At a switch the old target's
    upgraded connections are ended at once, its requests are waited for, 30 s at most."""

    def __init__(self, url):
        self.target, self.lock, self.active, self.upgraded = None, threading.Lock(), {}, {}
        self.listener = socket.create_server(("127.0.0.1", int(url.rpartition(":")[2])), backlog=512)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        data = b""
        try:
            while (data := self.request(client, data)) is not None:
                pass
        except OSError:
            pass
        client.close()

    @staticmethod
    def until(source, data, mark):
        while mark not in data:
            more = source.recv(65536)
            if not more:
                raise OSError("closed")
            data += more
        at = data.index(mark) + len(mark)
        return data[:at], data[at:]

    def request(self, client, data):
        """One of them; what came after it, or nothing: it was the last."""
        head, data = self.until(client, data, b"\r\n\r\n")
        with self.lock:
            target = self.target
            self.active[target] = self.active.get(target, 0) + 1
        try:
            upstream = socket.create_connection(("127.0.0.1", target))
            lower = head.lower()
            if b"upgrade: websocket" in lower:
                return self.hijack(client, upstream, target, head + data)
            upstream.sendall(head)
            if b"transfer-encoding: chunked" in lower:
                body, data = self.until(client, data, b"0\r\n\r\n")
                upstream.sendall(body)
            answer, rest = self.until(upstream, b"", b"\r\n\r\n")
            size = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            while len(rest) < size:
                if not (more := upstream.recv(65536)):
                    raise OSError("cut")
                rest += more
            client.sendall(answer + rest)
            upstream.close()
            return None if b"connection: close" in lower else data
        finally:
            with self.lock:
                self.active[target] -= 1

    def hijack(self, client, upstream, target, first):
        with self.lock:
            self.active[target] -= 1
            self.upgraded.setdefault(target, []).extend((client, upstream))
        upstream.sendall(first)
        back = threading.Thread(target=self.pump, args=(upstream, client), daemon=True)
        back.start()
        self.pump(client, upstream)
        back.join()
        with self.lock:
            self.active[target] += 1  # as the caller takes it off

    @staticmethod
    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def switch(self, target):
        with self.lock:
            old, self.target = self.target, target
            gone = self.upgraded.pop(old, [])
        for one in gone:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        end = time.monotonic() + 30
        while self.active.get(old) and time.monotonic() < end:
            time.sleep(0.05)


def kamal(hand, old, new):
    """Its proxy asks /up each second until the first good answer, moves the pointer, drains; then the old one is stopped."""
    hand.start(new, "next")
    hand.healthy(new, every=1)
    hand.pointer.switch(new)
    hand.stop(old)
    return new


WAYS = {"restart in place": in_place, "start, reload at once, stop": at_once, "wait for health, reload, stop": after_health,
         "docker-rollout's procedure": docker_rollout, "reload, wait for the old workers, stop": workers_gone,
         "kamal's procedure": kamal}


def loaded(table, name, count, hand, act):
    """That many of these acts under the load of every kind."""
    load = Load(hand, *FULL, "--think-ms", "3", "--slow-url", f"{hand.url}/?sleep=4")
    began = time.monotonic()
    for _ in range(count):
        act()
        time.sleep(0.5)
    table.row(OTHERS, (*WAYS, *ENGINE_WAYS).index(name), name, count, count, (time.monotonic() - began) / count, load.end())


def one_way(name, way, options, _checks, table, count):
    hand = Hand(options["bin"])
    try:
        ports = hand.ports
        hand.start(ports[0], "first")
        hand.healthy(ports[0])
        if way is kamal:
            hand.pointer = Pointer(hand.url)
            hand.pointer.switch(ports[0])
        else:
            hand.lead(ports[0])

        def act():
            if way(hand, *ports) == ports[1]:
                ports.reverse()
        loaded(table, name, count, hand, act)
    finally:
        hand.close()


def ways():
    return [functools.partial(one_way, name, way) for name, way in WAYS.items()]


class Composed(Hand):
    """The same by an engine: a service `web` of a compose project."""

    def __init__(self, bin_folder, published):
        super().__init__(bin_folder)
        self.tag = 0
        ports = f'    ports: ["{self.url.removeprefix("http://")}:8000"]\n' if published else ""
        (self.work / "compose.yml").write_text(f"services:\n  web:\n    image: probe:${{TAG}}\n{ports}    stop_grace_period: 5s\n")

    def compose(self, *words):
        env = {**os.environ, **engine().environment, "TAG": str(self.tag % 2)}
        done = subprocess.run(["docker", "compose", "-p", "probe", "-f", self.work / "compose.yml", *words], env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.split()

    def lead_to(self, containers):
        """nginx at their addresses."""
        told = engine().docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", *containers).stdout.decode().split()
        self.lead(*(f"{address}:8000" for address in told))

    def all_healthy(self, containers):
        while any(state != "healthy" for state in engine().docker("inspect", "--format", "{{.State.Health.Status}}", *containers).stdout.decode().split()):
            time.sleep(1)

    def close(self):
        self.compose("down", "--timeout", "1")
        super().close()


def up(hand):
    hand.compose("up", "-d")


def up_wait(hand):
    hand.compose("up", "-d", "--wait")


def rollout(hand):
    """docker-rollout's steps, with a proxy that follows what runs."""
    old = hand.compose("ps", "-q", "web")
    hand.compose("up", "-d", "--no-deps", "--no-recreate", "--scale", f"web={2 * len(old)}", "web")
    both = hand.compose("ps", "-q", "web")
    hand.lead_to(both)
    new = [one for one in both if one not in old]
    hand.all_healthy(new)
    engine().docker("stop", *old)
    engine().docker("rm", *old)
    hand.lead_to(new)


ENGINE_WAYS = {"compose up -d": (up, True), "compose up -d --wait": (up_wait, True), "docker-rollout's steps, an engine": (rollout, False)}


def engine_ways(options, checks, table, count):
    try:
        engine()
    except Unknown as why:
        return checks.skip("docker", "compose up -d, docker-rollout with an engine", str(why))
    for tag in ("0", "1"):
        engine().application(options["bin"], f"probe:{tag}", f"{tag}.0.0", start_delay=0.3)
    for name, (way, published) in ENGINE_WAYS.items():
        hand = Composed(options["bin"], published)
        try:
            hand.compose("up", "-d", "--wait")
            if not published:
                hand.lead_to(hand.compose("ps", "-q", "web"))
            loaded(table, name, count, hand, lambda hand=hand, way=way: (setattr(hand, "tag", hand.tag + 1), way(hand)))
        finally:
            hand.close()
