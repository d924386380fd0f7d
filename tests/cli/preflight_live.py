#!/usr/bin/python3
# needs: nothing; takes: 7 s
"""preflight_live.py BIN: fairlead-preflight --url against real servers, by fairlead-fetch.

A sound site and a sick one answer by http and https. Every rule of the groups http, tls and live finds something at the
sick one and nothing at the sound one; what is out of reach is status 3; without --url nothing is asked.
"""
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
BY_UNIT_TEST = {"live-dns"}  # needs a name server that says no: tests/unit/preflight/rules/live.cpp
SECRET = "correct-horse"

SOUND_HEADERS = {
    "Server": "nginx", "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains", "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY", "Referrer-Policy": "strict-origin-when-cross-origin", "Permissions-Policy": "camera=()",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Set-Cookie": f"__Host-session={SECRET}; Secure; HttpOnly; SameSite=Lax; Path=/",
}
SICK_PAGE = "<html><script src='http://cdn.example.org/a.js'></script>" + "<p>text</p>" * 200
SICK_FILES = {"/.env": ("text/plain", f"SECRET_KEY={SECRET}\n"), "/.git/HEAD": ("text/plain", "ref: refs/heads/main\n"),
              "/docs": ("text/html", "<div id='swagger-ui'>"), "/": ("text/html", SICK_PAGE)}
asked = []


class Sound(http.server.BaseHTTPRequestHandler):
    def version_string(self):
        return "nginx"

    def log_message(self, *_):
        pass

    def answer(self, status, headers, body):
        asked.append((self.command, self.path, dict(self.headers)))
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(body)), "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def do_any(self):
        known = self.path == "/" and self.command == "GET"
        self.answer(200 if known else 405 if self.command != "GET" else 404, SOUND_HEADERS, "<p>well</p>")

    do_GET = do_TRACE = do_OPTIONS = lambda self: self.do_any()


class Sick(Sound):
    def do_any(self):
        headers = {"Server": "nginx/1.25.3", "X-XSS-Protection": "1; mode=block", "Cache-Control": "public, max-age=86400",
                   "Set-Cookie": f"session={SECRET}"}
        if "Origin" in self.headers:
            headers["Access-Control-Allow-Origin"] = self.headers["Origin"]
            headers["Access-Control-Allow-Credentials"] = "true"
            headers["Access-Control-Allow-Methods"] = "GET, TRACE"
        kind, body = SICK_FILES.get(self.path, ("text/html", ""))
        if self.path == "/":
            headers["Content-Security-Policy"] = "script-src * 'unsafe-inline'"
        headers["Content-Type"] = kind
        if body or self.command != "GET":
            return self.answer(200, headers, body)
        self.answer(404, headers, "<p>You're seeing this error because you have <code>DEBUG = True</code>")


class Redirecting(Sound):
    target = ""

    def do_any(self):
        self.answer(301, {"Location": self.target + self.path}, "")


