#!/usr/bin/python3
"""board_page.py [PICTURES]: examples/board on the distribution's packages, both pages (React's where npm reaches its registry, and the
plain one) in a real browser: contrast and layout at 390 and 1440 pixels, light and dark; a message from one visitor to another;
what the page does while the application is away."""
import asyncio
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

from rig import checks, free_port

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))
import browser  # noqa: E402
import postgres  # noqa: E402
import redis  # noqa: E402

PICTURES = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
LEAST = 4.5
PACKAGES = ("fastapi", "uvicorn", "gunicorn", "psycopg2", "redis", "websockets")
POST = """(() => { const field = document.getElementById("text");
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, %s);
  field.dispatchEvent(new Event("input", { bubbles: true })); document.querySelector("form").requestSubmit(); })()"""
TEXTS = 'document.getElementById("messages").textContent'
STATUS = 'document.querySelector("[role=status]").textContent'


class Board:
    def __init__(self, folder, database, broker):
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "ENVIRONMENT": "test", "DATABASE_URL": database, "REDIS_URL": broker, "WEB_CONCURRENCY": "1",
                            "APP_VERSION": "1.2.3", "PYTHONDONTWRITEBYTECODE": "1"}
        self.processes = {}

    def start(self, name):
        words = {"web": ["gunicorn", "-k", "uvicorn.workers.UvicornWorker", "-b", f"127.0.0.1:{self.port}", "app:app"], "worker": ["worker.py"]}[name]
        words = ["/usr/bin/python3", "-m", *words] if name == "web" else ["/usr/bin/python3", *words]
        self.processes[name] = subprocess.Popen(words, cwd=self.folder, env=self.environment, stdout=open(self.folder / f"{name}.log", "ab"),
                                                stderr=subprocess.STDOUT)
        end = time.monotonic() + 40
        while name == "web" and self.health() is None:
            if time.monotonic() > end or self.processes[name].poll() is not None:
                raise RuntimeError((self.folder / "web.log").read_text()[-3000:])
            time.sleep(0.1)

    def health(self):
        with contextlib.suppress(OSError):
            return json.load(urllib.request.urlopen(f"{self.url}/api/health", timeout=5))

    def stop(self, name):
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(40)

    def close(self):
        for name in list(self.processes):
            self.stop(name)


def has_built(folder):
    """frontend/dist, by the lock file."""
    if not shutil.which("npm"):
        return "npm is not installed"
    for words in (["npm", "ci", "--no-audit", "--no-fund"], ["npm", "test"], ["npm", "run", "build"]):
        done = subprocess.run(words, cwd=folder / "frontend", capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            return f"{' '.join(words)}: {(done.stdout + done.stderr)[-500:]}"
    return None


async def look(checks, board, kind):
    async with browser.Browser() as page:
        await page.show(board.url, 1440)
        checks.that(await page.until('document.getElementById("version")?.textContent === "Version 1.2.3"'), f"{kind}: names its version")
        await page.say(POST % json.dumps("moor the <b>boat</b>"))
        checks.that(await page.until(f'{TEXTS}.includes("moor the <b>boat</b>3 words")', 60), f"{kind}: a message is posted, and counted by the worker",
                    await page.say(TEXTS))
        checks.that(await page.say('document.querySelector("#messages b") === null'), f"{kind}: a message is text, never markup")
        subprocess.run(["curl", "-sf", "-H", "Content-Type: application/json", "-d", json.dumps({"text": f"{'wide' * 60} by {kind}"}), f"{board.url}/api/messages"],
                       check=True, capture_output=True)
        checks.that(await page.until(f'{TEXTS}.includes("by {kind}2 words") || {TEXTS}.includes("by {kind}3 words")'),
                    f"{kind}: another visitor's message arrives by the WebSocket", await page.say(TEXTS))
        await page.say(POST % json.dumps("   "))
        checks.that(await page.until(f'{STATUS}.includes("1 to 2000 characters")'), f"{kind}: a refused message says why", await page.say(STATUS))
        for width in (390, 1440):
            for dark in (False, True):
                await page.show(board.url, width, dark)
                await page.until(f'{TEXTS}.includes("3 words")')
                await page.say(POST % json.dumps("   "))  # so that the error's colour is seen
                await page.until(f'{STATUS} !== ""')
                seen = await page.measure()
                name = f"{kind}, {width} pixels, {'dark' if dark else 'light'}"
                checks.that(seen["least"][0] >= LEAST, f"{name}: {seen['texts']} texts, contrast {seen['least'][0]} at least", seen["least"])
                checks.that(seen["scroll"] <= width == seen["width"] and not seen["wide"], f"{name}: nothing wider than the window", seen)
                checks.that(not seen["unnamed"] and not seen["small"] and seen["language"] == "en" and seen["headings"] == 1,
                            f"{name}: fields have labels, buttons 44 pixels, the page a language and one h1", seen)
                if PICTURES:
                    await page.picture(PICTURES / f"{kind}-{width}-{'dark' if dark else 'light'}.png")
        checks.that(board.stop("web") == 0, f"{kind}: the application ends when it is told to")
        checks.that(await page.until(f'{STATUS}.includes("Connecting again")'), f"{kind}: the page says that the application is away", await page.say(STATUS))
        board.start("web")
        checks.that(await page.until(f'{STATUS} === ""'), f"{kind}: and finds the next one by itself", await page.say(STATUS))


def main():
    for part, here, why in (("browser", browser.is_here(), browser.INSTALL), ("postgres", postgres.folder_of_programs(), postgres.INSTALL),
                            ("redis", redis.is_here(), redis.INSTALL)):
        if not here:
            checks.leave(part, why)
    missing = subprocess.run(["/usr/bin/python3", "-c", f"import {', '.join(PACKAGES)}"], capture_output=True, text=True).stderr.strip().splitlines()[-1:]
    if missing:
        checks.leave("board", f"{missing[0]}; apt-get install gunicorn python3-fastapi python3-uvicorn python3-websockets python3-psycopg2 python3-redis")
    with tempfile.TemporaryDirectory(prefix="fl", dir=os.environ.get("TMPDIR", "/tmp")) as scratch, postgres.Server(port=0) as server, redis.Server() as broker:
        server.psql("CREATE DATABASE board")
        for kind in ("plain", "react"):
            folder = pathlib.Path(scratch) / kind
            shutil.copytree(ROOT / "examples/board", folder, ignore=shutil.ignore_patterns("__pycache__", "node_modules", "dist", "reports"))
            if kind == "react" and (why := has_built(folder)):
                checks.skip("npm", "react", why)
                continue
            board = Board(folder, server.url("board"), broker.url())
            subprocess.run(["/usr/bin/python3", "migrate.py"], cwd=folder, env=board.environment, check=True)
            try:
                board.start("web")
                board.start("worker")
                checks.that(board.health() == {"status": "ok", "version": "1.2.3", "commit": "unknown"}, f"{kind}: healthy, with its version", board.health())
                asyncio.run(look(checks, board, kind))
            finally:
                board.close()
    checks.close()


main()
