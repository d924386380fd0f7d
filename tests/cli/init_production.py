#!/usr/bin/python3
# needs: node, lint, nginx, caddy, kit, strace, postgres, compose; takes: 54 s
"""init_production.py BIN: what `fairlead init --production`, --readme, --template and --secrets write.

Small projects of each stack. What is written passes preflight above 95 without an error, is taken by nginx, Caddy and
compose where they are here, and is left alone by a second run. The settings modules are started for good, with sound
values and with each unsafe one, by the distribution's packages (script/bootstrap test) or those of the Python that
FAIRLEAD_KIT_PYTHON names; a stack that it can't import is skipped and said.
"""
import hashlib
import http.client
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from compose_plugin import MISSING, plugin  # noqa: E402
from counted import note, skip  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
PATH = f"{BIN}:{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"
PYTHONS = [os.environ.get("FAIRLEAD_KIT_PYTHON", ""), "/usr/bin/python3"]

HEALTH = 'return {"status": "healthy"}'
FRONT = {
    "package.json": json.dumps({"name": "front", "private": True, "scripts": {"build": "vite build", "dev": "vite"},
                                "dependencies": {"react": "19.0.0"}, "devDependencies": {"vite": "8.3.8"}}),
    "package-lock.json": '{"lockfileVersion": 3, "packages": {}}\n',
    "index.html": '<div id="root"></div>\n',
}
PROJECTS = {
    "flask": {
        "app.py": f'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get("/api/health")\ndef health():\n    {HEALTH}\n',
        "requirements.txt": "flask==3.1.3\ngunicorn==27.0.1\n",
    },
    "fastapi": {
        "backend/app/main.py": f'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/api/health")\ndef health():\n'
                               f'    {HEALTH}\n',
        "backend/app/__init__.py": "",
        "backend/requirements.txt": "fastapi==0.165.0\nsqlalchemy==2.0.44\nalembic==1.17.2\nasyncpg==0.30.0\nredis==6.4.0\n",
        **{f"frontend/{name}": text for name, text in FRONT.items()},
    },
    "django": {
        "manage.py": 'import os\nimport sys\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
                     "from django.core.management import execute_from_command_line\n\nexecute_from_command_line(sys.argv)\n",
        "shop/__init__.py": "",
        "shop/settings.py": 'SECRET_KEY = "development"\nDEBUG = True\nALLOWED_HOSTS = []\nROOT_URLCONF = "shop.urls"\n'
                            'INSTALLED_APPS = ["django.contrib.staticfiles"]\n'
                            'MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]\nSTATIC_URL = "static/"\n'
                            'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}\n',
        "shop/urls.py": "from django.http import JsonResponse\nfrom django.urls import path\n\n"
                        'urlpatterns = [path("health/", lambda request: JsonResponse({"status": "healthy"}))]\n',
        "shop/wsgi.py": 'import os\n\nfrom django.core.wsgi import get_wsgi_application\n\nos.environ.setdefault('
                        '"DJANGO_SETTINGS_MODULE", "shop.settings")\napplication = get_wsgi_application()\n',
        "requirements.txt": "django==5.2.19\nredis==6.4.0\n",
    },
    "express": {
        "server.js": "const http = require('node:http');\n\nhttp.createServer((request, response) => {\n"
                     "  if (request.url !== '/health') return response.writeHead(404).end();\n"
                     "  response.end(JSON.stringify({ status: 'healthy' }));\n}).listen(process.env.PORT || 3000);\n",
        "package.json": json.dumps({"name": "shop", "version": "1.0.0", "scripts": {"start": "node server.js"},
                                    "dependencies": {"express": "5.3.0", "pg": "8.16.3"}}),
        "package-lock.json": '{"lockfileVersion": 3, "packages": {}}\n',
    },
}
# What the teams ask of such files: the case, the project (stack-proxy), and a file with what has to stand in it, each.
SHOWN = [
    ("S0-07: gunicorn of Flask, its port and its health check", "flask-nginx", "Dockerfile.prod",
     [r'^CMD \["gunicorn", "app:app", "-b", "0\.0\.0\.0:8080"\]$', r"^EXPOSE 8080$", r"127\.0\.0\.1:8080/api/health"]),
    ("S0-16, S0-17: an image with its port, and what it leaves out", "flask-nginx", ".dockerignore", [r"^\*\*/\.env\.\*$", r"^\.git$", r"^tests$"]),
    ("S0-22: a file for the laptop, one for a host of containers", "flask-nginx", ".env.deploy.example", [r"^DATABASE_URL=$", r"docker run --env-file"]),
    ("S1-01: a production template with a comment for every variable", "fastapi-nginx", ".env.production.example",
     [r"^# .*\.\nSECRET_KEY=$", r"^# .*\.\nPOSTGRES_PASSWORD=$", r"^# .*\nLOG_LEVEL=info$"]),
    ("S1-12, S1-14: the front end's template, with CDN settings", "fastapi-nginx", "frontend/.env.production.example",
     [r"^# .*\nVITE_API_URL=https://", r"^# .*\nVITE_CDN_URL=$", r"^# .*\nVITE_ENABLE_ANALYTICS=false$",
      r"^# .*\nVITE_ENABLE_ERROR_TRACKING=false$", r"^# .*\nVITE_SENTRY_DSN=$"]),
    ("S1-59, S1-60: events are sampled at a tenth and tagged with app and version", "fastapi-nginx", "backend/monitoring.py",
     [r'SENTRY_TRACES_SAMPLE_RATE.* or 0\.1\)', r'set_tag\("app", SERVICE\)', r'set_tag\("version"', r"send_default_pii=False"]),
    ("S1-77, S1-82: limits of database, back end and proxy, each a variable", "fastapi-nginx", "docker-compose.prod.yml",
     [r'cpus: "\$\{DB_CPUS:-2\.0\}", memory: "\$\{DB_MEMORY:-2G\}"', r'cpus: "\$\{APP_CPUS:-2\.0\}", memory: "\$\{APP_MEMORY:-1G\}"',
      r'cpus: "\$\{PROXY_CPUS:-0\.5\}", memory: "\$\{PROXY_MEMORY:-128M\}"', r"WEB_CONCURRENCY: \$\{WEB_CONCURRENCY:-4\}"]),
    ("S1-85, S1-87: nginx before the application, static files and uploads with cache headers", "flask-nginx", "docker/nginx/nginx.conf",
     [r"location /static/ \{\n\s+expires 7d;", r"location /uploads/ \{\n\s+alias /srv/uploads/;\n\s+expires 7d;", r"location /ws \{"]),
    ("S1-88: images and built files are cached for long", "fastapi-nginx", "docker/nginx/nginx.conf", [r"location /assets/ \{\n\s+expires 1y;"]),
    ("S1-100: gunicorn with Uvicorn's workers", "fastapi-nginx", "backend/Dockerfile.prod",
     [r'^CMD \["gunicorn", "-k", "uvicorn\.workers\.UvicornWorker", "--workers", "4", "-b", "0\.0\.0\.0:8000", "app\.main:app"\]$']),
    ("S1-149: the README's sections", "fastapi-nginx", "README.md",
     [rf"^## {name}$" for name in ("Overview", "Stack", "Quick start", "Development", "API", "Deployment", "Security", "Troubleshooting",
                                  "Testing", "Performance", "Contributing", "Roadmap")] + [r"^### With Docker$", r"^### By hand$"]),
    ("S1-150: badges for version, licence and stack", "fastapi-nginx", "README.md", [r"badge/version-.*badge/licence-.*badge/stack-fastapi"]),
    ("S1-152: the README's guide to migrations", "fastapi-nginx", "README.md", [r"^### Database migrations$", r"^prod run --rm app alembic upgrade head$"]),
    ("S1-152: each stack's own migrations", "django-nginx", "docs/runbook.md", [r"^prod run --rm app python manage\.py migrate$"]),
    ("S1-152: fairlead's, from the host, where there is no other tool", "flask-nginx", "docs/runbook.md",
     [r"^export DATABASE_URL=postgresql://.*@\$address:5432/", r"^fairlead-migrate up$"]),
    ("S1-154: the README on monitoring and logs", "fastapi-nginx", "README.md", [r"^## Monitoring and logs$", r"request_id", r"SENTRY_DSN"]),
    ("S1-155: the README's targets of performance", "fastapi-nginx", "README.md", [r"^## Performance$", r"95 of 100 \| 500 ms"]),
    ("S2-21, S2-22: health checks of database, Redis and application", "fastapi-nginx", "docker-compose.prod.yml",
     [r"pg_isready.*\n.*-10s\}\n.*-5s\}\n.*-5\}\n.*-10s\}", r"\[CMD, redis-cli, ping\]\n.*-10s\}\n.*-5s\}\n.*-3\}",
      r"\[CMD, python, -c.*\n.*-30s\}\n.*-10s\}\n.*-3\}\n.*-40s\}"]),
    ("S2-65, S2-67, S2-69: time-outs of API and WebSockets, no access log for health", "fastapi-nginx", "docker/nginx/nginx.conf",
     [r"proxy_connect_timeout 10s;", r"location /api/ \{\n.*\n\s+proxy_read_timeout 300s;", r"proxy_read_timeout 86400s;",
      r"location = /api/health \{\n\s+access_log off;", r"location = /nginx-health"]),
    ("S4-30: development has code mounted, reloaded, at this machine's ports alone", "fastapi-nginx", "compose.override.yml",
     [r"--reload", r'"127\.0\.0\.1:8000:8000"', r"\./backend:/app", r"seeds"]),
    ("what the proxy says of safety is said once", "django-nginx", "docker/nginx/nginx.conf",
     [rf"proxy_hide_header {name};\n(?:.*\n)*.*add_header {name} " for name in (
         "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy")]),
    ("how long Django's files are kept is WhiteNoise's to say", "django-nginx", "docker/nginx/nginx.conf",
     [r"location /static/ \{\n\s+#.*\n\s+access_log off;"]),
    ("the runbook's dump goes where it may, and comes back", "express-caddy", "docs/runbook.md",
     [r"^prod exec -T -u root db sh -c 'umask 077; pg_dump .* -f /backups/", r"^prod exec -T -u root db pg_restore .* /backups/"]),
    ("Caddy answers for hidden paths before it asks the application", "flask-caddy", "docker/caddy/Caddyfile", [r"^\thandle @hidden \{\n\t\trespond 404\n\t\}$"]),
    ("Caddy tells of no HTTP/3 that nobody publishes", "flask-caddy", "docker/caddy/Caddyfile", [r"^\t\tprotocols h1 h2 "]),
    ("Caddy's word on files is the only one", "flask-caddy", "docker/caddy/Caddyfile", [r'header @static \{\n\s+Cache-Control "public, max-age=604800"\n\s+defer']),
]
NEEDS = {"flask": "flask, gunicorn", "fastapi": "fastapi, gunicorn, uvicorn", "django": "django, gunicorn, whitenoise"}
SOUND = {"ENVIRONMENT": "production", "DEBUG": "false", "SECRET_KEY": "k3J9" + "aZ0bY1cX2dW3eV4f" * 4,
         "DATABASE_URL": "postgresql://shop:pw@db:5432/shop", "FRONTEND_URL": "https://app.example.org",
         "ALLOWED_ORIGINS": "https://app.example.org", "ALLOWED_HOSTS": "app.example.org,127.0.0.1", "LOG_LEVEL": "info",
         "REDIS_URL": "redis://:pw@redis:6379/0"}
