#!/usr/bin/python3
# needs: namespaces; takes: 21 s
"""api.py BIN [--list] [NAME…]: an API that stalls, drips, lies, forbids or isn't there, and runs of fairlead-tag that need it.

Each run needs the default branch (a rule of type edge), the description and licence (labels), the commit date (an expression)
or all three; neither event nor repository tells them. All its requests keep one deadline of 3 s, and it ends within 4. What
stays unknown is told in one warning that names each fact and why; where a tag would be wrong without it, status 3 that names
it will do ("refused unexplained" where it doesn't say what the API did). It never fails for labels, believes no answer about
something else, and shows the token to the API alone.
--list prints the table: what came of each run and its seconds.
"""
import collections
import concurrent.futures
import http.server
import json
import os
import pathlib
import re
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
LIST = "--list" in sys.argv
NAMES = [word for word in sys.argv[2:] if word != "--list"]
TOKEN = "".join(("ghs", "_", "0123456789abcdefABCDEF", "0123456789abcdef"))
LIMIT, SHA = 4, "860c1904a1ce19322e91ac35af1ab07466440c37"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
REPOSITORY = {"full_name": "acme/shop", "name": "shop", "html_url": "https://github.com/acme/shop", "description": "What it does",
              "license": {"spdx_id": "MIT"}, "default_branch": "develop"}
PADDING = b"x" * (64 << 20)
COMMIT = {"sha": SHA, "commit": {"committer": {"date": "2024-02-29T13:05:09Z"}}}

# ---- the API ------------------------------------------------------------------------------------------------------------

seen = collections.defaultdict(list)  # by behaviour: paths asked for
leaks = []  # where the token was seen that is none of its places


