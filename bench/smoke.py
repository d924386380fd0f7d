#!/usr/bin/python3
"""script/bench smoke [PROGRAM]: CPU time of 1,000 checks against that of `curl -Z` over the same URLs.

One nginx on loopback, with and without TLS. The runs of both alternate; told are medians. Builds the `release` preset
unless PROGRAM names a fairlead-smoke. Exit 1: one ratio is above 1.5.
"""
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

CHECKS, JOBS, ROUNDS, LIMIT = 1000, 16, 11, 1.5


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


def cpu_seconds(command, folder):
    with open(os.devnull, "wb") as null:
        process = subprocess.Popen(command, cwd=folder, stdout=null, stderr=null)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} gave status {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def compare(name, base, program, folder):
    home = folder / name
    home.mkdir()
    (home / "urls").write_text("".join(f'url = "{base}/{i}"\noutput = "/dev/null"\n' for i in range(CHECKS)))
    (home / "fairlead.yml").write_text(
        f"version: 1\nsmoke:\n  base: {base}\n  defaults: {{jobs: {JOBS}}}\n  checks:\n" +
        "".join(f"    - {{get: /{i}}}\n" for i in range(CHECKS)))
    curl = ["curl", "-Z", "--parallel-max", str(JOBS), "-s", "-K", "urls"]
    ours = [program]
    times = {"curl -Z": [], "fairlead-smoke": []}
    for i in range(ROUNDS + 1):  # the first warms up
        for who, command in (("curl -Z", curl), ("fairlead-smoke", ours)):
            spent = cpu_seconds(command, home)
            if i > 0:
                times[who].append(spent)
    medians = {who: statistics.median(values) for who, values in times.items()}
    ratio = medians["fairlead-smoke"] / medians["curl -Z"]
    print(f"{name:<6} curl -Z {medians['curl -Z'] * 1000:7.1f} ms   fairlead-smoke "
          f"{medians['fairlead-smoke'] * 1000:7.1f} ms   ratio {ratio:.2f}{'  TOO MUCH' if ratio > LIMIT else ''}")
    return ratio <= LIMIT


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    program = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else build(root)
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
            good = [compare("http", f"http://127.0.0.1:{plain}", program, folder),
                    compare("https", f"https://127.0.0.1:{tls}", program, folder)]
        finally:
            server.terminate()
            server.wait()
    print(f"CPU time of {CHECKS} checks, {JOBS} at a time; medians of {ROUNDS}, alternating; at most {LIMIT} x curl -Z")
    return 0 if all(good) else 1


sys.exit(main())
