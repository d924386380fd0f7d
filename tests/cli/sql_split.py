#!/usr/bin/python3
# needs: psql; takes: 24 s; argument: sql_pieces; asan: leaks
"""Our splitting of SQL beside psql's, on generated files: both send the same statements and the same data.

sql_split.py SQL_PIECES [COUNT] [SEED]
psql talks to a server that is none: it writes down what comes, answers that all went well, and asks for data where a
COPY FROM stdin is sent. So psql's own scanner decides, and no server's parser is asked.
"""
import json
import os
import pathlib
import random
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

PSQL = shutil.which("psql", path=os.environ.get("PATH", "") + ":/usr/bin:/usr/local/bin")
WORDS = ["select", "update", "t", "a", "_x1", "b$c", "case", "end", "begin", "BEGIN", "atomic", "create", "CREATE", "function",
         "or", "replace", "procedure", "copy", "from", "1", "1.5e3", "2e", "$1", "as", "language", "sql", "\u00e4\u00f6", "e", "u", "N"]
SYMBOLS = [",", "(", ")", "=", "+", "-", "*", "/", "<", ">", "::", ":=", "||", "[", "]", ".", "@", "#", "$", "~", "!"]
PARTS = ["a", "b c", ";", "''", '""', "--", "/*", "*/", "$", "$$", "$x$", "\n", "\\\\", "1", "\u20ac", "(", ")", "end", "BEGIN"]
SOUND = [
    "create table t{n} (a int default 1, b text default ';')",
    "insert into t values ({n}, 'it''s; so')",
    "select E'a\\';{n}' || U&'\\0061' || b'1' || x'1f'",
    "create function f{n}() returns int language plpgsql as $b{n}$ begin perform 1; return 2; end; $b{n}$",
    "create or replace function f{n}(x int) returns int begin atomic select case when x > 1 then 2 else case x when 3 then 4 end end; "
    "select {n}; end",
    "create procedure p{n}() begin atomic insert into t values (1); update t set a = case when a = 1 then 2 end; END",
    "create rule r{n} as on delete to t do also (delete from u; insert into v values ({n}))",
    "do $$ begin execute 'select 1;'; end $$",
    "/* a /* b; */ c */ select {n} -- ;x\n",
    "begin", "commit", "end", "select $1, a[{n}], b::int",
    "select 'a' -- ;\n 'b;'",  # of e'a'\n'b\\'' the server makes one string, and psql, which reads by lines, two
]


def quoted(pick):
    inner = "".join(pick.choice(PARTS) for _ in range(pick.randint(0, 4)))
    kind = pick.randint(0, 6)
    if kind == 0:
        return "'" + inner.replace("'", "''") + "'"
    if kind == 1:
        return pick.choice("eE") + "'" + inner.replace("'", pick.choice(["''", "\\'"])) + "'"
    if kind == 2:
        return '"' + inner.replace('"', '""') + '"'
    if kind == 3:
        tag = pick.choice(["$$", "$x$", "$Body_1$", "$\u00e4$"])
        return tag + inner.replace(tag, "").replace("$", "") + tag
    if kind == 4:
        return pick.choice(["U&", "u&", "b", "X", "N"]) + "'" + inner.replace("'", "''") + "'"
    if kind == 5:
        return "/*" + inner.replace("/*", "").replace("*/", "") + pick.choice(["", "/* ; */"]) + "*/"
    return "--" + inner.replace("\n", "") + "\n"


def wild(pick):
    words = []
    for _ in range(pick.randint(1, 14)):
        words.append(pick.choice([pick.choice(WORDS), pick.choice(SYMBOLS), quoted(pick)]))
        words.append(pick.choice(["", " ", " ", "\n", "\t", "\r\n"]))
    return "".join(words)


def data(pick):
    lines = "".join(pick.choice(["1\t2", "it's;", "\\N", "", "$$", "\\.x", "/*", "--"]) + "\n" for _ in range(pick.randint(0, 4)))
    return pick.choice(["copy t from stdin", "COPY s.t (a, b) FROM STDIN WITH (FORMAT csv)", "copy t from\n-- x\nstdin"]) + \
        pick.choice([";\n", "; \n", ";\n"]) + lines + "\\.\n"


def file_of(pick):
    text = ""
    for number in range(pick.randint(1, 8)):
        kind = pick.randint(0, 9)
        if kind == 0:
            text += pick.choice(["\n", ""]) + data(pick)
        elif kind < 6:
            text += pick.choice(SOUND).replace("{n}", str(number)) + pick.choice([";", ";\n", " ; ", ";;\n"])
        else: # psql gives up a file (from 15.20 on) whose first statement behind a COPY's data begins with no letter
            text += ("select " if text.endswith("\\.\n") else "") + wild(pick) + pick.choice([";", ";\n", "\n;\n"])
    return text


