"""What it takes to have a release of many files on the disk: `cp -a` and `sync -f` beside fetch and prepare of a first
deployment, in turns, the best of each. A release is read, copied, hashed, sealed and synced."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time


def fill(folder, count, size=4096):
    for number in range(count):
        if number % 100 == 0:
            below = folder / f"d{number // 100}"
            below.mkdir(parents=True)
        (below / f"f{number}").write_bytes(os.urandom(size // 2) + b"." * (size // 2))


def copied(source, work):
    target = work / "copy"
    subprocess.run(["sync", "-f", str(work)], check=True)
    begin = time.monotonic()
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
    subprocess.run(["sync", "-f", str(target)], check=True)
    took = time.monotonic() - begin
    shutil.rmtree(target)
    return took


def fetched(program, work, url):
    """The steps fetch and prepare of a deployment whose application then fails at once."""
    (work / "fairlead.yml").write_text(
        f"version: 1\napp: many\ndeploy: {{release: {{path: release}}, health: {{deadline: 100ms}}}}\nenvironments:\n  staging:\n    url: {url}\n"
        f"    deploy: {{target: {{kind: direct, root: root, state: state, supervise: own, command: [/bin/false]}}}}\n")
    for name in ("root", "state"):
        shutil.rmtree(work / name, ignore_errors=True)
    subprocess.run(["sync", "-f", str(work)], check=True)
    subprocess.run([program, "apply", "--env", "staging", "--release-version", "1"], cwd=work, capture_output=True, env={"PATH": os.environ["PATH"], "HOME": str(work)})
    record = json.loads((work / "state/many/staging/history.jsonl").read_text().splitlines()[-1])
    steps = {step["name"]: step["ms"] / 1000 for step in record["steps"]}
    return steps["fetch"] + steps["prepare"]


def run(options, checks):
    import http.server
    import threading
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    server.RequestHandlerClass.log_message = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    count, rounds = int(options.get("files", 30000)), int(options.get("rounds", 3))
    with tempfile.TemporaryDirectory(prefix="fairlead-fetch-", dir=options.get("folder")) as name:
        work = pathlib.Path(name)
        fill(work / "release", count)
        program = pathlib.Path(options["bin"]).resolve() / "fairlead-deploy"
        cp, ours = [], []
        for _ in range(rounds):
            cp.append(copied(work / "release", work))
            ours.append(fetched(program, work, f"http://127.0.0.1:{server.server_port}"))
        server.shutdown()
    print(f"{count} files: cp -a and sync -f {min(cp):.2f} s, fetch and prepare {min(ours):.2f} s ({', '.join(f'{a:.2f}/{b:.2f}' for a, b in zip(cp, ours))})")
    checks.that(min(ours) <= 1.3 * min(cp), f"a release is there within {min(ours) / min(cp):.2f} of cp -a and sync -f (1.3 asked)")