# Each unsafe value, and what the refusal says of it.
UNSAFE = [
    ("DEBUG", "true", "DEBUG is on"), ("DEBUG", "1", "DEBUG is on"), ("DEBUG", "maybe", "neither on nor off"),
    ("SECRET_KEY", "", "SECRET_KEY is not set"), ("SECRET_KEY", SOUND["SECRET_KEY"][:63], "SECRET_KEY has 63 characters"),
    ("SECRET_KEY", "a" * 64, "can be guessed"), ("SECRET_KEY", "change-me-" + SOUND["SECRET_KEY"], "template's text"),
    ("DATABASE_URL", "", "DATABASE_URL is not set"), ("DATABASE_URL", "sqlite:///shop.db", "DATABASE_URL is sqlite"),
    ("DATABASE_URL", "sqlite+aiosqlite:///shop.db", "DATABASE_URL is sqlite"),
    ("FRONTEND_URL", "http://app.example.org", "FRONTEND_URL"), ("FRONTEND_URL", "", "FRONTEND_URL is not set"),
    ("FRONTEND_URL", "https://localhost", "own address"),
    ("FRONTEND_URL", "https://", ""), ("DATABASE_URL", "postgresql:", "names no database"),
    ("ALLOWED_ORIGINS", "http://app.example.org", "write https://"), ("ALLOWED_ORIGINS", "", "ALLOWED_ORIGINS is empty"),
    ("ALLOWED_ORIGINS", "https://app.example.org, http://localhost:3000", "visitor's machine"),
    ("ALLOWED_ORIGINS", "https://127.0.0.1:8443", "visitor's machine"), ("ALLOWED_ORIGINS", "https://[::1]", "visitor's machine"),
    ("ALLOWED_ORIGINS", "*", "ALLOWED_ORIGINS holds *"), ("LOG_LEVEL", "debug", "LOG_LEVEL is debug"), ("LOG_LEVEL", "TRACE", "LOG_LEVEL is TRACE"),
    ("LOG_LEVEL", "inf", "LOG_LEVEL is inf"),
    ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS holds *"), ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS is empty"),
    ("REDIS_URL", "", "REDIS_URL"),
]
# Those that this stack has.
def is_asked(stack, variable):
    return not (variable == "REDIS_URL" and stack not in ("fastapi", "django")) and not (variable == "ALLOWED_HOSTS" and stack == "express")