def serve(handler, context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # refused handshakes
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"{'https' if context else 'http'}://localhost:{server.server_port}"


def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def certificates(folder):
    """A CA, a certificate of it for 90 days, and one that nobody signed, for another name and 3 days."""
    make = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl(folder, *make, "-keyout", "ca.key", "-out", "ca.pem", "-days", "400", "-subj", "/CN=Test CA")
    openssl(folder, *make, "-keyout", "sound.key", "-out", "sound.pem", "-days", "90", "-subj", "/CN=localhost", "-CA", "ca.pem",
            "-CAkey", "ca.key", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE")
    openssl(folder, *make, "-keyout", "sick.key", "-out", "sick.pem", "-days", "3", "-subj", "/CN=other.test",
            "-addext", "subjectAltName=DNS:other.test")


def context_of(folder, name, old=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if old:
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2
        context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


class Judging:
    def __init__(self, folder, program=BIN / "fairlead-preflight"):
        self.folder, self.program = folder, program

    def __call__(self, *words):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "SSL_CERT_FILE": str(self.folder / "ca.pem"),
                       "GIT_CEILING_DIRECTORIES": str(self.folder.parent)}
        done = subprocess.run([self.program, "--format", "json", *words], cwd=self.folder, capture_output=True, text=True,
                              timeout=100, env=environment, stdin=subprocess.DEVNULL)
        if SECRET in done.stdout + done.stderr:
            counted.note("no secret is shown", "it is")
        return done.returncode, json.loads(done.stdout)


def faults(message):
    return [fault for fault, holds in (("is longer than 160 characters", len(message) > 160),
                                       ("has no thing, fact and way out", message.count(";") < 2)) if holds]


def at_sound_and_sick(judge, rules, sound, sick):
    only = ["--only", ",".join(rules)]
    sound_status, sound_report = judge(*only, *(word for url in sound for word in ("--url", url)))
    sick_status, sick_report = judge(*only, *(word for url in sick for word in ("--url", url)))
    counted.note("a sound site passes", "" if sound_status == 0 else f"status {sound_status}: {sound_report}")
    counted.note("a sick site doesn't", "" if sick_status == 1 else f"status {sick_status}: {sick_report}")
    found = {name: [one for one in report["findings"]] for name, report in (("sound", sound_report), ("sick", sick_report))}
    for rule in sorted(rules):
        quiet = [one["message"] for one in found["sound"] if one["rule"] == rule]
        counted.note(f"{rule} is silent at a sound site", "; ".join(quiet))
        fires = any(one["rule"] == rule for one in found["sick"]) or rule in BY_UNIT_TEST
        counted.note(f"{rule} finds something at a sick site", "" if fires else "nothing")
    for one in found["sick"]:
        counted.note(one["message"], ", ".join(faults(one["message"])))
    return found["sick"]


def levels_are(findings):
    level = {(one["rule"], one["severity"]) for one in findings}
    for rule, severity in (("http-hsts", "error"), ("http-csp-unsafe", "warning"), ("http-exposed-file", "error"),
                           ("http-docs-open", "info"), ("tls-expiry", "error"), ("tls-version", "error"),
                           ("tls-version", "warning"), ("http-cookie", "error"), ("http-cookie", "warning"),
                           ("http-cookie", "info"), ("http-cors", "error"), ("http-redirect-https", "error")):
        counted.note(f"{rule} is {severity}", "" if (rule, severity) in level else "it isn't")


def refused(judge, what, status, said, *words):
    got, report = judge(*words)
    message = (report.get("error") or {}).get("message", "")
    counted.note(what, "" if got == status and re.search(said, message) else f"status {got}: {message}")


def main():
    with tempfile.TemporaryDirectory(prefix="fairlead live ") as scratch:
        folder = pathlib.Path(scratch)
        certificates(folder)
        judge = Judging(folder)
        sound = serve(Sound, context_of(folder, "sound"))
        sick = serve(Sick, context_of(folder, "sick", old=True))
        to_sound = serve(type("ToSound", (Redirecting,), {"target": sound}))
        round_about = type("RoundAbout", (Redirecting,), {})
        round_about.target = serve(round_about)
        listed = json.loads(subprocess.run([judge.program, "rules", "--format", "json"], capture_output=True, text=True, check=True).stdout)
        rules = [one["id"] for one in listed["rules"] if one["id"].split("-")[0] in ("http", "tls", "live")]
        counted.note("there are rules of live URLs", "" if len(rules) >= 24 else f"{len(rules)}")
        findings = at_sound_and_sick(judge, rules, [sound, to_sound + "/"], [sick, serve(Sick)])
        levels_are(findings)
        _, report = judge("--only", "tls-expiry", "--set", "preflight.cert_days=120", "--url", sound)
        counted.note("cert_days says how long a certificate must still be valid", "" if report["findings"] else "90 days are enough")

        for days, wanted in ((80, []), (100, ["warning"])):
            _, report = judge("--only", "tls-expiry", "--url", sound, "--set", f"preflight.cert_days={days}")
            got = [one["severity"] for one in report["findings"]]
            counted.note(f"preflight.cert_days {days} of a certificate for 90 days", "" if got == wanted else str(got))
        asked.clear()
        with_user = sound.replace("://", f"://ada:{SECRET}@")
        status, _ = judge("--group", "http", "--url", with_user)
        counted.note("the URL's own user is let in, and its password not shown",
                     "" if status == 0 and all("Authorization" in headers for _, _, headers in asked[1:]) else f"status {status}")
        asked.clear()
        judge("--url", sick.replace("://", f"://ada:{SECRET}@"))
        counted.note("a server whose certificate is refused doesn't get the URL's password",
                     "" if len(asked) > 5 and not any("Authorization" in headers for _, _, headers in asked) else f"{len(asked)} requests")
        asked.clear()
        judge("--group", "http", "--allow-empty")
        counted.note("without --url nothing is asked", str(asked) if asked else "")

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            closed = f"http://127.0.0.1:{free.getsockname()[1]}"
            refused(judge, "what nobody answers is status 3", 3, "was not reached", "--url", closed)
        refused(judge, "a ring of redirects is status 3", 3, "more than 10 times", "--url", round_about.target)
        refused(judge, "a word that is no URL is status 2", 2, "is not a URL to ask", "--url", "app.example.org")
        refused(judge, "another scheme is status 2", 2, "is not a URL to ask", "--url", "file:///etc/passwd")
        refused(judge, "a dry run asks nobody", 2, "starts nothing", "--url", sound, "--dry-run")
        alone = folder / "alone"
        alone.mkdir()
        shutil.copy2(judge.program, alone)
        refused(Judging(folder, alone / "fairlead-preflight"), "without fairlead-fetch beside it is status 3", 3,
                "fairlead-fetch.*is not in the folder of", "--url", sound)
    counted.close()


main()