class Server(threading.Thread):
    """As much of the protocol as psql needs: https://www.postgresql.org/docs/current/protocol.html"""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(folder / ".s.PGSQL.5432"))
        self.listening.listen(8)
        self.sent = []

    def run(self):
        while True:
            connection, _ = self.listening.accept()
            with connection, connection.makefile("rwb") as stream:
                self.serve(stream)

    def serve(self, stream):
        def tell(kind, body=b""):
            stream.write(kind + struct.pack("!i", len(body) + 4) + body)

        def ready():
            tell(b"Z", b"I")
            stream.flush()

        stream.read(struct.unpack("!i", stream.read(4))[0] - 4)
        tell(b"R", struct.pack("!i", 0))
        for name, value in (("server_version", "15.0"), ("standard_conforming_strings", "on"), ("client_encoding", "UTF8")):
            tell(b"S", f"{name}\0{value}\0".encode())
        ready()
        copied = b""
        while kind := stream.read(1):
            body = stream.read(struct.unpack("!i", stream.read(4))[0] - 4)
            if kind == b"Q":
                text = body[:-1].decode()
                self.sent.append(("sql", text))
                if is_copy(text):
                    copied = b""
                    tell(b"G", struct.pack("!bh", 0, 0))
                    stream.flush()
                    continue
                tell(b"C", b"OK\0")
                ready()
            elif kind == b"d":
                copied += body
            elif kind == b"c":
                self.sent.append(("data", copied.decode()))
                tell(b"C", b"COPY 0\0")
                ready()
            elif kind == b"X":
                return


def bare(text):
    """Without blanks and comments before it, and without what stands behind its last character that counts."""
    while True:
        text = text.lstrip(" \t\r\n\f\v")
        if text.startswith("--"):
            end = min(at for at in (text.find("\n"), text.find("\r"), len(text)) if at >= 0)
            text = text[end:]
        elif text.startswith("/*"):
            depth, at = 1, 2
            while depth:
                pair = text[at:at + 2]
                depth += (pair == "/*") - (pair == "*/")
                at += 2 if pair in ("/*", "*/") else 1
            text = text[at:]
        else:
            return text


def is_copy(text):
    return bare(text).lower().startswith("copy") and "stdin" in text.lower()


def asked(text):
    """What psql sent, as a piece would hold it; nothing of a statement without words."""
    return bare(text).rstrip(" \t\r\n\f\v;")


def without_empty_lines(text):
    """psql leaves them out, but in quotes."""
    return re.sub(r"\n[ \t\r\f\v]*(?=\n)", "", text)


def main():
    if PSQL is None:
        counted.leave("psql", "it is not installed; apt-get install postgresql-client")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    pick = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 13)
    wrong = passed = refused = 0
    with tempfile.TemporaryDirectory(prefix="fl") as scratch:
        folder = pathlib.Path(scratch)
        server = Server(folder)
        server.start()
        texts, paths = [], []
        while len(texts) < count:
            text = file_of(pick)
            path = folder / f"{len(texts)}.sql"
            path.write_bytes(text.encode())
            ours = json.loads(subprocess.run([sys.argv[1], path], capture_output=True, check=True).stdout)
            if "error" in ours:  # a quote that nothing closes, a name behind a colon
                refused += 1
                continue
            texts.append((text, ours["pieces"]))
            paths.append(path)
        words = [PSQL, "-X", "-q", "-h", scratch, "-U", "nobody", "-d", "none", "-v", "ON_ERROR_STOP=0"]
        for path in paths:
            words += ["-f", path, "-c", "select 'end of file'"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=300,
                              env={"PATH": os.environ["PATH"], "HOME": scratch, "PGCLIENTENCODING": "UTF8"})
        sent = iter(server.sent)
        for text, pieces in texts:
            theirs = []
            for kind, what in sent:
                if what == "select 'end of file'":
                    break
                if kind == "data" or asked(what):
                    theirs.append(what.removesuffix("\\.\n") if kind == "data" else without_empty_lines(asked(what)))
            ours = [piece["text"] if piece["data"] else without_empty_lines(asked(piece["text"])) for piece in pieces]
            if theirs == ours:
                passed += 1
                continue
            wrong += 1
            print(f"--- the file\n{text}\n--- psql {json.dumps(theirs)}\n--- ours {json.dumps(ours)}")
        if done.returncode != 0 or done.stderr:
            print(f"psql: status {done.returncode}: {done.stderr[:2000]}")
            wrong += 1
    print(f"{passed} of {count} files are split as psql does ({refused} more were refused)")
    counted.close(passed, wrong)


main()
