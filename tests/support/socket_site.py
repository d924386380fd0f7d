"""What tests deploy to folders of this machine: an application on the socket that it is given, and a web server in the router's place
that says yes to everything."""
import http.server
import threading

APPLICATION = """\
import http.server, json, os, pathlib, signal, socketserver, sqlite3, sys, time
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
BEGIN
class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    def get_request(self):
        return self.socket.accept()[0], ("", 0)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ASKED
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass
Server(sys.argv[1], Handler).serve_forever()
"""


def application(begin="pass", asked="pass"):
    """The program's text: lines that it runs before it listens, and with each request."""
    return APPLICATION.replace("BEGIN", begin.strip("\n")).replace("ASKED", asked.strip("\n").replace("\n", "\n        "))


class Yes(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def router():
    """The port of a server that says yes until this process ends."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Yes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port
