#!/usr/bin/python3
# needs: nothing; takes: 42 s
"""canary.py BIN [--all]: no tool shows a secret, wherever it came from and wherever it could go.

Each kind of source gets a canary of its own: inputs, headers (also without their colon), cookies, queries, passwords of
URLs, env.secrets, env.file, env.from, redirects, Set-Cookie, the output of programs, --reason, broken lines of
fairlead.yml. A server and an application that send back and print all that they were told stand behind every tool.
Whatever is then written (streams, six formats, step outputs, summary, annotations, .fairlead/out, records, logs) is
searched for each canary and its forms.

The same places get what steers a terminal (escape sequences, C1 controls, a change of direction): none may be written
as it is to a stream or a report.

Then every command of every executable (tests/support/canaries.py) does its work, and fails to, beside canaries.

It proves itself: a word that is no secret goes the same ways and must be found in every kind of place, and what was to
receive a secret must have received it. Once with plain canaries and once with those full of quotes and signs; --all runs
each format of each tool for both.
"""
import html
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import commands  # noqa: E402
from canaries import canary, forms, walk_commands  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
ALL = "--all" in sys.argv
FORMATS = ("text", "github", "sarif", "junit", "json", "markdown", "html", "codequality")
CONTROL = "nosecret" + "-control"  # may be shown, and must be
SOURCES = ("input", "header", "colonless", "cookie", "query", "flagquery", "urlpassword", "envsecret", "envfile", "envnamed",
           "envfrom", "location", "setcookie", "configline", "proxy", "jobtoken")
STEERS = "\u009b31m\u202e"  # what XML, YAML and git's names may hold, too
ESCAPES = "\x1b]0;title\x07\x1b[31m" + STEERS
ENCODED = ("query", "flagquery", "urlpassword", "location", "setcookie", "proxy")  # percent-encoded on their way

CONFIG = """version: 1
app: shop
env: {{variables: [HEADER, CRUMBS, NOT_SET]}}
gate: {{reports: {{tests: {{path: junit.xml}}}}}}
scan: {{}}
deploy:
  release: {{path: release}}
  health: {{path: /health, interval: 50ms, timeout: 2s, deadline: 2s, healthy_after: 1}}
  verify: {{requests: 1}}
  bake: 100ms
  drain: {{timeout: 1s}}
  stop: {{timeout: 1s}}
  target: {{kind: direct, root: "{root}", state: "{state}", supervise: own, prepare: [[/usr/bin/python3, app.py, show]],
            command: [/usr/bin/python3, app.py, "{{socket}}"]}}
smoke:
  deadline: 5s
  retry: {{attempts: 1}}
  defaults: {{headers: {{X-Api-Key: "${{HEADER}}", Cookie: "session=${{CRUMBS}}", X-Plain: {control}}}}}
  checks:
    - {{name: query, get: "/?api_key={query}&page=token", expect: {{status: 299}}}}
    - {{name: "redirect{steers}", get: /redirect, expect: {{status: 302, location: "~ {control}"}}}}
    - {{name: echo {control}, get: /echo, expect: {{status: 200, body: "~ nothing", header: {{x-echo: "~ nothing", set-cookie: "~ nothing"}}}}}}
environments:
  staging:
    url: http://ops:{urlpassword}@127.0.0.1:{port}
    env: {{file: app.env, secrets: [APP_PASSWORD, ODD], from: [cat, from.env]}}
run:
  - {{name: shows, exec: [/usr/bin/python3, release/app.py, show]}}
  - tag
  - deploy
  - smoke
"""
# What the release does: prints what it knows, in several forms and to both streams, and serves.
APP = """import base64, http.server, json, os, socketserver, sys
names = ("APP_PASSWORD", "API_TOKEN", "ODD", "FROM_COMMAND", "PLAIN", "GITHUB_TOKEN")
known = {name: os.environ[name] for name in names if name in os.environ}
for stream in (sys.stdout, sys.stderr):
    for name, value in known.items():
        print(name, value, repr(value), json.dumps(value), base64.b64encode(value.encode()).decode(), file=stream, flush=True)
with open(os.environ.get("CANARY_GOT", os.path.expanduser("~/got")), "a") as got:
    print(json.dumps(known), file=got)
if sys.argv[1] == "show":
    sys.exit(0)
if os.path.exists("broken"):
    print("\\x1b]0;title\\x07\\x1b[31m\\u009b31m\\u202e", flush=True)
    sys.exit(7)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
    def log_message(self, *_):
        pass
    def address_string(self):
        return "unix"
class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
try:
    os.unlink(sys.argv[1])
except OSError:
    pass
Server(sys.argv[1], Answer).serve_forever()
"""


