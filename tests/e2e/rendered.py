#!/usr/bin/python3
"""rendered.py RENDER FOLDER COUNT: many hostile values, rendered, and asked of `nginx -t` in batches.

A batch that nginx refuses is halved until the value is found. An `include`, another server or another upstream than the one
that was meant is found by counting what nginx -T shows.
"""
import os
import pathlib
import random
import re
import subprocess
import sys

RENDER, FOLDER, COUNT = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
BATCH = 500
random.seed(7)
PIECES = ['"', "'", "\\", ";", "{", "}", "#", "$", "$2", "${x}", "%", "\n", "\r", "\t", "\x00", "\x7f", " ", "\u202e", "é", "\udcff",
          '"; server 6.6.6.6; #', '";} server { listen 81;', "include /etc/passwd;", "\\\\", '\\"', "*", "?", "..", "/", ":", "[",
          "]", "@", "~", "a", "B", "0", "-", "_", ".", "|", "<", ">", "`", "&", "=", ",", "+", "xn--", "unix:", "x" * 60]
HOSTS = ["shop.example.org", "localhost", "127.0.0.1", "[::1]", "[::]", "0.0.0.0", "a" * 63 + ".example.org", "1.2", "-", ".", "..",
         ".a", "a..b", "127.x", "127.0.0.1.evil", "[", "]", "[]", "[:", ":", "a]", "_", "a_b", "*", "~^x", "--", "127.", "[::1",
         "0", "999.1.1.1", "a." * 60 + "b"]
PORTS = ["", ":8080", ":8443", ":1", ":0", ":65535", ":65536", ":99999", ":080", ":x", ":", ":8080;", ":-1", ":00000008080"]


def text(most):
    pieces = PIECES if random.random() < 0.3 else [piece for piece in PIECES if not any(c < " " or c == "\x7f" for c in piece)]
    return "".join(random.choice(pieces) for _ in range(random.randint(0, most)))


def case(number):
    root = "/srv/" + (text(6) if random.random() < 0.8 else "shop")
    host = random.choice(HOSTS[:8]) if random.random() < 0.6 else random.choice(HOSTS) if random.random() < 0.7 else text(4)
    url = random.choice(["http://", "https://", "HTTP://", "", "ftp://"] + ["http://"] * 12) + host + random.choice(PORTS[:4] * 8 + PORTS) + \
        random.choice(["", "", "/", "/base", "?q", text(3)])
    app = ("shop" if random.random() < 0.7 else text(3)) + random.choice(["", "-", "."]) + str(number)
    if random.random() < 0.1:
        app = str(number) + app
    values = [root, url, app, "staging" if random.random() < 0.8 else text(3)]
    return [value.encode(errors="surrogateescape").replace(b"\0", b"") for value in values]


def head():
    user = "user root;" if os.getuid() == 0 else ""
    return f"""{user} pid "{FOLDER}/pid"; error_log "{FOLDER}/log"; events {{ worker_connections 4096; }}
http {{ access_log off; server_names_hash_bucket_size 1024; server_names_hash_max_size 8192; variables_hash_bucket_size 1024;
map_hash_bucket_size 1024; variables_hash_max_size 8192; ssl_certificate "{FOLDER}/cert.pem"; ssl_certificate_key "{FOLDER}/key.pem";
client_body_temp_path "{FOLDER}/b"; proxy_temp_path "{FOLDER}/p"; fastcgi_temp_path "{FOLDER}/f"; uwsgi_temp_path "{FOLDER}/u";
scgi_temp_path "{FOLDER}/s";
""".encode()


def asked(files):
    """What nginx says of these files in one: nothing, or why not."""
    (FOLDER / "nginx.conf").write_bytes(head() + b"".join(files) + b"}\n")
    done = subprocess.run(["nginx", "-e", "stderr", "-t", "-c", str(FOLDER / "nginx.conf")], capture_output=True)
    # The ports below 1024 are root's: whoever else asks has heard about the files when it comes to them.
    low_port = os.getuid() != 0 and b"syntax is ok" in done.stderr and b"bind() to" in done.stderr and b"Permission denied" in done.stderr
    return "" if done.returncode == 0 or low_port else done.stderr.decode(errors="replace")[-300:]


def guilty(cases, files):
    """The first values that nginx refuses, by halves."""
    while len(files) > 1:
        half = len(files) // 2
        if asked(files[:half]):
            cases, files = cases[:half], files[:half]
        else:
            cases, files = cases[half:], files[half:]
    return cases[0], asked(files)


def main():
    cases = [case(number) for number in range(COUNT)]
    done = subprocess.run([RENDER], input=b"".join(value + b"\0" for one in cases for value in one), capture_output=True, check=True)
    rendered = done.stdout.split(b"\0")[:-1]
    assert len(rendered) == COUNT, (len(rendered), COUNT)
    accepted = [(one, file) for one, file in zip(cases, rendered) if file]
    wrong = runs = 0
    for at in range(0, len(accepted), BATCH):
        batch = accepted[at:at + BATCH]
        runs += 1
        if asked([file for _, file in batch]):
            value, why = guilty([one for one, _ in batch], [file for _, file in batch])
            print(f"nginx refuses {value!r}:\n{why}")
            wrong += 1
    for value, file in accepted:
        names = re.findall(rb"^(upstream|server|map|include) ?", file, re.M)
        if names != [b"upstream", b"map", b"server"]:
            print(f"{value!r} brings blocks of its own:\n{file.decode(errors='replace')}")
            wrong += 1
    print(f"{COUNT} values: {COUNT - len(accepted)} refused, {len(accepted)} rendered, in {runs} runs of nginx -t {wrong} wrong")
    return 1 if wrong or not accepted or len(accepted) == COUNT else 0


sys.exit(main())