TRACED = {"ASAN_OPTIONS": "detect_leaks=0"}  # what looks for leaks can't be traced


def run(words, folder, **more):
    environment = {"PATH": PATH, "HOME": str(SCRATCH), "LANG": "C.UTF-8", "GIT_CEILING_DIRECTORIES": str(SCRATCH),
                   **more.pop("env", {})}
    return subprocess.run([str(word) for word in words], cwd=folder, capture_output=True, text=True, timeout=120,
                          env=environment, **more)


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def make(name, stack, git=True):
    folder = SCRATCH / name
    write(folder, PROJECTS[stack])
    if git:
        run(["git", "init", "-q"], folder)
        run(["git", "add", "-A"], folder)
        run(["git", "-c", "user.name=Ada L", "-c", "user.email=ada@example.org", "commit", "-qm", "a"], folder)
    return folder


def digest(folder):
    return {str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), stat.S_IMODE(path.stat().st_mode))
            for path in folder.rglob("*") if path.is_file() and ".git/" not in f"{path}"}


def init(folder, *flags):
    return run([BIN / "fairlead", "init", *flags], folder)


def written(folder, stack, proxy):
    """Twice, judged, and read by those who will read it."""
    what = f"{stack}, {proxy}"
    before = digest(folder)
    first = init(folder, "--production", "--apply", "--readme", "--proxy", proxy)
    note(f"{what}: init", first.stderr if first.returncode else "")
    made = digest(folder)
    changed = [name for name in before if before[name] != made[name]]
    note(f"{what}: what was there", changed)
    again = init(folder, "--production", "--apply", "--readme", "--proxy", proxy)
    note(f"{what}: init again writes nothing", again.stdout if "written: 0;" not in again.stdout else "")
    note(f"{what}: init again changes nothing", digest(folder) != made)
    note(f"{what}: init again has no difference", re.findall(r"^[-+@].*", again.stdout, re.M)[:5])
    with_secrets = init(folder, "--secrets", "--to", ".env.production")
    note(f"{what}: --secrets", with_secrets.stderr if with_secrets.returncode else "")
    judged = run([BIN / "fairlead-preflight", "--format", "json"], folder)
    report = json.loads(judged.stdout)
    errors = [one for one in report["findings"] if one["severity"] == "error"]
    total = report["score"]["total"]
    print(f"  {what}: {len(made) - len(before)} files, score {total}, errors {len(errors)}")
    note(f"{what}: preflight", errors or judged.returncode or (f"score {total}" if total <= 95 else ""))
    for words in (["--env-file", ".env.production"], ["--profile", "staging"], ["--profile", "production"]):
        other = run([BIN / "fairlead-preflight", *words, "--format", "json"], folder)
        errors = [one for one in json.loads(other.stdout)["findings"] if one["severity"] == "error"]
        note(f"{what}: preflight {' '.join(words)}", errors or (other.returncode and other.stderr))
    table = run([BIN / "fairlead-preflight", "env", "--check", "README.md"], folder)
    note(f"{what}: README's table", table.stdout if table.returncode else "")
    leftover = [name for name in made if name not in before and b"kit" in (folder / name).read_bytes() and re.search(
        rb"kit[-_./:](app|module|backend|frontend|health|python|node|nginx|caddy|postgres|redis|install|lock|build|if|end|settings|"
        rb"scheme|contact|address|dist|server|manager|parts|test|migrate)", (folder / name).read_bytes())]
    note(f"{what}: no sample is left", leftover)


def read_by_others(folder, stack, proxy):
    what = f"{stack}, {proxy}"
    for path in folder.rglob("*.py"):
        compiled = run(["/usr/bin/python3", "-c", f"compile(open({str(path)!r}).read(), {str(path)!r}, 'exec')"], folder)
        note(f"{what}: {path.name} compiles", compiled.stderr)
    for path in folder.rglob("*.cjs"):
        if shutil.which("node"):
            note(f"{what}: {path.name}", run(["node", "--check", path], folder).stderr)
        else:
            skip("node", f"{what}: {path.name}", "it is not installed")
    shellcheck = shutil.which("shellcheck", path=PATH)
    for path in folder.rglob("*.sh"):
        if shellcheck:
            note(f"{what}: shellcheck {path.name}", run([shellcheck, path], folder).stdout)
        else:
            skip("lint", f"{what}: shellcheck {path.name}", "it is not installed")
        note(f"{what}: {path.name}", run(["sh", "-n", path], folder).stderr or (not os.access(path, os.X_OK) and "not executable"))
    shutil.copy(folder / ".env.local.example", folder / ".env.local")
    compose = plugin()
    if compose:
        for words in (["--env-file", ".env.production", "-f", "docker-compose.prod.yml"], []):
            asked = run([str(compose), *words, "config", "--format", "json"], folder)
            note(f"{what}: docker compose config {' '.join(words)}", asked.stderr if asked.returncode else "")
            if words and not asked.returncode:
                production(what, json.loads(asked.stdout), folder)
    (folder / ".env.local").unlink()
    if stack == "django":
        collects(folder, what)
    if proxy == "nginx":
        nginx(folder, what)
    if proxy == "caddy":
        caddy(folder, what)


