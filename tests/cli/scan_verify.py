#!/usr/bin/python3
# needs: nothing; takes: 12 s; cases: 60
"""scan_verify.py BIN: --verify asks the service of each kind, and only that, and says what it answers.

A proxy of its own ends the TLS of every host with a certificate that SSL_CERT_FILE trusts, and writes down what comes.
"""
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from counted import close, that

BIN = pathlib.Path(sys.argv[1]).resolve()
MIXED = "q7Kq2vWz9BxZl3M8sHt5Rc0Yw1Nf6Gj4Pb2Xe9Vd7Ku5Ti3Lo8Az1Qm6Wn4Er2Ty8Ui0Op5As3Df7Gh9Jk1Lz6Xc4Vb2Nm8Qw"
LOWER, HEX = MIXED.lower(), "87f8e2d35a194c60b1d7ac5e93f02b48" * 4


def checked(prefix):
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    body, value, tail = MIXED[:30], zlib.crc32(MIXED[:30].encode()), ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        tail = digits[digit] + tail
    return prefix + body + tail


LETTERS = "".join(c for c in MIXED if c.isalpha())[:34]
TOKENS = {  # rule: host, token, the status that refuses
    "github-pat": ("api.github.com", checked("gh" + "p_"), 401),
    "github-oauth": ("api.github.com", checked("gh" + "o_"), 401),
    "github-app-token": ("api.github.com", checked("gh" + "s_"), 401),
    "github-fine-grained-pat": ("api.github.com", "github" + "_pat_" + MIXED[:22] + "_" + MIXED[:59], 401),
    "gitlab-pat": ("gitlab.com", "glp" + "at-" + MIXED[:20], 401),
    "npm-access-token": ("registry.npmjs.org", checked("np" + "m_"), 401),
    "slack-bot-token": ("slack.com", "xo" + "xb-5817274936-5817274936012-" + MIXED[:24], 200),
    "stripe-access-token": ("api.stripe.com", "sk_" + "live_" + MIXED[:24], 401),
    "openai-api-key": ("api.openai.com", "s" + "k-" + MIXED[:20] + "T3Blbk" + "FJ" + MIXED[20:40], 401),
    "anthropic-api-key": ("api.anthropic.com", "sk-" + "ant-api03-" + MIXED[:93] + "AA", 401),
    "huggingface-access-token": ("huggingface.co", "h" + "f_" + LETTERS, 401),
    "groq-api-key": ("api.groq.com", "gs" + "k_" + MIXED[:52], 401),
    "replicate-api-token": ("api.replicate.com", "r" + "8_" + MIXED[:37], 401),
    "openrouter-api-key": ("openrouter.ai", "sk-" + "or-v1-" + HEX[:64], 401),
    "sendgrid-api-token": ("api.sendgrid.com", "S" + "G." + MIXED[:22] + "." + MIXED[:43], 401),
    "sendinblue-api-token": ("api.brevo.com", "xkey" + "sib-" + HEX[:64] + "-" + LOWER[:16], 401),
    "digitalocean-pat": ("api.digitalocean.com", "dop" + "_v1_" + HEX[:64], 401),
    "telegram-bot-api-token": ("api.telegram.org", "bot_token: 581727493" + ":AA" + MIXED[:33], 404),
    "discord-webhook-url": ("discord.com", "https://discord.com/api/web" + "hooks/581727493601284512/" + MIXED[:68], 404),
    "postman-api-token": ("api.getpostman.com", "PM" + "AK-" + HEX[:24] + "-" + HEX[:34], 401),
    "notion-api-token": ("api.notion.com", "nt" + "n_" + "58172749360" + MIXED[:35], 401),
    "airtable-personnal-access-token": ("api.airtable.com", "pa" + "t" + MIXED[:14] + "." + HEX[:64], 401),
    "pulumi-api-token": ("api.pulumi.com", "pu" + "l-" + HEX[:40], 401),
    "figma-personal-token": ("api.figma.com", "fi" + "gd_" + MIXED[:40], 403),
    "sentry-user-token": ("sentry.io", "sntr" + "yu_" + HEX[:64], 401),
}
ELSEWHERE = {"github-pat", "github-oauth", "github-app-token", "github-fine-grained-pat", "gitlab-pat", "sentry-user-token"}


class Proxy:
    """CONNECT to any host ends here; `heard` is what was sent to it."""

    def __init__(self, folder):
        self.certificate, key, self.heard, self.status, self.body = folder / "ca.pem", folder / "ca.key", [], 200, b"{}"
        hosts = sorted({host for host, _, _ in TOKENS.values()})
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-keyout", key, "-out", self.certificate, "-subj", "/CN=test",
                        "-addext", "subjectAltName=" + ",".join(f"DNS:{host}" for host in hosts)], check=True, stderr=subprocess.DEVNULL)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    @staticmethod
    def head(stream):
        heard = b""
        while b"\r\n\r\n" not in heard:
            piece = stream.recv(4096)
            if not piece:
                break
            heard += piece
        return heard.decode()

    def answer(self, connection):
        try:
            host = self.head(connection).split()[1].rsplit(":", 1)[0]
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            with self.context.wrap_socket(connection, server_side=True) as speaking:
                self.heard.append((host, self.head(speaking)))
                speaking.sendall(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (self.status, len(self.body), self.body))
        except (OSError, IndexError):
            self.heard.append(("?", "?"))


