#!/usr/bin/python3
"""board_production.py BIN: FastAPI and React from an empty fairlead.yml to production behind TLS: what is written by hand of
examples/board, `fairlead init --production`, secrets, preflight, images, the whole compose file with nginx. Each command is told with its
last line. No registry is asked: images of Debian stand in for the bases (demo_compose.py), and what npm would build in one is built here."""
import asyncio
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time

import demo_compose
import kit_images
from engine import Engine, Missing
from rig import checks
from shop import SITE, Shop

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))
import browser  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
BOARD = ROOT / "examples/board"
HAND = ("app.py", "store.py", "worker.py", "migrate.py", "migrations", "plain", "requirements.txt", "frontend")
CHANGED = ("docker-compose.prod.yml", ".dockerignore")  # by hand: the worker; the style of the plain page
ADDRESS = "127.0.0.77"
NODE_IMAGE, PROXY_IMAGE = "node:stand-in", "nginx:stand-in"
NPM = """#!/bin/sh
# The registry is not asked from here: what `npm ci && npm run build` made of the same lock file outside.
[ "$1" = ci ] || cp -r /prebuilt dist
"""


class Board(Shop):
    def __init__(self, scratch, engine, checks):
        super().__init__(scratch / "board", {
            **os.environ, **engine.environment, "PATH": f"{BIN}:{os.environ['PATH']}:/usr/sbin", "HTTP_BIND": ADDRESS, "HTTPS_BIND": ADDRESS,
            "TLS_DIR": str(scratch / "tls"), "ACME_DIR": str(scratch / "acme"), "WEB_CONCURRENCY": "2", "APP_VERSION": "1.0.0",
            "POSTGRES_IMAGE": demo_compose.POSTGRES_IMAGE, "REDIS_IMAGE": demo_compose.REDIS_IMAGE, "DOCKER_BUILDKIT": "0",
            **{f"{part}_HEALTH_INTERVAL": "2s" for part in ("APP", "DB", "REDIS", "WORKER", "PROXY")}}, ADDRESS, scratch / "tls", checks.that)