def production(what, model, folder):
    """What compose itself makes of docker-compose.prod.yml."""
    for name, service in model["services"].items():
        limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
        problems = [key for key, there in {
            "limits": limits.get("memory") and limits.get("cpus"), "healthcheck": service.get("healthcheck", {}).get("test"),
            "restart": service.get("restart") == "unless-stopped", "read_only": service.get("read_only"),
            "logging": service.get("logging", {}).get("options", {}).get("max-size"), "networks": service.get("networks"),
            "no source": all(one.get("target") != "/app" for one in service.get("volumes", [])),
        }.items() if not there]
        note(f"{what}: {name} of production", problems)
        ports = [one.get("published") for one in service.get("ports", [])]
        note(f"{what}: ports of {name}", ports if ports and name not in ("proxy", "app") else "")
    database = model["services"]["db"]
    limits = database["deploy"]["resources"]["limits"]
    note(f"{what}: the database has 2 processors and 2 GB", (limits["cpus"], limits["memory"]) != (2, "2147483648") and limits)
    note(f"{what}: the owner's password is the database's alone", model["services"]["app"]["environment"].get("POSTGRES_PASSWORD"))
    names = {name for name in model["services"]}
    note(f"{what}: services", {"app", "db"} - names)


def nginx(folder, what):
    program = shutil.which("nginx", path=PATH)
    if program is None:
        return skip("nginx", what, "it is not installed")
    tls = SCRATCH / "tls"
    if not tls.exists():
        tls.mkdir()
        run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tls / "privkey.pem", "-out",
             tls / "fullchain.pem", "-days", "2", "-subj", "/CN=app.example.org"], tls)
    version = tuple(int(n) for n in re.search(r"nginx/(\d+)\.(\d+)\.(\d+)", run([program, "-v"], folder).stderr).groups())
    text = (folder / "docker/nginx/nginx.conf").read_text().replace("/etc/nginx/tls", str(tls))
    if version < (1, 25, 1):  # that directive's first version; the image's nginx is newer
        text = text.replace("http2 on;", "")
    (SCRATCH / "nginx.conf").write_text(text)
    asked = run([program, "-t", "-e", "stderr", "-c", SCRATCH / "nginx.conf"], folder)
    note(f"{what}: nginx -t", asked.stderr if asked.returncode or "[warn]" in asked.stderr else "")


def hidden_by_caddy(program, folder, text, what):
    """Asks a running caddy: what is hidden is 404 by an empty answer, what is passed on finds no application (502)."""
    if "root * /srv/site" in text:
        return
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        port, health = one.getsockname()[1], two.getsockname()[1]
    text = text.replace("{$DOMAIN:app.example.org}", f"http://127.0.0.1:{port}").replace("127.0.0.1:8081", f"127.0.0.1:{health}")
    text = re.sub(r"reverse_proxy app:\d+", "reverse_proxy 127.0.0.1:1", text).replace("lb_try_duration 5s", "lb_try_duration 0s")
    (SCRATCH / "Caddyfile.run").write_text(text)
    child = subprocess.Popen([program, "run", "--config", SCRATCH / "Caddyfile.run", "--adapter", "caddyfile"],
                             cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wanted = {"/internal/debug": 404, "/.env": 404, "/a/b/.git/config": 404, "/.well-known/.git": 404,
                  "/.well-known/acme-challenge/x": 502, "/page": 502}
        got = {}
        for path in wanted:
            until = time.monotonic() + 10
            while path not in got and time.monotonic() < until:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                try:
                    connection.request("GET", path)
                    got[path] = connection.getresponse().status
                except OSError:
                    time.sleep(0.1)
                finally:
                    connection.close()
        note(f"{what}: caddy hides figures and dotfiles at any depth", got != wanted and got)
    finally:
        child.terminate()
        child.wait()


def caddy(folder, what):
    program = shutil.which("caddy", path=PATH)
    if program is None:
        return skip("caddy", what, "it is not installed")
    text = (folder / "docker/caddy/Caddyfile").read_text()
    version = re.search(r"v?(\d+)\.(\d+)", run([program, "version"], folder).stdout)
    if version and tuple(int(n) for n in version.groups()) < (2, 8):  # its name since then
        text = text.replace("log_skip", "skip_log")
    (SCRATCH / "Caddyfile").write_text(text)
    asked = run([program, "validate", "--config", SCRATCH / "Caddyfile", "--adapter", "caddyfile"], folder)
    note(f"{what}: caddy validate", asked.stderr if asked.returncode else "")
    shaped = run([program, "fmt", folder / "docker/caddy/Caddyfile"], folder)
    hidden_by_caddy(program, folder, text, what)
    note(f"{what}: caddy fmt", shaped.stdout != (folder / "docker/caddy/Caddyfile").read_text() and "other blanks")


def collects(folder, what):
    """What collectstatic is given while the image is built is all that the settings ask for."""
    line = re.search(r"^RUN (SECRET_KEY=(?:.*\\\n)+.*) python manage\.py collectstatic", (folder / "Dockerfile.prod").read_text(), re.M).group(1)
    asked = run(["sh", "-c", line.replace("$(python ", "$(/usr/bin/python3 ") + " ENVIRONMENT=production /usr/bin/python3 config_production.py"], folder)
    note(f"{what}: static files are collected", asked.stderr if asked.returncode else "")


def shown():
    for what, project, name, patterns in SHOWN:
        text = (SCRATCH / project / name).read_text()
        missing = [pattern for pattern in patterns if not re.search(pattern, text, re.M)]
        note(what, missing)
        for pattern in patterns:
            found = re.search(pattern, text, re.M)
            if found:
                number = text[:found.start()].count("\n") + 1
                print(f"  {what.split(':')[0]}: {name}:{number}: {found.group(0).splitlines()[0][:100]}")


def python_for(stack):
    for python in PYTHONS:
        if python and pathlib.Path(python).exists() and run([python, "-c", f"import {NEEDS[stack]}"], SCRATCH).returncode == 0:
            return python
    return None


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def command_of(folder, stack, port):
    """CMD of the written image, with the programs of this machine and a free port."""
    below = folder / "backend" if stack == "fastapi" else folder
    words = json.loads(re.search(r"^CMD (\[.*\])$", (below / "Dockerfile.prod").read_text(), re.M).group(1))
    words = [re.sub(r"0\.0\.0\.0:\d+", f"127.0.0.1:{port}", word) for word in words]
    if words[0] == "gunicorn":
        words = [python_for(stack), "-m", "gunicorn", *words[1:]]
    return words, below


def environment_of(stack, port, changes):
    variables = {**SOUND, "PATH": PATH, "HOME": str(SCRATCH), "WEB_CONCURRENCY": "2", "PORT": str(port), **changes}
    if stack == "django":
        variables["DJANGO_SETTINGS_MODULE"] = "shop.settings_production"
        variables["STATIC_ROOT"] = str(SCRATCH / "static")
    if stack == "express":
        variables["NODE_ENV"] = changes.get("NODE_ENV", "production")
    return variables


def start(folder, stack, changes):
    port = free_port()
    words, below = command_of(folder, stack, port)
    log = open(SCRATCH / "start.log", "w+")
    process = subprocess.Popen(words, cwd=below, env=environment_of(stack, port, changes), stdout=log, stderr=log,
                               start_new_session=True)
    return process, port, log


def answer(process, port, stack, path):
    headers = {"Host": "app.example.org", "X-Forwarded-Proto": "https", "X-Request-ID": "given-by-proxy-1"}
    until = time.monotonic() + 40
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers), timeout=5) as got:
                return got.status, dict(got.headers), got.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, dict(refused.headers), ""
        except OSError:
            time.sleep(0.1)
    return None, {}, ""


