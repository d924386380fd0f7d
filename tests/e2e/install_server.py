#!/usr/bin/python3
"""A release server with faults, for install.sh: install_server.py CERTIFICATE_AND_KEY FOLDER; says its port, then serves.

/ok/... the files of FOLDER over TLS; /tampered, /truncated, /missing, /busy (503 twice, then well), /plain (redirects to
http), /away (redirects to another address of ours, as GitHub does), /login (a page with status 200).
"""
import http.server
import pathlib
import ssl
import sys

certificate, folder = sys.argv[1], pathlib.Path(sys.argv[2])
busy = [503, 503]


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass

    def answer(self, status, body=b"", length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        _, fault, rest = self.path.split("/", 2)
        body = (folder / rest).read_bytes()
        if fault == "missing":
            return self.answer(404, b"Not Found")
        if fault == "busy" and busy:
            return self.answer(busy.pop())
        if fault == "plain":
            return self.answer(302, Location=f"http://localhost:{port}/ok/{rest}")
        if fault == "away":
            return self.answer(302, Location=f"https://localhost:{port}/ok/{rest}")
        if fault == "login":
            return self.answer(200, b"<html>Log in to the network</html>")
        if fault == "tampered":
            body = body[:-9] + bytes([body[-9] ^ 1]) + body[-8:]
        if fault == "truncated":
            return self.answer(200, body[: len(body) // 2], len(body))
        return self.answer(200, body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
port = server.server_address[1]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(port, flush=True)
server.serve_forever()
