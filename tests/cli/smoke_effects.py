#!/usr/bin/python3
# needs: nothing; takes: 25 s
"""smoke_effects.py BIN: every input and every row of smoke's section has an effect, shown against a small server.

Each case names what it shows and differs from the run without it: an answer that is refused or accepted, a request
that looks otherwise. What is declared and shown by no case fails. --table prints the cases.
"""
import collections
import http.server
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COMMON = set("config env format output dry-run explain quiet verbose log-format no-color confirm".split())
seen, lock, meeting = [], threading.Lock(), threading.Barrier(2)
flaky = collections.Counter()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits for 40 ms

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        with lock:
            seen.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body,
                         self.request_version))
        status, text, headers = 200, "well", {"X-Release": "1.2.0"}
        if self.path.startswith("/status/"):
            status = int(self.path.split("/")[2])
        elif self.path == "/json":
            text = '{"version": "1.2.0", "build": "b7", "items": [{"id": 7}]}'
        elif self.path == "/moved":
            status, headers = 302, {"Location": "/login"}
        elif self.path == "/cookie":
            headers = {"Set-Cookie": "kept=1; Path=/"}
        elif self.path == "/flaky":
            flaky[self.path] += 1
            status = 503 if flaky[self.path] == 1 else 200
        elif self.path == "/second":
            flaky[self.path] += 1
            status = 500 if flaky[self.path] % 2 == 0 else 200
        elif self.path == "/soon-right":
            flaky[self.path] += 1
            status = 404 if flaky[self.path] < 3 else 200
        elif self.path == "/host":
            host = self.headers["Host"]
            text = json.dumps({"host": host, "order": ["a", "b"] if host.startswith("localhost") else ["b", "a"]})
            headers = {"X-Host": host}
        elif self.path == "/soon":
            threading.Event().wait(0.003)
        elif self.path == "/late":
            threading.Event().wait(0.002 if self.headers["Host"].startswith("localhost") else 0.03)
        elif self.path == "/log":
            with open(LOG, "a") as log:
                log.write("bad\n")
        elif self.path == "/hang":
            threading.Event().wait(0.7)
        elif self.path.startswith("/meet"):
            try:
                meeting.wait(0.7)
            except threading.BrokenBarrierError:
                meeting.reset()
                status = 500
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text.encode())

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):  # a client that has had enough
        pass


