#!/usr/bin/python3
# needs: nothing; takes: 9 s
"""refused_certificate.py BIN: a server whose certificate is refused hears no secret, from any tool that asks one.

A server of its own writes down every byte behind the handshake. Each way is tried with its certificate unknown, for
another name, and trusted: only then the secret may be among them, and where it is sent it has to be.
"""
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from counted import close, note

BIN = pathlib.Path(sys.argv[1]).resolve()
SECRET = "horse99battery99staple"
BASIC = "YTpob3JzZTk5YmF0dGVyeTk5c3RhcGxl"  # a:SECRET
CONFIG = f"""version: 1
environments:
  a: {{url: 'https://127.0.0.1:PORT/', smoke: {{bearer_env: TOKEN, checks: [{{get: /}}]}}}}
"""
WAYS = {
    "smoke, a password": ["fairlead-smoke", f"https://a:{SECRET}@127.0.0.1:PORT/", "--deadline", "3s"],
    "smoke, a parameter": ["fairlead-smoke", f"https://127.0.0.1:PORT/?token={SECRET}", "--deadline", "3s"],
    "smoke, a header": ["fairlead-smoke", "https://127.0.0.1:PORT/", "-H", f"X-Api-Key: {SECRET}", "--deadline", "3s"],
    "smoke, a bearer": ["fairlead-smoke", "https://127.0.0.1:PORT/", "--deadline", "3s"],
    "smoke, a bearer by its file": ["fairlead-smoke", "--env", "a", "--deadline", "3s"],
    "smoke, a wait": ["fairlead-smoke", f"https://a:{SECRET}@127.0.0.1:PORT/", "--streak", "2", "--expect-version", "1", "--deadline", "3s"],
    "preflight, a password": ["fairlead-preflight", "check", "--url", f"https://a:{SECRET}@127.0.0.1:PORT/"],
    "preflight, a parameter": ["fairlead-preflight", "check", "--url", f"https://127.0.0.1:PORT/?token={SECRET}"],
}


class Server:
    """Speaks TLS with its own certificate; `heard` is what came behind each handshake."""

    def __init__(self, folder, name):
        self.key, self.certificate, self.heard, self.came = folder / f"{name}.key", folder / f"{name}.pem", [], 0
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-keyout", self.key, "-out", self.certificate, "-subj", f"/CN={name}",
                        "-addext", f"subjectAltName={'IP' if name[0].isdigit() else 'DNS'}:{name}"], check=True, stderr=subprocess.DEVNULL)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        while True:
            connection, _ = self.listener.accept()
            self.came += 1  # before it can have seen the certificate
            threading.Thread(target=self.answer, args=(connection, context), daemon=True).start()

    def answer(self, connection, context):
        connection.settimeout(5)
        try:
            with context.wrap_socket(connection, server_side=True) as speaking:
                heard = b""
                while b"\r\n\r\n" not in heard:
                    piece = speaking.recv(4096)
                    if not piece:
                        break
                    heard += piece
                self.heard.append(heard)
                if heard:
                    speaking.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\nConnection: close\r\n\r\n{\"version\":\"1\"}")
        except OSError:
            pass


def asked(words, server, folder, **variables):
    server.heard.clear()
    server.came = 0
    (folder / "fairlead.yml").write_text(CONFIG.replace("PORT", str(server.port)))
    if "bearer" in variables.pop("way"):
        variables |= {"TOKEN": SECRET, "FAIRLEAD_SMOKE_BEARER": SECRET}
    words = [word.replace("PORT", str(server.port)) for word in words]
    done = subprocess.run([BIN / words[0], *words[1:]], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
                          env={"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(folder), **variables})
    heard = b"".join(server.heard).decode("latin-1")
    return done, server.came, SECRET in heard or BASIC in heard


def main():
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        own, other = Server(folder, "127.0.0.1"), Server(folder, "other.example")
        for way, words in WAYS.items():
            for what, server, trust in (("unknown", own, {}), ("of another name", other, {"SSL_CERT_FILE": str(other.certificate)})):
                done, connections, heard = asked(words, server, folder, way=way, **trust)
                note(f"{way}: a certificate that is {what}", "the secret was sent" if heard else "" if connections else "nobody came")
                note(f"{way}: a certificate that is {what} is not a yes", "" if done.returncode in (1, 3) else f"status {done.returncode}")
                note(f"{way}: a secret that is shown", SECRET if SECRET in done.stdout else "")
            done, _, heard = asked(words, own, folder, way=way, SSL_CERT_FILE=str(own.certificate))
            note(f"{way}: a certificate that is trusted", "" if heard else f"the secret was not sent: {done.stdout.strip()[-300:]}")
    close()


main()
