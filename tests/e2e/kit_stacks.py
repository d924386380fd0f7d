"""A team's application (kit/NAME) from an empty fairlead.yml to production behind TLS, with what docs/production-kit.md and the runbook that
`fairlead init --production` wrote tell them to type, and nothing else."""
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess

import kit_images
from shop import SITE, Shop

HERE = pathlib.Path(__file__).resolve().parent
ADDRESS = "127.0.77.1"
ONCE = ("strict-transport-security", "x-content-type-options", "x-frame-options", "content-security-policy", "referrer-policy", "permissions-policy",
        "cross-origin-opener-policy", "x-request-id")
COMMIT = "git init -q && git add -A && git -c user.name='Ada L' -c user.email=ada@example.org commit -qm 'feat: the shop'"


@dataclasses.dataclass(frozen=True)
class Stack:
    name: str
    base: str  # what .env.production says of a mirror's image
    begin: tuple = ()  # what the team types before our files are laid over it
    then: tuple = ()
    judged: tuple = ()  # what the framework itself says of production


STACKS = (
    Stack("flask", "PYTHON_IMAGE=kit-python"),
    Stack("django", "PYTHON_IMAGE=kit-python", ("django-admin startproject shop .", "python manage.py startapp orders"),
          ("sed -i \"s/^INSTALLED_APPS = \\[/&\\n    'orders',/\" shop/settings.py", "python manage.py makemigrations orders"),
          ("prod exec -T app python manage.py check --deploy --fail-level WARNING",)),
    Stack("express", "NODE_IMAGE=kit-node", (f"cp {kit_images.NPM}/package-lock.json .",)),
)