def serve(context=None):
    server = Server(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def private_ca(folder):
    """A CA file and the context of a server that it vouches for; None without openssl."""
    run = lambda command: subprocess.run(command, shell=True, cwd=folder, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL).returncode == 0
    if not run("k='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes' && openssl req -x509 $k -keyout ca.key -out "
               "ca.pem -days 2 -subj '/CN=private CA' && openssl req $k -keyout key -out csr -subj /CN=localhost && "
               "echo subjectAltName=IP:127.0.0.1 >names && openssl x509 -req -in csr -CA ca.pem -CAkey ca.key "
               "-CAcreateserial -days 2 -extfile names -out cert"):
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return context


def full_socket():
    """A port that takes no further connection: its queue is full."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = []
    for _ in range(4):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(listener.getsockname())
        waiting.append(client)
    return listener.getsockname()[1], (listener, waiting)


def section(text):
    return lambda url: f"version: 1\nsmoke:\n  base: {url}\n" + "".join(f"  {line}\n" for line in text.split("\n"))


Case = collections.namedtuple("Case", "shows words yml status told variables sent")


def case(shows, words="", yml=None, status=0, told="", variables=None, sent=None):
    return Case(shows.split(), words, section(yml) if isinstance(yml, str) else yml, status, told, variables or {}, sent)


def count(path):
    return sum(1 for request in seen if request[1] == path)


def header(name, value):
    return lambda: all(request[2].get(name) == value for request in seen)


def cases(tls, full):
    bearer = "bearer-" + "of-the-test"
    return [
        case("urls", "URL/json URL/moved", status=1, told="status 302", sent=lambda: count("/json") == 1),
        case("expect-status", "URL/status/404 --expect-status 404"),
        case("expect-body", "URL/ok --expect-body '~ sick'", status=1, told="something with 'sick'"),
        case("expect-json", "URL/json --expect-json '$.items[0].id=8'", status=1, told="is '7', expected '8'"),
        case("expect-header", "URL/ok --expect-header X-Release=1.3.0", status=1, told="is '1.2.0'"),
        case("expect-redirect", "URL/moved --expect-redirect /login"),
        case("expect-redirect", "URL/moved --expect-redirect '~ accounts.example.org'", status=1, told="location is '/login'"),
        case("expect-redirect", "URL/ok --expect-redirect /login", status=1, told="status 200, expected 301-303 or 307-308"),
        case("expect-version", "URL/json --expect-version 9 --deadline 300ms", status=1, told="expected 9"),
        case("version-from", "URL/ok --version-from header:X-Release --expect-version 1.2.0"),
        case("bearer", "URL/ok", variables={"FAIRLEAD_BEARER": bearer}, sent=header("authorization", f"Bearer {bearer}")),
        case("header", "URL/ok -H 'X-Test: a, b'", sent=header("x-test", "a, b")),
        case("deadline", "URL/status/503 --deadline 200ms", status=1, told="deadline of 200ms"),
        case("timeout", "URL/hang --timeout 100ms --deadline 600ms", status=1, told="after [2-9] attempts"),
        case("connect-timeout", f"http://127.0.0.1:{full} --connect-timeout 100ms --deadline 800ms", status=1,
             told="after [2-9] attempts"),
        case("jobs", "URL/meet1 URL/meet2 --jobs 1", status=1, told="status 500"),
        case("jobs", "URL/meet1 URL/meet2 --jobs 2"),
        case("streak", "--streak 3", "ready: {path: /ok}", sent=lambda: count("/ok") == 3),
        case("stable", "--stable 1s", "ready: {path: /ok}", sent=lambda: count("/ok") == 2),
        case("max-duration", "URL/hang --max-duration 100ms", status=1, told="at most 100ms allowed"),
        case("fail-fast", "URL/status/500 URL/ok --fail-fast --jobs 1", status=1, told="1 not asked",
             sent=lambda: count("/ok") == 0),
        case("strict", "URL/flaky --strict", status=1, told="passed only at attempt 2"),
        case("insecure", f"https://127.0.0.1:{tls}/ok --insecure"),
        case("ca-file", f"https://127.0.0.1:{tls}/ok --ca-file ca.pem"),
        case("ca-file", f"https://127.0.0.1:{tls}/ok", status=1, told="certificate"),
        case("resolve", "http://name.invalid:PORT/ok --resolve name.invalid:PORT:127.0.0.1"),
        case("at", "--env staging --at 127.0.0.1:PORT", lambda url: "version: 1\nsmoke: {checks: [{get: /ok}]}\n"
             "environments: {staging: {url: 'https://name.invalid'}}\n", sent=header("host", "name.invalid")),
        case("at", "--env staging --at nowhere", lambda url: "version: 1\nsmoke: {checks: [{get: /ok}]}\n"
             "environments: {staging: {url: 'https://name.invalid'}}\n", status=2, told="is not an address"),
        case("seed", "URL/ok --seed 7 -v", told="seed of the waits: 7"),
        case("base", "", "checks: [{get: /ok}]", sent=lambda: count("/ok") == 1),
        case("deadline", "", "deadline: 200ms\nready: {path: /status/503}", status=1, told="deadline of 200ms"),
        case("ca_file", "", lambda _: f"version: 1\nsmoke: {{base: 'https://127.0.0.1:{tls}', ca_file: ca.pem, "
             "checks: [{get: /ok}]}\n"),
        case("bearer_env", "--env staging", lambda url: f"version: 1\nsmoke: {{bearer_env: SHOP_TOKEN, checks: [{{get: /ok}}]}}\n"
             f"environments: {{staging: {{url: '{url}'}}}}\n", variables={"SHOP_TOKEN": bearer},
             sent=header("authorization", f"Bearer {bearer}")),
        case("ready.path", "", "ready: {path: /ok}", sent=lambda: count("/ok") == 1),
        case("ready.expect.json", "", "ready: {path: /json, expect: {json: {$.build: b7}}}"),
        *(case(f"ready.expect.{key}", "", f"deadline: 300ms\nready: {{path: {path}, {more}expect: {{{key}: {value}}}}}", status=1, told=told)
          for key, path, more, value, told in (
              ("json", "/json", "", "{$.build: b8}", "is 'b7', expected 'b8'"), ("body", "/ok", "", "sick", "the body is 'well'"),
              ("status", "/status/500", "", "201", "status 500, expected 201"),
              ("asserts", "/json", "", "['jsonpath \"$.items\" count == 2']", "count is integer <1>, expected == integer <2>"),
              ("header", "/ok", "", "{x-release: 9}", "is '1.2.0'"), ("max", "/hang", "", "50ms", "at most 50ms|timed out"),
              ("location", "/moved", "status: 302, ", "/in", "location is '/login'"))),
        case("retry-on", "URL/status/404 --retry-on 404 --deadline 300ms", status=1, told="after [2-9] attempts"),
        case("retry-on", "--retry-on 500", "retry: {attempts: 3, backoff: 1ms, on: 404}\nchecks: [{get: /status/500}]", status=1,
             sent=lambda: count("/status/500") == 3),
        case("location", "URL/moved --location", sent=lambda: count("/login") == 1),
        case("checks.follow_redirects", "", "checks: [{get: /moved, follow_redirects: true}]", sent=lambda: count("/login") == 1),
        case("checks.follow_redirects", "", "checks: [{get: /moved, follow_redirects: true, expect: {location: /login}}]", status=2,
             told="follows redirects can't expect a location"),
        case("location", "--location", "checks: [{get: /moved}]", status=2, told="--location is for Hurl files, and there is none"),
        case("ready.status", "", "ready: {path: /status/404, status: 404}"),
        case("ready.version ready.from", "", "deadline: 300ms\nready: {path: /ok, version: 9, from: 'header:X-Release'}",
             status=1, told="answers with version 1.2.0, expected 9"),
        case("ready.streak", "", "ready: {path: /ok, streak: 2}", sent=lambda: count("/ok") == 2),
        case("ready.stable", "", "ready: {path: /ok, stable: 1s}", sent=lambda: count("/ok") == 2),
        case("defaults.timeout", "", "defaults: {timeout: 100ms}\nretry: {attempts: 1}\nchecks: [{get: /hang}]", status=1,
             told="timed out"),
        case("defaults.connect", "", lambda _: f"version: 1\nsmoke:\n  deadline: 2s\n  defaults: {{connect: 100ms}}\n"
             f"  retry: {{attempts: 1}}\n  checks: [{{get: 'http://127.0.0.1:{full}/'}}]\n", status=1,
             told="after 1[0-9][0-9] m"),
        case("defaults.jobs", "", "defaults: {jobs: 1}\nchecks: [{get: /meet1}, {get: /meet2}]", status=1, told="500"),
        case("defaults.headers", "", "defaults: {headers: {X-Test: a}}\nchecks: [{get: /ok}]", sent=header("x-test", "a")),
        case("retry.attempts", "", "retry: {attempts: 2, backoff: 1ms}\nchecks: [{get: /status/503}]", status=1,
             sent=lambda: count("/status/503") == 2),
        case("retry.backoff", "--seed 1 --deadline 400ms", "retry: {attempts: 5, backoff: 1h, max: 1h}\nchecks: [{get: /status/503}]",
             status=1, sent=lambda: count("/status/503") == 1),
        case("retry.max", "--seed 1 --deadline 4s", "retry: {attempts: 5, backoff: 1h, max: 1ms}\nchecks: [{get: /status/503}]", status=1,
             sent=lambda: count("/status/503") == 5),
        case("retry.factor", "--seed 1 --deadline 400ms",
             "retry: {attempts: 9, backoff: 1ms, factor: 100, max: 1h}\nchecks: [{get: /status/503}]", status=1,
             sent=lambda: 1 < count("/status/503") < 9),
        case("retry.on", "", "retry: {attempts: 3, backoff: 1ms, on: 404}\nchecks: [{get: /status/404}]", status=1,
             sent=lambda: count("/status/404") == 3),
        case("checks.name", "", "checks: [{name: the door, get: /ok}]", told="the door"),
        *(case(f"checks.{method}", "", f"checks: [{{{method}: /ok}}]", sent=lambda m=method: seen[0][0] == m.upper())
          for method in ("get", "head", "post", "put", "delete")),
        case("checks.headers", "", "checks: [{get: /ok, headers: {X-Test: a}}]", sent=header("x-test", "a")),
        case("checks.within", "", "retry: {backoff: 1ms}\nready: {path: /ok}\nchecks: [{get: /soon-right, within: 2s}]",
             sent=lambda: count("/soon-right") == 3),
        case("checks.within", "", "checks: [{post: /ok, within: 1s}]", status=2, told="which is sent once"),
        case("checks.within", "", "checks: [{get: /ok, within: 0s}]", status=2, told="write a time such as 30s"),
        case("checks.data", "", "checks: [{post: /ok, data: hello}]", sent=lambda: seen[0][3] == "hello"),
        case("checks.expect.status", "", "checks: [{get: /status/404, expect: {status: 404}}]"),
        case("checks.expect.header", "", "checks: [{get: /ok, expect: {header: {x-release: 9}}}]", status=1, told="is '1.2.0'"),
        case("checks.expect.location", "", "checks: [{get: /moved, expect: {status: 302, location: /in}}]", status=1,
             told="header location is '/login'"),
        case("checks.expect.asserts", "", "checks: [{get: /json, expect: {asserts: ['jsonpath \"$.items\" count == 2']}}]", status=1,
             told="count is integer <1>, expected == integer <2>"),
        case("checks.expect.body", "", "checks: [{get: /ok, expect: {body: sick}}]", status=1, told="the body is 'well'"),
        case("checks.expect.json", "", "checks: [{get: /json, expect: {json: {$.build: b8}}}]", status=1, told="is 'b7'"),
        case("checks.expect.max", "", "checks: [{get: /hang, expect: {max: 100ms}}]", status=1, told="at most 100ms"),
        case("checks.expect.version", "", "checks: [{get: /json, expect: {version: 9}}]", status=1, told="expected 9"),
        case("checks.expect.from", "", "checks: [{get: /json, expect: {version: b7, from: 'json:$.build'}}]"),
        case("checks.expect", "", "checks: [{get: /ok}, {get: 'http://127.0.0.1:1/', expect: refused}]"),
        case("checks.xfail", "", "checks: [{get: /ok}, {get: /status/500, xfail: issue 12}]", told="1 known to fail"),
        case("checks.xfail", "", "checks: [{get: /ok, xfail: issue 12}]", status=1, told="passes now; remove xfail"),
        case("checks.skip", "", "checks: [{get: /ok}, {get: /status/500, skip: later}]", told="1 skipped",
             sent=lambda: count("/status/500") == 0),
    ]


def pace_cases():
    return [
        case("checks.needs", "", "checks: [{get: /ok, needs: [first]}, {name: first, get: /status/500}]", status=1,
             told="it needs 'first', which failed", sent=lambda: count("/ok") == 0),
        case("checks.needs", "", "checks: [{get: /ok, needs: [frist]}, {name: first, get: /ok}]", status=2,
             told="did you mean 'first'"),
        case("defaults.limits.per_host", "", "defaults: {limits: {per_host: 1}}\nchecks: [{get: /meet1}, {get: /meet2}]",
             status=1, told="status 500"),
        case("defaults.limits.rate", "--deadline 700ms", "defaults: {limits: {rate: 1}}\n"
             "checks: [{get: /ok}, {get: /ok}, {get: /ok}]", status=1, told="its turn did not come", sent=lambda: count("/ok") == 1),
        case("watch every", "URL/ok --watch 600ms --every 200ms", sent=lambda: count("/ok") == 3),
        case("every", "URL/ok --every 200ms", status=2, told="--every has no effect without --watch"),
        case("every", "URL/ok --watch 200ms --every 400ms", status=2, told="leaves no round"),
        case("watch-errors", "URL/second --watch 2s --every 200ms --watch-errors 1", status=1, told="failed in 2 of 4 rounds, at most 1"),
        case("watch.every", "--watch 600ms", "watch: {every: 200ms}\nchecks: [{get: /ok}]", sent=lambda: count("/ok") == 3),
        case("watch.errors", "--watch 600ms --every 200ms --format json", "watch: {errors: 50%}\nretry: {attempts: 1}\nchecks: [{get: /second}]",
             told='"failed rounds": "1 of 3"'),
        case("log forbid", "URL/log --log app.log --forbid 'bad|worse'", status=1, told="1 of 1 new lines match"),
        case("log", "URL/ok --log app.log", status=2, told="no line of 'app.log' is forbidden"),
        case("forbid", "URL/ok --forbid x", status=2, told="--forbid has no effect without a log"),
        case("logs.file", "", "logs: [{file: /var/log/syslog, forbid: bad}]\nchecks: [{get: /ok}]", status=2, told="is not below the folder"),
        case("exec", "URL/ok --exec web --insecure", status=2, told="--exec and --insecure can't be used together"),
        case("logs.file logs.forbid", "", "logs: [{file: app.log, forbid: bad}]\nchecks: [{get: /log}]", status=1,
             told="1 of 1 new lines match"),
    ]


def compare_cases():
    old = "http://localhost:PORT"
    by_key = lambda shows, keys, path="/host", **more: case(
        shows, "", f"checks: [{{name: it, get: {path}}}, {{name: ok, get: /ok}}]\ncompare: {{old: '{old}', checks: [it], {keys}}}", **more)
    samples = lambda shows, keys, path="/ok", **more: case(shows, "", f"checks: [{{get: {path}, {keys}}}]", **more)
    limit = lambda key, count: samples(f"checks.budget.{key}", f"samples: {count}, budget: {{{key}: 1ms}}", "/soon", status=1,
                                       told=f"{'the slowest answer' if key == 'max' else key} is .*, at most 1ms allowed, of {count}")
    return [
        case("compare", f"URL/host --compare {old}", status=1, told="JSON /host is .127.0.0.1:\\d+., was .localhost:"),
        by_key("compare.old compare.pairs compare.checks", "pairs: 0", status=1, told="3 differences from http://localhost",
               sent=lambda: count("/host") == 5 and count("/ok") == 1),
        by_key("compare.pairs", "pairs: 8", "/ok", told="passed +speed it", sent=lambda: count("/ok") == 2 + 2 + 2 * 9),
        case("compare.new", "", f"checks: [{{get: /ok}}]\ncompare: {{old: 'http://127.0.0.1:PORT', new: '{old}', pairs: 0}}",
             sent=lambda: sum(request[2]["host"].startswith("localhost") for request in seen) == 1),
        by_key("compare.ignore", "pairs: 0, ignore: [$.host, $.order]"),
        by_key("compare.unordered", "pairs: 0, ignore: [$.host], unordered: [$.order]"),
        by_key("compare.headers", "pairs: 0, ignore: [$], headers: [x-host]", status=1, told="header x-host is '127"),
        by_key("compare.slower", "pairs: 12", "/late", status=1, told="takes .* times as long .* at most 1.25 times"),
        by_key("compare.slower", "pairs: 7, slower: 100", "/late"),
        by_key("compare.level", "pairs: 8, level: 0.1%", "/ok", status=2, told="8 pairs are too few .* 0.1%; write at least 10 pairs"),
        samples("checks.samples", "samples: 20, budget: {p95: 1s}", sent=lambda: count("/ok") == 21),
        samples("checks.samples", "samples: 19, budget: {p95: 1s}", status=2, told="19 samples are too few for p95; write samples: 20"),
        samples("checks.cold", "samples: 20, cold: true, budget: {p95: 1s}", sent=lambda: count("/ok") == 20),
        limit("p50", 3), limit("p90", 10), limit("p95", 20), limit("p99", 100), limit("max", 3),
        samples("checks.budget.errors", "samples: 2, cold: true, budget: {p50: 1s}", "/flaky", status=1,
                told="1 of 1 answers was not as expected, at most 0 allowed; the first: status 503"),
        samples("checks.budget.errors", "samples: 2, cold: true, budget: {p50: 1s, errors: 1}", "/flaky"),
    ]


# Hurl files, written into the folder of the cases.
HURL = {
    "get.hurl": "GET {{host}}{{path}}\nHTTP 200\n",
    "group/get.hurl": "GET {{host}}{{path}}\nHTTP 200\n",
    "two.hurl": "GET {{host}}/status/500\nHTTP 200\n\nGET {{host}}/ok\nHTTP 200\n",
    "meet1.hurl": "GET {{host}}/meet1\nHTTP 200\n",
    "meet2.hurl": "GET {{host}}/meet2\nHTTP 200\n",
    "group/post.hurl": "POST {{host}}/ok\nfile,../body.txt;\nHTTP 200\n",
    "body.txt": "from the root",
    "cookie.hurl": "GET {{host}}/cookie\nGET {{host}}/ok\n",
    "list.hurl": "GET {{host}}/json\nHTTP 200\n[Asserts]\njsonpath \"$.version\" count == 1\n",
    "out.hurl": "GET {{host}}/ok\n[Options]\noutput: -\nHTTP 200\n",
    "base.hurl": "GET {{base}}/ok\nHTTP 200\n",
    "setup.hurl": "GET {{base}}/json\nHTTP 200\n[Captures]\ncaught: jsonpath \"$.build\"\n",
    "caught.hurl": "GET {{base}}/{{caught}}\nHTTP 200\n",
    "last.hurl": "DELETE {{base}}/ok\nHTTP 200\n",
    "path.env": "# a comment\npath=/ok\n",
}


def hurl_cases():
    get, at = "get.hurl --variable host=URL", "--variable path="
    ok = f"{get} {at}/ok"
    return [
        case("variable", ok, sent=lambda: count("/ok") == 1),
        case("variable", "get.hurl", status=2, told="get.hurl:1:7: .*the variable 'host' is not defined"),
        case("variables-file", f"{get} --variables-file path.env", sent=lambda: count("/ok") == 1),
        case("secrets-file", f"{get} --secrets-file path.env", sent=lambda: count("/ok") == 1),
        case("secret", f"{get} --secret path=/ok", sent=lambda: count("/ok") == 1),
        case("secret", f"{get} --secret path=/status/5004711", status=1, told=r"\*\*\*"),
        case("glob", f"--glob '*/g*.hurl' --variable host=URL {at}/ok", sent=lambda: count("/ok") == 1),
        case("parallel", "meet1.hurl meet2.hurl --variable host=URL --parallel"),
        case("test", "meet1.hurl meet2.hurl --variable host=URL --test"),
        case("parallel test", "meet1.hurl meet2.hurl --variable host=URL", status=1, told="status 500"),
        case("continue-on-error", "two.hurl --variable host=URL --continue-on-error", status=1, sent=lambda: count("/ok") == 1),
        case("continue-on-error", "two.hurl --variable host=URL", status=1, told="1 not asked", sent=lambda: count("/ok") == 0),
        case("from-entry", "two.hurl --variable host=URL --from-entry 2", sent=lambda: count("/status/500") == 0),
        case("to-entry", "two.hurl --variable host=URL --to-entry 1", status=1, told="0 of 1 check passed"),
        case("file-root", "group/post.hurl --variable host=URL --file-root .", sent=lambda: seen[0][3] == "from the root"),
        case("file-root", "group/post.hurl --variable host=URL", status=2, told="post.hurl:2:6: "),
        case("max-filesize", f"{ok} --max-filesize 1", status=1, told="larger than 1 bytes"),
        case("cert", f"{ok.replace('URL', 'https://127.0.0.1:TLS')} --insecure --cert none.pem", status=1, told="no complete answer"),
        case("key", f"{ok.replace('URL', 'https://127.0.0.1:TLS')} --insecure --cert cert --key none.pem", status=1,
             told="no complete answer"),
        case("compressed", f"{ok} --compressed", sent=header("accept-encoding", "gzip, deflate, br")),
        case("connect-to", f"{ok.replace('URL', 'http://name.invalid:1')} --connect-to name.invalid:1:127.0.0.1:PORT",
             sent=lambda: count("/ok") == 1),
        case("delay", f"{ok} --delay 5s --deadline 300ms", status=1, told="the deadline was over", sent=lambda: not seen),
        case("http1.0", f"{ok} --http1.0", sent=lambda: seen[0][4] == "HTTP/1.0"),
        case("http1.1", f"{ok} --http1.1", sent=lambda: seen[0][4] == "HTTP/1.1" and "upgrade" not in seen[0][2]),
        case("http2", f"{ok} --http2", sent=header("upgrade", "h2c")),
        case("ipv4", f"{ok.replace('URL', 'http://localhost:PORT')} --ipv4"),
        case("ipv6", f"{ok.replace('URL', 'http://localhost:PORT')} --ipv6 --deadline 2s", status=1, told="no complete answer"),
        case("location", f"{get} {at}/moved --location", sent=lambda: count("/login") == 1),
        case("location-trusted", f"{get} {at}/moved --location-trusted", sent=lambda: count("/login") == 1),
        case("max-redirs", f"{get} {at}/moved --location --max-redirs 0", status=1, told="more than 0 redirects"),
        case("max-time", f"{get} {at}/hang --max-time 100ms --deadline 300ms", status=1, told="timed out|in time"),
        case("no-cookie-store", "cookie.hurl --variable host=URL --no-cookie-store", sent=lambda: "cookie" not in seen[1][2]),
        case("no-cookie-store", "cookie.hurl --variable host=URL", sent=lambda: seen[1][2]["cookie"] == "kept=1"),
        case("no-jsonpath-coercion", "list.hurl --variable host=URL --no-jsonpath-coercion"),
        case("no-jsonpath-coercion", "list.hurl --variable host=URL", status=1, told="the filter count fails"),
        case("path-as-is", f"{get} {at}/a/../ok --path-as-is", sent=lambda: count("/a/../ok") == 1),
        case("proxy", f"{ok.replace('URL', 'http://name.invalid')} --proxy http://127.0.0.1:PORT",
             sent=lambda: count("http://name.invalid/ok") == 1),
        case("no-proxy", f"{ok} --proxy http://127.0.0.1:1 --no-proxy 127.0.0.1", sent=lambda: count("/ok") == 1),
        case("noproxy", f"{ok} --proxy http://127.0.0.1:1 --noproxy 127.0.0.1", sent=lambda: count("/ok") == 1),
        case("repeat", f"{ok} --repeat 3", sent=lambda: count("/ok") == 3),
        case("retry", f"{get} {at}/flaky --retry 1 --retry-interval 1", told="flaky"),
        case("retry-interval", f"{get} {at}/status/503 --retry 5 --retry-interval 1h --deadline 300ms", status=1,
             sent=lambda: count("/status/503") == 1),
        case("unix-socket", f"{ok} --unix-socket none.sock --deadline 300ms", status=1, told="no socket"),
        case("ignore-asserts", f"{get} {at}/status/500 --ignore-asserts", sent=lambda: count("/status/500") == 1),
        case("no-assert", f"{get} {at}/status/500 --no-assert", sent=lambda: count("/status/500") == 1),
        case("user-agent", f"{ok} --user-agent somebody", sent=header("user-agent", "somebody")),
        case("header", f"{ok} -H 'X-Test: b'", sent=header("x-test", "b")),
        case("defaults.headers", "", "defaults: {headers: {X-Test: a, X-Api-Key: abcdefgh-12345}}\nchecks: [{hurl: base.hurl}]",
             sent=lambda: seen[0][2]["x-test"] == "a" and "x-api-key" not in seen[0][2]),
        case("cacert", f"{ok.replace('URL', 'https://127.0.0.1:TLS')} --cacert ca.pem"),
        case("connect-timeout", f"{get.replace('URL', 'http://127.0.0.1:FULL')} {at}/ok --connect-timeout 100ms --deadline 300ms", status=1,
             told="no complete answer"),
        case("include", "out.hurl --variable host=URL --include", told="(?s)X-Release: 1.2.0.*well"),
        case("very-verbose", f"{ok} --very-verbose", told="info: GET http"),
        case("no-output", "out.hurl --variable host=URL --no-output", told="well"),
        case("user", f"{ok} --user bob:builder", sent=header("authorization", "Basic Ym9iOmJ1aWxkZXI=")),
        case("checks.hurl", "", "checks: [{hurl: base.hurl}]", sent=lambda: count("/ok") == 1),
        case("checks.hurl", "", "checks: [{hurl: none.hurl}]", status=2, told="fairlead.yml:"),
        case("variables", f"", "variables: {path: /ok, host: 'http://127.0.0.1:PORT'}\nchecks: [{hurl: get.hurl}]",
             sent=lambda: count("/ok") == 1),
        case("setup", "", "setup: setup.hurl\nchecks: [{hurl: caught.hurl}]", sent=lambda: count("/b7") == 1),
        case("teardown", "", "checks: [{hurl: get.hurl}]\nteardown: last.hurl", status=2, sent=lambda: seen[-1][0] == "DELETE"),
    ]


def declared_rows(schema, prefix=""):
    while "$ref" in schema:
        schema = DEFINITIONS[schema["$ref"].rsplit("/", 1)[1]]
    for part in schema.get("anyOf", []) + schema.get("allOf", []):
        yield from declared_rows(part, prefix)
    if "items" in schema:
        yield from declared_rows(schema["items"], prefix)
    for name, child in schema.get("properties", {}).items():
        below = set(declared_rows(child, f"{prefix}{name}."))
        yield from below or {prefix + name}


def declared_inputs(program):
    said = subprocess.run([program, "--explain-config", "http://127.0.0.1/"], stdout=subprocess.PIPE, text=True).stdout
    return {line.split(" = ")[0] for line in said.splitlines() if " = " in line} - COMMON


def carry_out(one, program, folder, port, tls, full, url):
    seen.clear()
    flaky.clear()
    LOG.write_text("")
    (folder / "fairlead.yml").unlink(missing_ok=True)
    if one.yml:
        (folder / "fairlead.yml").write_text(one.yml(url).replace("PORT", str(port)))
    words = one.words.replace("URL", url).replace("PORT", str(port)).replace("TLS", str(tls)).replace("FULL", str(full))
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **one.variables}
    done = subprocess.run(["sh", "-c", f'"$0" {words}', program], cwd=folder, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode != one.status:
        return f"status {done.returncode}, expected {one.status}\n{done.stdout}"
    if not re.search(one.told, done.stdout):
        return f"'{one.told}' is not told\n{done.stdout}"
    return "" if one.sent is None or one.sent() else f"what was sent is not as expected: {seen}\n{done.stdout}"


def shown_elsewhere():
    """The rows of the probes, which have tests of their own, by tests/effects.tsv."""
    lines = (line.split("\t") for line in (ROOT / "tests/effects.tsv").read_text().splitlines())
    return {key.removeprefix("smoke.") for tool, key, test, _ in lines if tool == "fairlead.yml" and test != "cli/smoke_effects.py"}


def main():
    global DEFINITIONS, LOG
    program = str(pathlib.Path(sys.argv[1]).resolve() / "fairlead-smoke")
    schema = json.loads((ROOT / "schema/fairlead.schema.json").read_text())
    DEFINITIONS = schema.get("definitions", {})
    with tempfile.TemporaryDirectory(prefix="fairlead smoke ") as name:
        folder = pathlib.Path(name)
        LOG = folder / "app.log"
        context = private_ca(folder)
        if not context:
            sys.exit("openssl is not here; install it")
        port, tls = serve(), serve(context)
        full, kept = full_socket()
        url, failed = f"http://127.0.0.1:{port}", 0
        for name, text in HURL.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        every = cases(tls, full) + pace_cases() + compare_cases() + hurl_cases()
        for one in every:
            problem = carry_out(one, program, folder, port, tls, full, url)
            failed += bool(problem)
            if problem:
                print(f"FAIL: {' '.join(one.shows)}: {one.words}: {problem}")
                counted.first()
            elif "--table" in sys.argv:
                print(f"{' '.join(one.shows):<24} {one.words or one.yml(url).splitlines()[-1]}")
        shown = {name for one in every for name in one.shows} | shown_elsewhere()
        wanted = declared_inputs(program) | set(declared_rows(schema["properties"]["smoke"]))
        for name in sorted(wanted - shown):
            failed += 1
            print(f"FAIL: {name} is declared, and no case shows its effect")
        print(f"{len(every)} cases for {len(wanted)} inputs and rows")
    counted.close(len(every) - failed, failed)


main()
