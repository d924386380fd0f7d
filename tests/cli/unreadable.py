#!/usr/bin/python3
# needs: nothing; takes: 25 s
"""unreadable.py BIN [NAME...]: what nobody can read, recognise or find anything in, given to every tool that judges.

Each input alone, in the place of what the tool reads: none of them is a yes. Beside something sound it is reported by
name. What a tool can read all the same (scan any text, an env file any line) stands in READ with what it says then.
The table is printed.
"""
import gzip
import io
import lzma
import os
import pathlib
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
ONLY = sys.argv[2:]
PLAIN_USER = 65534  # for what root could read all the same


def zipped():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("junit.xml", JUNIT)
    return out.getvalue()


def tarred():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("junit.xml")
        info.size = len(JUNIT)
        archive.addfile(info, io.BytesIO(JUNIT.encode()))
    return out.getvalue()


JUNIT = '<testsuite name="s" tests="1"><testcase name="a"/></testsuite>\n'
GARBAGE = bytes((i * 167 + (i >> 3) * 91 + 13) % 256 for i in range(4096))
FILES = {
    "binary garbage": GARBAGE,
    "garbage with text": b"hello\n" + GARBAGE,
    "a program": b"\x7fELF\x02\x01\x01" + bytes(9) + GARBAGE,
    "an image": b"\x89PNG\r\n\x1a\n" + GARBAGE,
    "NUL bytes": bytes(512),
    "text with NUL bytes": b"a = 1\0\0\0\n" * 20,
    "empty": b"",
    "only blanks": b"  \n\t \n",
    "only line ends": b"\n" * 50,
    "only a mark": b"\xef\xbb\xbf",
    "only comments": b"# nothing\n# here\n",
    "only XML's comments": b"<!-- nothing here -->\n",
    "UTF-16": "version: 1\n".encode("utf-16"),
    "UTF-16 without its mark": "version: 1\n".encode("utf-16-le"),
    "UTF-32": "version: 1\n".encode("utf-32"),
    "Latin-1": "name: \xe4\xf6\xfc\n".encode("latin-1") * 9,
    "unbalanced braces": b"a {a {",
    "braces without end": b"a {" * 200000,
    "brackets without end": b"[" * 100000,
    "quotes without end": b"'\"" * 3 + b"\n",
    "prose": b"This is a letter to nobody, and no tool knows its form.\n",
    "one long line": b"x" * (1 << 20),
    "cut XML": JUNIT.encode()[:40],
    "cut JSON": b'{"version": "2.1.0", "runs": [{"tool": {',
    "JUnit of no test": b'<testsuite name="s" tests="0"></testsuite>\n',
    "SARIF of no run": b'{"version": "2.1.0", "runs": []}\n',
    "coverage of no line": b"TN:\nSF:a.c\nend_of_record\n",
    "Cobertura of no line": b'<coverage lines-valid="0" lines-covered="0" line-rate="1"><packages/></coverage>\n',
    "zip": zipped(),
    "tar": tarred(),
    "gzip": gzip.compress(JUNIT.encode()),
    "cut gzip": gzip.compress(GARBAGE)[:-400],
    "xz": lzma.compress(JUNIT.encode()),
    "7z": b"7z\xbc\xaf\x27\x1c\0\4" + GARBAGE,
    "zstd": b"\x28\xb5\x2f\xfd" + GARBAGE,
    "encrypted by age": b"age-encryption.org/v1\n-> X25519 aaaa\nbbbb\n--- cccc\n" + GARBAGE,
    "encrypted by OpenSSL": b"Salted__" + GARBAGE,
}


def fifo(path):
    os.mkfifo(path)


def listener(path):
    with socket.socket(socket.AF_UNIX) as one:
        here = os.getcwd()
        os.chdir(path.parent)
        one.bind(path.name)
        os.chdir(here)


def closed(path):
    path.write_bytes(b"a: 1\n")
    path.chmod(0)


def loop(path):
    path.symlink_to(path.name)


OTHERS = {
    "a pipe": fifo,
    "a socket": listener,
    "a folder": lambda path: path.mkdir(),
    "closed to us": closed,
    "a link in a circle": loop,
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "absent": lambda path: None,
}
INPUTS = {**{name: lambda path, data=data: path.write_bytes(data) for name, data in FILES.items()}, **OTHERS}