def starts(folder, stack):
    if stack == "express":
        if shutil.which("node") is None:
            return skip("node", "express, started", "it is not installed")
    elif python_for(stack) is None:
        return skip("kit", f"{stack}, started", f"no Python here has {NEEDS[stack]}")
    path = {"django": "/health/", "express": "/health"}.get(stack, "/api/health")
    process, port, log = start(folder, stack, {})
    status, headers, body = answer(process, port, stack, path)
    lost = answer(process, port, stack, "/nowhere?token=correct-horse")[0]
    process.send_signal(signal.SIGTERM)
    try:
        ended = process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        ended = "killed"
    log.seek(0)
    said = log.read()
    sound = status == 200 and "healthy" in body and lost == 404
    note(f"{stack}: starts on sound values", "" if sound else f"{status} {lost} {said[-1500:]}")
    note(f"{stack}: ends on SIGTERM", "" if ended == 0 else f"{ended}")
    note(f"{stack}: the request's id comes back", headers.get("X-Request-ID", headers.get("x-request-id")) != "given-by-proxy-1" and headers)
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line.get("path") == "/nowhere"]
    note(f"{stack}: a line of JSON per request", not requests and said[-800:])
    note(f"{stack}: health is not logged", [line for line in lines if line.get("path") == path])
    note(f"{stack}: no secret in the log", "correct-horse" in said or SOUND["SECRET_KEY"] in said)
    wrong = []
    for variable, value, words in UNSAFE:
        if not is_asked(stack, variable):
            continue
        process, port, log = start(folder, stack, {variable: value})
        try:
            ended = process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            ended = "it started"
        log.seek(0)
        said = log.read()
        problem = "" if ended not in (0, "it started") and words in said else f"{ended}: {said[-600:]}"
        note(f"{stack}: refuses {variable}={value[:24]}", problem)
        wrong += [variable] if problem else []
        note(f"{stack}: names no secret for {variable}", SOUND["SECRET_KEY"] in said)
        print(f"  {stack}: {variable}={value[:40] or '(empty)'} -> {ended}: {first_refusal(said)}")
    note("S1-02: the settings module starts on sound values and refuses each unsafe one", wrong or not sound)


def first_refusal(said):
    found = re.search(r"refused: ([^\"\n\\]*)", said)
    return found.group(1)[:90] if found else said[-90:]


def edits(stack):
    """Edits stay, with the difference shown; --force takes back what init wrote, and nothing of others."""
    folder = make("edits", stack)
    init(folder, "--production")
    edited = folder / "docker-compose.prod.yml"
    edited.write_text(edited.read_text().replace("2G", "4G"))
    again = init(folder, "--production")
    note("an edit is kept", "4G" not in edited.read_text())
    note("the difference is shown", not re.search(r"^-.*4G.*\n\+.*2G", again.stdout, re.M) and again.stdout)
    forced = init(folder, "--production", "--force")
    note("--force takes it back", "4G" in edited.read_text() or "written: 1;" not in forced.stdout)
    own = make("own", stack)
    files = {name: "# mine\n" for name in ("config_production.py", "monitoring.py", "gunicorn.conf.py", "Dockerfile.prod", ".dockerignore",
                                           "docker-compose.prod.yml", "docker/nginx/nginx.conf", "README.md", "decisions.yml",
                                           "docs/contacts.md", "docs/runbook.md", ".env.production.example", ".env.local.example",
                                           ".env.deploy.example", "requirements-production.txt", "docker/postgres/app-role.sh")}
    write(own, files)
    said = init(own, "--production", "--readme", "--force")
    note("what others wrote is kept, --force or not", [name for name, text in files.items() if (own / name).read_text() != text])
    note("... and each is told with its difference", [name for name in files if f"kept     {name} (it was not written by init" not in said.stdout])
    write(own, {"compose.yml": "services: {web: {image: 'nginx:1.29.5'}}\n"})
    for name in ("compose.override.yml", "docker/postgres/seeds/seeds.sql"):
        (own / name).unlink()
    init(own, "--production")
    note("beside a compose.yml of others there is no override", (own / "compose.override.yml").exists())
    dry = make("dry", stack)
    before = digest(dry)
    said = init(dry, "--production", "--dry-run")
    note("--dry-run writes nothing", digest(dry) != before or "would write  docker-compose.prod.yml" not in said.stdout)
    (dry / "Dockerfile.prod").mkdir()
    said = init(dry, "--production")
    note("a folder in a file's place: nothing is written", said.returncode != 3 or set(digest(dry)) != set(before))


def killed_secrets(strace, stack):
    """The same of --secrets: .env.production is whole or isn't there; nobody but the owner reads what is left, and git takes none of it."""
    folder = make("killed-secrets", stack)
    init(folder, "--production")
    wrong, path = [], folder / ".env.production"
    for call in ("write", "fsync", "renameat"):
        for number in range(1, 50):
            done = run([strace, "-f", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={number}", BIN / "fairlead", "init",
                        "--secrets", "--to", ".env.production"], folder, env=TRACED)
            left = [one for one in folder.glob(".env.*") if not one.name.endswith(".example")]
            taken = [line for line in run(["git", "status", "--porcelain", "-uall"], folder).stdout.splitlines() if ".env." in line and ".example" not in line]
            whole = not path.exists() or len(re.findall(r"^(?:SECRET_KEY|POSTGRES_PASSWORD|DB_PASSWORD)=\w{64}$", path.read_text(), re.M)) == 3
            if taken or not whole or any(stat.S_IMODE(one.stat().st_mode) != 0o600 for one in left):
                wrong.append(f"{call} {number} of --secrets: {taken} {[one.name for one in left]}")
            for one in left:
                one.unlink()
            if done.returncode == 0:
                break
    return wrong


