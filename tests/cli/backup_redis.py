#!/usr/bin/python3
# needs: redis; takes: 25 s
"""backup_redis.py BIN: sets of a real Redis: saved, streamed, read by redis-check-rdb, proven in a server of its own by their keys,
restored beside what serves and swapped; each failure leaves no set and the old keys."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import redis  # noqa: E402
from until import wait_stopped, wait_until  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-backup"
CONFIG = """version: 1
app: shop
backup:
  stores: [file:store]
  sources: [{name: cache, engine: redis, url_env: CACHE_URL}]
"""
# What docker says to `compose exec -T [-e NAME] SERVICE PROGRAM…`: only those names come along.
DOCKER = """#!/bin/sh
[ "$1 $2 $3" = "compose exec -T" ] || { echo "not so: $*" >&2; exit 1; }
echo "$*" >> "$(dirname "$0")/said"
shift 3
kept=
while [ "$1" = -e ]; do kept="$kept $2"; shift 2; done
[ "$1" = cache ] || { echo "service \\"$1\\" is not running" >&2; exit 1; }
shift
for word; do  # its /tmp is its own
    shift
    set -- "$@" "$(printf '%s\n' "$word" | sed "s|/tmp/fairlead|TEMPORARY/fairlead|g")"
done
case "$kept" in *REDISCLI_AUTH*) ;; *) unset REDISCLI_AUTH ;; esac
exec "$@"
"""


class Project:
    def __init__(self, folder, url, config=CONFIG):
        self.folder, self.url = folder, url
        folder.mkdir()
        self.store = folder / "store"
        self.write(config)
        self.variables = {}

    def write(self, config):
        (self.folder / "fairlead.yml").write_text(config)

    def environment(self, **variables):
        return {"PATH": "/usr/sbin:/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp"), "CACHE_URL": self.url,
                **self.variables, **variables}

    def expect(self, what, words, status, *parts, **variables):
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, env=self.environment(**variables), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300, check=False)
        shown = done.stdout + done.stderr
        missing = [part for part in parts if part not in shown]
        if "secret" in shown:
            missing.append("the silence about the password")
        counted.note(what, f"status {done.returncode}, expected {status}; missing {missing}\n{shown}"
                     if done.returncode != status or missing else "")
        return done

    def names(self):
        return sorted(path.name for path in self.store.rglob("*") if path.is_file() and not path.name.startswith("."))

    def part(self):
        return json.loads(sorted(self.store.glob("*.manifest.json"))[-1].read_text())["parts"][0]


def fill(server):
    server.say("EVAL \"for i = 1, 3000 do redis.call('SET', 'key ' .. i, string.rep('x', i % 50)) end\" 0\n")
    server.say('SET "odd \\n \\x00 \\xff" "va\\r\\nlue"\nHSET hash a 1 b 2\nRPUSH list 1 2 3\nZADD sorted 1.5 a\nSADD set a\nXADD stream * f v\n')
    server.say("SET soon gone EX 100000\n")
    server.say("SET elsewhere 3\n", database=3)


def digest(server, database=0):
    """Of every key's kind and value; of those that live for a while only that they do."""
    return server.ask("EVAL", "local all = {} local keys = redis.call('KEYS', '*') table.sort(keys) for _, key in ipairs(keys) do "
                      "all[#all + 1] = redis.sha1hex(key .. redis.call('DUMP', key) .. tostring(redis.call('TTL', key) > 0)) end "
                      "return redis.sha1hex(table.concat(all)) .. ' ' .. #all", "0", database=database)


