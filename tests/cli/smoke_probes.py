#!/usr/bin/python3
# needs: openssl, redis, postgres, dnsmasq, aiosmtpd, websockets; takes: 6 s; cases: 230
"""smoke_probes.py BIN: the probes of bytes and names against real servers: green when well, red with the right sentence when ill.

PostgreSQL, Redis, dnsmasq, aiosmtpd, websockets and OpenSSL are real; what no real server does on demand (mute, garbage, endless, a
wrong code) is done by small servers here. All cases are checks of one fairlead.yml, asked in one run.
"""
import asyncio
import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402
import redis  # noqa: E402
from until import wait_until  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-smoke"
LATEST = 3  # seconds that an attempt may take below; `defaults.timeout` is 1.5 s
YES = None  # what a case expects: this, or (rule, part of the message)
cases = []  # (name, probe as YAML, expected)
closing = []  # to be called at the end


def case(name, probe, expected=YES):
    cases.append((name, probe, expected))


def has(part, what, program=None):
    """Whether the part is here; else what it takes is skipped."""
    try:
        found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin") if program else __import__(part)
    except ImportError:
        found = None
    if not found:
        counted.skip(part, what, f"{program or part} is not here; script/bootstrap test installs it")
    return found


# ---- small servers ------------------------------------------------------------------------------------------------------

class Raw:
    """`talk` gets each connection, in a thread of its own."""

    def __init__(self, talk):
        self.talk, self.listener = talk, socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        connection.settimeout(10)
        try:
            with connection:
                self.talk(connection)
        except OSError:
            pass


def says(*pieces, ends="close", hears=True):
    """Hears something (if it hears), says the pieces, and closes, or hangs until the client goes."""
    def talk(connection):
        if hears:
            connection.recv(4096)
        for piece in pieces:
            connection.sendall(piece)
        while ends == "hang" and connection.recv(4096):
            pass
    return Raw(talk)


def floods(piece):
    def talk(connection):
        while True:
            connection.sendall(piece)
    return Raw(talk)


def drips(piece):
    def talk(connection):
        while True:
            connection.sendall(piece)
            time.sleep(0.01)
    return Raw(talk)