class Column:
    """One tool: where its input lies, what of that place is a yes, and what runs."""

    def __init__(self, place, good, *words, **files):
        self.place, self.good, self.words = place, good, words
        self.files = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}


def git(*commands):
    def make(path):
        run = ["git", "-C", str(path.parent), "-c", "user.name=a", "-c", "user.email=a@b.c"]
        for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "one"], ["commit", "-q", "--allow-empty", "-m", "two"]):
            subprocess.run([*run, *command], check=True)
    return make


SUM = "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac  file\n"  # of "x\n"
NGINX = "events {}\nhttp { server { listen 127.0.0.1:8080; location / { return 204; } } }\n"
COMPOSE = "services: {web: {image: 'shop:1.0.0', read_only: true}}\n"
UNIT = "[Service]\nExecStart=/usr/bin/shop\nUser=shop\nRestart=on-failure\n"
WORKFLOW = "on: [push]\npermissions: {}\njobs: {a: {runs-on: ubuntu-24.04, timeout-minutes: 5, steps: [{run: 'true'}]}}\n"
MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {A: b}\n"
CHECK = ["fairlead-preflight", "check", "--only"]
TOOLS = {
    "scan": Column("data", "hello\n", "fairlead-scan", "tree"),
    "scan FILE": Column("data", "hello\n", "fairlead-scan", "tree", "data"),
    "gate": Column("report", JUNIT, "fairlead-gate", "--report", "report", "--max-age", "off"),
    "gate GLOB": Column("junit.xml", JUNIT, "fairlead-gate", "--report", "*.xml", "--max-age", "off"),
    "gate coverage": Column("lcov.info", "TN:\nSF:a.c\nDA:1,1\nend_of_record\n", "fairlead-gate", "--report", "lcov.info",
                            "--min-coverage", "1", "--max-age", "off"),
    "nginx": Column("nginx.conf", NGINX, *CHECK, "nginx-syntax"),
    "nginx's folder": Column("nginx/a.conf", NGINX, *CHECK, "nginx-syntax"),
    "compose": Column("compose.yml", COMPOSE, *CHECK, "compose-schema"),
    "Dockerfile": Column("Dockerfile", "FROM scratch\nUSER 1\n", *CHECK, "docker-syntax"),
    "env file": Column(".env.staging", "A=b\n", *CHECK, "env-syntax"),
    "env file by name": Column(".env.staging", "A=b\n", *CHECK, "env-syntax", ".env.staging"),
    "unit": Column("shop.service", UNIT, *CHECK, "unit-syntax"),
    "workflow": Column(".github/workflows/ci.yml", WORKFLOW, *CHECK, "ci-syntax"),
    "manifest": Column("deploy.yaml", MANIFEST, *CHECK, "kube-syntax", "deploy.yaml"),
    "lint": Column("m/0001_a.up.sql", "CREATE TABLE a (id bigint PRIMARY KEY);\n", "fairlead-migrate", "lint", "m"),
    "lint FILE": Column("0001_a.up.sql", "CREATE TABLE a (id bigint PRIMARY KEY);\n", "fairlead-migrate", "lint", "0001_a.up.sql"),
    "backup list": Column("store", None, "fairlead-backup", "list", "--app", "shop", "--store", "store"),
    "backup verify": Column("store", None, "fairlead-backup", "verify", "--app", "shop", "--store", "store"),
    "verify --sums": Column("SHA256SUMS", SUM, "fairlead", "verify", "file", "--sums", "SHA256SUMS", file="x\n"),
    "verify --lock": Column("fairlead.lock", SUM, "fairlead", "verify", "file", "--lock", "fairlead.lock", file="x\n"),
    "verify --key": Column("key.pem", None, "fairlead", "verify", "file", "--key", "key.pem", file="x\n", file_intoto_json="{}\n"),
    "run": Column("fairlead.yml", "version: 1\nrun: [{name: a, exec: ['true']}]\n", "fairlead", "run"),
    "gate by file": Column("fairlead.yml", "version: 1\ngate: {reports: {unit: {path: junit.xml}}, max_age: off}\n", "fairlead-gate", junit_xml=JUNIT),
    "smoke by file": Column("fairlead.yml", "version: 1\nenvironments: {a: {url: 'http://127.0.0.1:PORT/', smoke: {checks: [{get: /}]}}}\n",
                            "fairlead-smoke", "--env", "a"),
    "smoke": Column("body", '{"ok": true}', "fairlead-smoke", "http://127.0.0.1:PORT/ 200 json=$.ok=true"),
    "smoke of gzip": Column("body", gzip.compress(b"hello"), "fairlead-smoke", "http://127.0.0.1:PORT/gzip"),
    "tag": Column(".git", git(), "fairlead-tag", "--images", "shop"),
    "scan of git": Column(".git", git(), "fairlead-scan", "range", "HEAD~1..HEAD"),
}