def there_and_back(server, folder):
    project = Project(folder / "back", server.url())
    server.ask("FUNCTION", "LOAD", "#!lua name=ours\nredis.register_function('one', function() return 1 end)")
    project.expect("what would be done", ["run", "--dry-run"], 0, "would back up Redis at 127.0.0.1")
    made = json.loads(project.expect("a set is made", ["run", "--format", "json"], 0).stdout)
    stem = made["id"]
    counted.note("its files", "" if project.names() == [f"{stem}.manifest.json", f"{stem}.rdb.gz"] else str(project.names()))
    counted.note("the server saved, too", "" if (server.folder / "dump.rdb").is_file() else "no dump.rdb")
    part = project.part()
    tables = {one["name"]: (one["rows"], one["exact"]) for one in part["tables"]}
    counted.note("keys by database", "" if tables == {"db0": (3006, True), "db0 (expiring)": (1, False), "db3": (1, True)} else str(tables))
    counted.note("no password in the manifest", "it is there" if "secret" in json.dumps(part) else "")
    data = subprocess.run(["zcat", project.store / f"{stem}.rdb.gz"], capture_output=True, check=True).stdout
    counted.note("a whole dump and nothing behind it", "" if data.startswith(b"REDIS") and data[-9] == 0xFF else str(data[-60:]))
    project.expect("proven in a server of its own", ["verify", "--level", "4"], 0, "level 3: passed", "level 4: passed")
    with redis.Server() as empty:
        project.expect("into an empty one", ["restore", "latest", "--to", "env:OTHER_URL"], 0, "function libraries of the set that Redis at", "lacks or has with other code: ours;", OTHER_URL=empty.url())
        same = digest(empty) == digest(server) and digest(empty, 3) == digest(server, 3)
        counted.note("every key is the same", "" if same else f"{digest(empty)} {digest(server)}")
        left = [line.split(":")[0] for line in empty.ask("INFO", "keyspace").splitlines() if line.startswith("db")]
        counted.note("and nothing else is there", "" if left == ["db0", "db3"] else str(left))
    project.expect("into a file", ["restore", "latest", "--to", "./dump.rdb"], 0)
    checked = subprocess.run(["redis-check-rdb", project.folder / "dump.rdb"], capture_output=True, text=True, check=False)
    counted.note("which a server would load", "" if "RDB looks OK" in checked.stdout else checked.stdout)
    (project.folder / "dump.rdb").chmod(0o640)
    project.expect("not over another file", ["restore", "latest", "--to", "./dump.rdb"], 2, "is there already", "--overwrite")
    project.expect("over it when told", ["restore", "latest", "--to", "./dump.rdb", "--overwrite"], 0, "is kept as")
    counted.note("with its mode", "" if (project.folder / "dump.rdb").stat().st_mode & 0o777 == 0o640 else "another mode")
    project.expect("no URL in a word", ["restore", "latest", "--to", "redis://x"], 2, "env:VARIABLE")
    return project


