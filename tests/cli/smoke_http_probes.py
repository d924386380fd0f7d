#!/usr/bin/python3
# needs: nginx, grpc; takes: 8 s; cases: 200
"""smoke_http_probes.py BIN [WORD]: smoke's probes over HTTP against nginx with TLS and HTTP/2, a gRPC server, and servers that misbehave.

Each row of CASES is a check, and what is wrong with it: nothing, or the rule and a part of the sentence. All are run by one call, so that
they also meet one another. With WORD, only cases that have it.
"""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from until import wait_until  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
ONLY = sys.argv[2] if len(sys.argv) > 2 else ""
os.environ["GRPC_VERBOSITY"] = "NONE"  # it would tell of each handshake that fails
try:
    import grpc
except ImportError:
    grpc = None

NGINX = """daemon off; pid "{folder}/nginx.pid"; error_log stderr; worker_processes 1;
events {{ }}
http {{
    access_log off; default_type application/octet-stream; server_tokens off;
    types {{ text/html html; text/css css; text/javascript js; image/png png; application/json json; }}
    client_body_temp_path "{folder}/body"; proxy_temp_path "{folder}/proxy"; fastcgi_temp_path "{folder}/fastcgi";
    uwsgi_temp_path "{folder}/uwsgi"; scgi_temp_path "{folder}/scgi";
    server {{
        listen 127.0.0.1:{plain}; server_name localhost;
        location / {{ return 301 https://localhost:{tls}$request_uri; }}
        location /temporary {{ return 302 https://localhost:{tls}$request_uri; }}
        location /lost {{ return 301 https://localhost:{tls}/; }}
        location /elsewhere {{ return 301 https://127.0.0.1:{tls}/elsewhere; }}
        location /open {{ return 200 open; }}
        location /loop {{ return 301 https://localhost:{tls}/loop; }}
        location /secure {{ add_header Set-Cookie "a=1; Secure; SameSite=Lax"; return 204; }}
        location /twice {{ add_header Location https://localhost:{tls}/twice always; return 301 https://localhost:{tls}/twice; }}
        location /apart {{ add_header Location https://localhost:{tls}/other always; return 301 https://localhost:{tls}/apart; }}
    }}
    map $http_origin $spa {{ default ""; "https://spa.example.org" $http_origin; }}
    server {{
        listen 127.0.0.1:{tls} ssl http2; server_name localhost;
        ssl_certificate "{folder}/cert.pem"; ssl_certificate_key "{folder}/key.pem";
        root "{folder}/site";
        location /loop {{ return 302 http://localhost:{plain}/loop; }}
        location = /sound {{
            default_type text/html; return 200 "<p>well</p>";
            add_header Strict-Transport-Security "max-age=31536000"; add_header X-Content-Type-Options nosniff;
            add_header Content-Security-Policy "default-src 'self'"; add_header Referrer-Policy same-origin;
            add_header Set-Cookie "__Host-session=1; Secure; HttpOnly; SameSite=Lax; Path=/";
        }}
        location = /sick {{
            default_type text/html; return 200 "<p>sick</p>";
            add_header Set-Cookie "session=1"; add_header X-Powered-By "PHP/8.1.2";
            add_header Access-Control-Allow-Origin "*"; add_header Access-Control-Allow-Credentials true;
        }}
        location ~ ^/policy(.*) {{
            default_type text/html; return 200 "<p>policy</p>"; add_header X-Frame-Options DENY;
            add_header Content-Security-Policy "$1;"; add_header Content-Security-Policy " ,";
        }}
        location /api {{
            add_header Access-Control-Allow-Origin $spa; add_header Vary Origin; add_header Access-Control-Allow-Methods "GET, PUT";
            add_header Access-Control-Allow-Headers "content-type, x-token"; add_header Access-Control-Allow-Credentials true;
            if ($request_method = OPTIONS) {{ return 204; }}
            default_type application/json; return 200 "{{}}";
        }}
        location /everybody {{ add_header Access-Control-Allow-Origin $http_origin; return 200 "{{}}"; }}
        location /closed {{ return 200 "{{}}"; }}
        location = /login {{ add_header Set-Cookie "session=1; Secure; HttpOnly; SameSite=Strict"; return 302 /; }}
        location = /plain {{ add_header Set-Cookie "a=1; SameSite=Lax"; return 204; }}
        location = /many {{ add_header Set-Cookie "a=1; SameSite=None"; add_header Set-Cookie "__Host-b=1; Secure; HttpOnly; SameSite=Lax"; return 204; }}
        location = /everybodys {{ add_header Set-Cookie "a=1; Secure; SameSite=Lax; Domain=test"; return 204; }}
        location /stale/ {{ alias "{folder}/site/static/"; etag off; if_modified_since off; add_header Last-Modified ""; add_header ETag '"v1"'; }}
        location /apart/ {{ add_header Location /static/there.png always; return 302 /static/gone.png; }}
        location /static/ {{ gzip on; gzip_types text/css text/javascript; gzip_min_length 0; add_header Cache-Control "public, max-age=31536000, immutable"; }}
        location /bare/ {{ etag off; if_modified_since off; add_header Last-Modified ""; add_header Cache-Control no-cache; }}
        location /spa/ {{ try_files $uri /index.html; }}
        location /cdn/ {{ return 302 /static/there.png; }}
        location = /health {{ default_type application/json; return 200 '{{"version": "1.2.3"}}'; }}
        location = /slow {{ limit_rate 20000; rewrite ^ /static/long.txt break; }}
    }}
    server {{
        listen 127.0.0.2:{tls} ssl; ssl_certificate "{folder}/cert.pem"; ssl_certificate_key "{folder}/key.pem";
        location = /health {{ default_type application/json; return 200 '{{"version": "1.2.2"}}'; }}
    }}
}}
"""
PAGES = {
    "index.html": "<link rel=stylesheet href=/static/a.css><script type=module src=/static/a.js></script><img src=/static/there.png>",
    "gone.html": "<script src=/static/gone.js></script><img srcset='/static/there.png 1x, /static/gone.png 2x'>",
    "spa.html": "<script src=/spa/main.abc123.js></script><link rel=stylesheet href=/static/a.css>",
    "base.html": "<base href=/static/><script src=a.js></script><style>body{background:url(there.png)}</style>",
    "moved.html": "<img src=/cdn/x.png>",
    "apart.html": "<img src=/apart/x.png>",
    "foreign.html": "<script src=https://cdn.invalid/x.js></script>",
    "text.html": "<p>nothing to load</p>",
    "static/long.txt": "x" * 30000, "static/a.css": "body{}\n" * 200, "static/a.js": "let a = 1;\n" * 200, "static/there.png": "\x89PNG", "bare/a.css": "body{}",
}