def killed(stack):
    """Ended by KILL at each call that writes: what is there is whole, and the next run makes the rest."""
    strace = shutil.which("strace", path=PATH)
    if strace is None:
        return skip("strace", "killed at each place", "it is not installed")
    whole = make("whole/shop", stack, git=False)
    init(whole, "--production", "--readme")
    wanted = digest(whole)
    halves, unlike, places = [], [], 0
    for call in ("mkdirat", "write", "renameat"):
        for number in range(1, 500):
            folder = make("killed/shop", stack, git=False)
            done = run([strace, "-f", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={number}", BIN / "fairlead", "init",
                        "--production", "--readme"], folder, env=TRACED)
            if done.returncode == 0:
                break
            places += done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
            found = digest(folder)
            halves += [f"{call} {number}: {name}" for name, one in found.items() if wanted.get(name, one) != one]
            init(folder, "--production", "--readme")
            again = digest(folder)
            strange = [name for name in again if name not in wanted and ".fairlead-" not in name]
            if strange or any(again.get(name) != one for name, one in wanted.items()):
                unlike.append(f"{call} {number}: {strange}")
            shutil.rmtree(folder)
        shutil.rmtree(folder)
    halves += killed_secrets(strace, stack)
    print(f"  {stack}: killed at {places} places")
    note("killed at each place: no half file", halves)
    note("killed at each place: the next run makes the rest", unlike or (places < 40 and f"{places} places"))


def places():
    """A monorepo, an empty folder with --stack, a folder without git, a project that the kit isn't for."""
    folder = SCRATCH / "mono"
    for stack, below in (("fastapi", "services/api"), ("flask", "services/admin")):
        write(folder / below, {name.removeprefix("backend/"): text for name, text in PROJECTS[stack].items() if "frontend" not in name})
    write(folder / "web", FRONT)
    run(["git", "init", "-q"], folder)
    said = init(folder, "--production")
    note("monorepo: status", said.stderr if said.returncode else "")
    for name in ("services/admin/Dockerfile.prod", "services/admin/config_production.py", "web/Dockerfile.prod",
                 "web/.env.production.example", "docker-compose.prod.yml", ".env.production.example"):
        note(f"monorepo: {name}", "" if (folder / name).exists() else said.stdout)
    text = (folder / "docker-compose.prod.yml").read_text()
    note("monorepo: contexts", "context: services/admin" not in text or "context: web" not in text)
    note("monorepo: what is left out is told", "left out: api" not in said.stdout and said.stdout)
    chosen = init(folder, "--production", "--stack", "fastapi", "--dry-run")
    note("monorepo: --stack chooses", "services/api/Dockerfile.prod" not in chosen.stdout and chosen.stdout)
    empty = SCRATCH / "empty"
    empty.mkdir()
    said = init(empty, "--production")
    note("nothing known: status 2", (said.returncode, said.stderr) if said.returncode != 2 or "--stack" not in said.stderr else "")
    bare = make("bare", "flask", git=False)
    note("no author is known: it is told", "" if "git knows no author yet" in init(bare, "--production").stdout else "not told")
    note("... and where one is, nothing", "git knows no author" in init(make("authored", "flask"), "--production").stdout)
    said = init(empty, "--production", "--stack", "flaks")
    note("--stack mistyped: status 2, the nearest", "" if (said.returncode, said.stderr.strip()) ==
         (2, "stack 'flaks' is unknown; did you mean 'flask'? (from --stack)") else (said.returncode, said.stderr))
    said = init(empty, "--production", "--stack", "rails")
    note("--stack of another: status 2, all", "" if said.returncode == 2 and "expected flask, fastapi, django, express, generic or react-vite" in said.stderr else said.stderr)
    said = init(empty, "--production", "--stack", "flask")
    image = (empty / "Dockerfile.prod").read_text() if (empty / "Dockerfile.prod").exists() else ""
    note("--stack flask writes what it is asked for (S0-07)", "" if 'CMD ["gunicorn", "app:app", "-b", "0.0.0.0:8080"]' in image and "EXPOSE 8080" in image else image)


def readme():
    """The README's addresses and targets: smoke's and openapi.json's, once each; aims where there are none."""
    folder = make("endpoints", "flask")
    init(folder, "--readme")
    plain = (folder / "README.md").read_text()
    note("README without checks: health alone, and aims", "" if "| `GET /api/health` | whether it is up |\n\n" in plain
         and "These are aims." in plain and "kit-" not in plain else plain)
    (folder / "README.md").unlink()
    write(folder, {"openapi.json": json.dumps({"openapi": "3.1.0", "paths": {
        "/api/items": {"get": {"summary": "again"}, "post": {"summary": "Adds | one\nmore"}}, "/api/items/{id}": {"delete": {}, "parameters": []},
        "/api/health": {"get": {"summary": "Health"}}}})})
    (folder / "fairlead.yml").write_text(
        "version: 1\nsmoke:\n  checks:\n    - {name: health, get: /api/health, expect: {max: 300ms}}\n"
        "    - {name: items, get: '/api/items?limit=1', expect: {max: 800ms}}\n    - {get: 'https://other.example.org/x'}\n")
    said = init(folder, "--readme")
    text = (folder / "README.md").read_text()
    rows = re.search(r"## API\n\n(?:\|.*\n){2}((?:\|.*\n)+)", text).group(1).splitlines()
    wanted = ["| `GET /api/health` | whether it is up |", "| `GET /api/items` | items |", "| `POST /api/items` | Adds  one |",
              "| `DELETE /api/items/{id}` | - |"]
    note("S1-151: the README's addresses, of smoke's checks and openapi.json", "" if rows == wanted else (rows, said.stderr))
    note("S1-155: targets are smoke's budgets", "" if "| `GET /api/health` | 300ms |" in text
         and "| `GET /api/items` | 800ms |" in text and "Each deployment is held to" in text else text)
    write(folder, {"openapi.json": "[1", "fairlead.yml": "smoke: [\n"})
    note("neither can be read: health alone", "" if "kept     README.md" in init(folder, "--readme").stdout else "not kept")