def prebuilt(scratch):
    """frontend/dist by the lock file, or why not."""
    folder = scratch / "frontend"
    shutil.copytree(BOARD / "frontend", folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
    if not shutil.which("npm"):
        checks.leave("npm", "npm is not installed")
    for words in (["npm", "ci", "--no-audit", "--no-fund"], ["npm", "run", "build"]):
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            checks.leave("npm", f"{' '.join(words)}: {(done.stdout + done.stderr)[-300:]}")
    return folder / "dist"


def web_images(engine, scratch, dist):
    folder = scratch / "web"
    folder.mkdir()
    shutil.copytree(dist, folder / "prebuilt")
    (folder / "npm").write_text(NPM)
    (folder / "npm").chmod(0o755)
    for name, lines in ((NODE_IMAGE, "COPY npm /usr/local/bin/npm\nCOPY prebuilt /prebuilt\n"), (PROXY_IMAGE, 'CMD ["nginx"]\n')):
        (folder / "Dockerfile").write_text(f"FROM fairlead-debian\n{lines}")
        demo_compose.build(engine, name, folder)


def with_stand_ins(folder):
    """A digest leads to the one image that it is of, which can't be had here."""
    for name, bases in (("Dockerfile.prod", {"PYTHON_IMAGE": demo_compose.PYTHON_IMAGE}), ("frontend/Dockerfile.prod", {"NODE_IMAGE": NODE_IMAGE, "PROXY_IMAGE": PROXY_IMAGE})):
        file, text = folder / name, (folder / name).read_text()
        for argument, image in bases.items():
            text = re.sub(f"^ARG {argument}=.*", f"ARG {argument}={image}", text, flags=re.M)
        file.write_text(text)


def certificate(folder):
    folder.mkdir()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={SITE}",
                    "-addext", f"subjectAltName=DNS:{SITE}", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"], check=True, capture_output=True)
    os.chown(folder / "privkey.pem", 101, 101)


async def socket(shop, origin):
    """What a visitor who listens hears of a message; None: not let in."""
    import websockets
    context = ssl.create_default_context(cafile=f"{shop.tls}/fullchain.pem")
    try:
        async with websockets.connect(f"wss://{SITE}/ws", host=ADDRESS, port=443, ssl=context, server_hostname=SITE, origin=origin) as listener:
            shop.curl("/api/messages", "-H", "Content-Type: application/json", "-d", '{"text":"moor the boat"}')
            return json.loads(await asyncio.wait_for(listener.recv(), 15))
    except websockets.exceptions.WebSocketException:
        return None


async def seen(checks):
    """The page under the proxy's own policy."""
    async with browser.Browser(f"--host-resolver-rules=MAP {SITE} {ADDRESS}", "--ignore-certificate-errors") as page:
        for width in (390, 1440):
            for dark in (False, True):
                await page.show(f"https://{SITE}/", width, dark)
                await page.until('document.getElementById("messages")?.textContent.includes("3 words")')
                what = await page.measure()
                name = f"behind TLS, {width} pixels, {'dark' if dark else 'light'}"
                checks.that(what["texts"] > 5 and what["least"][0] >= 4.5 and what["scroll"] <= width and not what["wide"] and not what["unnamed"] and not what["small"],
                            f"{name}: contrast {what['least'][0]} at least, nothing wider than the window", what)


def site(checks, shop):
    page = shop.curl("/")
    checks.that(page.stdout.startswith("HTTP/2 200") and "<title>Board</title>" in page.stdout and "/assets/index-" in page.stdout, "S2-04: nginx serves React's page by HTTP/2 and TLS", page.stdout + page.stderr)
    for header in ("strict-transport-security", "content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"):
        checks.that(f"\n{header}:" in page.stdout.lower(), f"with {header}", page.stdout[:800])
    health = shop.curl("/api/health")
    checks.that('"version":"1.0.0"' in health.stdout and " 200" in health.stdout.splitlines()[0], "healthy, with the image's version", health.stdout + health.stderr)
    plain = shop.curl("/", scheme="http")
    checks.that(" 301" in plain.stdout.splitlines()[0] and f"Location: https://{SITE}/" in plain.stdout, "plain http leads to https", plain.stdout)
    checks.that(shop.curl("/", name="else.example.org").returncode != 0, "names that aren't ours get no answer")
    for path in ("/internal/metrics", "/docs", "/openapi.json", "/.env"):
        answer = shop.curl(path).stdout
        checks.that(" 404" in answer.splitlines()[0] or "<title>Board</title>" in answer, f"{path} is not open", answer[:300])
    heard = asyncio.run(socket(shop, f"https://{SITE}"))
    checks.that(heard and heard["text"] == "moor the boat" and heard["words"] == 3, "a message is counted by the worker and heard by the WebSocket", heard)
    checks.that(asyncio.run(socket(shop, "https://else.example.org")) is None, "another site's WebSocket is refused")
    codes = subprocess.run(["curl", "-sS", "-o", "/dev/null", "-Z", "--parallel-max", "40", "-w", "%{http_code}\\n", "--cacert", f"{shop.tls}/fullchain.pem",
                            "--resolve", f"{SITE}:443:{ADDRESS}", f"https://{SITE}/api/messages?[1-60]"], capture_output=True, text=True, check=False).stdout.split()
    checks.that("429" in codes and "200" in codes, "more than ten requests a second are refused", sorted(set(codes)))
    if browser.is_here():
        time.sleep(4)  # until the rate is forgiven
        asyncio.run(seen(checks))
    else:
        checks.skip(browser.PART, "the page behind TLS in a browser", browser.INSTALL)


def deploy_file(shop, checks):
    """One container of the image with .env.deploy, as a host of containers would run it."""
    values = dict(line.split("=", 1) for line in (shop.folder / ".env.production").read_text().splitlines() if re.match(r"\w+=", line))
    values |= {"DATABASE_URL": f"postgresql://board:{values['DB_PASSWORD']}@db:5432/board", "REDIS_URL": f"redis://:{values['REDIS_PASSWORD']}@redis:6379/0"}
    template = (shop.folder / ".env.deploy.example").read_text()
    file = shop.folder / ".env.deploy"
    file.write_text(re.sub(r"^(\w+)=.*", lambda line: f"{line[1]}={values[line[1]]}", template, flags=re.M))
    file.chmod(0o600)
    shop.type(f"docker create --name local --env-file .env.deploy --network board_front --publish {ADDRESS}:8000:8000 board:1.0.0", shown="one container")
    shop.type("docker network connect board_back local && docker start local")
    answer = shop.type(f"fairlead-smoke http://{ADDRESS}:8000/api/health --deadline 60s")
    checks.that(answer.returncode == 0, "S0-21: healthy with .env.deploy as it is", answer.stdout + answer.stderr)
    shop.type("docker rm -f local")


def main():
    try:
        kit_images.tree()
    except kit_images.Missing as why:
        checks.leave("engine", str(why))
    prod = "docker compose --env-file .env.production -f docker-compose.prod.yml"
    with tempfile.TemporaryDirectory(prefix="fl", dir=os.environ.get("TMPDIR", "/tmp")) as text:
        scratch = pathlib.Path(text)
        scratch.chmod(0o755)
        dist = prebuilt(scratch)
        try:
            engine = Engine()
        except Missing as why:
            checks.leave("engine", str(why))
        try:
            demo_compose.images(engine)
            web_images(engine, scratch, dist)
            certificate(scratch / "tls")
            (scratch / "acme").mkdir()
            shop = Board(scratch, engine, checks)
            for name in HAND:
                (shutil.copytree if (BOARD / name).is_dir() else shutil.copy)(BOARD / name, shop.folder / name, **(
                    {"ignore": shutil.ignore_patterns("node_modules", "dist", "__pycache__", "Dockerfile*", ".dockerignore", ".env*")} if (BOARD / name).is_dir() else {}))
            (shop.folder / "fairlead.yml").write_text("version: 1\n")
            shop.type("git init -q && git add -A && git -c user.name=Ada -c user.email=ada@example.org commit -q -m 'an application'")
            shop.type("fairlead init --production --stack fastapi --proxy nginx --readme")
            for name in CHANGED:
                shutil.copy(BOARD / name, shop.folder / name)
            with_stand_ins(shop.folder)
            shop.type("git add -A && git -c user.name=Ada -c user.email=ada@example.org commit -q -m 'ready for production'")
            shop.type("fairlead init --secrets --to .env.production")
            judged = shop.type("fairlead-preflight --env-file .env.production")
            score = re.search(r"score (\d+) of 100", judged.stdout + judged.stderr)
            checks.that(score and int(score[1]) > 95 and ": error: " not in judged.stdout + judged.stderr, "preflight: no error, above 95 of 100", judged.stdout)
            shop.type(f"{prod} config -q", shown="the files are accepted")
            shop.type(f"{prod} build --quiet", shown="two images")
            shop.type(f"{prod} up -d --wait db redis", shown="db and redis are healthy")
            shop.type(f"{prod} run --rm app python migrate.py")
            shop.type(f"{prod} up -d --wait", shown="all are healthy")
            shop.type(f"{prod} exec -T proxy nginx -t -q", shown="nginx accepts its configuration")
            site(checks, shop)
            listed = json.loads("[" + ",".join(shop.type(f"{prod} ps --format json", shown="five containers").stdout.split("\n")).rstrip(",") + "]")
            checks.that(sorted(one["Service"] for one in listed) == ["app", "db", "proxy", "redis", "worker"] and {one["Health"] for one in listed} == {"healthy"},
                        "S4-21: five containers of docker compose, each healthy", listed)
            open_ports = sorted({(one["Service"], port["PublishedPort"]) for one in listed for port in one["Publishers"] or () if port["PublishedPort"]})
            checks.that(open_ports == [("proxy", 80), ("proxy", 443)], "nothing but the proxy is open", open_ports)
            users = {one["Service"]: shop.type(f"{prod} exec -T {one['Service']} id -u").stdout.strip() for one in listed}
            checks.that("0" not in users.values() and "" not in users.values(), "nobody is root in a container", users)
            roles = shop.type(f"{prod} exec -T db psql -U postgres -Atc \"SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'board'\"").stdout.strip()
            checks.that(roles == "board|f|f", "the application's role of the database is no superuser", roles)
            deploy_file(shop, checks)
            refused = shop.type(f"{prod} run --rm --no-deps -e DEBUG=true app", status=78)
            checks.that("refused: DEBUG is on" in refused.stdout + refused.stderr, "the image starts nothing on unsafe settings", refused.stdout + refused.stderr)
            shop.type(f"{prod} down --volumes --timeout 5", shown="gone")
        finally:
            engine.close()
    checks.close()


main()
