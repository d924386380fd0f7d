#!/usr/bin/python3
# needs: nothing; takes: 4 s
"""preflight_host.py BIN: fairlead-preflight --group host, what it tells of the machine that it runs on.

Programs that stand in for node, docker and their like say old and new versions; Python's packages are those of a virtual
environment; clock, memory and processors are this machine's own. What nobody says is a no.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-preflight"
COMPOSE = """services:
  web:
    image: nginx:1.27.3
    env_file: [{path: .env, format: raw}]
    ports: !override ["127.0.0.1:8080:80"]
    deploy: {resources: {limits: {memory: 64M, cpus: "0.1"}}}
"""
LOCK = {"name": "web", "lockfileVersion": 3, "packages": {
    "": {"name": "web"}, "node_modules/left": {"version": "1.3.0"}, "node_modules/right": {"version": "2.0.0"},
    "node_modules/test": {"version": "1.0.0", "dev": True}}}


class Host:
    """A project and the programs in PATH."""

    def __init__(self, scratch, files, programs):
        self.folder, self.bin = scratch / "project", scratch / "bin"
        self.variables = {"HOME": str(scratch), "PATH": str(self.bin), "GIT_CEILING_DIRECTORIES": str(scratch)}
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text if isinstance(text, str) else json.dumps(text))
        self.bin.mkdir()
        for name, text in programs.items():
            (self.bin / name).write_text("#!/bin/sh\n" + text)
            (self.bin / name).chmod(0o755)

    def ask(self, *words):
        done = subprocess.run([PROGRAM, *words, "--all", "--format", "json"], cwd=self.folder, env=self.variables, timeout=60,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        return done.returncode, json.loads(done.stdout)


def with_host(files, programs, *words, **variables):
    with tempfile.TemporaryDirectory(prefix="fairlead host ") as scratch:
        host = Host(pathlib.Path(scratch), files, programs)
        host.variables.update(variables)
        return host.ask(*words)


def tells(what, files, programs, rule, *wanted, **variables):
    """Each of `wanted`: a level, then words of the message; none: nothing is found."""
    status, report = with_host(files, programs, "--only", rule, "--allow-empty", **variables)
    got = [f"{one['severity']} {one['message']}" for one in report["findings"]]
    wrong = len(got) != len(wanted) or any(not all(word in line for word in words.split("|")) for line, words in zip(got, wanted))
    wrong = wrong or any(len(one["message"]) > 160 or ";" not in one["message"] for one in report["findings"])
    should = 1 if any(line.startswith("error") for line in got) else 0
    counted.note(what, f"status {status}: {got}" if wrong or status != should else "")


def of_interpreters():
    rule = "host-runtime-version"
    asks = {"package.json": {"engines": {"node": ">=20 <23"}}, "pyproject.toml": '[project]\nrequires-python = ">=3.11"\n'}
    new = {"node": "echo v22.1.0", "python3": "echo Python 3.11.2"}
    tells("interpreters as they are asked for", asks, new, rule)
    tells("an old node", asks, {**new, "node": "echo v18.0.1"}, rule, "error|node 18.0.1 is installed here|>=20 <23")
    tells("no node", asks, {"python3": new["python3"]}, rule, "error|node is not in PATH")
    tells("a node that an image brings", {**asks, "Dockerfile": "FROM node:22.1-slim\n"}, {"python3": new["python3"]}, rule, "info|node is not")
    tells("a node that breaks", asks, {**new, "node": "echo 'cannot load libssl' >&2; exit 127"}, rule, "error|cannot load libssl")
    tells("a node that says nothing of a version", asks, {**new, "node": "echo well"}, rule, "error|doesn't print a version")
    tells("an old Python", asks, {**new, "python3": "echo Python 3.9.2"}, rule, "error|python 3.9.2 is installed here")
    tells("the Python of the virtual environment", {**asks, ".venv/pyvenv.cfg": "home = /usr/bin\nversion = 3.10.1\n"}, new, rule, "error|python 3.10.1")
    for name, text, range_ in ((".nvmrc", "lts/iron\n", "20"), (".node-version", "v20.11\n", "v20.11"), (".python-version", "3.12\n", "3.12"),
                               ("runtime.txt", "python-3.12.1", "3.12.1"), ("Pipfile", '[requires]\npython_version = "3.12"\n', "3.12"),
                               ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.12"\n', "^3.12"),
                               ("go.mod", "module x\n\ngo 1.23\n", ">=1.23"), (".ruby-version", "ruby-3.3.0\n", "3.3.0"),
                               ("composer.json", {"require": {"php": "^8.3"}}, "^8.3")):
        programs = {**new, "go": "echo go version go1.22.1 linux/amd64", "ruby": "echo ruby 3.2.0p0", "php": "echo 'PHP 8.2.7 (cli)'"}
        tells(f"an old one beside {name}", {name: text}, programs, rule, f"error|is installed here|asks for {range_};")
    tells("any version", {".nvmrc": "lts/*\n"}, new, rule)
    tells("a range that is none", {".nvmrc": "whatever\n"}, new, rule, "error|can't be compared")
    tells("a program of the work tree isn't started", {"package.json": asks["package.json"], "bin/node": "#!/bin/sh\necho v22.0.0\n"}, {}, rule,
          "error|node is not in PATH", PATH="bin:")


def of_packages():
    rule = "host-deps-drift"
    record = {"packages": {"node_modules/left": {"version": "1.3.0"}, "node_modules/right": {"version": "2.0.0"}}}
    npm = {"package-lock.json": LOCK, "node_modules/.package-lock.json": record}
    tells("npm's packages as locked, without those of development", npm, {}, rule)
    other = {"packages": {"node_modules/left": {"version": "1.2.0"}}}
    tells("another version and a missing one", {**npm, "node_modules/.package-lock.json": other}, {}, rule, "warning|2 packages|left 1.2.0|npm ci")
    tells("nothing is installed", {"package-lock.json": LOCK}, {}, rule, "error|npm has installed nothing")
    tells("nothing is installed but in an image", {"package-lock.json": LOCK, "Dockerfile": "FROM node:22.1\n"}, {}, rule, "info|npm has installed nothing")
    tells("a lock file that is cut off", {"package-lock.json": '{"packages": {'}, {}, rule, "error|nothing can be compared")
    tells("a lock file that we can't compare", {"yarn.lock": "# yarn lockfile v1\n"}, {}, rule, "info|yarn install --immutable")
    venv = {".venv/pyvenv.cfg": "version = 3.11.2\n", ".venv/lib/python3.11/site-packages/Flask_Cors-4.0.1.dist-info/METADATA": "",
            ".venv/lib/python3.11/site-packages/requests-2.31.0.dist-info/METADATA": ""}
    pins = "flask-cors[x]==4.0.1  # with CORS\nrequests==2.31.0 ; python_version > '3.8' \\\n    --hash=sha256:aa\nold==1.0; python_version < '3.0'\n-e .\n"
    tells("Python's packages as pinned", {**venv, "requirements.txt": pins}, {}, rule)
    tells("another version", {**venv, "requirements.txt": pins.replace("4.0.1", "4.0.2")}, {}, rule, "warning|1 package of .venv|flask-cors 4.0.1")
    tells("a missing one", {**venv, "requirements.txt": pins + "celery==5.4.0\n"}, {}, rule, "warning|celery missing")
    poetry = '[[package]]\nname = "Flask-Cors"\nversion = "4.0.2"\n\n[[package]]\nname = "pytest"\nversion = "8.0.0"\n\n[metadata]\nname = "x"\n'
    tells("poetry.lock", {**venv, "poetry.lock": poetry}, {}, rule, "warning|flask-cors 4.0.1")
    own = '[[package]]\nname = "requests"\nversion = "0.1.0"\nsource = { editable = "." }\n\n[[package]]\nname = "flask-cors"\nversion = "4.0.1"\n'
    tells("uv.lock, with the project itself in it", {**venv, "uv.lock": own}, {}, rule)
    tells("Pipfile.lock", {**venv, "Pipfile.lock": {"default": {"requests": {"version": "==2.30.0"}}}}, {}, rule, "warning|requests 2.31.0")
    tells("no Python", {"requirements.txt": pins}, {}, rule, "error|python3 is not in PATH")
    tells("Python in PATH", {"requirements.txt": pins}, {"python3": "echo Flask.Cors==4.0.1; echo requests==2.30.0"}, rule, "warning|python3|requests 2.30.0")
    tells("Python in PATH that has nothing of it", {"requirements.txt": pins}, {"python3": "echo pip==23.0"}, rule, "error|no package of requirements.txt")
    found = subprocess.run(["/usr/bin/python3", "-I", "-c", "from importlib.metadata import distributions as d\nfor one in d(): print(one.metadata['Name'], one.version, sep='==')"],
                           capture_output=True, text=True, check=True).stdout.splitlines()
    if found:
        tells("the real Python's own packages", {"requirements.txt": found[0] + "\n"}, {"python3": 'exec /usr/bin/python3 "$@"'}, rule)


def of_docker():
    rule = "host-docker-version"
    files = {"compose.yml": COMPOSE, ".env": "A=b\n"}

    def docker(engine, compose):
        return {"docker": f'case "$1" in version) {engine};; compose) {compose};; esac'}
    tells("a new docker", files, docker("echo 27.3.1", "echo 2.32.1"), rule)
    tells("an old compose", files, docker("echo 27.3.1", "echo v2.23.3-desktop.2"), rule, "warning|format needs docker compose 2.30", "warning|!override needs docker compose 2.24")
    tells("compose of the first kind", files, {**docker("echo 20.10.24", "exit 1"), "docker-compose": "echo 1.29.2"}, rule, "warning|1.29.2 is installed here", "warning|1.29.2 is installed here")
    tells("no docker", files, {}, rule, "error|docker compose here is not known; docker is not in PATH", "error|docker engine here is not known")
    tells("an engine that doesn't answer", files, docker("echo 'Cannot connect to the Docker daemon' >&2; exit 1", "echo 2.32.1"), rule,
          "error|docker engine|Cannot connect to the Docker daemon")
    built = {"compose.yml": "services:\n  web:\n    build: .\n", "Dockerfile": "FROM python:3.12-slim\nRUN --mount=type=cache,target=/x true\n"}
    tells("an engine without BuildKit", built, docker("echo 20.10.24", "echo 2.32.1"), rule, "warning|RUN --mount needs docker engine 23.0; 20.10.24 is installed here")
    tells("no compose file, no question", {".env": "A=b\n"}, {}, rule)


def of_machine():
    rule = "host-resources"
    tells("limits that this machine has", {"compose.yml": COMPOSE, ".env": ""}, {}, rule)
    large = COMPOSE.replace("64M", "9000G").replace('"0.1"', '"4096"')
    tells("limits that no machine has", {"compose.yml": large, ".env": ""}, {}, rule, "warning|9000.0 GiB|this host has", "warning|CPU limits add up to 4096.0")
    many = COMPOSE.replace("deploy: {", "deploy: {replicas: 100000, ")
    tells("limits of many replicas", {"compose.yml": many, ".env": ""}, {}, rule, "warning|6250.0 GiB", "warning|10000.0")
    status, report = with_host({".env": "A=b\n"}, {}, "--only", "host-time")
    keeps = [one["message"] for one in report["findings"]]
    kernel = subprocess.run(["timedatectl", "show", "--property=NTPSynchronized", "--value"], capture_output=True, text=True) if os.path.exists("/run/systemd/system") else None
    wanted = "" if kernel is None or kernel.returncode != 0 else kernel.stdout.strip()
    counted.note("the clock is kept or not, as the kernel says", "" if wanted in ("", "no" if keeps else "yes") else f"{wanted}: {keeps}")


def on_request():
    marked = {"node": 'echo asked >>"$HOME/asked"; echo v1.0.0', "docker": 'echo asked >>"$HOME/asked"; env >"$HOME/env"; echo 27.0.0'}
    files = {"package.json": {"engines": {"node": ">=20"}}, "compose.yml": COMPOSE, ".env": "A=b\n"}
    with tempfile.TemporaryDirectory(prefix="fairlead host ") as scratch:
        host = Host(pathlib.Path(scratch), files, marked)
        host.variables.update({"DOCKER_HOST": "unix:///run/x.sock", "GITHUB_TOKEN": "correct-horse", "DB_PASSWORD": "correct-horse"})
        said = pathlib.Path(scratch) / "asked"
        for words in ((), ("--group", "compose,docker"), ("--only", "compose-limits"), ("--group", "host", "--skip", "host-docker-version,host-runtime-version,host-deps-drift")):
            host.ask(*words)
            counted.note(f"no program is started by {' '.join(words) or 'a plain run'}", said.read_text() if said.exists() else "")
        status, report = host.ask("--group", "host")
        rules = {one["rule"] for one in report["findings"]}
        counted.note("--group host asks", "" if status == 1 and "host-runtime-version" in rules and all(rule.startswith("host-") for rule in rules) else f"{status} {rules}")
        seen = (pathlib.Path(scratch) / "env").read_text()
        counted.note("what it starts sees no secret of the job", seen if "correct-horse" in seen or "DOCKER_HOST=" not in seen else "")


of_interpreters()
of_packages()
of_docker()
of_machine()
on_request()
counted.close()
