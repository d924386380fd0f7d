#!/usr/bin/python3
"""script/bench smoke [PROGRAM] [--hurl HURL]: CPU time of 1,000 checks against that of `curl -Z` over the same URLs.

One nginx on loopback, with and without TLS. The runs of both alternate; told are medians, and the most memory. Builds the `release`
preset unless PROGRAM names a fairlead-smoke; users have the static one. With HURL (8.0.1), 1,000 Hurl files are played by both, too.
Exit 1: a ratio to curl is above 1.5, or over https hurl takes less than five times as long.
"""
import argparse
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

CHECKS, JOBS, ROUNDS, LIMIT, AHEAD = 1000, 16, 11, 1.5, 5


def build(root):
    subprocess.run(["cmake", "--preset", "release"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", "fairlead-smoke"], cwd=root, check=True,
                   stdout=subprocess.DEVNULL)
    return root / "build/release/bin/fairlead-smoke"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start_nginx(folder, plain, tls):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key", "-out",
                    folder / "cert", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, stderr=subprocess.DEVNULL)
    paths = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(f"""
daemon off; pid {folder}/pid; worker_processes 1; error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 100000; {paths}
  server {{
    listen 127.0.0.1:{plain}; listen 127.0.0.1:{tls} ssl;
    ssl_certificate {folder}/cert; ssl_certificate_key {folder}/key;
    location / {{ default_type text/plain; return 200 "well"; }}
  }}
}}""")
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin") or sys.exit("nginx is not here; install it")
    server = subprocess.Popen([nginx, "-e", "stderr", "-c", folder / "nginx.conf"])
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", plain)) == 0:
                return server
        time.sleep(0.02)
    sys.exit("nginx did not start")


def spent(command, folder):
    """CPU seconds, and the most memory in MiB."""
    with open(os.devnull, "wb") as null:
        process = subprocess.Popen(command, cwd=folder, stdout=null, stderr=null)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} gave status {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def side_by_side(what, commands, folder, rounds=ROUNDS):
    """The medians of the CPU seconds, in the order of the commands."""
    figures = {who: [] for who in commands}
    for i in range(rounds + 1):  # the first warms up
        for who, command in commands.items():
            one = spent(command, folder)
            if i > 0:
                figures[who].append(one)
    medians = {who: statistics.median(cpu for cpu, _ in all_of) for who, all_of in figures.items()}
    print(f"{what:<14}" + "   ".join(f"{who} {medians[who] * 1000:7.1f} ms {max(memory for _, memory in figures[who]):5.1f} MiB"
                                     for who in commands), end="   ")
    return list(medians.values())


def compare(name, base, program, folder):
    home = folder / name
    home.mkdir()
    (home / "urls").write_text("".join(f'url = "{base}/{i}"\noutput = "/dev/null"\n' for i in range(CHECKS)))
    (home / "fairlead.yml").write_text(
        f"version: 1\nsmoke:\n  base: {base}\n  defaults: {{jobs: {JOBS}}}\n  checks:\n" +
        "".join(f"    - {{get: /{i}}}\n" for i in range(CHECKS)))
    theirs, ours = side_by_side(f"checks, {name}", {"curl -Z": ["curl", "-Z", "--parallel-max", str(JOBS), "-s", "-K", "urls"],
                                                    "fairlead-smoke": [program]}, home)
    print(f"ratio {ours / theirs:.2f}{'  TOO MUCH' if ours / theirs > LIMIT else ''}")
    return ours / theirs <= LIMIT


def compare_files(name, base, program, hurl, folder):
    home = folder / f"files-{name}"
    home.mkdir()
    for i in range(CHECKS):
        (home / f"{i}.hurl").write_text(f"GET {base}/{i}\nHTTP 200\n")
    words = ["--test", "--jobs", str(JOBS), "--insecure"]
    theirs, ours = side_by_side(f"files, {name}", {"hurl": [hurl, *words, "."], "fairlead-smoke": [program, *words, "."]}, home, 5)
    good = name == "http" or theirs / ours >= AHEAD
    print(f"{theirs / ours:.1f} times ahead{'' if good else '  TOO LITTLE'}")
    return good


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("program", nargs="?"), words.add_argument("--hurl")
    given = words.parse_args()
    program = pathlib.Path(given.program).resolve() if given.program else build(root)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        plain, tls = free_port(), free_port()
        server = start_nginx(folder, plain, tls)
        try:
            system = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
            (folder / "bundle").write_text((system.read_text() if system.exists() else "") + "\n" + (folder / "cert").read_text())
            for name in ("SSL_CERT_DIR", "CURL_CA_BUNDLE"):
                os.environ.pop(name, None)
            os.environ["SSL_CERT_FILE"] = str(folder / "bundle")
            bases = {"http": f"http://127.0.0.1:{plain}", "https": f"https://127.0.0.1:{tls}"}
            good = [compare(name, base, program, folder) for name, base in bases.items()]
            if given.hurl:
                hurl = pathlib.Path(given.hurl).resolve()
                good += [compare_files(name, base, program, hurl, folder) for name, base in bases.items()]
        finally:
            server.terminate()
            server.wait()
    print(f"CPU time of {CHECKS} checks, {JOBS} at a time; medians of {ROUNDS}, alternating; at most {LIMIT} x curl -Z")
    return 0 if all(good) else 1


sys.exit(main())
