#!/usr/bin/python3
"""canary.py BIN: no tool shows a secret that it was given.

Every secret input of every tool gets a canary, and so does a variable of `env.secrets`. Whatever the tool then writes
(streams, reports in each format, step outputs, job summary, files) is searched for it and its derived forms. The
server that smoke and deploy meet sends back all that it was told.
"""
import base64
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.parse

BIN = pathlib.Path(sys.argv[1]).resolve()
CANARY = "Kanarien" + 'vogel+/0 "q" ' + "9x7c"
FORMATS = ("text", "github", "sarif", "junit", "json", "markdown")
CONFIG = """version: 1
app: shop
deploy:
  release: {{path: release}}
  target: {{kind: direct, root: target, command: [/bin/sleep, "60"]}}
smoke:
  checks: [{{name: up, get: /, expect: {{status: 200, header: {{x-echo: "~ nothing"}}, body: "~ nothing"}}}}]
environments:
  staging:
    url: http://127.0.0.1:{port}
    env: {{secrets: [APP_PASSWORD]}}
"""


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the headers of the request, in a header and in the body."""

    def do_GET(self):
        seen.update(word for word in (CANARY,) if word in str(self.headers))
        told = json.dumps(dict(self.headers)).encode()
        self.send_response(500)
        self.send_header("X-Echo", self.headers.get("Authorization", ""))
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_):
        pass


def forms():
    yield CANARY.encode()
    yield urllib.parse.quote(CANARY, safe="").encode()
    yield json.dumps(CANARY)[1:-1].encode()
    for prefix in ("", "x", "xx"):  # the three alignments; the ends depend on what is around
        yield base64.b64encode((prefix + CANARY).encode())[4:-4]


def secret_inputs(program):
    """Variables of the inputs that the declaration calls secret."""
    action = subprocess.run([program, "--render", "action"], check=True, stdout=subprocess.PIPE).stdout.decode()
    name = None
    for line in action.splitlines():
        if line.startswith("  ") and line[2] != " " and line.endswith(":"):
            name = line.strip()[:-1]
        elif line.startswith("    description:") and line.endswith(' A secret."'):
            yield "INPUT_" + name.upper().replace("-", "_")


def written(program, flags):
    """Everything that one run writes, by name."""
    with tempfile.TemporaryDirectory(prefix="fairlead canary ") as scratch:
        folder = pathlib.Path(scratch)
        (folder / "fairlead.yml").write_text(CONFIG.format(port=server.server_port))
        (folder / "release").mkdir()
        env = {"PATH": "/usr/bin:/bin", "HOME": scratch, "XDG_STATE_HOME": f"{scratch}/state", "GITHUB_ACTIONS": "true",
               "GITHUB_OUTPUT": f"{scratch}/outputs", "GITHUB_STEP_SUMMARY": f"{scratch}/summary", "APP_PASSWORD": CANARY,
               "FAIRLEAD_SMOKE_DEADLINE": "300ms"}
        env |= {name: CANARY for name in secret_inputs(program)}
        reports = [f"--output={name}:report.{name}" for name in FORMATS]
        done = subprocess.run([program, "--env=staging", "--verbose", "--explain", *reports, *flags], cwd=folder, env=env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        found = {"stdout": done.stdout, "stderr": done.stderr}
        found |= {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
        return found


seen = set()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
threading.Thread(target=server.serve_forever, daemon=True).start()
passed = failed = inputs = searched = 0
for program in sorted(BIN.glob("fairlead*")):
    if program.name == "fairlead-load":  # a client of the tests
        continue
    inputs += len(list(secret_inputs(program)))
    acts = [] if program.name == "fairlead-smoke" else ["--dry-run"]  # it asks, and so must be told the secret
    runs = [[f"--format={name}", *acts] for name in FORMATS] + [["--explain-config"], ["--help"], ["--no-such-flag"]]
    leaks = []
    for flags in runs:
        for name, content in written(program, flags).items():
            searched += 1
            leaks += [f"{program.name} {' '.join(flags)}: {name} shows {form!r}" for form in forms() if form in content]
    print("\n".join(leaks) or f"{program.name}: nothing")
    failed += bool(leaks)
    passed += not leaks
if (BIN / "fairlead-smoke").exists() and not seen:  # then this test would prove little
    print("the canary of smoke never reached its server")
    failed += 1
print(f"{inputs} secret inputs; {searched} streams and files searched")
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(1 if failed else 0)
