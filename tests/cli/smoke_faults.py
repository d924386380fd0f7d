#!/usr/bin/python3
# needs: namespaces, ipv6; takes: 16 s; cases: 483
"""smoke_faults.py BIN [WORD...] [--table]: what fairlead-smoke makes of each fault of tests/smoke_faults.tsv, and in what time.

Each row runs over its transports, and in its ways: as a URL on the command line, as a check of fairlead.yml with a single attempt (check)
or with all that the deadline allows (waits), as `ready`, and as a Hurl file. What is judged: the exit status, the sentence, the time (100 ms
beside what it takes to start), the number of requests, the memory, and that no secret reaches another host or any output. What may
have been hindered by those beside it is repeated, with fewer of them, at last alone. WORD: only rows with that text. --table prints each run.
"""
import base64
import collections
import concurrent.futures
import ctypes
import functools
import hashlib
import multiprocessing
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import fault_server  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-smoke"
TABLE = pathlib.Path(__file__).resolve().parent.parent / "smoke_faults.tsv"
DEADLINE, ATTEMPT, EARLY, MEMORY, MOST_SAID = 700, 300, 100, 64 << 10, 6000  # ms, KiB, letters
LATE = 100 * (1 + int(os.getloadavg()[0]))  # the machine may be busy
ROUNDS = [(16, 2), (8, 1), (4, 1), (1, 1)]  # runs side by side that wait, and that are busy: all, and those that were hindered
TOKEN = "Kanari" + hashlib.sha256(b"faults").hexdigest()[:56] + "x7cQ"
PASSWORD = "Kanari" + hashlib.sha256(b"password").hexdigest()[:20] + "x7cQ"
EVERY = "word word check check ready hurl"
HURL = "GET {{url}}\nAuthorization: Bearer {{token}}\nX-Api-Key: {{token}}\n[Cookies]\nsession: {{token}}\nHTTP 200\n"
VARIABLE = re.compile(r"([A-Z_]+)=(\S+)$")
Row = collections.namedtuple("Row", "fault over server words expects check waiting told ms ways")
Done = collections.namedtuple("Done", "status said ms memory files site others")


