#!/usr/bin/python3
# needs: compose; takes: 8 s
"""Our reader of Compose files against compose itself: 150 generated sets of files (merge, extends, include, profiles,
interpolation, !reset and !override, short forms), each read by both and compared.

compose_readers.py BIN [SEED]. The peer is docker's compose plugin (2.24 or later; no engine is asked), else the program
that $FAIRLEAD_COMPOSE names, which gets `config` and prints YAML. Without either the test is skipped and says so.
"""
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from compose_plugin import MISSING, plugin  # noqa: E402

try:
    import yaml
except ImportError:
    yaml = None

BIN = pathlib.Path(sys.argv[1]).resolve()
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 2026
COUNT = 150
VARIABLES = {"TAG": "1.2", "PORT": "8081", "EMPTY": "", "SECRET": "a$b"}


def peer():
    named = os.environ.get("FAIRLEAD_COMPOSE")
    return named.split() if named else plugin() and [str(plugin())]


class Maker:
    """One set of files: {path: text}, what -f names, the variables of the process."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.files = {}
        self.named = ["compose.yaml"]
        self.variables = dict(VARIABLES)
        self.names = ["web", "db", "cache", "worker"][: self.random.randint(2, 4)]

    def one(self, *choices):
        return self.random.choice(choices)

    def text(self):
        return self.one("x", "${TAG}", "$TAG-$PORT", "${NONE:-d}", "${EMPTY:-d}", "${EMPTY-d}", "${TAG:+yes}",
                        "${NONE:-${TAG:-z}}", "a$$b", "${SECRET}", "${NONE+r}end", "${TAG}}", "5$")

    def port(self):
        host = self.random.randint(3000, 3005)
        return self.one(f'"{host}:80"', f'"127.0.0.1:{host}:80"', "80", f'"{host}:53/udp"', f'"{host}-{host + 2}:90-92"',
                        '"${PORT}:80"', f"{{target: 80, published: '{host}', protocol: tcp, mode: ingress}}",
                        f'"[::1]:{host}:80"', '"9000-9001"')

    def volume(self):
        return self.one('"./data:/data"', '"store:/var/lib/x"', '"./conf/x.conf:/etc/x.conf:ro"', '"/srv/x:/srv"',
                        '"store:/data/:rw"', "{type: bind, source: ./b, target: /data}", '"/anonymous"', '"../up:/up:ro,z"')

    def variables_block(self, indent):
        pairs = [(f"K{self.random.randint(1, 5)}", self.one("1", "'true'", "1.10", "0x10", "yes", "", self.text()))
                 for _ in range(self.random.randint(1, 4))]
        if self.random.random() < 0.5:
            lines = [f'- "{k}={v}"' if v else f"- {k}" for k, v in ((k, v.strip("'")) for k, v in pairs)]
        else:
            lines = [f"{k}: {v}" if v[:1] in "1'0y" or not v else f'{k}: "{v}"' for k, v in dict(pairs).items()]
        return "\n".join(" " * indent + line for line in lines)

    def part(self, key, tagged):
        tag = self.one("", "", "", "!override ", "!reset ") if tagged else ""
        names = [n for n in self.names]
        some = lambda make: ", ".join(make() for _ in range(self.random.randint(1, 3)))
        if tag == "!reset ":
            return f"    {key}: !reset null\n"
        if key in ("environment", "labels"):
            return f"    {key}: {tag}\n{self.variables_block(6)}\n"
        if key == "ports":
            return f"    ports: {tag}[{some(self.port)}]\n"
        if key == "volumes":
            return f"    volumes: {tag}[{some(self.volume)}]\n"
        if key == "build":
            return self.one("    build: ./app\n", "    build: {context: ./app, target: prod, args: {A: 1, B: x}}\n",
                            "    build: {dockerfile: D.prod, args: [A=2, C=3]}\n")
        if key == "healthcheck":
            return self.one('    healthcheck: {test: "curl -f x", interval: 10s}\n',
                            '    healthcheck: {test: ["CMD", "a", "b"], retries: 3}\n', "    healthcheck: {disable: true}\n")
        if key == "deploy":
            return self.one("    deploy: {resources: {limits: {cpus: '0.5', memory: 64M}}}\n",
                            "    deploy: {replicas: 2, labels: [a=b]}\n", "    deploy: {labels: {a: c, d: e}}\n")
        if key == "logging":
            return self.one("    logging: {driver: json-file, options: {max-size: 1m}}\n",
                            "    logging: {driver: syslog, options: {tag: t}}\n", "    logging: {options: {max-file: '3'}}\n")
        if key == "networks":
            return self.one("    networks: [front]\n", "    networks: {front: {aliases: [a]}, back: }\n",
                            "    networks: {back: {aliases: [b, a]}}\n")
        return {
            "image": lambda: f'    image: "{self.one("a", "b")}:{self.one("1", "${TAG}", "${NONE:-3}")}"\n',
            "command": lambda: self.one("    command: run 'a b' --x\n", "    command: [run, fast]\n"),
            "entrypoint": lambda: self.one('    entrypoint: "sh -c"\n', "    entrypoint: [go]\n"),
            "restart": lambda: f"    restart: {self.one('always', 'unless-stopped')}\n",
            "cap_add": lambda: f"    cap_add: {tag}[{self.one('NET_ADMIN', 'SYS_TIME')}, CHOWN]\n",
            "expose": lambda: f"    expose: ['{self.random.randint(1, 3)}', '9']\n",
            "dns": lambda: self.one("    dns: 8.8.8.8\n", "    dns: [8.8.8.8, 1.1.1.1]\n"),
            "tmpfs": lambda: self.one("    tmpfs: /run\n", "    tmpfs: [/tmp, /run]\n"),
            "security_opt": lambda: "    security_opt: ['no-new-privileges:true']\n",
            "env_file": lambda: self.one("    env_file: x.env\n", "    env_file: [{path: none.env, required: false}, x.env]\n"),
            "depends_on": lambda: self.one(f"    depends_on: [{names[0]}]\n",
                                           f"    depends_on: {{{names[0]}: {{condition: service_healthy}}}}\n"),
            "ulimits": lambda: self.one("    ulimits: {nofile: 10}\n", "    ulimits: {nofile: {soft: 1, hard: 2}}\n"),
            "sysctls": lambda: self.one("    sysctls: {net.core.somaxconn: 1024}\n", "    sysctls: [net.core.somaxconn=1]\n"),
            "mem_limit": lambda: "    mem_limit: 1g\n",
            "secrets": lambda: self.one("    secrets: [key]\n", "    secrets: [{source: key, target: /k}]\n"),
        }[key]()

    KEYS = ["environment", "labels", "ports", "volumes", "build", "healthcheck", "deploy", "logging", "networks",
            "command", "entrypoint", "restart", "cap_add", "expose", "dns", "tmpfs", "security_opt", "env_file",
            "depends_on", "ulimits", "sysctls", "secrets"]

    def service(self, name, image, tagged=False, few=False):
        keys = self.random.sample(self.KEYS, self.random.randint(1, 3 if few else 7))
        if name == self.names[0]:
            keys = [k for k in keys if k != "depends_on"]
        text = f"  {name}:\n" + (self.part("image", False) if image or self.random.random() < 0.3 else "")
        return text + "".join(self.part(key, tagged) for key in keys)

    TAIL = "networks: {front: , back: }\nvolumes: {store: }\nsecrets: {key: {file: ./key.txt}}\n"

    def make(self):
        base = "services:\n" + "".join(self.service(name, True) for name in self.names)
        kind = self.one("plain", "merge", "merge", "override", "extends", "extends", "include", "profiles", "anchors")
        self.files["x.env"] = "FROM_FILE=1\nK1=file\n"
        if kind == "merge":
            self.files["b.yml"] = "services:\n" + "".join(self.service(n, False, True) for n in self.names[1:])
            self.named.append("b.yml")
            if self.random.random() < 0.4:
                self.files["c.yml"] = "services:\n" + self.service(self.names[-1], False, True)
                self.named.append("c.yml")
        elif kind == "override":
            self.files["compose.override.yaml"] = "services:\n" + self.service(self.names[-1], False, True)
            self.named = []
        elif kind == "extends":
            self.files["base/common.yml"] = ("services:\n" + self.service("app", True, few=True).replace("depends_on", "x-d") +
                                             "  more:\n    extends: app\n    environment: {MORE: '1'}\n" + self.TAIL)
            self.files["base/x.env"] = "FROM_BASE=1\n"
            base += ("  extra:\n    extends: {file: base/common.yml, service: %s}\n    environment: {MINE: '1'}\n"
                     % self.one("app", "more"))
            base += f"  again:\n    extends: {self.one('extra', self.names[0])}\n" + self.part("ports", True)
        elif kind == "include":
            self.files["sub/compose.yaml"] = ("services:\n  inner:\n    image: 'i:${INNER:-none}'\n    build: ./here\n"
                                              "    volumes: ['./d:/d']\n")
            self.files["sub/.env"] = "INNER=set\nTAG=never\n"
            base = self.one("include: [sub/compose.yaml]\n", "include:\n  - path: sub/compose.yaml\n    env_file: x.env\n",
                            "include:\n  - path: [sub/compose.yaml]\n    project_directory: .\n") + base
        elif kind == "profiles":
            base += "  debug:\n    image: d\n    profiles: [debug, all]\n"
            self.variables["COMPOSE_PROFILES"] = self.one("", "debug", "other", "*")
        elif kind == "anchors":
            base = "x-common: &common\n  restart: always\n  environment: &env {A: '1', B: '2'}\n" + base
            base += ("  merged:\n    <<: *common\n    image: m\n    environment:\n      <<: *env\n      B: '3'\n")
        if self.random.random() < 0.3:
            self.files[".env"] = "NONE=from-file\nTAG=never\nQ='single $TAG'\n"
        self.files["compose.yaml"] = base + self.TAIL
        return self


def size_of(text):
    match = re.fullmatch(r"([0-9.]+)\s*([bkmg]?)b?", str(text).lower())
    return str(int(float(match[1]) * 1024 ** "bkmg".index(match[2] or "b"))) if match else str(text)


def plain(value):
    """Scalars as texts; what is empty is left out."""
    if isinstance(value, dict):
        return {str(k): v for k, v in ((k, plain(v)) for k, v in value.items()) if v not in ({}, [])}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def unescaped(value):
    """`docker compose config` prints a dollar as two."""
    if isinstance(value, dict):
        return {k: unescaped(v) for k, v in value.items()}
    if isinstance(value, list):
        return [unescaped(v) for v in value]
    return value.replace("$$", "$") if isinstance(value, str) else value


def pairs(value, separator="="):
    if isinstance(value, dict):
        return value
    return dict((item.split(separator, 1) + [None])[:2] for item in value or [])


def alike(service, folder):
    """A service of either side in one form."""
    service = plain(service)
    inside = lambda path: os.path.normpath(os.path.join(folder, path)) if path and path[0] not in "~" else path
    for key in ("environment", "labels", "sysctls", "annotations"):
        if key in service:
            service[key] = {k: v if v is not None or key == "environment" else "" for k, v in pairs(service[key]).items()}
    for volume in service.get("volumes", []):
        for key in ("bind", "volume"):
            volume.pop(key, None)
        if volume["type"] == "bind":
            volume["source"] = inside(volume["source"])
    for port in service.get("ports", []):
        port.setdefault("mode", "ingress")
        port.setdefault("protocol", "tcp")
    build = service.get("build")
    if build:
        build["context"] = inside(build["context"])
        if "args" in build:
            build["args"] = pairs(build["args"])
    for secret in service.get("secrets", []):
        if secret.get("target") in (None, "/run/secrets/" + secret["source"]):
            secret.pop("target", None)
    for dependency in service.get("depends_on", {}).values():
        dependency.pop("restart", None)
    deploy = service.get("deploy", {})
    if "labels" in deploy:
        deploy["labels"] = pairs(deploy["labels"])
    deploy.pop("placement", None)
    limits = deploy.get("resources", {}).get("limits", {})
    if "memory" in limits:
        limits["memory"] = size_of(limits["memory"])
    if "cpus" in limits:
        limits["cpus"] = str(float(limits["cpus"]))
    if "networks_of" in service:
        nets = service.pop("networks_of")
        service["networks"] = {name: (service.get("networks") or {}).get(name) for name in nets}
    if "networks" in service:
        service["networks"] = {k: v or None for k, v in service["networks"].items()}
    files = service.pop("env_file", [])
    variables = {}
    for entry in files if isinstance(files, list) else []:
        path = pathlib.Path(folder, entry["path"] if isinstance(entry, dict) else entry)
        if path.exists():
            variables.update(line.split("=", 1) for line in path.read_text().splitlines())
    if variables:
        service["environment"] = {**variables, **service.get("environment", {})}
    for key in ("command", "entrypoint", "profiles", "image"):
        if service.get(key) is None:
            service.pop(key, None)
    for key in list(service):
        if key.startswith("x-"):
            del service[key]
    return service


def ours(maker, folder, environment):
    done = subprocess.run([BIN / "compose_json", *maker.named], cwd=folder, env=environment, capture_output=True, text=True)
    result = json.loads(done.stdout)
    return result, {name: alike(s, folder) for name, s in result["services"].items()}


def theirs(program, maker, folder, environment):
    files = [word for name in maker.named for word in ("-f", name)]
    done = subprocess.run([*program, *files, "config"], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        return None, done.stderr.strip()
    services = unescaped(yaml.safe_load(done.stdout)).get("services") or {}
    return {name: alike(s, folder) for name, s in services.items()}, done.stderr


def differences(a, b, path=""):
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(set(a) | set(b)):
            if key not in a or key not in b:
                yield f"{path}.{key}: ours {a.get(key, '(none)')!r}, compose {b.get(key, '(none)')!r}"
            else:
                yield from differences(a[key], b[key], f"{path}.{key}")
    elif a != b:
        yield f"{path}: ours {a!r}, compose {b!r}"


def main():
    program = peer()
    if program is None or yaml is None:
        counted.leave("compose", "python3-yaml is not here" if program else MISSING)
    equal = refused = failed = 0
    for number in range(COUNT):
        maker = Maker(SEED * 1000 + number).make()
        with tempfile.TemporaryDirectory() as temporary:
            folder = os.path.realpath(temporary)
            for path, text in maker.files.items():
                file = pathlib.Path(folder, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **maker.variables}
            result, mine = ours(maker, folder, environment)
            compose, said = theirs(program, maker, folder, environment)
            if compose is None:
                refused += 1
                if not result["problems"]:
                    print(f"{number}: compose refuses, we see no problem: {said}")
                continue
            found = list(differences(mine, compose)) + [f"problem: {p}" for p in result["problems"]]
            equal += not found
            failed += bool(found)
            for line in found[:6]:
                print(f"{number}: {line}")
            if found and "-v" in sys.argv:
                for path, text in maker.files.items():
                    print(f"-- {path} --\n{text}")
    print(f"{equal} equal, {refused} refused by compose, {failed} different of {COUNT} (seed {SEED})")
    counted.note("two thirds of the projects are read by both", "" if equal + failed >= COUNT * 2 // 3 else f"{equal + failed} of {COUNT}")
    counted.close(equal, failed)


main()