def over_what_serves(server, project, was):
    server.say("FLUSHDB\nSET new 1\n")
    project.expect("not over what is there", ["restore", "latest", "--to", "original"], 2, "holds keys already", "--overwrite")
    process = subprocess.Popen([PROGRAM, "restore", "latest", "--to", "original", "--overwrite"], cwd=project.folder,
                               env=project.environment(FAIRLEAD_FAULT="kill@restored"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    killed = process.wait() == -signal.SIGKILL
    if killed:  # builds without fault points go on
        counted.note("killed before the swap: what was there serves", "" if server.ask("GET", "new") == "1" and server.ask("DBSIZE") == "1" else "no")
    done = project.expect("swapped", ["restore", "latest", "--to", "original", "--overwrite"], 0, "the old keys are kept in databases 15, 14")
    counted.note("whose functions are there", done.stderr if "function libraries" in done.stderr else "")
    counted.note("what is restored serves", "" if digest(server) == was else f"{digest(server)} {was}")
    counted.note("the old keys are there", "" if server.ask("KEYS", "*", database=15) == "new" else server.ask("KEYS", "*", database=15))
    left = [line.split(":")[0] for line in server.ask("INFO", "keyspace").splitlines() if line.startswith("db")]
    counted.note("what a killed restore began is gone", "" if left == ["db0", "db3", "db14", "db15"] else str(left))
    server.ask("FUNCTION", "LOAD", "REPLACE", "#!lua name=ours\nredis.register_function('one', function() return 2 end)")
    project.expect("and who has others of the same name is told", ["restore", "latest", "--to", "original", "--overwrite"], 0, "other code: ours;")
    for database in range(12, 16):
        server.ask("FLUSHDB", database=database)


def others_keys(server, project):
    """What a killed restore filled and somebody wrote to stays, and the command that empties it names this server."""
    process = subprocess.Popen([PROGRAM, "restore", "latest", "--to", "original", "--overwrite"], cwd=project.folder, stdin=subprocess.DEVNULL,
                               env=project.environment(FAIRLEAD_FAULT="kill@moved"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if process.wait() != -signal.SIGKILL:
        return  # builds without fault points go on
    server.ask("SET", "mine", "1", database=15)
    project.expect("told with its own address", ["restore", "latest", "--to", "original", "--overwrite"], 0, "database 15 of Redis at 127.0.0.1:",
                   f"redis-cli -h 127.0.0.1 -p {server.port} ", "-n 15 FLUSHDB")
    counted.note("nobody's key is lost", "" if server.ask("GET", "mine", database=15) == "1" else "it is")
    for database in (13, 14, 15):
        server.ask("FLUSHDB", database=database)


def came_meanwhile(server, project):
    """Databases that were empty when the restore looked."""
    server.say("FLUSHALL\n")
    for at, database, status, said in (("counted", 0, 0, "the old keys are kept in databases 15, 14"), ("restore", 15, 3, "somebody uses it now")):
        process = subprocess.Popen([PROGRAM, "restore", "latest", "--to", "original"], cwd=project.folder, stdin=subprocess.DEVNULL, text=True,
                                   env=project.environment(FAIRLEAD_FAULT=f"stop@{at}"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        is_there = wait_stopped(process)
        server.ask("SET", "came", "1", database=database)
        process.send_signal(signal.SIGCONT)
        shown = process.communicate(timeout=60)[0]
        kept = server.ask("GET", "came", database=15)
        counted.note(f"a key that came at '{at}' is kept and told", "" if is_there and process.returncode == status and said in shown and kept == "1" else
                     f"{process.returncode} {kept} {shown}")
        server.say("FLUSHALL\n")
    fill(server)


def wrote_beside(server, project):
    """The database that is filled was empty; a neighbour writes to it before it takes the other's place."""
    for at, keys, said in (("claimed", {"came": ""}, "is left as it is, because it holds more keys now"), ("claimed", {"hash": ""}, "somebody has written keys"),
                           ("moved", {"came": ""}, "is left as it is, because it holds more keys now"), ("restored", {"came": ""}, "is left as it is, because it holds more keys now"),
                           ("counted", {"came": ""}, "somebody else has written to it"), ("counted", {"came": "EX 1000"}, "somebody else has written to it")):
        server.say("FLUSHALL\n")
        process = subprocess.Popen([PROGRAM, "restore", "latest", "--to", "original"], cwd=project.folder, stdin=subprocess.DEVNULL, text=True,
                                   env=project.environment(FAIRLEAD_FAULT=f"stop@{at}"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        is_there = wait_stopped(process)
        for key, more in keys.items():
            for database in (15, 14):
                server.ask("SET", key, "1", *more.split(), database=database)
        wait_until("the restore ends", lambda: process.send_signal(signal.SIGCONT) or process.poll() is not None)  # a place may come twice
        shown = process.communicate(timeout=60)[0]
        lost = [(key, database) for key in keys for database in (15, 14) if server.ask("GET", key, database=database) != "1"]
        wrong = ([f"lost {lost}"] if lost else []) + ([] if server.ask("DBSIZE") == "0" else ["something serves"])
        wrong += ["a mark is left"] if any(server.ask("EXISTS", "fairlead:restore", database=one) == "1" for one in (14, 15)) else []
        counted.note(f"{' '.join(keys)} {' '.join(keys.values())} beside at '{at}': nothing of it is lost or served", "" if is_there and
                     process.returncode in (1, 3) and said in shown and not wrong else f"{process.returncode} {wrong} {shown}")
    for at in ("claimed", "moved", "restored", "counted"):
        for kind, status in (("int", 3), ("kill", -9)) if at in ("claimed", "moved") else (("kill", -9),):
            server.say("FLUSHALL\n")
            process = subprocess.run([PROGRAM, "restore", "latest", "--to", "original"], cwd=project.folder, stdin=subprocess.DEVNULL, text=True,
                                     env=project.environment(FAIRLEAD_FAULT=f"{kind}@{at}"), capture_output=True, timeout=60, check=False)
            left = server.ask("DBSIZE", database=15) + server.ask("DBSIZE", database=14)
            counted.note(f"{kind} at '{at}' leaves nothing beside, or a mark", "" if process.returncode == status and (kind == "kill" or left == "00") else
                         f"{process.returncode} {left} {process.stderr}")
            if kind == "kill" and at in ("claimed", "counted"):
                server.ask("SET", "came", "1", database=15)
            is_clear = kind == "int" or at in ("restored", "moved")
            project.expect("then a restore works", ["restore", "latest", "--to", "original"], 0, "" if is_clear else "holds keys of an interrupted restore")
            counted.note("and what came is there", "" if is_clear or server.ask("GET", "came", database=15) == "1" else "lost")
    server.say("FLUSHALL\n")
    fill(server)


def while_others_write(server, folder):
    project = Project(folder / "busy", server.url())
    ended = threading.Event()

    def write():
        while not ended.is_set():
            server.say("EVAL \"for i = 1, 2000 do redis.call('INCR', 'n') redis.call('SET', 'w' .. redis.call('GET', 'n'), 1) end\" 0\n", database=5)

    thread = threading.Thread(target=write)
    thread.start()
    project.expect("a set is made while others write", ["run"], 0)
    ended.set()
    thread.join()
    project.expect("and is proven", ["verify", "--level", "4"], 0)
    server.ask("FLUSHDB", database=5)


def failing(server, project, folder):
    broken = Project(folder / "broken", server.url(password="wrong"))
    broken.expect("a wrong password, and nobody is asked", ["run"], 3, "Redis at 127.0.0.1")
    broken.url = "redis://127.0.0.1:1"
    broken.expect("nobody answers", ["run"], 3, "refused")
    broken.url = "postgresql://a@b/c"
    broken.expect("another's URL", ["run"], 2, "is not a URL of Redis")
    broken.expect("no URL at all", ["run"], 2, "CACHE_URL", CACHE_URL="")
    broken.url = server.url()
    programs = folder / "programs"
    programs.mkdir()
    broken.variables = {"PATH": f"{programs}:/usr/sbin:/usr/bin:/bin"}

    def pretend(text):
        path = programs / "redis-cli"
        path.write_text(f"#!/bin/sh\ncase \"$*\" in *--rdb*) {text};; *) exec /usr/bin/redis-cli \"$@\";; esac\n")
        path.chmod(0o755)

    pretend("/usr/bin/redis-cli \"$@\" | head -c 3000; echo 'I/O Error reading RDB payload from socket' >&2; exit 1")
    broken.expect("a dump that fails near its end", ["run"], 3, "I/O Error reading RDB payload")
    pretend("/usr/bin/redis-cli \"$@\" | head -c 3000")
    broken.expect("one that ends early and says nothing", ["run"], 1, "is not a complete dump")
    pretend("true")
    broken.expect("one of no byte", ["run"], 1, "is not a complete dump")
    counted.note("none of them is a set, and nothing is left", "" if broken.names() == [] else str(broken.names()))
    broken.variables = {"PATH": str(folder / "none")}
    broken.expect("no redis-cli", ["run"], 3, "install redis-tools", "via: compose:SERVICE")
    broken.variables = {}
    folder_of_dump = server.folder / "dump.rdb"
    folder_of_dump.unlink(missing_ok=True)
    folder_of_dump.mkdir()  # the server can't put its file there
    broken.expect("a server that can't save", ["run"], 3, "can't save")
    folder_of_dump.rmdir()
    server.ask("BGSAVE")
    with redis.Server("--databases", "2") as small:
        project.expect("no room beside", ["restore", "latest", "--to", "env:OTHER_URL"], 2, "don't fit next to those in use", "--to ./dump.rdb", OTHER_URL=small.url())
    with redis.Server("--save", "") as empty:
        broken.url = empty.url()
        broken.expect("no key at all", ["run"], 1, "has no key", "--allow-empty")
        broken.expect("which may be so", ["run", "--allow-empty"], 0)
        counted.note("a server that keeps nothing on its disk is left so", "it saved" if (empty.folder / "dump.rdb").exists() else "")
        broken.expect("and is proven", ["verify", "--level", "4"], 0)
    file = next(project.store.glob("*.rdb.gz"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    good = file.read_bytes()
    file.write_bytes(data)
    before = digest(server)
    project.expect("a flipped bit is noticed", ["verify", "--level", "3"], 1, "damaged")
    project.expect("by restore too, before anything", ["restore", "latest", "--to", "original", "--overwrite"], 1, "damaged")
    counted.note("the target is as it was", "" if digest(server) == before else "no")
    file.write_bytes(good)


def in_a_container(server, folder):
    project = Project(folder / "via", server.url(), CONFIG.replace("url_env: CACHE_URL", "url_env: CACHE_URL, via: 'compose:cache'"))
    programs = folder / "docker"
    programs.mkdir()
    temporary = folder / "container's"
    temporary.mkdir()
    (programs / "docker").write_text(DOCKER.replace("TEMPORARY", str(temporary)))
    (programs / "docker").chmod(0o755)
    project.variables = {"PATH": f"{programs}:/usr/bin:/bin"}
    project.expect("by the programs of a container", ["run"], 0)
    project.expect("proven there", ["verify", "--level", "4"], 0)
    server.ask("SET", "later", "1")
    project.expect("restored from there", ["restore", "latest", "--to", "original", "--overwrite"], 0, "are kept in")
    counted.note("what is restored serves", "" if server.ask("EXISTS", "later") == "0" and server.ask("EXISTS", "hash") == "1" else "no")
    said = (programs / "said").read_text()
    counted.note("no password in a word of docker's", "it is there" if "secret" in said else "")
    counted.note("a server was started in the container", "" if "/tmp/fairlead-redis-" in said else said)
    wait_until("nothing is left in the container", lambda: not list(temporary.iterdir()), 10)
    counted.note("nothing is left in the container", "")
    project.write(CONFIG.replace("url_env: CACHE_URL", "url_env: CACHE_URL, via: 'compose:other'"))
    project.expect("no such service", ["run"], 3, 'service "other" is not running')
    project.write(CONFIG.replace("url_env: CACHE_URL", "url_env: CACHE_URL, via: 'ssh:other'"))
    project.expect("no such way", ["run"], 2, "expected compose:SERVICE")


if not redis.is_here():
    counted.leave(redis.PART, redis.INSTALL)
with tempfile.TemporaryDirectory(prefix="fairlead backup ") as name, redis.Server() as served:
    fill(served)
    state = digest(served)
    made_project = there_and_back(served, pathlib.Path(name))
    over_what_serves(served, made_project, state)
    others_keys(served, made_project)
    came_meanwhile(served, made_project)
    wrote_beside(served, made_project)
    while_others_write(served, pathlib.Path(name))
    failing(served, made_project, pathlib.Path(name))
    in_a_container(served, pathlib.Path(name))
counted.close()