def scan(folder, proxy, *words, **variables):
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(proxy.certificate), **variables}
    proxy.heard.clear()
    done = subprocess.run([BIN / "fairlead-scan", "tree", "--format", "json", *words], cwd=folder, capture_output=True, text=True, env=environment, timeout=60)
    return done.returncode, json.loads(done.stdout), done.stdout + done.stderr


def value_of(token):
    return token.split(": ")[-1]


def each_kind(folder, proxy):
    for rule, (host, token, refusal) in TOKENS.items():
        (folder / "a.txt").write_text(f"is: {token}\n")
        proxy.status, proxy.body = 200, b'{"ok":true}'
        status, told, printed = scan(folder, proxy, "--verify")
        message = told["findings"][0]["message"] if told["findings"] else "nothing is found"
        asked = [heard for heard in proxy.heard if heard[0] == host and value_of(token).removeprefix(f"https://{host}") in heard[1]]
        that(status == 1 and f"{host} accepts it" in message and len(asked) == 1 == len(proxy.heard), f"{rule}: its service is asked, once, and accepts it",
             f"{status} {message} {proxy.heard}")
        that(value_of(token) not in printed, f"{rule}: the secret is not shown")
        proxy.status, proxy.body = refusal, b'{"ok":false,"error":"invalid_auth"}'
        status, told, printed = scan(folder, proxy, "--verify")
        finding = told["findings"][0] if told["findings"] else {"message": "nothing is found"}
        if rule in ELSEWHERE:
            right = status == 1 and "refuses it, another server may not" in finding["message"]
        else:
            right = status == 0 and finding.get("severity") == "warning" and f"{host} refuses it" in finding["message"]
        that(right, f"{rule}: a refusal is told", f"{status} {finding}")


def around(folder, proxy):
    (folder / "a.txt").write_text(f"is: {TOKENS['github-pat'][1]}\n")
    proxy.status, proxy.body = 503, b""
    status, told, _ = scan(folder, proxy, "--verify")
    that(status == 1 and "not verified: api.github.com answers 503" in told["findings"][0]["message"], "a service that fails proves nothing")
    that(told["verified"] == {"live": 0, "dead": 0, "unknown": 1, "not_asked": 0}, "the answers are counted", told.get("verified"))
    proxy.status = 200
    status, told, _ = scan(folder, proxy)
    that(status == 1 and not proxy.heard and "verified" not in told, "without --verify nobody is asked")
    status, told, _ = scan(folder, proxy, INPUT_VERIFY="true")
    that("accepts it" in told["findings"][0]["message"], "the input of the action asks, too")
    (folder / "b.txt").write_text((folder / "a.txt").read_text() * 3)
    status, told, _ = scan(folder, proxy, "--verify")
    that(len(told["findings"]) == 1 and len(told["findings"][0]["places"]) > 1 and len(proxy.heard) == 1, "a secret at several places is asked about once", proxy.heard)
    (folder / "b.txt").unlink()
    (folder / "a.txt").write_text(f"is: {TOKENS['github-pat'][1]} # gitleaks" ":allow sample\n")
    status, told, _ = scan(folder, proxy, "--verify")
    that(status == 0 and not proxy.heard, "what is silenced is not asked about", proxy.heard)
    (folder / "a.txt").write_text("https://discord.com.example.org/api/web" + "hooks/581727493601284512/" + MIXED[:68] + "\n")
    scan(folder, proxy, "--verify")
    that(not proxy.heard, "an address of another host is never asked", proxy.heard)
    (folder / "a.txt").write_text(f"is: {TOKENS['github-pat'][1]}\n")
    event = {"pull_request": {"number": 7, "head": {"sha": "1" * 40, "repo": {"full_name": "x/y", "fork": True}}, "base": {"sha": "2" * 40, "repo": {"full_name": "a/b"}}}}
    (folder / "event.json").write_text(json.dumps(event))
    status, told, printed = scan(folder, proxy, "--verify", GITHUB_ACTIONS="true", GITHUB_EVENT_NAME="pull_request", GITHUB_REPOSITORY="a/b",
                                 GITHUB_EVENT_PATH=str(folder / "event.json"))
    that(status == 3 and not proxy.heard and "--verify sends what it finds" in printed, "a fork's pull request is refused, and nobody is asked", printed[-300:])


with tempfile.TemporaryDirectory() as place:
    root = pathlib.Path(place)
    (root / "work").mkdir()
    server = Proxy(root)
    each_kind(root / "work", server)
    around(root / "work", server)
close()
