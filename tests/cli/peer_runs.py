#!/usr/bin/python3
# needs: nothing; takes: 9 s
"""peer_runs.py BIN: runs of docker/metadata-action v6.2.0, recorded, beside those of fairlead-tag: the same bytes.

peer_runs.json holds a seeded choice of generated runs of kinds that the conformance set lacks: odd payloads, refs and lists,
tokens of dates in many zones, keys of labels, separators, settings, versions, patterns, expressions. What the peer's program
gave for each (its outputs, or its `::error` line) is written beside it: facts of runs, none of its text. `date` and `record`
are what the API of that run knew.
"""
import concurrent.futures
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
RUNS = json.loads(pathlib.Path(__file__).with_suffix(".json").read_text())


class Api(http.server.BaseHTTPRequestHandler):
    """The first part of the path is the run's number."""

    def do_GET(self):
        run = RUNS[int(self.path.split("/")[1])]
        answer = {"commit": {"committer": {"date": run["date"]}}} if "/commits/" in self.path else run.get("record", {})
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def outputs(path):
    found = re.findall(r"^([\w-]+)<<(.+)\n((?:.*\n)*?)\2$", path.read_bytes().decode(), re.M)
    return {name: text[:-1] for name, _, text in found}


def compare(number):
    run = RUNS[number]
    with tempfile.TemporaryDirectory(prefix="fairlead peer ") as folder:
        place = pathlib.Path(folder)
        given = {"PATH": os.environ["PATH"], "HOME": folder, "LANG": "C.UTF-8", "GITHUB_ACTIONS": "true",
                 "RUNNER_TEMP": folder, "GITHUB_OUTPUT": f"{folder}/outputs", "SOURCE_DATE_EPOCH": str(run["now"]),
                 "GITHUB_API_URL": f"http://127.0.0.1:{server.server_port}/{number}", **run["env"]}
        given |= {f"INPUT_{name.upper()}": text for name, text in ({"context": "workflow"} | run["inputs"]).items()}
        (place / "outputs").touch()
        if run["event"] is not None:
            (place / "event.json").write_text(run["event"])
            given["GITHUB_EVENT_PATH"] = f"{folder}/event.json"
        done = subprocess.run([BIN / "fairlead-tag"], env=given, cwd=folder, capture_output=True, text=True, timeout=60)
        if "error" in run:
            said = [line.split("::", 2)[2] for line in (done.stdout + done.stderr).splitlines() if line.startswith("::error")]
            return "" if done.returncode == 2 and said == [run["error"]] else f"{done.returncode} {said}, there {run['error']}"
        got = outputs(place / "outputs")
        for name in ("version", "tags", "labels", "annotations"):
            if name in run and got.get(name) != run[name]:
                return f"{name}: {got.get(name)!r}, there {run[name]!r}; {done.stderr[-300:]}"
        return ""


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
threading.Thread(target=server.serve_forever, daemon=True).start()
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    for index, problem in enumerate(pool.map(compare, range(len(RUNS)))):
        counted.note(f"{RUNS[index]['kind']}, {json.dumps(RUNS[index]['inputs'], ensure_ascii=False)}", problem)
counted.close()
