#!/usr/bin/python3
"""script/bench smoke_hurl SMOKE HURL [--count N] [--seed N] [--keep FOLDER]: generated Hurl files, played by fairlead-smoke and
by hurl (8.0.1) against one server. Both must give the same verdict, name the same lines, and send the same requests. Prints each
difference with its file, and a closing line with the counts; status 1 if more than 2 % differ, or one passes here that fails there."""
import argparse
import http.server
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading

DOCUMENT = {"id": 7, "name": "caf\u00e9 & <b>", "big": 12345678901234567890123, "pi": 3.5, "two": 2.0, "yes": True, "none": None, "empty": "", "list": [1, 2, 3],
            "names": ["ann", "bob"], "nested": {"a-b": {"c": [{"id": "x", "n": 1}, {"id": "y", "n": 2}]}}, "nothing": [], "object": {},
            "date": "2024-03-20T11:23:56.773+02:00", "ip": "10.0.0.1", "uuid": "0190f3f3-5c7b-7d0a-9a4e-0123456789ab", "url": "http://h/?q=a%20b&r=1",
            "json": "{\"k\": [10]}", "html": "&lt;p&gt;", "base64": "aGk=", "csv": "a,b,,c", "text": "line one\nline two 42"}
seen = []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = sorted((name.lower(), value) for name, value in self.headers.items() if name.lower() not in ("user-agent", "host"))
        text = body.decode("latin1")
        kind = dict(headers).get("content-type", "")
        if "boundary=" in kind:
            text = text.replace(kind.split("boundary=")[1], "BOUNDARY")
            headers = [(n, "multipart" if n == "content-type" else v) for n, v in headers if n != "content-length"]
        seen.append((self.command, self.path, tuple(headers), text))
        status, more, data = 200, [], json.dumps(DOCUMENT).encode()
        path = self.path.split("?")[0]
        content = "application/json"
        if path.startswith("/status/"):
            status = int(path.split("/")[2])
        elif path == "/moved":
            status, more = 302, [("Location", "/json")]
        elif path == "/kept":
            status, more = 307, [("Location", "/json")]
        elif path == "/html":
            content, data = "text/html; charset=utf-8", "<html><head><title>A caf\u00e9</title><body><ul><li>1<li>2</ul></body></html>".encode()
        elif path == "/xml":
            content, data = "application/xml", b"<r xmlns='urn:x' xmlns:p='urn:p'><p:a n='1'>t</p:a><b/></r>"
        elif path == "/text":
            content, data = "text/plain", b"Hello World!\n"
        elif path == "/latin":
            content, data = "text/plain; charset=iso-8859-1", b"caf\xe9"
        elif path == "/cookie":
            more = [("Set-Cookie", "s=1; Path=/; Max-Age=60; HttpOnly"), ("Set-Cookie", "t=two; Secure; SameSite=Lax")]
        elif path == "/headers":
            more = [("X-A", "one"), ("X-A", "two"), ("X-B", "b: c"), ("Expires", "Wed, 21 Oct 2015 07:28:00 GMT")]
        self.send_response(status)
        for name, value in [("Content-Type", content), ("Content-Length", str(len(data))), *more]:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = any

    def log_message(self, *_):
        pass


QUERIES = ['status', 'version', 'url', 'ip', 'body', 'bytes', 'sha256', 'md5', 'redirects', 'header "Content-Type"', 'header "X-A"', 'header "None"',
           'header "Expires"', 'cookie "s"', 'cookie "s[Max-Age]"', 'cookie "t[SameSite]"', 'cookie "t[Secure]"', 'cookie "u"', 'variable "v"', 'variable "none"',
           'regex "name\\": \\"([a-z]+)"', 'regex /"id": (\\d)/', 'regex /zzz(.)/', 'xpath "string(//title)"', 'xpath "count(//li)"', 'xpath "//li"', 'xpath "//none"',
           'xpath "string(//p:a)"', 'xpath "boolean(//b)"'] + \
          [f'jsonpath "$.{name}"' for name in DOCUMENT] + \
          ['jsonpath "$.list[0]"', 'jsonpath "$.list[*]"', 'jsonpath "$.list[-1:]"', "jsonpath \"$.nested['a-b'].c[*].id\"", "jsonpath \"$..id\"",
           "jsonpath \"$.nested['a-b'].c[?@.n > 1].id\"", 'jsonpath "$.none.x"', 'jsonpath "$.missing"', 'jsonpath "$.list.length"', "jsonpath \"$.names[?match(@, 'a.*')]\""]