def secrets():
    folder = make("secrets", "flask")
    said = init(folder, "--secrets", "--to", ".env.production")
    note("--secrets without a template: status 2", said.returncode != 2)
    init(folder, "--production")
    piped = init(folder, "--secrets")
    note("--secrets into a pipe: status 2, no value", piped.returncode != 2 or re.search(r"=\w{20}", piped.stdout))
    write(folder, {".gitignore": "reports/\n"})
    said = init(folder, "--secrets", "--to", ".env.production")
    note("--to of a file that git would take: status 2", said.returncode != 2 or (folder / ".env.production").exists())
    init(folder, "--production")
    said = init(folder, "--secrets", "--to", ".env.production")
    path = folder / ".env.production"
    values = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line and not line.startswith("#"))
    made = {name: values[name] for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "DB_PASSWORD")}
    note("S1-178: 64 letters and digits each", [name for name, value in made.items() if not re.fullmatch(r"[A-Za-z0-9]{64}", value)])
    note("no two alike", len(set(made.values())) != 3)
    note("0600", stat.S_IMODE(path.stat().st_mode) != 0o600)
    note("no value is shown", any(value in said.stdout + said.stderr for value in made.values()))
    before = path.read_text()
    note("a second run changes nothing", init(folder, "--secrets", "--to", ".env.production").returncode or path.read_text() != before)
    said = init(folder, "--secrets", "--to", ".env.deploy")
    deploy = (folder / ".env.deploy").read_text() if (folder / ".env.deploy").exists() else said.stderr
    note("--to has a template of its own: that one's", "" if re.search(r"^SECRET_KEY=\w{64}$", deploy, re.M) and "POSTGRES_PASSWORD" not in deploy
         and "of .env.deploy.example" in said.stdout else said.stdout + deploy)
    path.write_text(before.replace(f"DB_PASSWORD={made['DB_PASSWORD']}", "DB_PASSWORD=").replace("info", "warning"))
    init(folder, "--secrets", "--to", ".env.production")
    text = path.read_text()
    note("what is there stays, what is empty is filled", made["SECRET_KEY"] not in text or "LOG_LEVEL=warning" not in text or
         not re.search(r"^DB_PASSWORD=\w{64}$", text, re.M))
    master, slave = pty.openpty()
    subprocess.run([BIN / "fairlead", "init", "--secrets"], cwd=folder, stdout=slave, stderr=slave, timeout=60,
                   env={"PATH": PATH, "HOME": str(SCRATCH)})
    os.close(slave)
    shown = os.read(master, 65536).decode()
    note("a terminal gets NAME=value lines", len(re.findall(r"^[A-Z_]+=[A-Za-z0-9]{64}\r?$", shown, re.M)) != 3 and shown)
    note("... once: they are in no file", any(value in (folder / ".env.production").read_text()
                                             for value in re.findall(r"=([A-Za-z0-9]{64})", shown)))


def odd_secrets():
    """What others wrote into templates and env files."""
    folder = SCRATCH / "odd"
    folder.mkdir()
    run(["git", "init", "-q"], folder)
    write(folder, {".gitignore": ".env.*\n", ".env.x.example": "\ufeffSECRET_KEY=\"\"\nSECRET_KEY=\nJWT_SECRET=changeme # x\nRECAPTCHA_SECRET_KEY=\nDATABASE_URL=\n"
                                                             "GITHUB_TOKEN=\nFERNET_KEY=\nDB_PASSWORD=''\n"})
    said = init(folder, "--secrets", "--to", ".env.x")
    path = folder / ".env.x"
    made = re.findall(r"^(\w+)=\w{64}$", path.read_text(), re.M)
    note("empty quotes and placeholders are filled, each name once", made != ["SECRET_KEY", "JWT_SECRET", "DB_PASSWORD"] and path.read_text())
    note("what others give out, or has a form of its own, is named", "RECAPTCHA_SECRET_KEY, DATABASE_URL, GITHUB_TOKEN, FERNET_KEY come from other services" not in said.stdout and said.stdout)
    path.chmod(0o644)
    said = init(folder, "--secrets", "--to", ".env.x")
    note("a file that others could read is closed", stat.S_IMODE(path.stat().st_mode) != 0o600 or "only its owner can read it now" not in said.stdout)
    write(folder, {".env.y": "SECRET_KEY=changeme\n", ".env.y.example": "SECRET_KEY=\n"})
    said = init(folder, "--secrets", "--to", ".env.y")
    note("a placeholder that somebody set stays, and is named", (folder / ".env.y").read_text() != "SECRET_KEY=changeme\n" or "SECRET_KEY is a template's text" not in said.stdout)
    write(folder, {"requirements.txt": "flask\n", "app.py": FACTORY, "docker-compose.prod.yml": "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: Sup3rS3cretValue\n"})
    said = init(folder, "--production", "--dry-run")
    note("a kept file's secret is not shown", "Sup3rS3cret" in said.stdout + said.stderr or ("POSTGRES_PASSWORD: ***" not in said.stdout and said.stdout + said.stderr))
    for flags in (("--production", "--ci", "gitlab"), ("--production", "--check"), ("--readme", "--backup"), ("--proxy", "caddy"), ("--stack", "flask")):
        note(f"{' '.join(flags)}: status 2", init(folder, *flags, "--dry-run").returncode != 2)


