#!/usr/bin/python3
"""fairlead-tag side by side with what it is compared with; every line is a ratio of medians from one interleaved run.

    script/bench tag

FAIRLEAD_BENCH_BIN   folder of the executables, default build/release/bin (built when it is not there)
FAIRLEAD_BENCH_DATA  where the repositories are made and kept, default build/bench
FAIRLEAD_PEER_TAG    dist/index.cjs of docker/metadata-action, run by node; without it that part says that it is skipped
"""
import http.server
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RUNS = 20
SHA = "860c1904a1ce19322e91ac35af1ab07466440c37"
REPOSITORY = {"name": "shop", "description": "A shop", "html_url": "https://github.com/acme/shop", "default_branch": "main",
              "license": {"spdx_id": "MIT"}, "owner": {"login": "acme"}}
RULES = """type=schedule
type=semver,pattern={{version}}
type=semver,pattern={{major}}.{{minor}}
type=semver,pattern={{major}}
type=ref,event=branch
type=ref,event=tag
type=ref,event=pr
type=edge
type=sha"""


class Api(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(REPOSITORY).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def measure(command, folder, environment):
    """Wall seconds, CPU seconds, peak KiB of one run."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        sys.exit(f"bench/tag.py: {' '.join(map(str, command))} gave status {status}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def compare(title, ours, theirs, their_name, holds):
    """ours and theirs: (command, folder, environment). holds(wall ratio, cpu ratio) says whether the claim does."""
    samples = ([], [])
    for number in range(RUNS + 1):
        for side, run in enumerate((ours, theirs)):
            sample = measure(*run)
            if number > 0:  # the first run warms the caches
                samples[side].append(sample)
    mine, other = ([statistics.median(column) for column in zip(*side)] for side in samples)
    wall, cpu = mine[0] / other[0], mine[1] / other[1]
    verdict = "holds" if holds(wall, cpu) else "DOES NOT HOLD"
    print(f"{title}: {verdict}")
    for name, m in (("fairlead-tag", mine), (their_name, other)):
        print(f"  {name:<34} wall {m[0] * 1000:8.1f} ms  cpu {m[1] * 1000:8.1f} ms  peak {m[2] / 1024:6.1f} MiB")
    print(f"  ratio to {their_name}: wall {wall:.3f}, cpu {cpu:.3f}")
    return holds(wall, cpu)


def clean_environment(**more):
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", **more}


def against_peer(program):
    bundle, node = os.environ.get("FAIRLEAD_PEER_TAG"), shutil.which("node")
    if not bundle or not node:
        print("the peer: SKIPPED, " + ("node is not there" if bundle else "FAIRLEAD_PEER_TAG does not name its index.cjs"))
        return True
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as scratch:
        event = pathlib.Path(scratch, "event.json")
        event.write_text(json.dumps({"repository": REPOSITORY, "head_commit": {"id": SHA, "timestamp": "2024-02-29T13:05:09Z"}}))
        for name in ("output", "env"):
            pathlib.Path(scratch, name).touch()
        environment = clean_environment(
            GITHUB_ACTIONS="true", GITHUB_REPOSITORY="acme/shop", GITHUB_EVENT_NAME="push", GITHUB_REF="refs/tags/v1.2.3",
            GITHUB_SHA=SHA, GITHUB_EVENT_PATH=str(event), GITHUB_API_URL=f"http://127.0.0.1:{server.server_port}",
            GITHUB_OUTPUT=f"{scratch}/output", GITHUB_ENV=f"{scratch}/env", RUNNER_TEMP=scratch, INPUT_IMAGES="ghcr.io/acme/shop",
            INPUT_TAGS=RULES, **{"INPUT_GITHUB-TOKEN": "none"})
        return compare("tag push, nine rules: 20 times less wall and CPU than the peer", ([program], scratch, environment),
                       ([node, bundle], scratch, environment), "docker/metadata-action", lambda wall, cpu: wall <= 1 / 20 and cpu <= 1 / 20)


FOUR = ("type=semver,pattern={{version}}", "type=semver,pattern={{major}}.{{minor}}", "type=semver,pattern={{major}}",
        "type=semver,pattern=v{{version}}")
OWN = "v99.99.9"  # the highest


def over_tags(program, folder, kind):
    """What is asked of 100,000 tags, each at most half of git's own sort."""
    git = ["git", "tag", "--sort=-v:refname"]
    environment = clean_environment()
    highest = ["--ref", f"refs/tags/{OWN}", "--flavor", "latest=highest", "--tags"]
    asked = {
        "one rule": [*highest, FOUR[0]],
        "four rules with match": [*highest, "\n".join(f"{rule},match=^v(.*)$" for rule in FOUR)],
        "context: git on a detached tag": ["--context", "git", "--flavor", "latest=highest", "--tags", FOUR[0]],
        "describe": ["--ref", "refs/heads/main", "--tags", "type=raw,value={{describe}}"],
    }
    return [compare(f"{what}, 100,000 {kind} tags: at most half of git's sort", ([program, *words], folder, environment),
                    (git, folder, environment), " ".join(git), lambda wall, cpu: cpu <= 0.5) for what, words in asked.items()]


def against_git(program, data):
    environment = clean_environment()
    commits = data / "commits"
    held = [held for kind in ("packed", "loose", "mixed") for held in over_tags(program, data / f"tags-{kind}", kind)]
    held.append(compare("next-version over 200,000 commits: at most 1.5 times git log of the range",
                        ([program, "next-version"], commits, environment),
                        (["git", "log", "--format=%B", "v1.0.0..HEAD"], commits, environment), "git log --format=%B",
                        lambda wall, cpu: wall <= 1.5 and cpu <= 1.5))
    return all(held)


def main():
    data = pathlib.Path(os.environ.get("FAIRLEAD_BENCH_DATA", ROOT / "build" / "bench"))
    subprocess.run([sys.executable, ROOT / "bench" / "tag_repositories.py", data], check=True)
    given = os.environ.get("FAIRLEAD_BENCH_BIN")
    folder = pathlib.Path(given) if given else ROOT / "build" / "release" / "bin"
    if not given:
        subprocess.run(["cmake", "--preset", "release"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["ninja", "-C", ROOT / "build" / "release", "fairlead-tag"], check=True, stdout=subprocess.DEVNULL)
    program = str(folder / "fairlead-tag")
    held = [against_peer(program), against_git(program, data)]
    print("tag: every claim holds" if all(held) else "tag: NOT every claim holds")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
