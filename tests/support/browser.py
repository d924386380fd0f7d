"""A Chromium without a window for one test, by its own protocol (python3-websockets).

    async with browser.Browser() as page: await page.show(url, 390, dark=True); await page.measure(); await page.say("document.title")
"""
import asyncio
import base64
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from until import wait_until

PART = "browser"  # in FAIRLEAD_TEST_REQUIRE
INSTALL = "no Chromium is here; apt-get install chromium python3-websockets"

# Each text with its colours as they are seen, what is too wide, and fields without a name.
MEASURE = """(() => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parts = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const canvas = getComputedStyle(document.documentElement).colorScheme.includes("dark") &&
    matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
  const ground = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) layers.push(parts(getComputedStyle(one).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), canvas);
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)]; return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); };
  const texts = [], wide = [], unnamed = [], small = [];
  for (const element of document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    if (!box.width || !box.height || style.visibility === "hidden") continue;
    if (box.left < -0.5 || box.right > innerWidth + 0.5) wide.push(element.tagName);
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()) || element.value;
    if (own) texts.push([Math.round(100 * ratio(over(parts(style.color), ground(element)), ground(element))) / 100,
      `${element.tagName.toLowerCase()}: ${(element.value || element.textContent).trim().slice(0, 30)}`]);
    if (element.matches("input:not([type=hidden]), textarea, select") && !element.labels?.length && !element.ariaLabel) unnamed.push(element.outerHTML);
    if (element.matches("button, textarea, select") && box.height < 44) small.push(`${element.tagName} ${box.height}`);
  }
  texts.sort((a, b) => a[0] - b[0]);
  return { texts: texts.length, least: texts[0], wide, unnamed, small, scroll: document.documentElement.scrollWidth, width: innerWidth,
    language: document.documentElement.lang, title: document.title, headings: document.querySelectorAll("h1").length };
})()"""


def program():
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def is_here():
    try:
        import websockets  # noqa: F401
    except ImportError:
        return False
    return program() is not None


class Browser:
    def __init__(self, *words):
        self.words = words

    async def __aenter__(self):
        import websockets
        self.own = tempfile.TemporaryDirectory(prefix="fl", dir=os.environ.get("TMPDIR", "/tmp"), ignore_cleanup_errors=True)
        log = open(f"{self.own.name}/log", "wb")
        self.process = subprocess.Popen([program(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0",
                                         f"--user-data-dir={self.own.name}/profile", *self.words, "about:blank"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                        env={**os.environ, "TMPDIR": self.own.name}, start_new_session=True)
        told, end = pathlib.Path(self.own.name, "profile/DevToolsActivePort"), time.monotonic() + 60
        while not told.exists() or len(told.read_text().split()) < 2:
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Chromium doesn't start: {pathlib.Path(log.name).read_text()[-2000:]}")
            await asyncio.sleep(0.1)
        port, path = told.read_text().split()
        self.socket = await websockets.connect(f"ws://127.0.0.1:{port}{path}", max_size=1 << 26)
        self.number, self.session = 0, None
        target = await self.ask("Target.createTarget", url="about:blank")
        self.session = (await self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True))["sessionId"]
        for domain in ("Page", "Runtime"):
            await self.ask(f"{domain}.enable")
        return self

    async def __aexit__(self, *_):
        await self.socket.close()
        self.process.terminate()
        self.process.wait()
        with contextlib.suppress(ProcessLookupError):  # what it started, and still writes into its folder
            os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(FileNotFoundError):
            wait_until("its folder is gone", lambda: self.own.cleanup() or not os.path.exists(self.own.name))

    async def ask(self, method, **words):
        self.number += 1
        message = {"id": self.number, "method": method, "params": words}
        if self.session:
            message["sessionId"] = self.session
        await self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(await asyncio.wait_for(self.socket.recv(), 60))
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    async def say(self, script):
        """What it comes to; a promise is waited for."""
        answer = await self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{script[:80]}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    async def until(self, script, seconds=20):
        end = time.monotonic() + seconds
        while not (value := await self.say(script)):
            if time.monotonic() > end:
                return value
            await asyncio.sleep(0.1)
        return value

    async def show(self, url, width, dark=False, height=900):
        await self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        await self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        await self.ask("Page.navigate", url=url)
        await self.until("location.href !== 'about:blank' && document.readyState === 'complete'")

    async def measure(self):
        return await self.say(MEASURE)

    async def picture(self, path):
        data = (await self.ask("Page.captureScreenshot", format="png"))["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))