class Production(Shop):
    PROXY, CHECK, MOVED = "nginx", "nginx -t", 301

    def __init__(self, stack, docker, scratch, programs, that):
        self.stack = stack
        super().__init__(scratch / stack.name / self.PROXY / "shop", {
            **os.environ, **docker.environment, "PATH": f"{programs}:{scratch}/venv/bin:{os.environ['PATH']}", "HOME": str(scratch), "DOCKER_BUILDKIT": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "BASH_FUNC_prod%%": '() { docker compose --env-file .env.production -f docker-compose.prod.yml "$@"; }',  # the runbook's alias
        }, ADDRESS, scratch / "tls", that)

    def note(self, what, problem):
        self.that(not problem, f"{self.stack.name}, {self.PROXY}: {what}", problem)

    def ask(self, path, *words, **more):
        """Status, headers, body."""
        head, _, body = self.curl(path, *words, **more).stdout.partition("\n\n")
        return int((re.findall(r"^HTTP/\S+ (\d+)", head) or [0])[0]), head.lower(), body

    def add(self):
        """Items in the database, and what Redis has counted; what else came."""
        body = self.ask("/api/items", "-X", "POST")[2]
        answer = json.loads(body) if body.startswith("{") else {}
        return (answer["items"], answer["asked"]) if answer else body

    def runbook(self, section):
        """The section's last commands: those that want no environment of fairlead.yml."""
        text = (self.folder / "docs/runbook.md").read_text().split(f"\n## {section}\n")[1].split("\n## ")[0]
        return re.findall(r"^```sh\n(.*?)```", text, re.S | re.M)[-1].splitlines()

    def application(self):
        """What the team has."""
        for line in self.stack.begin:
            self.type(line)
        shutil.copytree(HERE / "kit" / self.stack.name, self.folder, dirs_exist_ok=True)
        for line in self.stack.then:
            self.type(line)
        (self.folder / "fairlead.yml").write_text("version: 1\n")
        self.type(COMMIT)

    def stand_ins(self):
        """For images of registries, and addresses of this test's."""
        with open(self.folder / ".env.production", "a") as file:
            file.write(f"{self.stack.base}\nPOSTGRES_IMAGE=kit-postgres\nREDIS_IMAGE=kit-redis\nHTTP_BIND={ADDRESS}\nHTTPS_BIND={ADDRESS}\n"
                       "APP_HEALTH_INTERVAL=2s\nPROXY_HEALTH_INTERVAL=2s\n")
            if self.PROXY == "nginx":
                file.write(f"PROXY_IMAGE=kit-nginx\nTLS_DIR={self.tls}\nACME_DIR={self.tls}\n")

    def write(self):
        """From the team's application to all of production's files."""
        self.application()
        self.type(f"fairlead init --production --readme --proxy {self.PROXY}")
        self.type("fairlead init --secrets --to .env.production")
        judged = self.type("fairlead-preflight --env-file .env.production").stdout
        score = re.search(r"score (\d+) of 100", judged)
        self.note("preflight: no error, above 95 of 100", "" if score and int(score[1]) > 95 and ": error: " not in judged else judged)
        self.stand_ins()
        self.type("prod config --quiet")

    def trust(self):
        """The certificate is there before the proxy is."""

    def start(self):
        """Whether all is up."""
        self.type("prod build --quiet", shown="the image")
        self.type("prod up -d --wait db", shown="the database is healthy")
        _, *lines = self.runbook("Migrate")  # the first is the alias
        before = [line for line in lines if re.match(r"(export )?\w+=", line)]
        self.type("; ".join([*before, next(line for line in lines if re.search(r"(migrate up|manage\.py migrate)$", line))]))
        up = self.type("prod up -d --wait --wait-timeout 180", shown="every service is healthy")
        if up.returncode:
            self.note("logs", subprocess.run(["bash", "-c", "prod logs --tail 15"], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False).stdout[-4000:])
            return False
        self.trust()
        self.type(f"prod exec -T proxy {self.CHECK}")
        self.type(f"fairlead-smoke https://{SITE}/api/health --ca-file {self.tls}/fullchain.pem --resolve {SITE}:443:{ADDRESS}")
        for line in self.stack.judged:
            self.type(line)
        return True

    def serves(self):
        status, head, body = self.ask("/api/health")
        self.note("health by TLS", "" if status == 200 and "healthy" in body else (status, head, body))
        status, head, body = self.ask("/")
        self.note("a page with the headers of security and the request's id, each once",
                  {name: head.count(f"\n{name}:") for name in ONCE if head.count(f"\n{name}:") != 1} or ("" if status == 200 and "<h1>Shop</h1>" in body else (status, body)))
        self.note("no version is told", re.findall(r"^(?:server: .*\d.*|x-powered-by:.*)$", head, re.M))
        style = (re.findall(r'href="(/static/[^"]+\.css)"', body) or ["none"])[0]
        status, head, body = self.ask(style)
        age = int((re.findall(r"^cache-control:.*max-age=(\d+)", head, re.M) or [0])[0])
        self.note(f"{style} is served and kept for a week at least", "" if status == 200 and "#005a9c" in body and "text/css" in head and age >= 604800 else (status, head, body))
        status, head, _ = self.ask("/api/health?a=1", scheme="http")
        self.note("http leads to https", "" if status == self.MOVED and f"location: https://{SITE}/api/health?a=1" in head else head)
        self.note("what is for the inside isn't shown", {path: status for path in ("/internal/metrics", "/.env", "/.git/config") if (status := self.ask(path)[0]) != 404})
        counts = [self.add() for _ in range(2)]
        self.note("database and Redis answer the application", "" if counts == [(1, 1), (2, 2)] else counts)

    def limited(self):
        many = self.curl("/nowhere?[1-60]", "--parallel", "--parallel-max", "60", "-o", "/dev/stdout", "-w", "%{http_code}\\n").stdout
        self.note("sixty requests at once: the rest are 429", "" if "429" in many else many[-300:])

    def held(self):
        """Each container as the file says it: its user, its files, its limits; the application's role."""
        listed = [line.split() for line in self.type("prod ps --format '{{.Service}} {{.ID}}'", shown="four containers").stdout.splitlines()]
        self.note("services", "" if sorted(service for service, _ in listed) == ["app", "db", "proxy", "redis"] else listed)
        secret = re.search(r"^POSTGRES_PASSWORD=(.+)$", (self.folder / ".env.production").read_text(), re.M)[1]
        for service, name in listed:
            said = json.loads(subprocess.run(["docker", "inspect", name], env=self.environment, capture_output=True, check=True).stdout)[0]
            host = said["HostConfig"]
            self.note(f"{service}: held", [key for key, well in {
                "user": (said["Config"]["User"] or "0").split(":")[0] not in ("0", "root"), "read only": host["ReadonlyRootfs"], "memory": host["Memory"] > 0,
                "pids": host["PidsLimit"], "capabilities": host["CapDrop"] == ["ALL"], "privileges": "no-new-privileges:true" in host["SecurityOpt"],
                "log": host["LogConfig"]["Config"].get("max-size") == "10m",
                "ports": list(host["PortBindings"] or {}) == (["8080/tcp", "8443/tcp"] if service == "proxy" else []),
                "the owner's password": (secret in json.dumps(said["Config"]["Env"])) == (service == "db")}.items() if not well])
        role = self.type("prod exec -T db sh -c 'PGPASSWORD=$DB_PASSWORD psql -h 127.0.0.1 -U shop -d shop -Atc \"SELECT rolsuper, rolcreaterole FROM pg_roles "
                         "WHERE rolname = current_user\"'").stdout.strip()
        self.note("the application's role is no superuser", "" if role == "f|f" else role)
        asked = self.type("prod exec -T -e REDISCLI_AUTH= redis redis-cli get asked").stdout
        self.note("Redis asks for its password", "" if "NOAUTH" in asked else "it answers")
        logs = self.type("prod logs --no-log-prefix app", shown="lines of JSON").stdout
        lines = [json.loads(line[line.index("{"):]) for line in logs.splitlines() if line.endswith("}")]
        self.note("a line of JSON per request", "" if [line for line in lines if line.get("path") == "/api/items"] else logs[-500:])

    def restored(self):
        """What was written after the dump is gone, what was before is there."""
        dump, restore = self.runbook("Back up and restore")
        self.type(dump)
        self.type("prod exec -T db test -r /backups/shop.dump", status=1)
        later = self.add()
        self.type(restore)
        self.note("restored by the runbook", "" if (later, again := self.add()) == ((3, 3), (3, 4)) else (later, again))

    def again(self):
        """Down and up keeps what was written; an unsafe value stops the application alone."""
        self.type("prod down", shown="gone, but for the volumes")
        self.type("prod up -d --wait --wait-timeout 180", shown="every service is healthy")
        after = self.add()
        self.note("down and up: data stays", "" if after == (4, 5) else after)
        refused = self.type("prod run --rm --no-deps -e DEBUG=true app", status=78)
        self.note("DEBUG=true: the image starts nothing", "" if "refused: DEBUG is on" in refused.stdout + refused.stderr else refused.stdout[-800:])
        before = {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file() and ".git/" not in str(path)}
        self.type(f"fairlead init --production --readme --proxy {self.PROXY}")
        self.note("init again changes nothing", [str(path) for path, text in before.items() if path.read_bytes() != text])
        self.type("prod down --volumes", shown="gone")


class ByCaddy(Production):
    """The same application in a clean folder, with the other proxy; its own authority stands in for one that is asked by ACME."""
    PROXY, CHECK, MOVED = "caddy", "caddy validate --config /etc/caddy/Caddyfile", 308

    def application(self):
        self.type("git clone -q ../../nginx/shop .")

    def stand_ins(self):
        super().stand_ins()
        version = subprocess.run(["caddy", "version"], capture_output=True, text=True, check=True).stdout.lstrip("v")
        older = "s/log_skip/skip_log/; " if version.startswith(("2.6", "2.7")) else ""  # its name since 2.8
        self.type(f"sed -i '{older}s/^{{$DOMAIN.*/&\\n\\ttls internal/; s/admin off/&\\n\\tskip_install_trust/' docker/caddy/Caddyfile")
        self.type("sed -i 's/^ARG PROXY_IMAGE=.*/ARG PROXY_IMAGE=kit-caddy/' docker/caddy/Dockerfile.prod")

    def trust(self):
        self.tls = self.folder.parent
        self.type(f"prod exec -T proxy cat /data/caddy/pki/authorities/local/root.crt >{self.tls}/fullchain.pem")