def cases(ports):
    """The check, the rules and sentences of its faults; none: it passes."""
    plain, tls, site = ports["plain"], ports["tls"], f"https://localhost:{ports['tls']}"
    h2c, gtls, bare, sick = (ports[name] for name in ("h2c", "grpc_tls", "grpc_bare", "grpc_sick"))
    yield from [
        ("security_headers: /sound", ),
        ("security_headers: /sick", ("http-hsts", "sends no Strict-Transport-Security"), ("http-nosniff", "is missing"),
         ("http-csp", "injected scripts would run"), ("http-referrer", "Referrer-Policy"), ("http-server-banner", "X-Powered-By of"),
         ("http-cookie", "lacks Secure"), ("http-cookie", "lacks HttpOnly"), ("http-cookie", "lacks SameSite"),
         ("http-cors", "any site can act for a visitor")),
        ("security_headers: {get: /sick, without: [http-hsts, http-nosniff, http-csp, http-referrer, http-server-banner, http-cookie, http-cors]}", ),
        ("security_headers: {get: /sound, hsts_min: 730d}", ("http-hsts", "at least 63072000 is required")),
        ("security_headers: {get: /policy, without: [http-hsts, http-nosniff, http-referrer]}", ("http-csp", "sends an empty Content-Security-Policy")),
        ("security_headers: {get: /policy-src, without: [http-hsts, http-nosniff, http-referrer]}", ("http-csp", "has only unknown directives")),
        (f"redirect: {{from: 'http://localhost:{plain}/twice', to: /twice}}", ),
        (f"redirect: {{from: 'http://localhost:{plain}/apart', to: /apart}}",
         ("smoke/redirect", "answers 301 and sends Location headers that differ; browsers follow none of them")),
        (f"redirect: {{from: 'http://localhost:{plain}/a?b=1', to: '{site}/a?b=1'}}", ),
        (f"redirect: {{from: 'http://localhost:{plain}/temporary', to: /temporary, status: 302}}", ),
        (f"redirect: {{from: 'http://localhost:{plain}/temporary', to: /temporary}}", ("smoke/redirect", "redirects with 302, expected 301 or 308; browsers don't keep it")),
        (f"redirect: {{from: 'http://localhost:{plain}/lost?q=1', to: '{site}/lost?q=1'}}", ("smoke/redirect", "the path is another one")),
        (f"redirect: 'http://localhost:{plain}/elsewhere'", ("smoke/redirect", "it leads to another host")),
        (f"redirect: 'http://localhost:{plain}/open'", ("smoke/redirect", "answers 200 instead of a redirect")),
        (f"redirect: {{from: 'http://localhost:{plain}/loop', to: '{site}/loop'}}", ("smoke/redirect", "to the http address again: a loop")),
        (f"redirect: {{from: '{site}/login', to: /, status: 302}}", ),
        ("cors: {get: /api, origin: 'https://spa.example.org', methods: [PUT], headers: [X-Token], credentials: true}", ),
        ("cors: {get: /api, origin: 'https://spa.example.org', methods: [DELETE]}",
         ("smoke/cors", "has no DELETE in Access-Control-Allow-Methods (GET, PUT)")),
        ("cors: {get: /api, origin: 'https://spa.example.org', headers: [x-other]}", ("smoke/cors", "has no x-other in")),
        ("cors: {get: /api, origin: 'https://evil.example.org'}", ("smoke/cors", "sends no Access-Control-Allow-Origin")),
        ("cors: {get: /api, allowed: false}", ),
        ("cors: {get: /closed, allowed: false}", ),
        ("cors: {get: /everybody, allowed: false}", ("smoke/cors", "https://fairlead-smoke.invalid may read the answer")),
        ("cors: {get: /everybody, origin: 'https://spa.example.org'}", ("smoke/cors", "has no Vary: Origin")),
        ("cors: {get: /closed, origin: 'https://spa.example.org', methods: [PUT]}", ("smoke/cors", "the preflight request for PUT")),
        ("cookies: {get: /login, names: [session], same_site: strict}", ),
        ("cookies: {get: /login, names: [other]}", ("smoke/cookies", "cookie other is not set; it sets session")),
        ("cookies: {get: /login, same_site: lax}", ("smoke/cookies", "has SameSite=strict, expected lax")),
        ("cookies: {get: /many, http_only: true}", ("smoke/cookies", "SameSite=None without Secure"), ("smoke/cookies", "cookie a lacks HttpOnly"),
         ("smoke/cookies", "breaks the rules of __Host-")),
        ("cookies: {get: /plain, secure: false, http_only: false}", ),
        ("cookies: {get: /plain, secure: false, http_only: true}", ("smoke/cookies", "cookie a lacks HttpOnly; scripts can read it")),
        ("cookies: {get: /plain, http_only: false}", ("smoke/cookies", "cookie a lacks Secure; it is sent over http")),
        (f"cookies: 'http://localhost:{plain}/secure'", ),
        (f"cookies: {{get: 'http://127.0.0.1:{plain}/secure', secure: true}}", ),
        (f"cookies: 'http://plain.test:{plain}/secure'", ("smoke/cookies", "cookie a is Secure but comes over http; browsers drop it")),
        (f"cookies: 'https://two.test:{tls}/everybodys'", ("smoke/cookies", "has Domain=test, which belongs to everybody; browsers drop it")),
        ("cookies: {get: /everybodys}", ("smoke/cookies", "has Domain=test, which is not localhost or above it")),
        ("cookies: {get: /closed}", ("smoke/cookies", "sets no cookie, so nothing was checked")),
        ("cache: {get: /static/a.js, compressed: true, max_age: 365d, revalidates: true, cache_control: '~ immutable'}", ),
        ("cache: {get: /static/a.css, cache_control: 'no-cache'}", ("smoke/cache", "Cache-Control is 'public, max-age=31536000, immutable'")),
        ("cache: {get: /static/a.css, max_age: 730d}", ("smoke/cache", "at least 63072000 s expected")),
        ("cache: {get: /bare/a.css, compressed: true}", ("smoke/cache", "6 bytes of text/css come uncompressed")),
        ("cache: {get: /bare/a.css, max_age: 1h}", ("smoke/cache", "with no-cache a copy is never used")),
        ("cache: {get: /bare/a.css, revalidates: true}", ("smoke/cache", "sends neither ETag nor Last-Modified")),
        ("cache: {get: /stale/a.css, revalidates: true}", ("smoke/cache", "asked again with If-None-Match '\"v1\"', it answers 200 instead of 304")),
        ("assets: /index.html", ),
        ("assets: /base.html", ),
        ("assets: /moved.html", ),
        ("assets: /apart.html", ("smoke/assets", "/apart/x.png (picture) answers 302 and sends Location headers that differ")),
        ("assets: /gone.html", ("smoke/assets", "2 of 3 files fail: /static/gone.js (script) answers 404"),
         ("smoke/assets", "/static/gone.png (picture) answers 404")),
        ("assets: /spa.html", ("smoke/assets", "/spa/main.abc123.js (script) comes as text/html: it is a page")),
        ("assets: /foreign.html", ("smoke/assets", "the page names 1 file, all of other hosts")),
        ("assets: {get: /foreign.html, same_host_only: false}", ("smoke/assets", "https://cdn.invalid/x.js (script) doesn't load")),
        ("assets: /text.html", ("smoke/assets", "names no script, style sheet or picture")),
        ("assets: /static/a.js", ("smoke/assets", "is not a page: its Content-Type is 'text/javascript'")),
        ("assets: /nowhere", ("smoke/status", "status 404, expected 200-299")),
        (f"addresses: {{get: 'https://two.test:{tls}/health', at_least: 2}}", ),
        (f"addresses: {{get: 'https://two.test:{tls}/health', expect: {{version: 1.2.3}}}}",
         ("smoke/address", "1 of 2 addresses answer 1.2.3; 127.0.0.2 answers 1.2.2")),
        (f"addresses: {{get: 'https://two.test:{tls}/health', at_least: 3}}",
         ("smoke/address", "two.test has 2 addresses (127.0.0.1, 127.0.0.2), at least 3 expected")),
        (f"addresses: {{get: 'https://three.test:{tls}/health'}}", ("smoke/address", "2 of 3 addresses answer as expected; 127.0.0.3:")),
        (f"addresses: {{get: 'https://two.test:{tls}/health', only: ipv6}}", ("smoke/address", "two.test has 0 IPv6 addresses, at least 1")),
        ("addresses: {get: /health, only: ipv4, expect: {version: 1.2.3, from: 'header:X-Release'}}",
         ("smoke/address", "gives no version in header X-Release, expected 1.2.3")),
        ("addresses: {get: /health, only: ipv4, expect: {status: 404}}", ("smoke/address", "127.0.0.1: status 200, expected 404")),
        ("addresses: {get: /health, only: ipv4, expect: {header: {content-type: text/css}}}", ("smoke/address", "header content-type is")),
        ("addresses: {get: /login, only: ipv4, expect: {status: 302, location: /x}}", ("smoke/address", "header location is")),
        ("addresses: {get: /health, only: ipv4, expect: {asserts: ['body == \"x\"']}}", ("smoke/address", "body is")),
        ("addresses: {get: /health, only: ipv4, expect: {body: x}}", ("smoke/address", "the body is")),
        ("addresses: {get: /health, only: ipv4, expect: {json: {$.version: 2}}}", ("smoke/address", "is '1.2.3', expected '2'")),
        ("addresses: {get: /slow, only: ipv4, expect: {max: 20ms}}", ("smoke/address", "at most 20ms allowed")),
        ("addresses: {get: /health, only: ipv4, expect: {version: 1.2.3}}", ),
        ("addresses: {get: 'https://name.invalid/'}", ("smoke/connect", "")),
    ]
    if grpc is None:
        return
    yield from [
        (f"grpc: '127.0.0.1:{h2c}'", ),
        (f"grpc: {{address: '127.0.0.1:{h2c}', service: well}}", ),
        (f"grpc: {{address: '127.0.0.1:{h2c}', service: ill}}", ("smoke/grpc", "service 'ill' is NOT_SERVING")),
        (f"grpc: {{address: '127.0.0.1:{h2c}', service: nobody}}", ("smoke/grpc", "the health service doesn't know service 'nobody'")),
        (f"grpc: {{address: 'localhost:{gtls}', tls: true}}", ),
        (f"grpc: 'https://localhost:{gtls}'", ),
        (f"grpc: '127.0.0.1:{bare}'", ("smoke/grpc", "UNIMPLEMENTED")),
        (f"grpc: '127.0.0.1:{sick}'", ("smoke/grpc", "UNAUTHENTICATED 'no token'")),
        (f"grpc: 'localhost:{gtls}'", ("smoke/connect", "if it speaks TLS, write tls: true")),
        (f"grpc: {{address: 'localhost:{h2c}', tls: true}}", ("smoke/connect", "if it speaks no TLS, write tls: false")),
        (f"grpc: 'https://localhost:{tls}'", ("smoke/grpc", "is a gRPC server behind this address?")),
        (f"grpc: '127.0.0.1:{plain}'", ("smoke/connect", "may not speak HTTP/2 without TLS")),
    ]


def certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:two.test,DNS:three.test,IP:127.0.0.1",
                    "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)


def free_port():
    """Free at both addresses, and not given again soon."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as one:
            port = one.getsockname()[1]
            with contextlib.suppress(OSError), socket.create_server(("127.0.0.2", port)):
                return port


@contextlib.contextmanager
def nginx(folder, ports):
    for name, text in PAGES.items():
        path = folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for path in (folder, *folder.rglob("*")):  # nginx that root starts reads as nobody
        path.chmod(0o755)
    ports |= {"plain": free_port(), "tls": free_port()}
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, **ports))
    server = subprocess.Popen([shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"), "-e", "stderr", "-p", folder, "-c",
                               folder / "nginx.conf"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until("nginx answers", lambda: answers("127.0.0.2", ports["tls"]) or server.poll() is not None, 20)
        yield
    finally:
        server.terminate()
        server.wait()


def answers(host, port):
    with contextlib.suppress(OSError), socket.create_connection((host, port), 1):
        return True
    return False


def health(request, context):
    """grpc.health.v1.Health/Check as bytes: there is no package of its messages."""
    service = request[2:].decode() if request else ""
    if service == "nobody":
        context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
    return b"\x08\x02" if service == "ill" else b"\x08\x01"


def refuse(_, context):
    context.abort(grpc.StatusCode.UNAUTHENTICATED, "no token")


@contextlib.contextmanager
def grpc_servers(folder, ports):
    servers = []

    def serve(name, method=None, credentials=None):
        server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
        if method:
            handler = grpc.unary_unary_rpc_method_handler(method, lambda request: request, lambda answer: answer)
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("grpc.health.v1.Health", {"Check": handler}),))
        place = "127.0.0.1:0"
        ports[name] = server.add_secure_port(place, credentials) if credentials else server.add_insecure_port(place)
        server.start()
        servers.append(server)

    serve("h2c", health)
    serve("grpc_tls", health, grpc.ssl_server_credentials([((folder / "key.pem").read_bytes(), (folder / "cert.pem").read_bytes())]))
    serve("grpc_bare")
    serve("grpc_sick", refuse)
    try:
        yield
    finally:
        for server in servers:
            server.stop(None)


class Rude(threading.Thread):
    """A server that answers each connection with some bytes, again and again, and then is mute or closes."""

    def __init__(self, begin, again, end):
        super().__init__(daemon=True)
        self.begin, self.again, self.end = begin, again, end
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with contextlib.suppress(OSError), connection:
            connection.settimeout(5)
            connection.recv(4096)
            connection.sendall(self.begin)
            while self.again:
                connection.sendall(self.again)
            if self.end == "mute":
                time.sleep(3)


HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
RUDE = {
    "mute": (b"", b"", "mute"),
    "mute in the headers": (HTML, b"", "mute"),
    "mute in the body": (HTML + b"Content-Length: 99\r\n\r\n<img src=/x>", b"", "mute"),
    "closes": (b"", b"", "close"),
    "closes in the body": (HTML + b"Content-Length: 99\r\n\r\n<img", b"", "close"),
    "endless headers": (HTML, b"X: " + b"x" * 900 + b"\r\n", ""),
    "endless body": (HTML + b"\r\n", b"<img src=/x>" * 1000, ""),
    "garbage": (os.urandom(3000), b"", "close"),
    "zeros": (b"\0" * 70000, b"", "close"),
    "a header of zeros": (HTML + b"Set-Cookie: \0\0\0\r\nLocation: \0\x1b[31m\r\n\r\n", b"", "close"),
}
ASKED = {
    "grpc": "{{address: '127.0.0.1:{port}'}}", "security_headers": "'http://127.0.0.1:{port}/'", "redirect": "'http://127.0.0.1:{port}/'",
    "cors": "{{get: 'http://127.0.0.1:{port}/', allowed: false, methods: [PUT]}}", "cookies": "'http://127.0.0.1:{port}/'",
    "cache": "{{get: 'http://127.0.0.1:{port}/', compressed: true}}", "assets": "'http://127.0.0.1:{port}/'",
    "addresses": "'http://127.0.0.1:{port}/'",
}


def smoke(folder, checks, settings, *words):
    lines = "".join(f"    - {{name: n{number}, {check}}}\n" for number, check in enumerate(checks))
    (folder / "fairlead.yml").write_text(f"version: 1\nsmoke:\n  retry: {{attempts: 1}}\n{settings}  checks:\n{lines}")
    done = subprocess.run([BIN / "fairlead-smoke", "--format", "json", "--deadline", "30s", *words], cwd=folder, capture_output=True, text=True,
                          timeout=60, env={"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(folder), "SSL_CERT_FILE": str(folder / "cert.pem")})
    with contextlib.suppress(json.JSONDecodeError):
        return {"checks": [], **json.loads(done.stdout)}, done
    return {"checks": [], "findings": []}, done


def found_of(report, number):
    """Rule and sentence of each fault, without the name and the URL of the check."""
    return [(one["rule"], one["message"].partition("): ")[2]) for one in report["findings"] if one["message"].startswith(f"n{number} (")]


SHOWN = {  # of the request that fails, if a check sends several
    "cache: {get: /stale/a.css, revalidates: true}": ("-H 'If-None-Match: ", "/stale/a.css"),
    "assets: /gone.html": ("/static/gone.js",),
}


def try_cases(folder, ports):
    rows = [row for row in cases(ports) if ONLY in str(row)]
    names = {"two.test": "127.0.0.1,127.0.0.2", "three.test": "127.0.0.1,127.0.0.2,127.0.0.3"}
    words = [word for name, list_ in names.items() if name in str(rows) for word in ("--resolve", f"{name}:{ports['tls']}:{list_}")]
    words += ["--resolve", f"plain.test:{ports['plain']}:127.0.0.1"] if "plain.test" in str(rows) else []
    report, done = smoke(folder, [row[0] for row in rows], f"  base: https://localhost:{ports['tls']}\n", *words)
    counted.note("all cases are run", "" if len(report["checks"]) == len(rows) else f"status {done.returncode}: {done.stderr[-2000:]}")
    for number, ((check, *faults), result) in enumerate(zip(rows, report["checks"])):
        found = found_of(report, number)
        fits = len(found) == len(faults) and all(rule == wanted[0] and wanted[1] in message for (rule, message), wanted in zip(found, faults))
        good = result["result"] == ("failed" if faults else "passed")
        counted.note(check, "" if fits and good else f"{result['result']}: {found}")
        for part in SHOWN.get(check, ()):
            counted.note(f"{check} shows {part}", "" if part in json.dumps(result.get("asked")) else f"{result}")


def try_rude(folder):
    """Whatever a server sends ends the check, in its time; no byte of it can steer a terminal."""
    rows = [(how, key, Rude(*RUDE[how])) for how in RUDE for key in ASKED if ONLY in f"{how} {key}"]
    checks = [f"{key}: {ASKED[key].format(port=server.port)}" for _, key, server in rows]
    report, done = smoke(folder, checks, "  defaults: {timeout: 500ms, jobs: 32}\n")
    counted.note("all rude servers are asked", "" if len(report["checks"]) == len(rows) else f"status {done.returncode}: {done.stderr[-2000:]}")
    for (how, key, _), result in zip(rows, report["checks"]):
        late = result["ms"] > 500 + 100 * (1 + os.getloadavg()[0])  # the machine may be busy
        well = key in ("redirect", "security_headers", "cors", "addresses", "cookies", "cache") and how in ("a header of zeros", "endless body")
        problem = f"took {result['ms']} ms" if late else f"{result['result']}" if result["result"] != "failed" and not well else ""
        counted.note(f"{how}: {key}", problem)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    counted.note("bounded memory", "" if peak < 400 else f"{peak} MiB")
    shown = done.stdout + done.stderr
    counted.note("no control character", "" if not set(shown) & set(map(chr, [*range(9), 11, 12, *range(14, 32), 127])) else repr(shown)[:500])


WRONG = {
    "grpc: app.example.org": "has no port",
    "security_headers: {get: /, without: [http-nosnif]}": "'http-nosnif' is not a rule of security_headers",
    "security_headers: {policy: strict}": "recommended",
    "redirect: 'https://app.example.org/'": "is https already",
    "cors: {get: /}": "cors needs the origin of the other site",
    "cookies: {get: /, same_site: never}": "lax, strict or none",
    "cache: /": "cache expects nothing",
    "assets: {get: /, limit: 0}": "limit",
    "addresses: {get: /, expect: {}}": "expect is empty",
    "assets: {get: /, depth: 2}": "'depth'",
    "redirect: {from: /, status: 200}": "200 is not the status of a redirect",
    "redirect: {from: /, status: [301, 304]}": "304 is not the status of a redirect",
    "redirect: {from: /, to: ''}": "to is empty",
    "assets: '/#/login'": "has a fragment, which is not sent",
    "addresses: {get: /, at_least: 65}": "at most 64 addresses of a name are asked",
    "addresses: {get: /, at_least: 0}": "at_least",
    "addresses: {get: /, at_least: -1}": "at_least",
    "addresses: {get: 'https://127.0.0.1/', at_least: 2}": "127.0.0.1 is one address",
    "cors: {origin: 'https://a.test', methods: ['a b']}": "'a b' is not the name of a method or header",
    "cors: {origin: 'https://a.test', methods: [TRACE]}": "browsers let no page send TRACE",
    "cors: {origin: 'https://a.test', headers: [\"x\\ny\"]}": "is not the name of a method or header",
    "cors: {origin: 'https://a.test', headers: [cookie]}": "write credentials: true",
    "cookies: {names: []}": "names is empty",
    "cookies: {names: ''}": "'' is not the name of a cookie",
    "cookies: {names: [session, 'a=b']}": "'a=b' is not the name of a cookie",
    "cookies: {get: 'http://a.test/', secure: true}": "browsers drop a Secure cookie that comes over it",
    "cache: {get: /, max_age: 0s}": "max_age is shorter than a second",
    "security_headers: {hsts_min: 0s}": "hsts_min is shorter than a second",
    "grpc: {address: 'a.test:443', service: ' notes'}": "' notes' is not the name of a service",
    "grpc: {address: 'a.test:443', service: /notes.Notes/Check}": "is not the name of a service",
}


def try_wrong(folder):
    for check, wanted in WRONG.items():
        if ONLY not in check:
            continue
        _, done = smoke(folder, [check], "  base: https://app.invalid\n")
        where = "fairlead.yml:6:" in done.stderr
        counted.note(f"refused: {check}", "" if done.returncode == 2 and wanted in done.stderr and where else f"{done.returncode}: {done.stderr}")


def main():
    if not shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"):
        counted.leave("nginx", "nginx is not installed")
    if grpc is None:
        counted.skip("grpc", "a gRPC server", "python3-grpcio is not installed")
    with tempfile.TemporaryDirectory(prefix="fairlead http probes ") as place, contextlib.ExitStack() as stack:
        folder, ports = pathlib.Path(place).resolve(), dict.fromkeys(("h2c", "grpc_tls", "grpc_bare", "grpc_sick"), 9)
        certificate(folder)
        stack.enter_context(nginx(folder, ports))
        if grpc is not None:
            stack.enter_context(grpc_servers(folder, ports))
        try_cases(folder, ports)
        try_rude(folder)
        try_wrong(folder)
    counted.close()


main()
