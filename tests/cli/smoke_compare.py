#!/usr/bin/python3
# needs: nothing; takes: 6 s; cases: 50
"""smoke_compare.py BIN: fairlead-smoke compares two small releases, blue (old) and green (new), as fairlead.yml or --compare says.

Each case is a section `compare`, the exit status, and expressions that the output must have (or, after !, must not). The servers note
every request, so the cases also see what reaches the old release.
"""
import collections
import concurrent.futures
import http.server
import itertools
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve() / "fairlead-smoke")
TOKEN, KEY = "bearer-" + "of-the-test-4711", "key-" + "of-the-test-4711"
JSON = {"Content-Type": "application/json"}
seen, counts, lock = [], collections.Counter(), threading.Lock()


def answer(release, path, number):
    """Status, headers and body; `number` counts the requests for the path, from 1."""
    old = release == "blue"
    if path == "/moved":
        return 302, {"Location": f"http://127.0.0.1:{PORTS[release]}/login"}, ""
    if path == "/status":
        return 200 if old else 404, {}, "well"
    if path == "/kind":
        return 200, JSON if old else {"Content-Type": "text/html"}, '{"a": 1}' if old else "<h1>a</h1>"
    if path == "/type":
        return 200, {"Content-Type": "text/html" if old else "text/plain"}, "well"
    if path == "/html":
        return 200, {}, f"<h1>Notes</h1>\n<i>{next(NONCE)}</i>\n<p>{'old' if old else 'new'}</p>\n"
    if path.startswith("/starting"):
        return (503, {}, "starting") if old and number < 3 else (200, JSON, "[]")
    if path == "/hangs":
        threading.Event().wait(3 if old else 0)
    if path == "/slow":
        time.sleep(0.02 if old else 0.06)
    if path == "/even":
        time.sleep(0.01)
    body = {"/equal": '{"b": [1, 2.0], "a": "x"}' if old else '{"a":"x","b":[1.0,2]}',
            "/differs": '{"total": %d, "time": %d, "tags": ["a", "b"]}' % ((1, 1) if old else (2, 2)),
            "/order": '{"tags": ["a", "b"]}' if old else '{"tags": ["b", "a"]}',
            "/links": '{"next": "http://127.0.0.1:%s/b"}' % PORTS[release],
            "/unstable": '{"now": %d, "total": 1}' % next(NONCE),
            "/secret": '{"access_token": "%s", "total": 1}' % ("abcdefgh-old-1" if old else "abcdefgh-new-2")}
    return 200, JSON, body.get(path.split("?")[0], "[]")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits for 40 ms

    def handle_any(self):
        release = self.server.release
        with lock:
            counts[release, self.path] += 1
            number = counts[release, self.path]
            seen.append((release, self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
        status, headers, body = answer(release, self.path, number)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body.encode())

    do_GET = do_HEAD = do_POST = handle_any

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    disable_nagle_algorithm = True

    def handle_error(self, *_):  # a client that has had enough
        pass


def serve(release):
    server = Server(("127.0.0.1", 0), Handler)
    server.release = release
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


NONCE = itertools.count(1000)
PORTS = {release: serve(release) for release in ("blue", "green", "lime")}
BLUE, GREEN, LIME = (f"http://127.0.0.1:{PORTS[release]}" for release in ("blue", "green", "lime"))
Case = collections.namedtuple("Case", "what path compare status told words checks extra sent variables")


def case(what, path="/equal", compare="pairs: 0", status=0, told=(), words="", checks=None, extra="", sent=None, variables=None):
    return Case(what, path, compare, status, (told,) if isinstance(told, str) else told, words, checks, extra, sent, variables or {})


def heard(name, value):
    return [request[0] for request in seen if value in request[3].get(name, "")]


def only_green(*names):
    return lambda: all(set(heard(name, value)) == {"green"} for name, value in names)


BY_ENVIRONMENT = f"environments: {{staging: {{url: '{GREEN}'}}}}\n"
SECRETS = {"variables": {"FAIRLEAD_BEARER": TOKEN}, "words": "--env staging"}
CASES = [
    case("the same JSON in another order passes", told=["passed +compare it", "2 of 2 checks passed"],
         sent=lambda: sum(request[0] == "blue" for request in seen) == 1),
    case("a value that differs", "/differs", status=1,
         told=[rf"fairlead.yml:\d+:\d+: compare it \({GREEN}/differs\): 2 differences from {BLUE}/differs: JSON /time is 2, was 1; "
               r"JSON /total is 2, was 1 \[smoke/compare\]"]),
    case("what is ignored", "/differs", "pairs: 0, ignore: ['$.time', /total]"),
    case("what is ignored, but for another value", "/differs", "pairs: 0, ignore: [$.time]", 1,
         ["1 difference .* JSON /total is 2", "!/time is"]),
    case("the order of a list", "/order", status=1, told="JSON /tags/0 is \"b\", was \"a\""),
    case("the order of a list that has none", "/order", "pairs: 0, unordered: [$.tags]"),
    case("what the old release itself answers differently", "/unstable",
         told="not compared, because the old release's answers to the same request differ: JSON /now",
         sent=lambda: sum(request[0] == "blue" for request in seen) == 2),
    case("HTML with one line that changes each time", "/html", status=1,
         told=["1 difference .*line 3 of the body is '<p>new</p>', was '<p>old</p>'", "differ: line 2 of the body"]),
    case("another status", "/status", "pairs: 8", 1, ["status is 404, was 200", "skipped +speed it", "!must not"],
         checks="[{name: it, get: /status, expect: {status: [200, 404]}}]"),
    case("HTML instead of JSON", "/kind", status=1,
         told="2 differences .*header content-type is 'text/html', was 'application/json'; the body is not JSON, was JSON"),
    case("another header", "/type", status=1, told="header content-type is 'text/plain', was 'text/html'"),
    case("another header that isn't chosen", "/type", "pairs: 0, headers: [location]"),
    case("each release's own host in a redirect", "/moved", checks="[{name: it, get: /moved, expect: {status: 302}}]"),
    case("each release's own host in a link", "/links"),
    case("secrets of the answers are not shown", "/secret", status=1, told=[r"JSON /access_token is \*\*\*, was \*\*\*", "!abcdefgh"]),
    case("an old release that is starting", "/starting1", told=["flaky +compare it", "3 attempts"],
         extra="  retry: {attempts: 4, backoff: 1ms}\n"),
    case("a flaky comparison is a failure with --strict", "/starting2", status=1, words="--strict",
         told="passed only at attempt 3; before: status 503", extra="  retry: {attempts: 4, backoff: 1ms}\n"),
    case("an old release that nobody reaches", compare="old: 'http://127.0.0.1:1', pairs: 8", status=1,
         told=[r"compare it .*: the old release \(http://127.0.0.1:1/equal\): .*connect", "1 skipped"],
         extra="  retry: {attempts: 2, backoff: 1ms}\n"),
    case("an old release that hangs ends with the deadline", "/hangs", status=1, words="--deadline 400ms",
         told=r"the old release \(.*\): deadline of 400ms reached after 1 attempt"),
    case("a new release that is three times as slow", "/slow", "pairs: 12", 1,
         [r"speed it .*: takes \d\.\d\d times as long as .*: median \d+ms, was \d+ms; at most 1.25 times is allowed "
          r"\(Wilcoxon's signed-rank test of 12 pairs: p = 0.00\d*, level of error 1%\) \[smoke/slower\]", "passed +compare it"],
         sent=lambda: sum(request[0] == "blue" for request in seen) == 14),
    case("slower, but as much is allowed", "/slow", "pairs: 12, slower: 9", told="passed +speed it"),
    case("as fast as before", "/even", "pairs: 12", told="passed +speed it"),
    case("a HEAD is compared, too", compare="pairs: 7", checks="[{name: it, head: /equal}]", told="passed +speed it",
         sent=lambda: all(request[1] == "HEAD" for request in seen)),
    case("new names another address", compare=f"new: '{LIME}', pairs: 0", told=rf"passed +compare it",
         sent=lambda: [request[0] for request in seen].count("lime") == 1 and len(seen) == 3),
    case("only the named checks", compare="checks: [b], pairs: 0", checks="[{name: a, get: /differs}, {name: b, get: /equal}]",
         told=["passed +compare b", "!compare a"]),
    case("a POST is left out", checks="[{name: a, post: /equal}, {name: b, get: /equal}]", told=["passed +compare b", "!compare a"]),
    case("a skipped check", checks="[{name: a, get: /differs, skip: later}, {name: b, get: /equal}]", told="skipped +compare a"),
    case("a dry run", words="--dry-run", compare="pairs: 9", sent=lambda: not seen,
         told=rf"would compare +GET {GREEN}/equal with {BLUE}/equal, 9 pairs of requests for the times"),
    case("URLs with --compare", words=f"{GREEN}/differs --compare {BLUE}/", status=1, compare=None,
         told=rf"2 differences from {BLUE}/differs"),
    case("--compare in place of old", "/differs", f"old: '{LIME}', pairs: 0", 1, f"2 differences from {BLUE}", words=f"--compare {BLUE}"),
    case("no bearer for an address that only compare names", told=["are not sent to http://127.0.0.1:.*only compare names it"],
         extra="  defaults: {headers: {X-Api-Key: %s, X-Test: a}}\n" % KEY,
         sent=lambda: only_green(("authorization", TOKEN), ("x-api-key", KEY))()
         and set(heard("x-test", "a")) == {"blue", "green"}, **SECRETS),
    case("nor a check's own secret headers", checks="[{name: it, get: /equal, headers: {X-Api-Key: %s}}]" % KEY,
         sent=only_green(("x-api-key", KEY))),
    case("an address of --compare is an input, and gets them",
         sent=lambda: set(heard("authorization", TOKEN)) == {"blue", "green"}, variables={"FAIRLEAD_BEARER": TOKEN},
         words=f"--env staging --compare {BLUE}"),
    # refused before any request
    case("no old", compare="old: '', pairs: 0", status=2, told=r"fairlead.yml:\d+:\d+: compare needs the address of the old release"),
    case("an old that is none", compare="old: blue.example.org", status=2, told=r"fairlead.yml:\d+:\d+: "),
    case("an old with a query", compare=f"old: '{BLUE}/?a=b'", status=2, told="a path can't follow .* it has a query"),
    case("the same address twice", compare=f"old: '{GREEN}'", status=2, told="would be compared with itself"),
    case("a POST that is named", compare="checks: [a]", checks="[{name: a, post: /equal}, {name: b, get: /equal}]", status=2,
         told=r"fairlead.yml:\d+:\d+: the check 'a' can't be compared: it sends a POST"),
    case("a whole URL that is named", compare="checks: [a]", checks=f"[{{name: a, get: '{GREEN}/equal'}}]", status=2,
         told="the check 'a' can't be compared: it asks a whole URL"),
    case("a check that is not there", compare="checks: [its]", status=2, told="there is no check 'its' to compare; did you mean 'it'"),
    case("a secret in a URL that is named", compare="checks: [it]", checks="[{name: it, get: '/equal?token=abcdefgh12345678'}]", status=2,
         told=["can't be compared: its request has a secret", "!abcdefgh1"]),
    case("nothing that can be compared", checks="[{name: a, post: /equal}]", status=2, told="there is nothing to compare"),
    case("too few pairs", compare="pairs: 6", status=2,
         told=r"fairlead.yml:\d+:\d+: 6 pairs are too few .* level of error 1%; write at least 7 pairs"),
    case("too few pairs for two checks", compare="pairs: 7", checks="[{get: /equal}, {get: /differs}]", status=2,
         told="7 pairs are too few .*, which holds for 2 checks together; write at least 8 pairs"),
    case("too few pairs for a level", compare="pairs: 8, level: 0.1%", status=2, told="at least 10 pairs"),
    case("more pairs than the test counts exactly", compare="pairs: 201", status=2, told="pairs must be at most 200"),
    case("a factor below 1", compare="slower: 0.5", status=2, told="slower must be from 1 to 100"),
    case("a level of nothing", compare="level: 0%", status=2, told="level must be from 0.01% to 20%"),
    case("a path that is none", compare="ignore: ['$.a-b']", status=2, told=r"fairlead.yml:\d+:\d+: .*\$\['a-b'\]"),
    case("--compare without an address", compare=None, words=f"{GREEN}/equal --compare nowhere", status=2, told="--compare: "),
]


def section(one):
    keys = one.compare if "old:" in one.compare else f"old: '{BLUE}', {one.compare}"
    checks = one.checks or f"[{{name: it, get: {one.path}}}]"
    base = "" if "--env" in one.words else f"  base: '{GREEN}'\n"
    return f"version: 1\nsmoke:\n{base}{one.extra}  checks: {checks}\n  compare: {{{keys}}}\n{BY_ENVIRONMENT}"


def problem_of(one, folder):
    (folder / "fairlead.yml").write_text(section(one) if one.compare is not None else "version: 1\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **one.variables}
    begin = time.monotonic()
    done = subprocess.run(["sh", "-c", f'"$0" {one.words}', PROGRAM], cwd=folder, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if "--table" in sys.argv:
        print(f"{time.monotonic() - begin:.2f} s  {one.what}\n{done.stdout}")
    if done.returncode != one.status:
        return f"status {done.returncode}, expected {one.status}\n{done.stdout}"
    for expression in one.told:
        if bool(re.search(expression.lstrip("!"), done.stdout)) == expression.startswith("!"):
            return f"'{expression}' is not as expected in the output\n{done.stdout}"
    if one.status == 2 and seen:
        return f"a request was sent: {seen}"
    if one.sent and not one.sent():
        return f"what was sent is not as expected: {[request[:3] for request in seen]}\n{done.stdout}"
    return ""


def in_own_folder(one):
    with tempfile.TemporaryDirectory(prefix="fairlead compare ") as name:
        return problem_of(one, pathlib.Path(name))


def is_alone(one):
    """Those that look at times, or at what was sent; the others would be seen there."""
    return one.sent or one.status == 2 or "pairs: 12" in (one.compare or "")


together = [one for one in CASES if not is_alone(one)]
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    for one, problem in zip(together, pool.map(in_own_folder, together)):
        counted.note(one.what, problem)
for one in filter(is_alone, CASES):
    seen.clear()
    counted.note(one.what, in_own_folder(one))
counted.close()