class Server(http.server.BaseHTTPRequestHandler):
    """Sends back what it is told; what it serves otherwise comes from the deployment's current socket, as a router's."""

    def do_GET(self):
        world = self.server.world
        told = json.dumps([dict(self.headers), self.path], ensure_ascii=False)
        world.told.append(told + urllib.parse.unquote(told))
        if self.path == "/health":
            return self.forward(world)
        body = told.encode() + ESCAPES.encode()
        self.send_response(302 if self.path == "/redirect" else 500)
        self.send_header("Location", f"/cb?code={world.raw('location')}&lang={CONTROL}")
        self.send_header("Set-Cookie", f"session={world.raw('setcookie')}; Path=/")
        self.send_header("X-Echo", "\x1b[31m\x9b31m" + urllib.parse.quote(world.secret["header"]) + CONTROL)
        self.send_header("X-Auth-Key", world.raw("setcookie"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def forward(self, world):
        try:
            with socket.socket(socket.AF_UNIX) as behind:
                behind.settimeout(2)
                folder = os.open(world.root / "run", os.O_PATH)  # a socket's path is at most 107 bytes
                try:
                    behind.connect(f"/proc/self/fd/{folder}/current.sock")
                finally:
                    os.close(folder)
                behind.sendall(b"GET /health HTTP/1.0\r\n\r\n")
                behind.recv(4096)
            self.send_response(200)
        except OSError:
            self.send_response(502)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class World:
    def __init__(self, scratch, special):
        self.special = special
        self.secret = {source: canary(source, special) for source in SOURCES}
        self.steering = [("a control", sign.encode()) for sign in ("\x1b", "\x07", "\u009b", "\u202e")]
        self.needles = [(source, form.encode(errors="replace")) for source in SOURCES for form in set(forms(self.secret[source]))]
        self.told, self.control = [], set()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        self.server.world = self
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.work = scratch / "w"
        self.root, self.state = scratch / "t", scratch / "s"
        self.write()
        self.git()

    def raw(self, source):
        """As it stands in a URL or a header."""
        return urllib.parse.quote(self.secret[source], safe="") if source in ENCODED else self.secret[source]

    def config(self):
        return CONFIG.format(root=self.root, state=self.state, port=self.server.server_port, control=CONTROL, steers=STEERS,
                             query=self.raw("query"), urlpassword=self.raw("urlpassword"))

    def write(self):
        (self.work / "release").mkdir(parents=True)
        (self.work / "release/app.py").write_text(APP)
        (self.work / "fairlead.yml").write_text(self.config())
        quoted = {name: '"' + self.secret[name].replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$") + '"'
                  for name in ("envfile", "envnamed", "envfrom")}
        (self.work / "app.env").write_text(f"API_TOKEN={quoted['envfile']}\nODD={quoted['envnamed']}\nPLAIN={CONTROL}\n")
        (self.work / "app.env").chmod(0o600)
        (self.work / "from.env").write_text(f"FROM_COMMAND={quoted['envfrom']}\n")
        shown = html.escape(" ".join([self.secret["envsecret"], self.secret["envfile"], self.secret["jobtoken"], CONTROL, STEERS]))
        (self.work / "junit.xml").write_text(f'<testsuite><testcase name="a {shown}"><failure message="{shown}">{shown}</failure>'
                                             "</testcase></testsuite>")
        (self.work / ".gitignore").write_text("*\n!fairlead.yml\n!release\n!release/*\n!.gitignore\n!leaked*\n")

    def git(self):
        def git(*words):
            subprocess.run(["git", *words], cwd=self.work, check=True, env=self.environment(False), stdout=subprocess.DEVNULL)
        git("init", "-q", "-b", "main")
        git("remote", "add", "origin", f"https://ops:{self.raw('urlpassword')}@git.example.org/acme/shop.git")
        (self.work / f"leaked{ESCAPES}.txt").write_text(f'aws_secret = "{self.secret["envsecret"]}"\n')
        git("add", "-A")
        git("commit", "-qm", f"feat: start {CONTROL} {self.secret['envsecret']} {self.secret['envfile']} {ESCAPES}")
        git("update-ref", "-m", "update by push", "refs/remotes/origin/main", "HEAD")
        git("tag", "v1.0.0")
        git("tag", "v1.0.1-" + STEERS)
        git("commit", "-q", "--allow-empty", "-m", f"fix: {CONTROL} {self.secret['envnamed']} {self.secret['jobtoken']}")

    def environment(self, github):
        env = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(self.work.parent), "LANG": "C.UTF-8", "PLAIN": CONTROL,
               "APP_PASSWORD": self.secret["envsecret"], "HEADER": self.secret["header"], "CRUMBS": self.secret["cookie"],
               "GITHUB_TOKEN": self.secret["jobtoken"], "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
               "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_NOSYSTEM": "1",
               "https_proxy": f"http://proxy:{self.raw('proxy')}@127.0.0.1:9"}
        if github:
            env |= {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(self.work / "reports/outputs"),
                    "GITHUB_STEP_SUMMARY": str(self.work / "reports/summary"), "RUNNER_TEMP": str(self.work / "reports")}
        return env

    def close(self):
        self.server.shutdown()
        for file in self.root.glob("slots/*/process.json"):  # whatever a failed run left
            try:
                os.kill(json.loads(file.read_text())["supervisor"], signal.SIGTERM)
            except (OSError, ValueError, KeyError):
                pass


def secret_inputs(program):
    """Variables of the inputs that the declaration calls secret."""
    action = subprocess.run([program, "--render", "action"], check=True, stdout=subprocess.PIPE).stdout.decode()
    name = None
    for line in action.splitlines():
        if line.startswith("  ") and line[2] != " " and line.endswith(":"):
            name = line.strip()[:-1]
        elif line.startswith("    description:") and line.endswith(' A secret."'):
            yield "INPUT_" + name.upper().replace("-", "_")


runs = searched = 0
hits = []


def look(world, label, streams):
    """Searches all that the run wrote, and forgets it."""
    global searched
    found = dict(streams)
    places = [world.work / "reports", world.work / ".fairlead", world.state, world.root / "slots"]
    for place in places:
        for file in place.rglob("*") if place.exists() else ():
            if not file.is_file() or file.is_symlink():
                continue
            if file.name == "env" or file.parent.name == "carried":  # the release's own
                if file.stat().st_mode & 0o077:
                    hits.append(f"{label}: {file.relative_to(place.parent)} can be read by others")
            else:
                found[str(file.relative_to(place.parent))] = file.read_bytes()
    for name, content in found.items():
        searched += 1
        kind = name if name in streams else "record" if name.startswith(("s/", "slots/")) else pathlib.Path(name).name
        if CONTROL.encode() in content:
            world.control.add(kind)
        needles = world.needles + (world.steering if kind != "record" else [])  # no terminal reads those by itself
        hits.extend(f"{label}: {name} shows {source} as {needle!r}" for source, needle in needles if needle in content)
    shutil.rmtree(world.work / "reports", ignore_errors=True)


def run(world, program, *words, github=False, env=None, status=None):
    global runs
    if not (BIN / program).exists():
        return None
    (world.work / "reports").mkdir(exist_ok=True)
    reports = [f"--output={name}:reports/report.{name}" for name in FORMATS] if "--help" not in words else []
    variables = world.environment(github) | {name: world.secret["input"] for name in inputs[program]} | (env or {})
    done = subprocess.run([BIN / program, *words, *reports], cwd=world.work, env=variables, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    runs += 1
    label = f"{'special' if world.special else 'plain'} {program} {' '.join(words)}"[:160]
    if status is not None and done.returncode != status:
        broken.append(f"{label}: status {done.returncode}, expected {status}\n{done.stderr.decode(errors='replace')[-800:]}")
    look(world, label, {"stdout": done.stdout, "stderr": done.stderr})
    return done


def with_config(world, text, program, *words, **options):
    (world.work / "fairlead.yml").write_text(text)
    run(world, program, *words, **options)
    (world.work / "fairlead.yml").write_text(world.config())


def try_errors(world, program):
    """What is refused quotes what it refuses."""
    secret, config = world.secret, world.config()
    line = json.dumps(secret["configline"], ensure_ascii=False)
    url = f"http://u:{urllib.parse.quote(secret['configline'], safe='')}@h/?sig={urllib.parse.quote(secret['configline'], safe='')}"
    for broken_config in (f"{config}unknown: {{token: {line}, control: {CONTROL}}}\n",
                          f"{config}  token: {line}\n wrong: [ {CONTROL}\n",
                          f"{config}unknown_key: {url}\n",
                          config.replace("version: 1", f"version: {url}", 1),
                          config + "password: " + line + " trailing\n",
                          config.replace("app: shop", 'app: "${NOT_SET} ' + url + '"', 1)):
        with_config(world, broken_config, program, "--env=staging", "-v", github=True, status=2)
    for words in (["--format", secret["envsecret"]], ["--env", secret["envfile"]], ["--output", secret["envnamed"]],
                  ["--config", secret["jobtoken"]], [f"--no-such={secret['envsecret']}"], [secret["envsecret"]],
                  ["--confirm", secret["jobtoken"], "--env", "none"]):
        run(world, program, *words, "-v", github=True)


def try_smoke(world, flags):
    query = f"http://127.0.0.1:{world.server.server_port}/{CONTROL}?token={world.raw('flagquery')}"
    for form in FORMATS:
        if ALL or world.special or form in ("text", "json"):
            run(world, "fairlead-smoke", *flags, f"--format={form}", github=form != "text", status=1)
    colonless = "Authorization Bearer " + world.secret["colonless"]
    for words in (["-H", colonless, query], ["-H", "X-Api-Key=" + world.secret["colonless"], query],
                  ["-H", f"X Token {world.secret['colonless']}", query]):
        run(world, "fairlead-smoke", "-v", *words, github=True, status=2)
    run(world, "fairlead-smoke", "-v", "-H", "Cookie: session=" + world.secret["cookie"], query, status=1,
        env={"INPUT_EXPECT_BODY": "nothing", "CRUMBS": "others"})  # known as secret it would be refused in the file
    run(world, "fairlead-smoke", "-v", "--dry-run", "-H", "Authorization: Bearer " + world.secret["colonless"], query, status=0)
    run(world, "fairlead-smoke", "-v", f"https://u:{world.raw('urlpassword')}@127.0.0.1:1/", status=1)
    run(world, "fairlead-smoke", "-v", f"ops:{world.raw('urlpassword')}@127.0.0.1:1", status=2)


def try_deploy(world, flags):
    reason = f"because {CONTROL} {world.secret['envsecret']} {world.secret['envfile']}"
    for form in FORMATS if ALL else FORMATS[:2]:
        run(world, "fairlead-deploy", "plan", *flags, f"--format={form}", github=form != "text", status=0)
    run(world, "fairlead-deploy", "apply", *flags, "--release-version=1.0", github=True, status=0)
    (world.work / "release/changed").write_text("x")
    run(world, "fairlead-deploy", "apply", *flags, "--release-version=2.0", status=0)
    (world.work / "release/broken").write_text("x")  # it prints all that it knows and ends
    run(world, "fairlead-deploy", "apply", *flags, "--release-version=3.0", github=True, status=1)
    (world.work / "release/broken").unlink()
    for words in (["status"], ["history"], ["rollback", "--dry-run", "--reason", reason], ["rollback", "--reason", reason],
                  ["history"], ["router"]):
        run(world, "fairlead-deploy", *words, *flags, github=True, status=0)


def end_deploy(world, flags):
    reason = f"because {CONTROL} {world.secret['envsecret']} {world.secret['envfile']}"
    run(world, "fairlead-deploy", "down", "--reason", reason, *flags, status=0)


def try_all(world):
    flags = ["--env=staging", "--verbose", "--explain"]
    for program in inputs:
        try_errors(world, program)
        run(world, program, *flags, "--explain-config", github=True)
        run(world, program, *flags, "--dry-run", github=True)
        run(world, program, "--help", status=0)
    for form in FORMATS:
        if ALL or world.special or form in ("text", "json"):
            run(world, "fairlead-gate", *flags, f"--format={form}", github=form != "text", status=1)
            run(world, "fairlead-scan", *flags, f"--format={form}", github=form != "text")
            run(world, "fairlead-tag", *flags, f"--format={form}", github=form != "text")
    run(world, "fairlead-tag", "changelog", *flags, github=True)
    run(world, "fairlead-tag", "next-version", *flags, github=True)
    try_smoke(world, flags)
    try_deploy(world, flags)
    run(world, "fairlead", "doctor", *flags, github=True)
    run(world, "fairlead", "run", *flags, "--dry-run", github=True)
    run(world, "fairlead", "run", *flags, github=True)
    run(world, "fairlead", "run", *flags)
    end_deploy(world, flags)


def prove(world):
    """What was to receive a secret received it, and what may be shown is found wherever something is written."""
    told = "\n".join(world.told)
    wanted = {"header": told, "cookie": told, "query": told, "input": told, "urlpassword": "skip"}
    got = (world.work.parent / "got").read_text() if (world.work.parent / "got").exists() else ""
    wanted |= {name: "".join(json.dumps(value) for line in got.splitlines() for value in json.loads(line).values())
               for name in ("envsecret", "envfile", "envnamed", "envfrom")}
    for source, text in wanted.items():
        secret = world.secret[source]
        forms_there = (secret, json.dumps(secret)[1:-1], secret.encode().decode("latin-1"),
                       json.dumps(secret.encode().decode("latin-1"), ensure_ascii=False)[1:-1],
                       json.dumps(secret, ensure_ascii=False)[1:-1])
        if text != "skip" and not any(form in text for form in forms_there):
            broken.append(f"the secret of {source} never got where it was sent")
    places = {"stdout", "stderr", "record", "summary", "outputs", "smoke.json"} | {f"report.{name}" for name in FORMATS}
    for place in sorted(places - world.control):
        broken.append(f"{place} never showed {CONTROL}: a look at nothing?")


broken = []
walk = commands.load(BIN)
inputs = {name: list(secret_inputs(BIN / name)) for name in walk.executables()}
for special in (False, True):
    with tempfile.TemporaryDirectory(prefix="canary") as folder:
        world = World(pathlib.Path(folder), special)
        try:
            try_all(world)
            prove(world)
        finally:
            world.close()
runs += walk_commands(walk, BIN, hits, broken)
broken += [] if walk.told() else ["not every command was walked"]
print("\n".join(hits[:4000] + broken))
print(f"{sum(map(len, inputs.values()))} secret inputs, {len(SOURCES)} kinds of source; {searched} streams and files searched")
print(f"runs: {runs}, hits: {len(hits)}")
failed = len({hit.split(": ")[0] for hit in hits}) + len(broken)
counted.close(runs - min(runs, failed), failed)