FILTERS = ['count', 'first', 'last', 'nth 0', 'nth -1', 'nth 9', 'toInt', 'toFloat', 'toString', 'split ","', 'replace "a" "b"', 'replaceRegex /[aeiou]/ "_"',
           'regex "(\\\\d+)"', 'regex /two (\\d)/', 'urlEncode', 'urlDecode', 'urlQueryParam "q"', 'htmlEscape', 'htmlUnescape', 'base64Decode', 'utf8Encode', 'utf8Decode',
           'toHex', 'base64Encode', 'jsonpath "$.k[0]"', 'jsonpath "$[0]"', 'decode "utf-8"', 'toDate "%+"', 'toDate "%a, %d %b %Y %H:%M:%S GMT"', 'location',
           'xpath "string(//b)"', 'base64UrlSafeDecode', 'base64UrlSafeEncode']
OPERANDS = ['7', '3.5', '2', '2.0', '200', '"200"', 'true', 'false', 'null', '"caf\\u{e9} & <b>"', '"ann"', '""', '"x"', '{{v}}', '{{w}}', '"{{v}}"', '{{none}}', '1.1', '"1.1"',
            '12345678901234567890123', '3', '"application/json"', '"two"', 'hex,6869;', 'base64,aGk=;', '`x`', '"line one\\nline two 42"', '-1']
COMPARISONS = ['==', '!=', '>', '>=', '<', '<=', 'contains', 'startsWith', 'endsWith', 'includes', 'matches']
TESTS = ['exists', 'isEmpty', 'isInteger', 'isFloat', 'isNumber', 'isBoolean', 'isString', 'isDate', 'isIsoDate', 'isCollection', 'isIpv4', 'isIpv6', 'isUuid', 'isList', 'isObject']
TEXTS = ['"text/plain"', '"a"', '"line"', '"H"', '"!\\n"', '"caf"', '"{{v}}"', 'hex,48;', '"x"']


class Maker:
    def __init__(self, seed, host):
        self.pick, self.host = random.Random(seed), host

    def one(self, things):
        return self.pick.choice(things)

    def chance(self, share):
        return self.pick.random() < share

    def filtered(self):
        return " ".join([self.one(QUERIES), *(self.one(FILTERS) for _ in range(self.pick.choice((0, 0, 0, 1, 1, 2))))])

    def predicate(self):
        word = self.one(TESTS) if self.chance(0.4) else None
        if not word:
            name = self.one(COMPARISONS)
            if name in ("startsWith", "endsWith", "contains"):
                operand = self.one(TEXTS)
            elif name == "matches":
                operand = self.one(['/[a-z]+/', '"^\\\\d+$"', '/^H.*!/', '/\\d{3}/', '"caf."'])
            elif name in (">", ">=", "<", "<="):
                operand = self.one(['1', '3.5', '"b"', '{{v}}', '-2', '199.5', '12345678901234567890123'])
            else:
                operand = self.one(OPERANDS)
            word = f"{name} {operand}"
        return ("not " if self.chance(0.25) else "") + word

    def body(self):
        return self.one(['{"a": {{v}}, "b": ["{{w}}", null]}', '`plain {{w}}\\n`', '```\nseveral\n  lines {{v}}\n```', '<a><b x="1"/>t</a>', 'base64,AP8=;', 'hex,00ff;',
                         '```graphql\nquery Q($i: ID) { a(i: $i) { b } }\n\nvariables {\n  "i": "{{v}}"\n}\n```', '```json\n{"x": "{{w}}"}\n```', '[1, 2.50, -3e2, true]', '"just a text"'])

    def entry(self):
        method = self.one(["GET", "GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"])
        path = self.one(["/json", "/json", "/json?x=1", "/html", "/xml", "/text", "/latin", "/cookie", "/headers", "/moved", "/kept", "/status/404", "/status/500", "/a/../json", "/caf%C3%A9"])
        lines = [f"{method} {self.host}{path}"]
        if self.chance(0.3):
            lines.append(self.one(["X-Sent: {{w}}", "Accept: text/plain", "X-Hash: \\#1", "X-Empty:", "Cookie: own=1", "Content-Type: text/x"]))
        if self.chance(0.25):
            lines += ["[Query]", self.one(["q: a b&c", "q: caf\u00e9", "q: {{w}}", "q[]: 1\nq[]: 2"])]
        sections = self.chance(0.2)
        if sections:
            lines += self.one([["[Form]", "f: 1=2", "g: {{w}}"], ["[Multipart]", "f: {{v}}", "g: file,data.txt;"], ["[Cookies]", "c: {{w}}"], ["[BasicAuth]", "bob: pa{{v}}"]])
        if self.chance(0.4):
            lines += ["[Options]", self.one(["location: true", "retry: 1\nretry-interval: 1ms", "variable: v=8", "variable: w=\"9\"", "repeat: 2", "skip: true", "compressed: false",
                                            "location: true\nmax-redirs: 0", "user: ann:secret", "path-as-is: true", "header: X-Opt: 1", "http1.0: true"])]
        if not sections and method in ("POST", "PUT", "PATCH") and self.chance(0.8):
            lines.append(self.body())
        if self.chance(0.1):
            return lines
        lines.append(self.one(["HTTP 200", "HTTP 200", "HTTP 200", "HTTP *", "HTTP/1.1 200", "HTTP 302", "HTTP 404", "HTTP/2 200"]))
        if self.chance(0.15):
            lines.append(self.one(["Content-Type: application/json", "X-A: two", "X-A: three", "X-None: x"]))
        if self.chance(0.3):
            lines += ["[Captures]"] + [f"{self.one(['v', 'w', 'z'])}: {self.filtered()}" for _ in range(self.pick.randint(1, 2))]
        if self.chance(0.85):
            lines += ["[Asserts]"] + [f"{self.filtered()} {self.predicate()}" for _ in range(self.pick.randint(1, 5))]
        if self.chance(0.1):
            lines.append(self.one(["`Hello World!\\n`", "```\nHello World!\n```", '{"id": 7}', "hex,48656c6c6f;"]))
        return lines

    def script(self):
        return "\n\n".join("\n".join(self.entry()) for _ in range(self.pick.randint(1, 3))) + "\n"