FACTORY = f'from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n\n    @app.get("/api/health")\n    def health():\n    {HEALTH}\n    return app\n'
LISTED = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask==3.1.3", "redis==6.4.0"]\n'
LAYOUTS = {  # files; what has to stand in what
    "src": ({"src/shop/__init__.py": FACTORY, "pyproject.toml": LISTED},
            {"Dockerfile.prod": [r'^CMD \["gunicorn", "shop:create_app\(\)"', r"^ENV PYTHONPATH=/app/src$", r"^COPY pyproject.toml requirements-production.txt ./$"],
             "compose.override.yml": [r'--app, "shop:create_app\(\)"']}),
    "flat": ({"shop/__init__.py": FACTORY, "pyproject.toml": LISTED}, {"Dockerfile.prod": [r'"shop:create_app\(\)"']}),
    "poetry": ({"board/main.py": "from fastapi import FastAPI\n\n\ndef create_app():\n    return FastAPI()\n", "board/__init__.py": "", "poetry.lock": "",
                "pyproject.toml": '[tool.poetry]\nname = "board"\nversion = "1"\n[tool.poetry.dependencies]\npython = "^3.12"\nfastapi = "*"\n'
                                  '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'},
               {"Dockerfile.prod": [r'"board.main:create_app\(\)"\]$'], "compose.override.yml": [r'\[uvicorn, --factory, "board.main:create_app"']}),
    "migrated": ({"app.py": FACTORY, "requirements.txt": "flask\nflask-migrate\n"},
                 {"docs/runbook.md": [r"^prod run --rm app flask --app 'app:create_app\(\)' db upgrade$"]}),
    "unfound": ({"words.py": "WORDS = 1\n", "requirements.txt": "flask\n"}, {"said": [r"^unclear  no server was found in the source, so app:app"]}),
}


def roles():
    """app-role.sh, as the database's container runs it, in a server of its own, for names that mean something to PostgreSQL."""
    initdb = next(iter(sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None)
    if initdb is None:
        return skip("postgres", "app-role.sh", "PostgreSQL is not here")
    data = SCRATCH / "cluster"
    as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_owner:
        data.mkdir()
        SCRATCH.chmod(0o711)
        shutil.chown(data, "postgres")
    said = run([*as_owner, initdb, "-D", data, "-U", "postgres", "--auth=trust"], "/")
    run([*as_owner, initdb.with_name("pg_ctl"), "-D", data, "-w", "-o", f"-c listen_addresses= -c unix_socket_directories={data} -c fsync=off", "-l", data / "log", "start"], "/")
    try:
        for name, role in (("shop", "shop"), ("user", "user"), ("order", "order"), ("postgres", "app_postgres"), ("pg-stats", "app_pg_stats")):
            folder = make(f"roles/{name}", "flask")
            init(folder, "--production")
            made = run([folder / "docker/postgres/app-role.sh"], folder, env={"PATH": f"{initdb.parent}:{PATH}", "PGHOST": str(data), "DB_PASSWORD": "it's"})
            owner = run([initdb.with_name("psql"), "-h", data, "-U", "postgres", "-Atc",
                         f"SELECT pg_get_userbyid(datdba), rolsuper FROM pg_database JOIN pg_roles ON rolname = datname WHERE datname = '{role}'"], folder)
            note(f"app-role.sh of {name}", "" if owner.stdout.strip() == f"{role}|f" else made.stderr + owner.stdout + owner.stderr + said.stderr)
            note(f"{name}: the application asks for it", f":5432/{role}}}" not in (folder / "docker-compose.prod.yml").read_text())
    finally:
        run([*as_owner, initdb.with_name("pg_ctl"), "-D", data, "-m", "immediate", "stop"], "/")


def front_alone():
    """React and nothing else: the proxy serves it."""
    for proxy in ("nginx", "caddy", "none"):
        folder = SCRATCH / f"front-{proxy}"
        write(folder, FRONT)
        run(["git", "init", "-q"], folder)
        said = init(folder, "--production", "--proxy", proxy)
        what = f"a front end alone, {proxy}"
        note(what, said.stderr if said.returncode else "")
        note(f"{what}: what is to be read is there", [one for one in re.findall(r"next: read (\S+),", said.stdout) if one != "them" and not (folder / one).exists()])
        if proxy == "none":
            continue
        note(f"{what}: nobody is asked but its files", re.findall(r".*(?:app:\d|proxy_pass|reverse_proxy|kit[:/]).*", (folder / f"docker/{proxy}" / {"nginx": "nginx.conf", "caddy": "Caddyfile"}[proxy]).read_text()))
        {"nginx": nginx, "caddy": caddy}[proxy](folder, what)
        compose = plugin()
        if compose is None:
            continue
        asked = run([str(compose), "-f", "docker-compose.prod.yml", "config", "--format", "json"], folder)
        note(f"{what}: compose", asked.stderr if asked.returncode else [*json.loads(asked.stdout)["services"]] != ["proxy"])


def layouts():
    for name, (files, wanted) in LAYOUTS.items():
        folder = SCRATCH / f"layout-{name}"
        write(folder, files)
        run(["git", "init", "-q"], folder)
        said = init(folder, "--production")
        for path, lines in wanted.items():
            text = said.stdout if path == "said" else (folder / path).read_text()
            note(f"layout {name}: {path}", [line for line in lines if not re.search(line, text, re.M)] or said.returncode and said.stderr)


def pages():
    folder = SCRATCH / "pages"
    folder.mkdir()
    for name, path, words in (("contacts", "docs/contacts.md", "answers first"), ("decision", "docs/decisions/0001-decision.md", "## Options"),
                              ("decisions", "decisions.yml", "question:"), ("runbook", "docs/runbook.md", "## Roll back"),
                              ("standup", "docs/standup.md", "## Blockers")):
        said = init(folder, "--template", name)
        note(f"--template {name}", "" if not said.returncode and words in (folder / path).read_text() else said.stdout + said.stderr)
    questions = (folder / "decisions.yml").read_text().count("- question:")
    note("S4-83: decisions.yml has twelve questions", questions != 12 and questions)
    said = init(folder, "--template", "poem")
    note("another: status 2 with the names", said.returncode != 2 or "contacts" not in said.stderr)
    note("--to alone: status 2", init(folder, "--to", "x").returncode != 2)


with tempfile.TemporaryDirectory() as scratch:
    SCRATCH = pathlib.Path(scratch).resolve()
    if not plugin():
        skip("compose", "docker compose config of every stack and proxy", MISSING)
    for stack in PROJECTS:
        for proxy in ("nginx", "caddy", "none"):
            folder = make(f"{stack}-{proxy}", stack)
            written(folder, stack, proxy)
            read_by_others(folder, stack, proxy)
        starts(SCRATCH / f"{stack}-nginx", stack)
        chosen = [(SCRATCH / f"{stack}-{proxy}/docker/{proxy}").exists() for proxy in ("nginx", "caddy", "none")]
        note("S4-15: the proxy is nginx, Caddy or none", chosen != [True, True, False] and chosen)
    shown()
    edits("flask")
    killed("flask")
    places()
    readme()
    secrets()
    odd_secrets()
    layouts()
    roles()
    front_alone()
    pages()
counted.close()
