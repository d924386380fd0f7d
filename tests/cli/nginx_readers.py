#!/usr/bin/python3
# needs: nginx; takes: 1 s; argument: nginx_tree; asan: leaks
"""Our reader of nginx configurations beside nginx itself (`nginx -t`), on generated texts: words, and what is refused.

nginx_readers.py NGINX_TREE [COUNT] [SEED]
Words: whatever is written, nginx names the same unknown directive on the same line. Grammar: what nginx accepts has no
problem (but for a line that it silently takes for the values of the one before), what it refuses has one, on no later line.
"""
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
GRAMMAR = re.compile(r'unexpected |too long parameter|is not terminated by|has no opening|invalid number of arguments'
                     r'|is not allowed here|it must be "on" or "off"|invalid location modifier')
PIECES = ["xa", "Zb", "9", " ", " ", "\n", "\t", "\r\n", '"', '"', "'", "'", "\\", "\\n", "\\t", "\\\"", "\\\\", "$", "${", "{",
          "}", ";", ";", "#", "(", ")", "=", "~", "\u00e9", "/"]
NOISE = [";", "{", "}", '"', "'", "\\", "$", "#", "(", ")", " ", "\n", "${", "x"]
SERVER = ["add_header X-{n} {v} always;", "server_tokens off;", "root /srv/{n};", "index a{n}.html b.html;",
          "error_page 500 502 /e{n}.html;", "client_max_body_size {n}m;", "gzip on;", "gzip_types text/{v} a/b;",
          "access_log off;", "keepalive_timeout {n} {n};", "proxy_set_header X-{n} {v};", "expires {n}d;",
          "set $v{n} {v};", "# {v}"]
LOCATION = SERVER + ["alias /srv/{n}/;", "internal;", "deny all;", "proxy_pass http://127.0.0.1:{n};", "try_files $uri /{n};",
                     "if ($http_a ~ \"^{n}{{2}}\") {{ return 40{d}; }}", "limit_except GET {{ deny all; }}", "return 200 {v};"]
HTTP = ["sendfile on;", "map $http_a{n} $m{n} {{ default a; b {v}; }}", "log_format f{n} '$uri' {v};", "gzip off;",
        "upstream u{n} {{ server 127.0.0.1:{n}; keepalive 2; }}", "types {{ a/{n} x{n}; }}", "geo $g{n} {{ default 1; }}"]


def filled(pick, template):
    value = pick.choice(["plain", '"in double"', "'in single'", '"a\\"b"', "a\\ b", "$uri", "${uri}x", '"${uri}"', "'a;b'", '"{"'])
    return template.format(n=pick.randint(1, 400), d=pick.randint(0, 9), v=value)


def some(pick, templates, most):
    return [filled(pick, pick.choice(templates)) for _ in range(pick.randint(0, most))]


def sound(pick):
    """A configuration that nginx accepts but for what a directive says to its values."""
    http = some(pick, HTTP, 3)
    for _ in range(pick.randint(0, 2)):
        server = ["listen 127.0.0.1:28089;"] + some(pick, SERVER, 4)
        for number in range(pick.randint(0, 3)):
            mark = pick.choice(["", "= ", "^~ ", "~ ", "~* ", "="])
            server += [f"location {mark}/l{number} {{"] + some(pick, LOCATION, 3) + ["}"]
        http += ["server {"] + server + ["}"]
    lines = ["events {", "worker_connections 32;", "}", "http {"] + http + ["}"]
    return "".join(line + pick.choice(["\n", "\n", "\n  ", " "]) + ("\n" if "#" in line else "") for line in lines)


def mutated(pick, text):
    for _ in range(pick.randint(0, 2)):
        at = pick.randrange(len(text))
        text = pick.choice([text[:at] + pick.choice(NOISE) + text[at:], text[:at] + text[at + 1:],
                            text[:at] + text[at:].replace(";", "", 1), text[:at] + text[at:].replace("}", "", 1)])
    return text


def words(pick):
    return "q" + "".join(pick.choice(PIECES) for _ in range(pick.randint(1, 14))) + pick.choice([";", " a;", "", " {"])


def nginx(folder, path):
    done = subprocess.run([NGINX, "-t", "-e", "stderr", "-c", path, "-g", f"pid {folder}/pid; error_log stderr;"],
                          capture_output=True)
    return done.returncode == 0, done.stderr.decode(errors="replace")


def line_of(message, path):
    found = re.search(r"\[emerg\][^\0]*?" + re.escape(str(path)) + r":(\d+)", message)  # behind warnings
    return int(found.group(1)) if found else 0


def wrong_words(ours, accepted, message, path):
    found = re.search(r'unknown directive "(.*)" in \S+:(\d+)$', message, re.S | re.M)
    if found:  # nginx reads one statement, and stops
        first = ours["directives"][0] if ours["directives"] else {}
        return (first.get("name"), ) != (found.group(1), )
    return not accepted and GRAMMAR.search(message) and not ours["problems"]


def wrong_grammar(ours, accepted, message, path):
    strict = [p for p in ours["problems"] if "nginx reads it as a value" not in p["message"]]
    if accepted:
        return bool(strict)
    if not GRAMMAR.search(message):
        return None  # about a value, or an unknown name
    return not ours["problems"] or ours["problems"][0]["line"] > line_of(message, path)


def main():
    if not NGINX:
        counted.leave("nginx", "it is not installed; script/bootstrap test brings it")
    tree, count, seed = sys.argv[1], *(int(word) for word in (sys.argv[2:] + ["300", "1"][len(sys.argv) - 2:]))
    pick = random.Random(seed)
    failed = compared = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        kinds = []
        for number in range(count):
            kind = wrong_words if number % 3 == 0 else wrong_grammar
            text = words(pick) if kind is wrong_words else mutated(pick, sound(pick))
            (folder / f"{number}.conf").write_bytes(text.encode())
            kinds.append((kind, folder / f"{number}.conf"))
        ours = [json.loads(line) for line in subprocess.run([tree] + [str(path) for _, path in kinds], check=True,
                                                            capture_output=True, text=True).stdout.splitlines()]
        with ThreadPoolExecutor(2) as pool:
            theirs = list(pool.map(lambda one: nginx(folder, one[1]), kinds))
        for (kind, path), mine, (accepted, message) in zip(kinds, ours, theirs):
            wrong = kind(mine, accepted, message, path)
            compared += wrong is not None
            if wrong:
                failed += 1
                print(f"--- {kind.__name__}, seed {seed}\n{path.read_text()}\n=== nginx: {message.strip()}\n=== ours: {mine['problems']}"
                      f" {mine['directives'][:1]}")
    print(f"nginx_readers.py: {compared} of {count} texts compared with nginx, {failed} read otherwise")
    counted.note("at least half of the texts can be compared", "" if compared >= count // 2 else f"{compared} of {count}")
    counted.close(compared - failed, failed)


main()