# Yes, because it was looked at: what the answer says of it then. scan reads whatever is text.
NAMES = list(FILES)
TEXTS = NAMES[NAMES.index("only blanks"):NAMES.index("zip")]
SCANNED = dict.fromkeys([*TEXTS, "zip", "tar", "gzip", "xz"], "1 file")  # archives are unpacked
READ = {"backup list": {"a folder": "0 sets of shop"}, "scan": SCANNED, "scan FILE": SCANNED,
        "env file": {"Latin-1": "1 env file", "coverage of no line": "1 env file"},
        "env file by name": {"Latin-1": "1 env file", "coverage of no line": "1 env file"},
        "workflow": {"SARIF of no run": "so it is no workflow"},
        "gate": {"gzip": "1 passed"}, "gate GLOB": {"gzip": "1 passed"},
        "smoke of gzip": {"gzip": "1 of 1 check passed", "empty": "1 of 1 check passed"}}


class Bodies(BaseHTTPRequestHandler):
    body = b""

    def do_GET(self):
        self.send_response(200)
        if self.path == "/gzip":
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_):
        pass


def filled(content, port):
    """What a place holds that is a yes."""
    if callable(content):
        return content
    data = content if isinstance(content, bytes) else content.replace("PORT", str(port)).encode()
    return lambda path: path.write_bytes(data)


def tried(column, make, port):
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder) / "work"
        place = work / column.place
        place.parent.mkdir(parents=True)
        for name, text in column.files.items():
            (work / name).write_text(text)
        make(place)
        if column.place == "body":
            Bodies.body = place.read_bytes() if place.is_file() else b""
        demoted = {}
        if os.geteuid() == 0:
            for path in (pathlib.Path(folder), work, *work.rglob("*")):
                os.lchown(path, PLAIN_USER, PLAIN_USER)
            demoted = {"user": PLAIN_USER, "group": PLAIN_USER, "extra_groups": []}
        words = [word.replace("PORT", str(port)) for word in column.words]
        done = subprocess.run([BIN / words[0], *words[1:]], cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=60, stdin=subprocess.DEVNULL,
                              env={"PATH": f"{BIN}:/usr/bin:/bin", "HOME": folder, "GIT_CEILING_DIRECTORIES": folder}, **demoted)
        return done.returncode, done.stdout


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bodies)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bad, yes, count = [], 0, 0
    print(f"{len(INPUTS)} inputs, {len(TOOLS)} places")
    for tool, column in TOOLS.items():
        row = []
        if column.good is not None:
            status, said = tried(column, filled(column.good, server.server_port), server.server_port)
            if status != 0:
                bad.append(f"{tool}: status {status} of what is sound: {said.strip()[-300:]}")
        for name, make in INPUTS.items():
            if ONLY and tool not in ONLY and name not in ONLY:
                continue
            if column.place == "body" and name in OTHERS:
                continue
            count += 1
            status, said = tried(column, make, server.server_port)
            wanted = READ.get(tool, {}).get(name)
            row.append(str(status))
            if status == 0 and wanted and wanted in said:
                yes += 1
            elif status == 0 or status not in (1, 2, 3) or wanted:
                bad.append(f"{tool}, {name}: status {status}{f', expected {wanted!r}' if wanted else ''}: {said.strip()[-300:]}")
        print(f"  {tool:<22} {' '.join(row)}")
    for line in bad:
        print("BAD", line)
    print(f"{count} cells: {yes} read and said so, {count - yes - len(bad)} no or refused, {len(bad)} wrong")
    counted.close(count - len(bad), len(bad))


main()
