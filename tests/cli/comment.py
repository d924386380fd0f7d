#!/usr/bin/python3
# needs: nothing; takes: 2 s; cases: 14
"""comment.py BIN: the comment of a run on its pull request, as a local API sees it.

It is posted once and then replaced; another's comment is left alone; what can't be posted changes no verdict; the token
is shown to the API alone.
"""
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
TOKEN = "".join(("ghs", "_", "0123456789abcdefABCDEF", "0123456789abcdef"))
BASE = "/repos/acme/shop/issues"
MARK = "<!-- fairlead: gate -->\n"
PULL_REQUEST = {"number": 7, "pull_request": {"base": {"sha": "0" * 39 + "1", "repo": {"full_name": "acme/shop"}},
                                              "head": {"sha": "0" * 39 + "2", "repo": {"full_name": "acme/shop"}}}}
FORK = {"number": 8, "pull_request": {**PULL_REQUEST["pull_request"],
                                      "head": {"sha": "0" * 39 + "2", "repo": {"full_name": "mallory/shop"}}}}
FAILING = '<testsuite tests="1"><testcase classname="c" name="n"><failure message="no @ada"/></testcase></testsuite>'
PASSING = '<testsuite tests="1"><testcase classname="c" name="n"/></testsuite>'


class Forge(http.server.BaseHTTPRequestHandler):
    comments, asked, status = {}, [], 0

    def log_message(self, *_):
        pass

    def say(self, answer, status=200):
        body = json.dumps(answer).encode()
        self.send_response(Forge.status or status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        Forge.asked.append((self.command, self.path, self.headers.get("Authorization")))
        if self.path == "/user":
            return self.say({"message": "Resource not accessible by integration"}, 403)
        return self.say([{"id": number, **comment} for number, comment in Forge.comments.items()])

    def write(self, number, status):
        Forge.asked.append((self.command, self.path, self.headers.get("Authorization")))
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        if not Forge.status:
            Forge.comments[number] = {"user": {"login": "github-actions[bot]", "type": "Bot"}, "body": body}
        self.say({"html_url": f"https://forge/{number}"}, status)

    def do_POST(self):
        self.write(len(Forge.comments) + 1, 201)

    def do_PATCH(self):
        self.write(int(self.path.rsplit("/", 1)[1]), 200)


def run(report=PASSING, event="pull_request", payload=PULL_REQUEST, api=None, token=TOKEN, flags=()):
    """The run, and all that it wrote."""
    with tempfile.TemporaryDirectory(prefix="fairlead-comment-") as temp:
        folder = pathlib.Path(temp)
        (folder / "event.json").write_text(json.dumps(payload))
        (folder / "junit.xml").write_text(report)
        env = {"PATH": os.environ["PATH"], "HOME": temp, "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event, "RUNNER_TEMP": temp,
               "GITHUB_EVENT_PATH": f"{temp}/event.json", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_API_URL": api or URL,
               "GITHUB_OUTPUT": f"{temp}/output", "GITHUB_STEP_SUMMARY": f"{temp}/summary", "INPUT_COMMENT_TOKEN": token}
        words = [BIN / "fairlead-gate", "--report", "junit.xml", *flags]
        ran = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=60)
        written = "".join(file.read_text() for file in folder.rglob("*") if file.is_file())
        ran.all = ran.stdout + ran.stderr + written
        return ran


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forge)
threading.Thread(target=server.serve_forever, daemon=True).start()
URL = f"http://127.0.0.1:{server.server_address[1]}"


def note(what, condition, detail):
    counted.that(condition, what, detail)


first = run(FAILING)
note("a run posts its summary", first.returncode == 1 and Forge.comments.get(1, {}).get("body", "").startswith(MARK + "### fairlead-gate: fail"),
     first.all)
note("the log says where", "the comment is at https://forge/1" in first.all, first.all)
note("text of a report mentions nobody", "@ada" not in Forge.comments[1]["body"], Forge.comments[1]["body"])
note("the token goes to the API only", TOKEN not in first.all and {who for _, _, who in Forge.asked} == {f"Bearer {TOKEN}"}, first.all)
second = run(PASSING)
note("the next run replaces it", second.returncode == 0 and list(Forge.comments) == [1]
     and Forge.comments[1]["body"].startswith(MARK + "### fairlead-gate: pass"), Forge.comments)
Forge.comments[1]["user"] = {"login": "mallory", "type": "User"}
run()
note("a comment of somebody else is left alone", list(Forge.comments) == [1, 2], Forge.comments)


def asks_nothing(what, **how):
    before = len(Forge.asked)
    ran = run(**how)
    note(what, ran.returncode == 0 and len(Forge.asked) == before, ran.all)
    return ran.all


said = asks_nothing("a fork's pull request gets none", payload=FORK)
note("and the log says why", "no comment is posted: pull request #8 comes from a fork" in said, said)
asks_nothing("nor does a push", event="push", payload={"before": "0" * 39 + "1", "after": "0" * 39 + "2", "ref": "refs/heads/main"})
asks_nothing("nor a dry run", flags=["--dry-run"])
asks_nothing("nor a run without a token", token="")
Forge.status = 403
refused = run()
note("a refusal is a warning with its way out", refused.returncode == 0 and "give the job the permission pull-requests: write" in refused.all,
     refused.all)
Forge.status = 0
server.shutdown()
server.server_close()
gone = run()
note("an API out of reach is a warning", gone.returncode == 0 and "no comment is posted" in gone.all, gone.all)
bad = run(api="https://user:word@api.invalid")
note("so is an API that has no name", bad.returncode == 0 and "no comment is posted" in bad.all and TOKEN not in bad.all, bad.all)
counted.close()