class Api(http.server.BaseHTTPRequestHandler):
    """Behaves as the first part of the path says."""

    def do_GET(self):
        _, how, rest = self.path.split("/", 2)
        seen[how].append(rest)
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            leaks.append(f"{how}: the API was asked with '{self.headers.get('Authorization')}'")
        leaks.extend(f"{how}: the token stands in the arguments of a process" for _ in argv_holds_token())
        answer = COMMIT if "/commits/" in rest else REPOSITORY
        getattr(self, how)(answer, rest)

    def say(self, answer, status=200, length=None, **headers):
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(length or len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def honest(self, answer, rest):
        self.say(answer)

    def nothing_set(self, answer, rest):
        self.say({**answer, "description": None, "license": None} if answer is REPOSITORY else answer)

    def renamed(self, answer, rest):
        self.say(b"{}", 301, Location=f"http://127.0.0.1:{API}/honest/{rest}")

    def slow_1s(self, answer, rest):
        time.sleep(1)
        self.say(answer)

    def slow_2s(self, answer, rest):
        time.sleep(2)
        self.say(answer)

    def stalls(self, answer, rest):
        self.wait()

    def stalls_midway(self, answer, rest):
        body = json.dumps(answer).encode()
        self.say(body[:len(body) // 2], length=len(body))
        self.wait()

    def drips(self, answer, rest):
        body = json.dumps(answer).encode()
        self.say(body[:1], length=len(body))
        for byte in body[1:]:
            self.wait(1)
            self.wfile.write(bytes([byte]))
            self.wfile.flush()

    def repository_only(self, answer, rest):
        self.say(answer) if answer is REPOSITORY else self.say({"message": "No commit found for SHA"}, 422)

    def html(self, answer, rest):
        self.say(b"<!DOCTYPE html><title>Sign in to the wireless network</title>")

    def another(self, answer, rest):
        self.say({**REPOSITORY, "full_name": "eve/other", "name": "other", "description": "A lie", "license": {"spdx_id": "X11"}}
                 if answer is REPOSITORY else {"sha": SHA[::-1], "commit": {"committer": {"date": "1999-01-01T00:00:00Z"}}})

    def wrong_types(self, answer, rest):
        self.say({**REPOSITORY, "name": 7, "description": ["A lie"], "license": "X11", "default_branch": {"develop": 1}}
                 if answer is REPOSITORY else {"sha": SHA, "commit": {"committer": {"date": 19990101}}})

    def not_an_object(self, answer, rest):
        self.say(b"[null]")

    def broken(self, answer, rest):
        self.say(json.dumps(answer).encode()[:-9])

    def empty(self, answer, rest):
        self.say(b"")

    def huge(self, answer, rest):
        body = json.dumps(answer).encode()
        self.say(b'{"padding":"' + PADDING[:12], length=len(PADDING) + len(body) + 13)
        self.wfile.write(PADDING[12:] + b'",')
        self.wfile.write(body[1:])

    def endless(self, answer, rest):
        self.say(b'{"padding":"', length=1 << 40)
        while True:
            self.wfile.write(PADDING)

    def leads_elsewhere(self, answer, rest):
        self.say(b"{}", 302, Location=f"http://localhost:{OTHER}/{rest}")

    def goes_in_circles(self, answer, rest):
        self.say(b"{}", 302, Location=self.path)

    def rate_limit_403(self, answer, rest):
        self.say({"message": "API rate limit exceeded"}, 403, X_RateLimit_Remaining="0",
                 X_RateLimit_Reset=str(int(time.time()) + 900))

    def rate_limit_429(self, answer, rest):
        self.say({"message": "You have exceeded a secondary rate limit"}, 429, Retry_After="60")

    def status_401(self, answer, rest):
        self.say({"message": "Bad credentials"}, 401)

    def status_404(self, answer, rest):
        self.say({"message": "Not Found"}, 404)

    def status_500(self, answer, rest):
        self.say(b"<html>Unicorn</html>", 500)

    def hangs_up(self, answer, rest):
        self.connection.shutdown(socket.SHUT_RDWR)

    def gone(self):
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""

    def wait(self, seconds=30):
        """Until the client has had enough, or so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.gone():
            time.sleep(0.02)

    def log_message(self, *_):
        pass


class Other(Api):
    """Another host, which would like the token."""

    def do_GET(self):
        if self.headers.get("Authorization"):
            leaks.append("the token went to another host")
        self.say(COMMIT if "/commits/" in self.path else REPOSITORY)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 64

    def handle_error(self, *_):  # a client that has had enough
        pass


def serve(handler):
    server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def argv_holds_token():
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if TOKEN.encode() in path.read_bytes():
                yield path
        except OSError:
            pass


def closed_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def mute_port(queue):
    """A port that never says a word, with so long a queue; with none it takes no further connection."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(queue)
    waiting = []
    for _ in range(0 if queue else 4):
        waiting.append(socket.socket())
        waiting[-1].setblocking(False)
        waiting[-1].connect_ex(listener.getsockname())
    return listener.getsockname()[1], (listener, waiting)


def mute_name_server(folder):
    """Words that run a command where the only name server never answers; None where that can't be had."""
    mute, address = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), f"127.{os.getpid() % 250 + 1}.0.77"
    try:
        mute.bind((address, 53))
    except OSError:
        return None, None
    file = folder / "resolv.conf"
    file.write_text(f"nameserver {address}\noptions timeout:5 attempts:2\n")
    words = ["unshare", "--mount", "sh", "-c", f"mount --bind '{file}' /etc/resolv.conf && exec \"$@\"", "sh"]
    return (words, mute) if subprocess.run([*words, "true"], capture_output=True).returncode == 0 else (None, None)


# ---- what is asked ------------------------------------------------------------------------------------------------------

Need = collections.namedtuple("Need", "name facts rules payload")
KNOWN = {key: REPOSITORY[key] for key in ("full_name", "name", "html_url")}
DATED = {"id": SHA, "timestamp": "2024-02-29T13:05:09Z"}
NEEDS = [
    Need("default branch", ("default branch",), "type=edge\ntype=sha",
         {"repository": {**KNOWN, "description": "Told", "license": None}, "head_commit": DATED}),
    Need("description", ("description",), "type=sha", {"head_commit": DATED}),
    Need("commit date", ("commit date",), "type=raw,value={{commit_date 'YYYYMMDD'}}",
         {"repository": {**KNOWN, "description": "Told", "license": None, "default_branch": "develop"}}),
    Need("all", ("default branch", "description", "commit date"), "type=edge\ntype=raw,value={{commit_date 'YYYYMMDD'}}", {}),
]
# what is to be found in the reason; "" where the API answers
TIME = r"within \d|\b3(\.0)? s|seconds|deadline|in time|too long|timed? ?out"
WORDS = {"commit date": "commit('s)? date"}  # how a fact may be called
OTHER_THING = "not (of|about|describe)|holds no|no (date|default)"
SIZE = r"MiB|MB|large|big|bytes|long|" + TIME
REASONS = {
    "honest": "", "nothing_set": "", "slow_1s": "", "renamed": "redirect|30[12]", "repository_only": "422|commit",
    "slow_2s": TIME, "stalls": TIME, "stalls_midway": TIME, "drips": TIME, "full queue": TIME + "|connect",
    "mute TLS": TIME + "|TLS|SSL", "mute name server": TIME + "|resolv|name", "unknown name": TIME + "|resolv|name|host",
    "refuses": "refused|connect", "hangs_up": "closed|empty|reset|ended|hung|no answer|connection|broke",
    "html": "JSON|HTML", "broken": "JSON|ended|cut", "empty": "JSON|empty", "not_an_object": "JSON|object|" + OTHER_THING,
    "another": "another|other|eve|different|" + OTHER_THING, "wrong_types": r"\btypes?\b(?!=)|text|string|JSON|" + OTHER_THING,
    "huge": SIZE, "endless": SIZE, "leads_elsewhere": "redirect|30[12]|host|elsewhere", "goes_in_circles": "redirect|30[12]",
    "rate_limit_403": "403|rate", "rate_limit_429": "429|rate", "status_401": "401|credentials|token",
    "status_404": "404|not found", "status_500": "500",
}
MAY_ANSWER = ("renamed", "slow_2s", "repository_only", "huge", "leads_elsewhere")  # what is taken from these is true


def right(said, fact, how):
    """Whether the answer holds the truth of that fact; None where it holds a lie."""
    try:
        tags, labels = said["tags"], said["labels"]
    except (KeyError, TypeError):
        return False
    honest = not REASONS[how] or how in MAY_ANSWER
    described = ("", "") if how == "nothing_set" else ("What it does", "MIT")
    names = ("org.opencontainers.image.description", "org.opencontainers.image.licenses")
    found = {"default branch": "edge" in tags, "commit date": "20240229" in tags,
             "description": tuple(labels.get(name) for name in names) == described}[fact]
    lies = {"default branch": "edge" in tags, "commit date": "19990101" in tags,
            "description": "A lie" in str(labels) or "X11" in str(labels)}[fact]
    return found if honest else None if lies else False


def run(how, need):
    """What came of that run: a word, seconds, and what was wrong."""
    with tempfile.TemporaryDirectory(prefix="fairlead api ") as temp:
        folder = pathlib.Path(temp)
        (folder / "event.json").write_text(json.dumps(need.payload))
        url = {"refuses": f"http://127.0.0.1:{CLOSED}", "full queue": f"http://127.0.0.1:{FULL}",
               "mute TLS": f"https://127.0.0.1:{SILENT}", "unknown name": "http://api.invalid",
               "mute name server": "http://api.example.org"}.get(how, f"http://127.0.0.1:{API}/{how}")
        env = {"PATH": PATH, "HOME": temp, "LANG": "C.UTF-8", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "workflow_dispatch",
               "GITHUB_REF": "refs/heads/develop", "GITHUB_SHA": SHA, "GITHUB_REPOSITORY": "acme/shop", "GITHUB_API_URL": url,
               "GITHUB_SERVER_URL": "https://github.com", "GITHUB_EVENT_PATH": f"{temp}/event.json", "RUNNER_TEMP": temp,
               "GITHUB_OUTPUT": f"{temp}/output", "GITHUB_STEP_SUMMARY": f"{temp}/summary", "INPUT_GITHUB_TOKEN": TOKEN}
        words = [*(MUTE if how == "mute name server" else []), BIN / "fairlead-tag", "--format", "json", "--verbose"]
        begun = time.monotonic()
        ran = subprocess.run([*words, "--tags", need.rules], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                             text=True, timeout=60)
        seconds = time.monotonic() - begun
        written = "".join(file.read_text() for file in folder.rglob("*") if file.is_file())
    return judge(how, need, ran, seconds, written)


def judge(how, need, ran, seconds, written):
    try:
        said = json.loads(ran.stdout)
    except ValueError:
        said = None
    wrong, printed = [], (ran.stdout + ran.stderr).splitlines()
    found = {fact: right(said, fact, how) for fact in need.facts}
    missing = [fact for fact in need.facts if not found[fact]]
    about = dict.fromkeys(re.sub(r"^.*?(warning|error)\W*", "", line) for line in printed
                          if (re.search(r"\bAPI\b", line) and "warning" in line if ran.returncode == 0 else "::error" in line))
    if seconds > LIMIT:
        wrong.append(f"LATE: {seconds:.1f} s")
    if TOKEN in ran.stdout + ran.stderr + written:
        wrong.append("TOKEN: it is shown")
    if ran.returncode not in (0, 3) or ran.returncode == 3 and missing == ["description"]:
        wrong.append(f"FAILED: status {ran.returncode}")
    wrong += [f"BELIEVED: {fact}" for fact in missing if found[fact] is None]
    untold = missing[:1] if ran.returncode else missing  # a refusal is about one fact
    wrong += [f"UNTOLD: {fact}" for fact in untold if not any(re.search(WORDS.get(fact, fact), line) for line in about)]
    explained = any(re.search(REASONS[how] or "(?!)", line, re.I) for line in about)
    if missing and about and not explained and ran.returncode == 0:
        wrong.append(f"NO REASON: nothing says what the API did (expected {REASONS[how] or 'an answer'})")
    if ran.returncode == 0 and len(about) > 1:
        wrong.append(f"{len(about)} LINES")
    if not missing and about:
        wrong.append("NEEDLESS WARNING")
    if not REASONS[how] and missing:
        wrong.append(f"NOT TAKEN: {', '.join(missing)}")
    came = "answered" if not missing else "told" if not ran.returncode else "refused" if explained else "refused unexplained"
    if wrong:
        came = "+".join(dict.fromkeys(text.split(":")[0] for text in wrong))
        shown = " | ".join(line for line in printed if "warning" in line or "error" in line)
        wrong.append(f"  status {ran.returncode}, {seconds:.1f} s: {shown[:500]}")
    return came, seconds, wrong


with tempfile.TemporaryDirectory(prefix="fairlead api ") as scratch:
    API, OTHER, CLOSED, (FULL, kept), (SILENT, open_) = serve(Api), serve(Other), closed_port(), mute_port(0), mute_port(64)
    MUTE, mute = mute_name_server(pathlib.Path(scratch))
    chosen = [how for how in REASONS if not NAMES or any(name in how for name in NAMES)]
    if not MUTE and "mute name server" in chosen:
        counted.skip("namespaces", "mute name server", "port 53 or a mount namespace can't be had here")
        chosen.remove("mute name server")
    if LIST:
        print(f"{'the API':20}" + "".join(f"{need.name:26}" for need in NEEDS))
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        runs = {how: [pool.submit(run, how, need) for need in NEEDS] for how in chosen}
    came = {how: [one.result() for one in runs[how]] for how in chosen}
    for how in chosen:  # a machine that is busy is not what is measured
        came[how] = [run(how, need) if "LATE" in one[0] else one for need, one in zip(NEEDS, came[how])]
        if LIST:
            cells = (f"{seconds:.1f} s {word}" for word, seconds, _ in came[how])
            print(f"{how.replace('_', ' '):20}" + "".join(f"{cell:26}" for cell in cells).rstrip())
    for how in chosen:
        for need, (_, _, wrong) in zip(NEEDS, came[how]):
            counted.note(f"{how}, {need.name}", "\n".join(wrong))
    counted.note("the token goes to the API and nowhere else", "\n".join(dict.fromkeys(leaks)))
counted.close()
