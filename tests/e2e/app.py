#!/usr/bin/python3
"""The application of the deployment tests: app.py SOCKET. behaviour.json beside it says how it misbehaves:
start_delay, sigterm (abrupt, graceful, ignore), drains (s that a graceful end takes; nobody is answered meanwhile), locks (a file that only one may
hold), sick_file (500 while it is there), health (ok, sick, never, exit), sick_after, well_for (answers, then it is sick), exit_after, claims (another version), path (of its health), noise;
fails (share of requests that get 500) and slow (times that they take, 1: about 10 ms), but for /health."""
import fcntl
import http.server
import itertools
import json
import os
import pathlib
import random
import signal
import socketserver
import sys
import threading
import time

HERE = pathlib.Path(__file__).parent
BEHAVIOUR = json.loads((HERE / "behaviour.json").read_text())
STARTED = time.monotonic()
VERSION = BEHAVIOUR.get("claims", os.environ.get("FAIRLEAD_VERSION", "none"))


answered = itertools.count(1)


def is_sick():
    if "well_for" in BEHAVIOUR and next(answered) > BEHAVIOUR["well_for"]:
        return True
    after = BEHAVIOUR.get("sick_after")
    return os.path.exists(BEHAVIOUR.get("sick_file", "")) or BEHAVIOUR.get("health") == "sick" or (after is not None and time.monotonic() - STARTED > after)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked = self.path != "/health"
        usual = 0.010 * random.lognormvariate(0, 0.3) * BEHAVIOUR["slow"] if "slow" in BEHAVIOUR and asked else 0.005
        time.sleep(float(self.path.rpartition("sleep=")[2]) if "sleep=" in self.path else usual)
        body = json.dumps({"version": VERSION, "pid": os.getpid()}).encode()
        lost = self.path.startswith("/health") and self.path != BEHAVIOUR.get("path", self.path)
        self.send_response(500 if is_sick() or (asked and random.random() < BEHAVIOUR.get("fails", 0)) else 404 if lost else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    request_queue_size = 512
    daemon_threads = True

    def get_request(self):
        return super().get_request()[0], ("unix", 0)

    def handle_error(self, *_):
        """A client that went away: no line of ours, which the tests look for."""


def on_sigterm(*_):
    kind = BEHAVIOUR.get("sigterm", "abrupt")
    if kind == "abrupt":
        os._exit(0)
    if kind == "graceful":
        threading.Thread(target=server.shutdown).start()


signal.signal(signal.SIGTERM, on_sigterm)
if BEHAVIOUR.get("noise"):
    print(BEHAVIOUR["noise"].format(**os.environ), flush=True)
if BEHAVIOUR.get("health") == "exit":
    sys.exit("no database here")
if BEHAVIOUR.get("locks"):
    held = open(BEHAVIOUR["locks"], "w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("another one has the data")
time.sleep(BEHAVIOUR.get("start_delay", 0.1))
if BEHAVIOUR.get("health") == "never":
    time.sleep(600)
if BEHAVIOUR.get("exit_after"):
    threading.Timer(BEHAVIOUR["exit_after"], lambda: os._exit(9)).start()
server = Server(sys.argv[1], Handler)
server.serve_forever(poll_interval=0.05)
server.server_close()
time.sleep(BEHAVIOUR.get("drains", 0))
