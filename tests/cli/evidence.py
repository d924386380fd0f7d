#!/usr/bin/python3
# needs: python3-jsonschema; takes: 6 s; cases: 8
"""evidence.py BIN: each tool that judges signs its verdict with the team's key (docs/evidence.md).

What was signed is read here without a line of ours: the envelope by DSSE's protocol.md, the signature by OpenSSL, the statement
by in-toto's Statement v1, the predicate by schema/verdict.schema.json.
"""
import base64
import functools
import hashlib
import http.server
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

try:
    import jsonschema
except ImportError as missing:
    counted.leave("python3-jsonschema", f"{missing.name} is not installed: apt-get install python3-jsonschema")

BIN = pathlib.Path(sys.argv[1]).resolve()
SCHEMA = json.loads((counted.ROOT / "schema/verdict.schema.json").read_text())
TYPE = "application/vnd.in-toto+json"
FILE = """version: 1
app: shop
gate: {{reports: {{tests: {{path: report.xml}}}}, max_age: off}}
smoke: {{checks: [{{get: /}}]}}
backup: {{stores: ['file:store']}}
deploy: {{release: {{path: app}}, target: {{kind: exec, deploy: ['/bin/true'], state: {state}}}, health: {{path: /, deadline: 5s, interval: 50ms}}, bake: 100ms}}
environments: {{staging: {{url: 'http://127.0.0.1:{port}'}}}}
"""
# Each tool with its words, the command that the statement names, and whether it knows the environment and a release.
TOOLS = (
    ("gate", [], None, None, False),
    ("scan", ["tree"], "tree", None, False),
    ("preflight", ["check"], "check", None, False),
    ("migrate", ["lint"], "lint", None, False),
    ("backup", ["verify", "--env", "staging"], "verify", "staging", False),
    ("deploy", ["apply", "--env", "staging", "--release-version", "1.0.0"], "apply", "staging", True),
    ("smoke", ["--env", "staging"], None, "staging", True),
)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def make(folder, port):
    (folder / "app").mkdir()
    (folder / "app/run").write_text("true\n")
    (folder / ".env.example").write_text("PORT=8000\n")
    (folder / "migrations").mkdir()
    (folder / "migrations/20260101120000_a.up.sql").write_text("CREATE TABLE a (id bigint PRIMARY KEY);\n")
    (folder / "migrations/20260101120000_a.down.sql").write_text("DROP TABLE a;\n")
    (folder / "fairlead.yml").write_text(FILE.format(state=folder.parent / "state", port=port))
    (folder / ".gitignore").write_text("report.xml\nstore\napp.db\n")
    for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@a", "commit", "-qm", "one"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    (folder / "report.xml").write_text('<testsuite name="a"><testcase name="b"/></testsuite>')
    with sqlite3.connect(folder / "app.db") as database:
        database.execute("CREATE TABLE t (id INTEGER)")


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True)


def verified(path, public):
    """The statement in the envelope, if that key signed it."""
    text = path.read_bytes()
    assert path.name == hashlib.sha256(text).hexdigest() + ".json", "its name is another digest"
    envelope = json.loads(text)
    assert envelope["payloadType"] == TYPE, envelope["payloadType"]
    payload, [signature] = base64.b64decode(envelope["payload"], validate=True), envelope["signatures"]
    (public.parent / "message").write_bytes(b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload))
    (public.parent / "signature").write_bytes(base64.b64decode(signature["sig"], validate=True))
    openssl("pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in", public.parent / "message", "-sigfile", public.parent / "signature")
    return json.loads(payload)


def wrong(statement, row, commit, folder):
    tool, _, command, environment, serves = row
    predicate = statement["predicate"]
    jsonschema.validate(predicate, SCHEMA)
    told = (predicate["tool"]["name"], predicate["tool"].get("command"), predicate.get("environment"), predicate["dirty"], predicate["app"])
    if told != (tool, command, environment, False, "shop"):
        return str(told)
    if statement["_type"] != "https://in-toto.io/Statement/v1" or statement["predicateType"] != "https://fairlead.dev/verdict/v1":
        return "another type"
    subjects = {one["name"]: one["digest"] for one in statement["subject"]}
    if subjects.get("commit") != {"gitCommit": commit} or ("release" in subjects) != serves:
        return str(subjects)
    if predicate["policy"]["given"] or predicate["verdict"] != "pass":
        return json.dumps(predicate)
    return "a path of the machine" if str(folder) in json.dumps(statement) else ""


def run(folder, words, **variables):
    environment = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp"), "CI": "true",
                   "DATABASE_URL": "sqlite:app.db", **variables}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def judge(folder, row, key, public, commit):
    done = run(folder, [BIN / f"fairlead-{row[0]}", *row[1]], FAIRLEAD_EVIDENCE_KEY=key)
    written = list((folder / ".fairlead/evidence").glob("*.json"))
    if len(written) != 1:
        return f"{len(written)} statements, status {done.returncode}\n{done.stdout}{done.stderr}"
    statement = verified(written[0], public)
    written[0].unlink()
    found = wrong(statement, row, commit, folder)
    return f"{found}\n{done.stdout}{done.stderr}" if found else ""


with tempfile.TemporaryDirectory() as scratch:
    tree = pathlib.Path(scratch) / "tree"
    tree.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tree / "app")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    make(tree, server.server_port)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tree, check=True, capture_output=True, text=True).stdout.strip()
    private, public = tree.parent / "private.pem", tree.parent / "public.pem"
    openssl("genpkey", "-algorithm", "ed25519", "-out", private)
    openssl("pkey", "-in", private, "-pubout", "-out", public)
    run(tree, [BIN / "fairlead-backup", "run", "--env", "staging"])
    for one in TOOLS:
        counted.note(f"{one[0]} signs what another reader verifies", judge(tree, one, private.read_text(), public, head))
    unsigned = run(tree, [BIN / "fairlead-gate"])
    counted.note("without the key nothing is written", "" if not list((tree / ".fairlead/evidence").glob("*.json")) else unsigned.stdout)
    server.shutdown()
counted.close()