def played(command, path):
    seen.clear()
    done = subprocess.run([*command, path.name], cwd=path.parent, capture_output=True, text=True, errors="replace", timeout=60)
    said = done.stdout + done.stderr
    return done.returncode, sorted(set(seen_lines(said, path.name))), list(seen), said


def seen_lines(said, name):
    return [int(line) for line in re.findall(re.escape(name) + r":(\d+):\d+[: \n]", said)]


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("smoke", type=lambda path: str(pathlib.Path(path).resolve())), words.add_argument("hurl", type=lambda path: str(pathlib.Path(path).resolve()))
    words.add_argument("--count", type=int, default=300), words.add_argument("--seed", type=int, default=1)
    words.add_argument("--keep")
    given = words.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    variables = ["--variable", "v=7", "--variable", "w=ann"]
    same, different, deliberate, worse, verdicts = 0, 0, 0, 0, {}
    with tempfile.TemporaryDirectory(prefix="smoke hurl ") as scratch:
        folder = pathlib.Path(given.keep or scratch)
        folder.mkdir(exist_ok=True)
        (folder / "data.txt").write_text("from a file")
        for number in range(given.count):
            path = folder / f"{given.seed}-{number}.hurl"
            path.write_text(Maker(given.seed * 100_000 + number, f"http://127.0.0.1:{server.server_port}").script())
            theirs = played([given.hurl, "--test", "--no-color", *variables], path)
            ours = played([given.smoke, "--no-color", *variables], path)
            verdict = {0: 0, 4: 1, 3: (1, 2), 2: 2, 1: 2}.get(theirs[0], -1)
            verdicts[theirs[0]] = verdicts.get(theirs[0], 0) + 1
            agree = ours[0] in verdict if isinstance(verdict, tuple) else ours[0] == verdict
            lines = theirs[1] == ours[1] or theirs[0] == 0
            if agree and lines and theirs[2] == ours[2]:
                same += 1
                continue
            if theirs[0] == 0 and ours[0] == 1 and "no check passed" in ours[3] or re.search(r"failed: 0 of \d+ checks? passed, \d+ skipped$", ours[3].strip()):
                deliberate += 1  # nothing was asked, which is no yes
                continue
            different += 1
            worse += ours[0] == 0 != theirs[0]
            print(f"--- {path}: hurl {theirs[0]} at {theirs[1]}, smoke {ours[0]} at {ours[1]}" + ("" if theirs[2] == ours[2] else "; other requests"))
            if theirs[2] != ours[2]:
                pairs = [(a, b) for a, b in zip(theirs[2] + [None] * 9, ours[2] + [None] * 9) if a != b]
                print(f"    hurl:  {pairs[0][0]}\n    smoke: {pairs[0][1]}")
    print(f"verdicts of hurl: {verdicts}; seed {given.seed}")
    print(f"{given.count} files: {same} the same, {different} different ({different / given.count:.1%}), {deliberate} all skipped, {worse} pass here and fail there")
    sys.exit(different > given.count * 0.02 or worse > 0)


main()