def rows():
    lines = [line.split("\t") for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    wrong = [line for line in lines if len(line) != len(Row._fields)]
    if wrong or lines[0] != list(Row._fields):
        sys.exit(f"{TABLE.name}: not {len(Row._fields)} columns, or other names: {wrong or lines[0]}")
    found = [Row(*line) for line in lines[1:]]
    twice = [name for name, count in collections.Counter(row.fault for row in found).items() if count > 1]
    if twice:
        sys.exit(f"{TABLE.name}: two rows have one name: {twice}")
    return found


class World:
    """What all runs share."""

    def __init__(self, folder):
        self.folder = folder
        go_first()
        self.has_names, self.has_ipv6 = self.be_with_name_server(), has_ipv6()
        self.pool = multiprocessing.Pool(sum(ROUNDS[0]))
        self.certificates = folder / "certificates"
        self.certificates.mkdir()
        fault_server.make_certificates(self.certificates)
        self.measure_start()

    def be_with_name_server(self):
        """From here on this process sees a /etc/resolv.conf of its own, with our name server; threads come later. Whether it could be had."""
        address = f"127.{os.getpid() % 250 + 1}.0.78"
        file = self.folder / "resolv.conf"
        file.write_text(f"nameserver {address}\noptions timeout:5 attempts:2\n")
        mount = lambda *words: subprocess.run(["mount", *words], capture_output=True).returncode == 0  # noqa: E731
        new_mounts = 0x00020000  # CLONE_NEWNS
        if ctypes.CDLL(None).unshare(new_mounts) or not mount("--make-rprivate", "/") or not mount("--bind", file, "/etc/resolv.conf"):
            return False
        try:
            fault_server.NameServer(address)
        except OSError:
            return False
        return True

    def measure_start(self):
        """What the program takes that sends nothing, in ms."""
        once = lambda: self.pool.apply(start, ([PROGRAM, "--dry-run", "http://127.0.0.1:9/"], self.folder, {"HOME": str(self.folder)}))  # noqa: E731
        done = [once() for _ in range(5)]
        if any(status for status, _, _ in done):
            sys.exit(f"{PROGRAM} can't be run: {(self.folder / 'said').read_text()}")
        self.start = min(ms for _, ms, _ in done)


def go_first():
    """Times are judged here: who compiles beside it, or runs other tests, may wait. Not for everybody."""
    try:
        os.nice(-10)
    except PermissionError:
        pass


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
        return True
    except OSError:
        return False


def start(command, folder, environment):
    """Exit status, ms and KiB of memory of a command, whose output is in the file `said`. In a process of its own: the memory of who starts it counts, too."""
    with open(folder / "said", "wb") as said:
        began = time.monotonic()
        running = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
        end = threading.Timer(10, running.kill)
        end.start()
        _, status, used = os.wait4(running.pid, 0)
        ms = (time.monotonic() - began) * 1000
    end.cancel()
    running.returncode = os.waitstatus_to_exitcode(status)
    return running.returncode, ms, used.ru_maxrss


# ---- one run ------------------------------------------------------------------------------------------------------------

class Run:
    def __init__(self, world, row, over, way, number):
        self.world, self.row, self.over, self.way = world, row, over, way
        self.number = number
        self.name = f"{row.fault} ({over}, {way})"
        self.verdict = row.waiting if way == "ready" else row.check
        found = re.search(r"--deadline (\d+)s", row.words)
        self.deadline = int(found[1]) * 1000 if found else DEADLINE
        self.waits = way in ("word", "waits", "ready", "hurl")

    def lacks(self):
        if "faults.test" in self.row.words and not self.world.has_names:
            return "namespaces", "no /etc/resolv.conf of its own can be had here"
        if "::1" in self.row.server and not self.world.has_ipv6:
            return "ipv6", "there is no ::1 here"
        return None

    def filled(self, text, site):
        values = {"scheme": "http" if self.over == "plain" else "https", "port": site.port, "password": PASSWORD, "canary": TOKEN}
        return re.sub(r"\{(scheme|port|password|canary)\}", lambda found: str(values[found[1]]), text)

    def addresses(self, site):
        """The URLs, and the words beside them."""
        words = self.filled(self.row.words, site).split()
        urls = [word for word in words if "://" in word]
        plain = self.filled("{scheme}://127.0.0.1:{port}/", site)
        many = re.match(r"\{urls:(\d+)-(\d+)\}", self.row.words)
        if many:
            urls = [f"{plain}{number}" for number in range(int(many[1]), int(many[2]) + 1)]
        return urls or [plain], [word for word in words if "://" not in word and not word.startswith("{urls:") and not VARIABLE.match(word)]

    def command(self, site, folder):
        urls, more = self.addresses(site)
        words = [str(PROGRAM), "--no-color", "--ca-file", str(self.world.certificates / "ca.pem"), *more]
        defaults = {"--deadline": DEADLINE, "--connect-timeout": ATTEMPT, "--max-time" if self.way == "hurl" else "--timeout": ATTEMPT}
        for flag, ms in defaults.items():
            words += [] if flag in more else [flag, f"{ms}ms"]
        if self.way == "hurl":
            own = re.match("hurl: (.*)", self.row.expects)
            (folder / "fault.hurl").write_text(own[1].replace("\\n", "\n") if own else HURL)
            return words + ["fault.hurl", "--variable", f"url={urls[0]}", "--output", "sarif:out"]
        if self.way == "word":
            return words + urls + self.flags()
        (folder / "fairlead.yml").write_text(self.section(urls[0]))
        return words + ["--env", "test", "-v", "--output", "junit:out" if self.way == "check" else "json:out"]

    def flags(self):
        """What a check expects, in the words of the command line."""
        names = {"body": "--expect-body", "status": "--expect-status", "max": "--max-duration"}
        found = re.fullmatch(r'\{(\w+): "?([^"{}]*)"?\}', self.row.expects)
        header = re.fullmatch(r'\{header: \{([\w-]+): "([^"]*)"\}\}', self.row.expects)
        if header:
            return ["--expect-header", f"{header[1]}={header[2]}"]
        return [names[found[1]], found[2]] if found else []

    def section(self, url):
        whole = re.match(r"\{(get|post|put|addresses)\b", self.row.expects)
        expects = f", expect: {self.row.expects}" if self.row.expects.startswith("{") else ""
        asked = self.row.expects.replace("{url}", url) if whole else f'{{get: "{url}"{expects}}}'
        what = f"ready: {{path: \"{url}\"}}" if self.way == "ready" else f"checks:\n    - {asked}"
        attempts = 1 if self.way == "check" else 1000
        base = re.match(r"\w+://[^/]*", url)[0]
        return (f'version: 1\nenvironments:\n  test: {{url: "{base}"}}\nsmoke:\n  bearer_env: TOKEN_OF_FAULTS\n'
                f"  retry: {{attempts: {attempts}}}\n  {what}\n")

    def environment(self, folder):
        secrets = {"word": "FAIRLEAD_BEARER", "hurl": "HURL_SECRET_token"}
        said = {} if "{password}" in self.row.words else {secrets.get(self.way, "TOKEN_OF_FAULTS"): TOKEN}
        said |= dict(VARIABLE.match(word).groups() for word in self.row.words.split() if VARIABLE.match(word))
        return {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8", **said}

    def carry_out(self):
        folder = self.world.folder / str(self.number)
        folder.mkdir(exist_ok=True)
        certificates, server = self.world.certificates, self.row.server.replace("{canary}", TOKEN)
        with fault_server.Site("well | again // 127.0.0.2 well | again", "plain", certificates) as others:
            away = "127.0.0.1" if "{beside}" in server else "127.0.0.2"
            other = f"http://{away}:{others.port}/"
            with fault_server.Site(server.replace("{beside}", "{other}"), self.over, certificates, other) as site:
                command = self.command(site, folder)
                status, ms, memory = self.world.pool.apply(start, (command, folder, self.environment(folder)))
        out = folder / "out"
        return Done(status, (folder / "said").read_bytes(), ms - self.world.start, memory, out.read_bytes() if out.exists() else b"", site, others)

    # ---- what is wrong with it ----

    def bounds(self):
        """The ms in which it has to end."""
        at, _, to = self.row.ms.partition("-")
        least, most = int(at), int(to or at)
        if self.verdict == "again" and self.waits:
            least = most = self.deadline
        elif self.verdict == "unsaid" and self.waits:
            least, most = 0, self.deadline
        return least - EARLY, most + LATE

    def was_hindered(self, done):
        """By all that runs beside it, maybe: its time or its last attempt, and nothing else."""
        others = [problem for problem in self.problems(done) if not problem.startswith("it took ") or "MiB" in problem]
        unsaid = "is not said" in "".join(others) and "the deadline was over" in done.said.decode(errors="replace")
        return done.ms > self.bounds()[1] and not others or len(others) == 1 and unsaid

    def problems(self, done):
        text = done.said.decode(errors="replace")
        wanted = 0 if self.verdict in ("passes", "flaky") else 1
        least, most = self.bounds()
        if done.status != wanted:
            yield f"status {done.status}, expected {wanted}"
        if not re.search(self.row.told, text, re.I):
            yield f"'{self.row.told}' is not said"
        if not least <= done.ms <= most:
            yield f"it took {done.ms:.0f} ms, expected {least} to {most}"
        if self.verdict == "again" and self.waits and not re.search("deadline of|the deadline was over", text):
            yield "it doesn't say that the deadline was reached"
        if self.verdict == "flaky" and not re.search("flaky|ready after", text):
            yield "it doesn't say that it took several attempts"
        tried = done.site.connections
        if self.verdict in ("fails", "passes") and tried > 1 and "{urls:" not in self.row.words and not self.row.expects.startswith("{addresses"):
            yield f"it asked {tried} times"
        if done.memory > MEMORY:
            yield f"it took {done.memory >> 10} MiB of memory"
        if re.search(r"[\0-\x08\x0b-\x1f\x7f\x80-\x9f]", text):
            yield "the output has control characters"
        if "GITHUB_ACTIONS" in self.row.words and re.search(r"(?m)^\s*::error::owned|^(?!::).*##\[", text):
            yield "the output has the server's commands for CI"
        if len(text) > MOST_SAID and "{urls:" not in self.row.words:
            yield f"the output has {len(text)} letters"
        if "internal error" in text:
            yield "it calls that an internal error"
        yield from self.leaks(done)

    def leaks(self, done):
        for what, data in (("the output", done.said), ("the report", done.files)):
            for secret in (TOKEN, PASSWORD):
                if any(piece in data for piece in pieces(secret)):
                    yield f"{what} shows a secret, or a part of one"
        for request in done.others.heard:
            if any(piece in request for secret in (TOKEN, PASSWORD) for piece in pieces(secret)):
                yield f"a secret reached another host: {request!r}"
        missing = [request for request in done.site.heard[:1] if request and TOKEN.encode() not in request]
        own = self.way == "hurl" and self.row.expects and "{{token}}" not in self.row.expects
        if missing and "{password}" not in self.row.words and not own:
            yield f"the token was not sent: {missing}"
        if "followed" in self.row.fault and "other" in self.row.server and self.verdict == "passes" and not done.others.heard:
            yield "the redirect was not followed"


@functools.lru_cache(None)
def pieces(secret):
    """Any ten letters of it, and ten of its base64 at each alignment."""
    texts = [secret] + [base64.b64encode(b"x" * before + secret.encode()).decode()[before and 4:-4] for before in range(3)]
    return {text[at:at + 10].encode() for text in texts for at in range(len(text) - 9)}


# ---- all of them --------------------------------------------------------------------------------------------------------

def all_runs(world, wanted):
    runs = []
    for row in rows():
        if wanted and not any(word in row.fault for word in wanted):
            continue
        overs = row.over.split()
        for number, way in enumerate((EVERY if row.ways == "every" else row.ways).split()):
            runs.append(Run(world, row, overs[number % len(overs)], way, len(runs)))
    return runs


def carry_out(runs):
    """What each run came to, and how many were repeated."""
    done, repeated = {}, 0
    for number, sides in enumerate(ROUNDS):
        some = [run for run in runs if not number or run.was_hindered(done[run])]
        repeated += len(some) if number else 0
        waiting = [run for run in some if run.bounds()[0] > 100]
        with concurrent.futures.ThreadPoolExecutor(sides[0]) as first, concurrent.futures.ThreadPoolExecutor(sides[1]) as second:
            begun = {run: (first if run in waiting else second).submit(run.carry_out) for run in some}
        for run, one in begun.items():
            if run not in done or one.result().ms < done[run].ms:
                done[run] = one.result()
    return done, repeated


def print_row(run, one):
    said = [line for line in one.said.decode(errors="replace").splitlines() if " [smoke/" in line] or one.said.decode(errors="replace").splitlines()[-1:]
    shown = re.sub(r"127\.0\.0\.1:\d{4,5}", "127.0.0.1:PORT", said[0] if said else "")
    print(f"{run.name:<62} {run.verdict:<7} {one.status} {one.ms:5.0f} ms {one.memory >> 10:3} MiB  {shown[:200]}")


def main():
    words = [word for word in sys.argv[2:] if not word.startswith("--")]
    with tempfile.TemporaryDirectory(prefix="fairlead faults ") as name:
        world = World(pathlib.Path(name))
        runs, skipped = [], collections.Counter()
        for run in all_runs(world, words):
            lack = run.lacks()
            runs += [] if lack else [run]
            skipped[lack] += bool(lack)
        for (part, why), count in ((lack, count) for lack, count in skipped.items() if lack):
            counted.skip(part, f"{count} runs", why)
        done, repeated = carry_out(runs)
        for run in runs:
            one = done[run]
            problem = "; ".join(run.problems(one))
            counted.note(run.name, problem and f"{problem}\n    {one.said.decode(errors='replace').strip()}")
            if "--table" in sys.argv:
                print_row(run, one)
        faults = len({run.row.fault for run in runs})
        over = max(one.ms - run.deadline for run, one in done.items())
        print(f"{len(runs)} runs of {faults} faults; the latest ended {over:.0f} ms after its deadline (start of the program taken off: "
              f"{world.start:.0f} ms); {repeated} repeated; at most {max(one.memory for one in done.values()) >> 10} MiB")
    counted.close()


main()