MUTE = says(ends="hang")
CLOSES = says()
HTTP = says(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
NOBODY = "127.0.0.1:1"
NO_ANSWER = "no answer within 1s500ms"
LATE = "onnection tim"  # "Connection timed out after …" or "SSL connection timeout": libcurl has both for a handshake
NO_BYTE = "the server closed the connection without an answer"  # or it was reset, if it had not read ours


# ---- tcp ----------------------------------------------------------------------------------------------------------------

def add_tcp():
    banner = says(b"SSH-2.0-test\r\n", hears=False, ends="hang")
    slow = says(b"PO", b"NG", b"\r\n", ends="hang")
    case("tcp", f"tcp: '{banner.address}'")
    case("tcp, its banner", f"tcp: {{address: '{banner.address}', expect: '~ SSH-2.0'}}")
    case("tcp, an answer", f"tcp: {{address: '{slow.address}', send: \"PING\\r\\n\", expect: PONG}}")
    case("tcp, a pattern", f"tcp: {{address: '{slow.address}', send: x, expect: '/^P.*G/'}}")
    case("tcp, closed as it should be", f"tcp: {{address: '{NOBODY}', open: false}}")
    case("tcp, open but should not be", f"tcp: {{address: '{banner.address}', open: false}}", ("smoke/tcp", "the port is open, expected that nobody"))
    case("tcp, nobody", f"tcp: '{NOBODY}'", ("smoke/connect", "Failed to connect to 127.0.0.1 port 1"))
    case("tcp, a name that is none", "tcp: 'no-such-host.invalid:80'", ("smoke/connect", "no-such-host.invalid"))
    case("tcp, other bytes", f"tcp: {{address: '{banner.address}', expect: '~ MySQL'}}",
         ("smoke/tcp", "only 'SSH-2.0-test\\n' came within 1s500ms, expected something with 'MySQL'"))
    case("tcp, mute", f"tcp: {{address: '{MUTE.address}', expect: '~ x'}}", ("smoke/tcp", NO_ANSWER))
    case("tcp, closes", f"tcp: {{address: '{CLOSES.address}', send: x, expect: '~ x'}}", ("smoke/tcp", NO_BYTE))
    case("tcp, closes after other bytes", f"tcp: {{address: '{HTTP.address}', send: x, expect: '~ 220'}}",
         ("smoke/tcp", "the server closed the connection after 'HTTP/1.1 400"))
    case("tcp, endless", f"tcp: {{address: '{floods(b'x' * 4096).address}', expect: '~ y'}}", ("smoke/tcp", "sends more than 65536 bytes"))
    case("tcp, dripping", f"tcp: {{address: '{drips(bytes(1)).address}', expect: '~ y'}}", ("smoke/tcp", "only '\\u0000"))


# ---- tls ----------------------------------------------------------------------------------------------------------------

def openssl(folder, *words):
    done = subprocess.run(["openssl", *map(str, words)], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"openssl {' '.join(map(str, words))}: {done.stderr}")


def day(days):
    return time.strftime("%y%m%d%H%M%SZ", time.gmtime(time.time() + days * 86400))


class Authority:
    """Signs certificates; `ca.pem` is its own."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "conf").write_text("[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n"
                                     "copy_extensions=copy\nunique_subject=no\n[p]\ncommonName=supplied\n")
        (folder / "index").touch()
        (folder / "serial").write_text("01")
        self.alone("ca", "CN=private CA")

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")

    def alone(self, name, subject):
        openssl(self.folder, "req", "-x509", *self.key, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", 90, "-subj", f"/{subject}",
                "-addext", "subjectAltName=IP:127.0.0.1")
        return name

    def sign(self, name, names="IP:127.0.0.1", days=90, ca="ca", is_ca=False):
        extension = ["-addext", f"subjectAltName={names}"] + (["-addext", "basicConstraints=critical,CA:TRUE"] if is_ca else [])
        openssl(self.folder, "req", *self.key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}", *extension)
        openssl(self.folder, "ca", "-batch", "-notext", "-config", "conf", "-cert", f"{ca}.pem", "-keyfile", f"{ca}.key", "-in", f"{name}.csr",
                "-out", f"{name}.pem", "-startdate", day(-400), "-enddate", day(days))
        return name


def tls_server(folder, name, *words):
    """openssl s_server with NAME.pem; its address."""
    process = subprocess.Popen(["openssl", "s_server", "-accept", "127.0.0.1:0", "-key", f"{name}.key", "-cert", f"{name}.pem", "-quiet", *words],
                               cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    closing.append(process.kill)
    return process


def listening(process):
    """Where a process listens: s_server says it only without -quiet, whose output would fill the pipe."""
    def ask():
        inodes = set()
        try:
            for file in pathlib.Path(f"/proc/{process.pid}/fd").iterdir():
                found = re.match(r"socket:\[(\d+)\]", os.readlink(file))
                inodes.update(found.groups() if found else ())
        except OSError:
            pass
        for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A" and columns[9] in inodes:
                return int(columns[1].split(":")[1], 16)
        return None
    return f"127.0.0.1:{wait_until('openssl s_server listens', ask)}"


def add_tls(folder):
    authority = Authority(folder)
    authority.sign("good", "IP:127.0.0.1,DNS:app.test")
    authority.sign("soon", days=5.5)
    authority.sign("expired", days=-3)
    authority.sign("other", "DNS:other.test,DNS:www.other.test")
    authority.alone("alone", "CN=alone")
    authority.sign("middle", is_ca=True, days=6.5)
    authority.sign("below", ca="middle")
    openssl(folder, "ocsp", "-index", "index", "-rsigner", "ca.pem", "-rkey", "ca.key", "-CA", "ca.pem", "-issuer", "ca.pem", "-cert", "good.pem",
            "-respout", "staple.der", "-ndays", 2)
    weak = ["-cipher", "ALL:COMPLEMENTOFALL:eNULL:aNULL:@SECLEVEL=0"]
    servers = {
        "good": tls_server(folder, "good"),
        "stapled": tls_server(folder, "good", "-cert_chain", "ca.pem", "-status_file", "staple.der"),
        "not provable": tls_server(folder, "good", "-status_file", "staple.der"),
        "soon": tls_server(folder, "soon"),
        "expired": tls_server(folder, "expired"),
        "other": tls_server(folder, "other"),
        "alone": tls_server(folder, "alone"),
        "below": tls_server(folder, "below", "-cert_chain", "middle.pem"),
        "1.0 to 1.3": tls_server(folder, "good", "-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1"),
        "only 1.1": tls_server(folder, "good", "-cipher", "ALL:@SECLEVEL=0", "-tls1_1"),
        "only 1.2": tls_server(folder, "good", "-tls1_2"),
        "only 1.3": tls_server(folder, "good", "-tls1_3"),
        "weak": tls_server(folder, "good", *weak, "-min_protocol", "TLSv1.2"),
    }
    at = {name: listening(process) for name, process in servers.items()}

    def ask(name, server, keys="", expected=YES):
        case(name, f"tls: {{host: '{at[server]}'{', ' * bool(keys)}{keys}}}", expected)

    def ill(name, server, part, keys="", rule="smoke/tls"):
        ask(f"tls, {name}", server, keys, (rule, part))
    case("tls", f"tls: '{at['good']}'")
    ask("tls, another name", "good", "name: app.test, days: 80")
    ask("tls, a staple", "stapled", "staple: true")
    ask("tls, 1.3 alone", "only 1.3", "min: TLSv1.3")
    ask("tls, days that suffice", "soon", "days: 5")
    ask("tls, old versions allowed", "1.0 to 1.3", "min: TLSv1, weak: false")
    ask("tls, weak ciphers allowed", "weak", "weak: false")
    ill("no staple", "good", "no good OCSP answer is stapled: No OCSP response", "staple: true")
    ill("a staple without its issuer", "not provable", "the server doesn't send the certificate of its issuer", "staple: true")
    ill("ends soon", "soon", f"the certificate (CN=soon) ends on {date(5.5)}, in 5 days; expected at least 14", rule="smoke/tls-expiry")
    ill("the chain ends soon", "below", f"a certificate of the chain (CN=middle) ends on {date(6.5)}, in 6 days; expected at least 14",
        rule="smoke/tls-expiry")
    ill("expired", "expired", f"the certificate (CN=expired) has expired on {date(-3)}", rule="smoke/tls-expiry")
    ill("for other names", "other", f"the certificate is not for 127.0.0.1, but for other.test, www.other.test (valid to {date(90)})")
    ill("for another name", "good", "the certificate is not for shop.test, but for app.test", "name: shop.test")
    ill("signed by itself", "alone", "the certificate is not trusted: self-signed certificate (CN=alone, issued by CN=alone, "
        f"valid from {date(0)} to {date(90)})")
    ill("also old versions", "1.0 to 1.3", "the server also accepts TLSv1.1, expected that it refuses everything older than TLSv1.2")
    ill("only old versions", "only 1.1", "the server accepts only versions up to TLSv1.1, expected TLSv1.2 or newer")
    ill("older than wanted", "only 1.2", "the server negotiates TLSv1.2, expected TLSv1.3 or newer", "min: TLSv1.3")
    ill("weak ciphers", "weak", "the server accepts the weak cipher TLS_")
    case("tls, none", f"tls: '{HTTP.address}'", ("smoke/tls", "wrong version number"))
    case("tls, nobody", f"tls: '{NOBODY}'", ("smoke/connect", "Failed to connect"))
    case("tls, mute", f"tls: '{MUTE.address}'", ("smoke/connect", LATE))
    case("tls, closes", f"tls: '{CLOSES.address}'", ("smoke/", ""))
    return folder / "ca.pem", at["alone"]


def date(days):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * 86400))


# ---- dns ----------------------------------------------------------------------------------------------------------------

def dnsmasq(folder):
    port = redis.free_port()
    records = ["--host-record=app.test,10.0.0.7,fd00::7", "--host-record=app.test,10.0.0.8", "--cname=www.test,app.test",
               "--txt-record=app.test,v=spf1 -all", "--mx-host=app.test,mail.test,10", "--local=/test/",
               *(f"--txt-record=long.test,{number:03} {'x' * 90}" for number in range(12))]
    process = subprocess.Popen(["dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", f"--port={port}", "--listen-address=127.0.0.1",
                                "--bind-interfaces", "--conf-file=/dev/null", f"--pid-file={folder}/dnsmasq.pid", "--user=", *records],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"})
    closing.append(process.kill)

    def answers():
        if process.poll() is not None:
            raise RuntimeError(f"dnsmasq: {process.stderr.read()}")
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", port)) == 0
    wait_until("dnsmasq answers", answers)
    return f"127.0.0.1:{port}"


def udp_server(answer):
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.1", 0))

    def serve():
        while True:
            question, peer = listener.recvfrom(4096)
            for message in answer(question):
                listener.sendto(message, peer)
    threading.Thread(target=serve, daemon=True).start()
    return f"127.0.0.1:{listener.getsockname()[1]}"


def add_dns(folder):
    def ill(name, answer, part):
        case(f"dns, {name}", f"dns: {{name: app.test, type: A, server: '{udp_server(answer)}'}}", ("smoke/dns", part))
    case("dns, by the system", "dns: {name: localhost, contains: 127.0.0.1}")
    case("dns, by the system, another address", "dns: {name: localhost, contains: 203.0.113.9}", ("smoke/dns", "expected 203.0.113.9 among it"))
    ill("mute", lambda _: [], "doesn't answer")
    ill("garbage", lambda _: [b"garbage", b"", b"\0" * 4000], "doesn't answer")
    ill("SERVFAIL", lambda question: [question[:2] + b"\x81\x82" + question[4:]], "answers SERVFAIL")
    ill("a forged answer alone", lambda question: [bytes([question[0] ^ 1]) + question[1:2] + b"\x81\x80" + question[4:]], "doesn't answer")
    ill("cut, and no TCP", lambda question: [question[:2] + b"\x83\x80" + question[4:]], "can't be reached")
    case("dns, nobody", f"dns: {{name: app.test, type: A, server: '{NOBODY}'}}", ("smoke/dns", "127.0.0.1:1 can't be reached: Connection refused"))
    if not has("dnsmasq", "the probe dns", "dnsmasq"):
        return
    server = dnsmasq(folder)

    def ask(name, text, expected=YES):
        case(f"dns, {name}", f"dns: {{server: '{server}', {text}}}", expected)
    ask("both kinds of addresses", "name: app.test, equals: [10.0.0.8, 10.0.0.7, 'fd00:0::7']")
    ask("A", "name: app.test, type: A, equals: [10.0.0.7, 10.0.0.8]")
    ask("AAAA", "name: app.test, type: AAAA, contains: 'FD00::7'")
    ask("CNAME", "name: www.test, type: CNAME, equals: App.test.")
    ask("A behind a CNAME", "name: www.test, type: A, contains: [10.0.0.7]")
    ask("TXT", "name: app.test, type: TXT, contains: '~ spf1'")
    ask("TXT, whole", "name: app.test, type: TXT, equals: 'v=spf1 -all'")
    ask("TXT over TCP", "name: long.test, type: TXT, contains: ['~ 000', '~ 011']")
    ask("MX", "name: app.test, type: MX, contains: mail.test, equals: 10 mail.test")
    ask("one too many", "name: app.test, type: A, equals: 10.0.0.7", ("smoke/dns", "expected exactly 10.0.0.7"))
    ask("one too few", "name: app.test, type: A, contains: [10.0.0.7, 10.0.0.9]", ("smoke/dns", "10.0.0.8, expected 10.0.0.9 among it"))
    ask("another text", "name: app.test, type: TXT, contains: '~ dkim'", ("smoke/dns", "the answer is v=spf1 -all, expected ~ dkim among it"))
    ask("no such name", "name: none.test, type: A", ("smoke/dns", f"there is no name 'none.test', says {server}"))
    ask("no such record", "name: app.test, type: CNAME", ("smoke/dns", "'app.test' has no record of this type"))
    ask("not its zone", "name: app.example, type: A", ("smoke/dns", "answers REFUSED"))


# ---- websocket ----------------------------------------------------------------------------------------------------------

def websocket_echo(folder, is_tls):
    """The websockets of the distribution, in a thread; its port."""
    import websockets
    ready, ports = threading.Event(), []
    context = None
    if is_tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "good.pem", folder / "good.key")

    async def echo(socket_, _path=None):
        await socket_.send("welcome")
        async for message in socket_:
            await socket_.send(message)

    async def main():
        async with websockets.serve(echo, "127.0.0.1", 0, ssl=context, subprotocols=["chat"]) as server:
            ports.append(next(iter(server.sockets)).getsockname()[1])
            ready.set()
            await asyncio.Future()
    threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
    ready.wait(10)
    return ports[0]


def upgraded(*frames, ends="hang", accept=None, heads=b"", wants=()):
    """Upgrades as it should, then says the frames; 403 where the request lacks what it wants."""
    def talk(connection):
        head = connection.recv(4096)
        if not all(want in head for want in wants):
            return connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        key = re.search(rb"Sec-WebSocket-Key: (\S+)", head)[1]
        proof = accept or base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           b"Sec-WebSocket-Accept: " + proof + b"\r\n" + heads + b"\r\n")
        for frame in frames:
            connection.sendall(frame)
        while ends == "hang" and connection.recv(4096):
            pass
        while ends == "flood":
            connection.sendall(b"\x82\x00" * 1000)
        return None
    return Raw(talk)


def add_websocket(folder):
    def ill(name, server, part, more="", rule="smoke/websocket"):
        case(f"websocket, {name}", f"websocket: {{url: 'ws://{server.address}/', {more}}}", (rule, part))
    ill("not found", says(b"HTTP/1.1 404 Not Found\r\nServer: here\r\n\r\n"),
        "answers 'HTTP/1.1 404 Not Found' instead of 101 Switching Protocols; Server: here")
    ill("redirected", says(b"HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n"), "it points to '/login'")
    ill("starting", says(b"HTTP/1.1 503 Service Unavailable\r\n\r\n"), "503 Service Unavailable' instead of 101 Switching Protocols (starting)")
    ill("another server", says(b"220 mail ESMTP\r\n"), "answers '220 mail ESMTP\\n', which is not HTTP/1.1")
    ill("a wrong proof", upgraded(accept=b"AAAA"), "header Sec-WebSocket-Accept is 'AAAA', expected '")
    ill("an extension", upgraded(heads=b"Sec-WebSocket-Extensions: x\r\n"), "uses the extension 'x', which was not offered")
    ill("another protocol", upgraded(heads=b"Sec-WebSocket-Protocol: b\r\n"), "header Sec-WebSocket-Protocol is 'b', expected 'a'", "protocol: a")
    ill("endless headers", Raw(lambda connection: [connection.sendall(b"HTTP/1.1 101 x\r\n" + b"X: y\r\n" * 100000)]), "more than 64 KiB")
    ill("masked frames", upgraded(b"\x81\x81keysx"), "sends a masked frame, which only clients may")
    ill("a message of 4 GiB", upgraded(b"\x82\x7f\0\0\0\1\0\0\0\0"), "sends a message of 4294967296 bytes; at most 1 MiB is read")
    ill("garbage", upgraded(b"\xf1\x01" * 50), "reserved bits")
    ill("no pong", upgraded(), "a pong was expected after the ping")
    ill("a flood of messages", upgraded(ends="flood"), "a pong was expected after the ping")
    ill("half a message", upgraded(b"\x82\x05he"), "he' came within 1s500ms; a pong was expected after the ping")
    ill("closed by an error", upgraded(b"\x88\x06\x03\xf3oops"), "the server closes with 1011 'oops' before it has answered the ping")
    ill("another message", upgraded(b"\x81\x02no"), "the last message was 'no', expected something with 'yes' (", "expect: '~ yes'")
    ill("no message", upgraded(), ", expected something with 'yes'", "expect: '~ yes'")
    ill("cut after the upgrade", upgraded(ends="close"), "; a pong was expected after the ping")
    ill("mute", MUTE, NO_ANSWER)
    ill("nobody", type("", (), {"address": NOBODY}), "Failed to connect", rule="smoke/connect")
    parts = upgraded(b"\x01\x03Hel", b"\x89\x02hi", b"\x80\x02lo")
    case("websocket, parts and pings between", f"websocket: {{url: 'ws://{parts.address}/', expect: Hello, ping: false}}",
         ("smoke/websocket", "a close frame was expected after ours"))  # the message has come
    strict = f"ws://{upgraded(wants=(b'Origin: https://app.test', b'X-A: b', b'GET /a?b=c HTTP')).address}/a?b=c"
    case("websocket, what it sends", f"websocket: {{url: '{strict}', ping: false, expect: seen, origin: 'https://app.test', headers: {{X-A: b}}}}",
         ("smoke/websocket", ", expected 'seen'"))
    case("websocket, without that", f"websocket: {{url: '{strict}', ping: false, expect: seen}}", ("smoke/websocket", "403 Forbidden"))
    if not has("websockets", "the probe websocket"):
        return None
    plain, secure = websocket_echo(folder, False), websocket_echo(folder, True)
    case("websocket", f"websocket: 'ws://127.0.0.1:{plain}/chat'")
    case("websocket, a message", f"websocket: {{url: 'ws://127.0.0.1:{plain}/', send: hello there, expect: hello there}}")
    case("websocket, its first message", f"websocket: {{url: 'ws://127.0.0.1:{plain}/', expect: '/^wel/', protocol: chat, "
         "origin: 'https://app.test', headers: {X-A: b}}")
    case("websocket, TLS", f"websocket: {{url: 'wss://127.0.0.1:{secure}/', send: hello, expect: hello}}")
    case("websocket, at the base", f"websocket: /chat")
    case("websocket, plain at TLS", f"websocket: 'ws://127.0.0.1:{secure}/'", ("smoke/websocket", ""))
    case("websocket, TLS at plain", f"websocket: 'wss://127.0.0.1:{plain}/'", ("smoke/connect", ""))
    return f"http://127.0.0.1:{plain}"


# ---- smtp, redis, postgres ----------------------------------------------------------------------------------------------

def add_smtp(certificates):
    def ill(name, server, part, rule="smoke/service"):
        case(f"smtp, {name}", f"smtp: '{server.address}'", (rule, part))
    ill("starting", says(b"421 4.3.2 not yet\r\n", hears=False), "the connection is answered '421 4.3.2 not yet', expected 220 (starting)")
    ill("refusing", says(b"554-no\r\n554 service\r\n", hears=False), "the connection is answered '554 no / service', expected 220")
    ill("no EHLO", Raw(lambda c: [c.sendall(b"220 old\r\n"), c.recv(999), c.sendall(b"502 what?\r\n")]), "EHLO is answered '502 what?', expected 250")
    ill("another server", says(b"SSH-2.0-x\r\n", hears=False), "answers 'SSH-2.0-x', which is not a reply of SMTP")
    ill("endless", floods(b"220-x\r\n"), "answers with more than 100 lines")
    ill("endless line", floods(b"220"), "sends a line of more than 4096 bytes")
    ill("mute", MUTE, NO_ANSWER)
    ill("closes", says(hears=False), NO_BYTE)
    if not has("aiosmtpd", "the probe smtp"):
        return
    from aiosmtpd.controller import Controller
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(certificates / "good.pem", certificates / "good.key")
    for name, context in (("smtp", None), ("smtp, TLS", secure)):
        controller = Controller(type("Sink", (), {}), hostname="127.0.0.1", port=redis.free_port(), ssl_context=context)
        controller.start()
        closing.append(controller.stop)
        case(name, f"smtp: {{address: '127.0.0.1:{controller.port}', tls: {'true' if context else 'false'}}}")


def add_redis(stack):
    def ill(name, server, part):
        case(f"redis, {name}", f"redis: '{server.address}'", ("smoke/service", part))
    ill("loading", says(b"-LOADING Redis is loading the dataset in memory\r\n"), "answers '-LOADING Redis is loading the dataset in memory' (starting)")
    ill("full", says(b"-ERR max number of clients reached\r\n"), "answers '-ERR max number of clients reached', expected PONG")
    ill("another answer", says(b"+OK\r\n"), "answers '+OK', expected PONG")
    ill("another server", HTTP, "answers 'HTTP/1.1 400 Bad Request")
    ill("endless", floods(b"+" * 4096), "sends a line of more than 4096 bytes")
    ill("mute", MUTE, NO_ANSWER)
    ill("closes", CLOSES, NO_BYTE)
    case("redis, protected", f"redis: '{says(b'-DENIED Redis is running in protected mode' + bytes([13, 10])).address}'")
    if not redis.is_here():
        return counted.skip(redis.PART, "the probe redis", redis.INSTALL)
    locked, open_ = redis.Server(), redis.Server("--requirepass", "")
    open_.password = ""
    stack += [locked, open_]
    for server in (locked, open_):
        server.start()
        closing.append(server.stop)
    case("redis, with a password", f"redis: '127.0.0.1:{locked.port}'")
    case("redis", f"redis: {{address: '127.0.0.1:{open_.port}', tls: false}}")
    case("redis, no TLS there", f"redis: {{address: '127.0.0.1:{open_.port}', tls: true}}", ("smoke/connect", LATE))


def postgres_error(severity, code, message):
    content = b"S" + severity + b"\0C" + code + b"\0M" + message + b"\0\0"
    return b"E" + struct.pack(">I", len(content) + 4) + content


def add_postgres(folder, certificates):
    def ill(name, server, part, more=""):
        case(f"postgres, {name}", f"postgres: {{address: '{server.address}'{more}}}", ("smoke/service", part))
    ill("starting", says(postgres_error(b"FATAL", b"57P03", b"the database system is starting up")),
        "answers 'FATAL: the database system is starting up (57P03)' (starting)".replace(" (57P03)' (starting)", "' (57P03) (starting)"))
    ill("full", says(postgres_error(b"FATAL", b"53300", b"sorry, too many clients already")), "sorry, too many clients already' (53300)")
    ill("no TLS", says(b"N", ends="hang"), "offers no TLS; switch ssl on in postgresql.conf", ", tls: true")
    ill("another server", HTTP, "answers 'HTTP/1.1 400 Bad Request")
    ill("endless", floods(b"N\0\0\0\x08abcd"), "sent more than")
    ill("a length that is none", says(b"R\xff\xff\xff\xff"), "which is not a message of PostgreSQL")
    ill("mute", MUTE, NO_ANSWER)
    ill("closes", CLOSES, NO_BYTE)
    def knows(connection):
        known = b"user\0shop\0database\0orders\0\0" in connection.recv(4096)
        connection.sendall(b"R\0\0\0\x08\0\0\0\x05" if known else postgres_error(b"FATAL", b"XX000", b"who is that"))
    case("postgres, what it sends", f"postgres: {{address: '{Raw(knows).address}', user: shop, database: orders}}")
    ill("without that", Raw(knows), "who is that' (XX000)")
    let_in = bytes.fromhex("520000000800000000")
    case("postgres, no password", f"postgres: '{says(let_in + bytes.fromhex('5a0000000549')).address}'")
    ill("let in, and full", says(let_in + postgres_error(b"FATAL", b"53300", b"too many clients")), "too many clients' (53300)")
    ill("let in, and closed", says(let_in), "the server closed the connection without an answer (starting)")
    ill("half a demand", says(b"R\0\0\0\x05\0"), "answers with half a demand for a password")
    case("postgres, a pooler that wants TLS", f"postgres: '{says(postgres_error(b'FATAL', b'08P01', b'SSL required')).address}'")
    if not postgres.folder_of_programs():
        counted.skip(postgres.PART, "the probe postgres", postgres.INSTALL)
        return None
    place = folder / "postgres"
    place.mkdir()
    for name in ("good.pem", "good.key"):
        shutil.copy(certificates / name, place)
        os.chown(place / name, *((postgres.NOBODY, postgres.NOBODY) if os.geteuid() == 0 else (-1, -1)))
        (place / name).chmod(0o600)
    (place / "hba").write_text("local all all trust\nhost all guest 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    server = postgres.Server(place, port=0, tcp=True, settings=["ssl=on", f"ssl_cert_file={place}/good.pem", f"ssl_key_file={place}/good.key",
                                                                f"hba_file={place}/hba"])
    server.__enter__()
    closing.append(server.__exit__)
    server.psql("CREATE ROLE guest LOGIN")
    case("postgres, trust", f"postgres: {{address: '127.0.0.1:{server.port}', user: guest}}")
    case("postgres", f"postgres: '127.0.0.1:{server.port}'")
    case("postgres, TLS", f"postgres: {{address: '127.0.0.1:{server.port}', tls: true, user: nobody, database: shop}}")
    return server


def starts_up(server, ask):
    """A standby that takes no connections yet: the words of PostgreSQL itself."""
    server.stop()
    (server.folder / "data" / "standby.signal").touch()
    server.log = open(server.folder / "log", "ab")
    server.process = subprocess.Popen([*postgres.as_other(), str(server.programs / "postgres"), "-D", str(server.folder / "data"),
                                       "-k", str(server.folder), "-h", "127.0.0.1", "-p", str(server.port), "-c", "hot_standby=off", "-c", "fsync=off"], env=server.environment,
                                      stdin=subprocess.DEVNULL, stdout=server.log, stderr=server.log, start_new_session=True)
    wait_until("the standby listens", lambda: socket.socket().connect_ex(("127.0.0.1", server.port)) == 0)
    done = ask(f"postgres://127.0.0.1:{server.port}")
    counted.that("(57P03) (starting)" in done.stderr, "postgres, a server that recovers is starting", done.stderr)


# ---- the configuration --------------------------------------------------------------------------------------------------

WRONG = (
    ("tcp: db", "'db' has no port; write HOST:PORT"),
    ("tcp: {address: 'db:99999'}", "port 99999 in 'db:99999' is not a port"),
    ("tcp: {address: 'db:1', expect: '! ~ x'}", "write what must come"),
    ("tcp: {address: 'db:1', expect: '/(/'}", ""),
    ("tcp: {address: 'db:1', open: false, send: x}", "send has no effect with open: false"),
    ("tcp: {send: x}", "address"),
    ("redis: 'redis://:hunter2hunter2@db'", "which a probe doesn't need"),
    ("redis: '::1'", "write it in brackets"),
    ("postgres: {address: db, user: ''}", "user is empty"),
    ("tls: {host: app.test, min: SSLv3}", "SSLv3"),
    ("tls: {host: app.test, days: -1}", "days"),
    ("tls: {host: app.test, name: 'a:1'}", "write a host without its port"),
    ("tls: 'unix:/run/x'", "a unix socket can't be asked"),
    ("dns: {name: 'a b'}", "'a b' is not a name"),
    ("dns: {name: a.test, type: SRV}", "SRV"),
    ("dns: {name: a.test, server: ns.test}", "'ns.test' is not the address of a name server"),
    ("dns: {name: a.test, contains: b.test}", "'b.test' is not an address"),
    ("dns: {name: a.test, type: AAAA, contains: 10.0.0.1}", "'10.0.0.1' is not an address of this type"),
    ("dns: {name: a.test, equals: []}", "equals is empty"),
    ("websocket: /path", "is a path, but there is no address for it"),
    ("websocket: {url: 'ftp://a/'}", "is not the URL of a WebSocket"),
    ("websocket: {url: 'ws://a/#x'}", "has a fragment"),
    ("websocket: {url: 'ws://a/', headers: {Upgrade: x}}", "header Upgrade belongs to the handshake"),
    ("websocket: {url: 'ws://a/', headers: {'A b': x}}", "is not an HTTP header"),
    ("smtp: {adress: mail}", "address"),
    ("tcp: {address: 'db:1', send: ''}", "send is empty"),
    ("tcp: '10.0.0.256:1'", "is not an address"),
    ("postgres: 5432", "'5432' is not an address"),
    ("postgres: {address: db, user: \"a\\nb\"}", "has a line break"),
    ("postgres: {address: db, database: ' '}", "database is empty"),
    ("redis: '-db'", "is not an address"),
    ("tls: {host: a.test, days: 99999}", "days is more than 3650"),
    ("dns: {name: a.test, server: ''}", "server is empty"),
    ("dns: 10.0.0.1", "'10.0.0.1' is an address already"),
    ("dns: {name: a.test, type: CNAME, equals: '~ b'}", "'~ b' is not a name"),
    ("websocket: {url: 'ws://a/', send: ''}", "send is empty"),
    ("websocket: {url: 'ws://a/', protocol: 'a b'}", "'a b' can't stand in a header as protocol"),
    ("websocket: {url: 'ws://a/', origin: a.test}", "'a.test' is not an origin"),
    ("websocket: ''", "url is empty"),
)


def check_wrong(folder):
    for probe, part in WRONG:
        (folder / "fairlead.yml").write_text(f"version: 1\nsmoke: {{checks: [{{{probe}}}]}}\n")
        done = subprocess.run([PROGRAM, "--dry-run"], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        good = done.returncode == 2 and "fairlead.yml:2:" in done.stderr and part in done.stderr and "hunter2" not in done.stderr
        counted.note(f"wrong: {probe}", "" if good else f"status {done.returncode}, {done.stderr}")


# ---- all of them --------------------------------------------------------------------------------------------------------

def write(folder, probes, more=""):
    checks = "".join(f"  - {{{probe}}}\n" for probe in probes)
    (folder / "fairlead.yml").write_text(f"version: 1\nsmoke:\n retry: {{attempts: 1}}\n{more} checks:\n{checks}")


def run(folder, *words):
    return subprocess.run([PROGRAM, *words], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env={**os.environ, "https_proxy": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1"})


def check_cases(folder, ca_file, base):
    checks = [f"  - {{name: {json.dumps(name)}, {probe}}}" for name, probe, _ in cases]
    (folder / "fairlead.yml").write_text(f"version: 1\nsmoke:\n base: {base}\n deadline: 20s\n ca_file: {ca_file.name}\n retry: {{attempts: 1}}\n"
                                         " defaults: {timeout: 1500ms, jobs: 64}\n checks:\n" + "\n".join(checks) + "\n")
    shutil.copy(ca_file, folder / ca_file.name)
    done = run(folder, "--format", "json")
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.exit(f"no report: {done.stdout}{done.stderr}")
    results = {check["name"]: check for check in report["checks"]}
    rules = {finding["line"]: finding["rule"] for finding in report["findings"]}
    for number, (name, _, expected) in enumerate(cases):
        result = results.get(name, {"result": "not asked", "ms": 0})
        message, rule = result.get("message", ""), rules.get(9 + number, "")
        if expected is YES:
            problem = "" if result["result"] == "passed" else f"{result['result']}: {message} [{rule}]"
        else:
            good = result["result"] == "failed" and rule.startswith(expected[0]) and expected[1] in message
            problem = "" if good else f"{result['result']}: {message} [{rule}], expected {expected}"
        if not problem and result["ms"] > LATEST * 1000:
            problem = f"took {result['ms']} ms"
        counted.note(name, problem)
    return results


def check_facts(results):
    for name, fact, part in (("tls", "version", "TLSv1.3"), ("tls", "names", "app.test"), ("tls", "issuer", "private CA"), ("tls", "days left", "89"),
                             ("tls, expired", "days left", "-"), ("smtp", "STARTTLS", "not offered"), ("redis, with a password", "answer", "NOAUTH"),
                             ("redis", "answer", "PONG"), ("postgres, no password", "login", "lets fairlead in without a password"),
                             ("postgres, trust", "login", "lets guest in without a password"), ("dns, A behind a CNAME", "alias", "app.test"), ("dns, MX", "answers", "10 mail.test")):
        if name in results:
            facts = results[name].get("facts", {})
            counted.note(f"the fact {fact} of {name}", "" if part in facts.get(fact, "") else f"{facts}")
    for name in results.keys() & {"postgres", "postgres, what it sends"}:
        counted.note(f"{name}: no such fact of a server that asks for a password", "login" if "login" in results[name].get("facts", {}) else "")


def check_flags(folder, alone):
    """What the plan has for every request holds for the probes, too."""
    port = MUTE.port
    write(folder, [f"tls: {{host: '{alone}', weak: false}}"])
    done = run(folder, "--insecure")
    counted.that(done.returncode == 0, "--insecure accepts any certificate", done.stderr)
    write(folder, [f"tcp: 'name.invalid:{port}'", f"tls: {{host: 'name.invalid:{alone.split(':')[1]}', weak: false}}"])
    done = run(folder, "--resolve", f"name.invalid:{port}:127.0.0.1", "--resolve", f"name.invalid:{alone.split(':')[1]}:127.0.0.1")
    counted.that("1 of 2 checks passed" in done.stdout and "self-signed" in done.stderr, "--resolve gives the address", done.stdout + done.stderr)
    done = run(folder, "--resolve", "name.invalid:1:127.0.0.1")
    counted.that(done.returncode == 2 and "has no effect" in done.stderr, "--resolve for a port that no probe asks has no effect", done.stderr)
    late = Raw(lambda connection: time.sleep(0.3))
    write(folder, [f"tcp: {{address: '{late.address}', expect: x}}", f"redis: '{MUTE.address}'",
                   f"dns: {{name: a.test, server: '{udp_server(lambda _: [])}'}}"])
    start = time.monotonic()
    done = run(folder, "--fail-fast")
    counted.that(time.monotonic() - start < 2 and "2 cancelled" in done.stdout, "--fail-fast ends probes that wait", done.stdout + done.stderr)
    bearer = f"ws://{upgraded(wants=(b'Authorization: Bearer of-the-test',), ends='close').address}/ ping=false"
    done = subprocess.run([PROGRAM, bearer, "--deadline", "900ms"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env={**os.environ, "FAIRLEAD_BEARER": "of-the-test"})
    counted.that(done.returncode == 0, "a WebSocket hears the bearer as any URL", done.stderr)
    text = (folder / "fairlead.yml").read_text()
    behind = upgraded(wants=(b"Host: name.invalid", b"X-Forwarded-Proto: https", b"GET /ws "), ends="close")
    write(folder, ["websocket: {url: /ws, ping: false}"])
    with open(folder / "fairlead.yml", "a") as file:
        file.write("environments: {live: {url: 'https://name.invalid'}}\n")
    done = run(folder, "--env", "live", "--at", behind.address)
    counted.that(done.returncode == 0, "--at asks a WebSocket of the environment past its router", done.stderr)
    (folder / "fairlead.yml").write_text(text)
    process = subprocess.Popen([PROGRAM], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    process.terminate()
    start = time.monotonic()
    counted.that(process.wait(10) == 3 and time.monotonic() - start < 1, "a signal ends probes that wait", f"status {process.returncode}")


def check_words():
    """A word of the command line is the same check."""
    for word, status, part in ((f"tcp://{MUTE.address}", 0, ""), (f"redis://{HTTP.address}/", 1, "which is not a reply of Redis"),
                               (f"tcp://{HTTP.address} send=x expect=~HTTP", 0, ""), ("dns://localhost contains=127.0.0.1", 0, ""),
                               (f"tcp://{MUTE.address} opne=false", 2, "open"), ("tls://app.test days=x", 2, "days")):
        done = subprocess.run([PROGRAM, word, "--deadline", "700ms"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        counted.that(done.returncode == status and part in done.stderr, f"the word '{re.sub('[0-9]{4,}', 'PORT', word)}'", done.stdout + done.stderr)


def check_keys():
    """Every key that the probes declare is in a case."""
    rendered = subprocess.run([PROGRAM, "--render", "schema"], stdout=subprocess.PIPE, check=True).stdout
    for probe in ("tcp", "tls", "dns", "websocket", "smtp", "redis", "postgres"):
        keys = keys_of(json.loads(rendered), probe)
        counted.that(keys, f"the schema has the probe {probe}")
        for key in keys:
            used = any(yaml.startswith(f"{probe}: {{") and re.search(rf"\b{key}: ", yaml) for _, yaml, _ in cases)
            counted.note(f"{probe}.{key}", "" if used else "no case has it")


def keys_of(node, name):
    """The keys of the map of this name in a schema, wherever it is; in a check, beside `get`."""
    if isinstance(node, dict):
        checks = node.get("properties", {})
        if name in checks and "get" in checks:
            return sorted(properties_of(checks[name]))
        node = list(node.values())
    return next(filter(None, (keys_of(child, name) for child in node)), []) if isinstance(node, list) else []


def properties_of(schema):
    yield from schema.get("properties", {})
    for part in schema.get("anyOf", []):
        yield from properties_of(part)


def main():
    with tempfile.TemporaryDirectory(prefix="fl", dir=os.environ.get("TMPDIR", "/tmp")) as name:
        folder, certificates = pathlib.Path(name), pathlib.Path(name) / "certificates"
        certificates.mkdir()
        folder.chmod(0o755)
        kept = []
        try:
            if not has("openssl", "the probes", "openssl"):
                counted.close()
            ca_file, alone = add_tls(certificates)
            add_tcp()
            add_dns(folder)
            base = add_websocket(certificates)
            add_smtp(certificates)
            add_redis(kept)
            server = add_postgres(folder, certificates)
            results = check_cases(folder, ca_file, base or "http://127.0.0.1:1")
            check_facts(results)
            if server:
                starts_up(server, lambda word: run(folder, word, "--deadline", "400ms"))
            check_wrong(folder)
            check_flags(folder, alone)
            check_words()
            check_keys()
        finally:
            for close in reversed(closing):
                close()
            for one in kept:
                one.own.cleanup()
    counted.close()


main()
