"""site.py [PICTURES]: the site of docs/. Sphinx has nothing to warn of; each link and each anchor of a page leads somewhere; nothing is asked
of another host; its search works without a server and finds each flag; in a browser at 390 and 1440 pixels, light and dark. In each picture
no text crosses an edge or another text, and all can be read on a phone."""
import asyncio
import html.parser
import importlib.util
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

from rig import checks

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))
import browser  # noqa: E402
import pages  # noqa: E402

PICTURES = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
LEAST = 4.5  # WCAG 2.2, 1.4.3
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
SHOWN = ("index", "search", "preflight-rules", "deploy", "deploy-steps")
PHONE = 350  # what a page leaves to a picture at 390 pixels
# Of a picture: its size, its smallest letters, texts that cross an edge or another text, and the least contrast.
DRAWN = """(() => {
  const root = document.documentElement, { width, height } = root.viewBox.baseVal, bad = [];
  const texts = [...root.querySelectorAll("text")].map((one) => [one, one.getBBox()]);
  const rects = [...root.querySelectorAll("rect")].map((one) => [one, one.getBBox()]);
  const apart = (a, b) => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
  const within = (a, b) => a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
  const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let least = 21;
  texts.forEach(([text, box], i) => {
    if (!within(box, { x: 4, y: 0, width: width - 8, height })) bad.push(`${text.textContent} leaves the picture`);
    for (const [, other] of texts.slice(i + 1)) if (!apart(box, other)) bad.push(`${text.textContent} lies over another text`);
    for (const [rect, edge] of rects) if (!apart(box, edge) && !within(box, edge)) bad.push(`${text.textContent} crosses ${rect.outerHTML}`);
    const ground = rects.filter(([rect, edge]) => within(box, edge) && getComputedStyle(rect).fill !== "none").pop();
    const [x, y] = [light(getComputedStyle(text).fill), light(getComputedStyle(ground[0]).fill)];
    least = Math.min(least, (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05));
  });
  return { width, bad, least, texts: texts.length, size: Math.min(...texts.map(([text]) => parseFloat(getComputedStyle(text).fontSize))) };
})()"""


class Page(html.parser.HTMLParser):
    def __init__(self, file):
        super().__init__()
        self.ids, self.links, self.loaded = set(), [], []
        self.feed(file.read_text())

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in LOADED and given.get("rel") not in ("index", "search", "next", "prev", "canonical"):
            self.loaded.append(given.get(LOADED[tag]) or "")


def dead(site, seen):
    """Each link to a page or an anchor that isn't there."""
    for name, page in seen.items():
        for link in page.links:
            target, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            file = urllib.parse.unquote(target) or name
            if not (site / file).exists() or anchor and file in seen and urllib.parse.unquote(anchor) not in seen[file].ids:
                yield f"{name}: {link}"


def flags():
    """Each flag that begins a row of a table; nothing looks for words as common as `to`."""
    return sorted({flag for page in (ROOT / "docs").glob("*.md") for flag in re.findall(r"(?m)^\| `--([a-z][a-z-]+)", page.read_text())} - {"to"})


async def look(site):
    async with browser.Browser() as page:
        for file in sorted((ROOT / "docs/pictures").glob("*.svg")):
            for dark in (False, True):
                await page.show(file.as_uri(), 1440, dark=dark)
                drawn = await page.say(DRAWN)
                checks.that(drawn["texts"] and not drawn["bad"] and drawn["least"] >= LEAST and drawn["size"] * PHONE / drawn["width"] >= 12,
                            f"{file.name}, {'dark' if dark else 'light'}: contrast, letters of 12 px on a phone, nothing crossed", drawn)
        for name in SHOWN:
            for width, dark in ((390, False), (390, True), (1440, False), (1440, True)):
                await page.show((site / f"{name}.html").as_uri(), width, dark=dark)
                seen = await page.measure()
                what = f"{name}, {width} px, {'dark' if dark else 'light'}"
                print(f"     {what}: {seen['texts']} texts, least contrast {seen['least']}, scroll {seen['scroll']}")
                checks.that(seen["least"][0] >= LEAST and seen["scroll"] <= seen["width"] and seen["language"] == "en" and seen["headings"] == 1,
                            f"{what}: contrast, width, language, one heading", seen)
                if PICTURES:
                    await page.picture(PICTURES / f"{name}-{width}-{'dark' if dark else 'light'}.png")
        loaded = await page.say('performance.getEntriesByType("resource").map((one) => one.name).filter((one) => !one.startsWith("file:"))')
        checks.that(loaded == [], "nothing is asked of another host", loaded)
        lost = []
        asked = flags()
        for flag in asked:
            await page.show(f"{(site / 'search.html').as_uri()}?q={flag}", 1440)
            if not await page.until('document.querySelectorAll("ul.search li").length'):
                lost.append(flag)
        checks.that(asked and not lost, f"the search finds each of {len(asked)} flags without a server", lost)


def main():
    if importlib.util.find_spec("sphinx") is None or importlib.util.find_spec("myst_parser") is None:
        checks.leave("sphinx", "script/bootstrap docs")
    with tempfile.TemporaryDirectory(prefix="fl") as scratch:
        site = pathlib.Path(scratch, "site")
        built = subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", f"{scratch}/read", "-c", ROOT / "docs/site",
                                ROOT / "docs", site], capture_output=True, text=True)
        checks.that(built.returncode == 0 and not built.stderr, "Sphinx has nothing to warn of", built.stderr)
        seen = {file.name: Page(file) for file in site.glob("*.html")}
        checks.that(len(seen) > 30, "every page is there", sorted(seen))
        gone = list(dead(site, seen))
        checks.that(not gone, f"each of {sum(len(page.links) for page in seen.values())} links leads somewhere", gone)
        lost = [f"{page.stem}#{anchor}" for page in sorted((ROOT / "docs").glob("*.md"))
                for anchor in sorted(pages.anchors(page.read_text()) - seen[f"{page.stem}.html"].ids)]
        checks.that(not lost, "each anchor that a message may name is on the site", lost)
        foreign = [f"{name}: {one}" for name, page in seen.items() for one in page.loaded if re.match(r"([a-z]+:)?//", one)]
        checks.that(not foreign, "no page loads anything of another host", foreign)
        if browser.is_here():
            asyncio.run(look(site))
        else:
            checks.skip(browser.PART, "the site in a browser", browser.INSTALL)
    checks.close()


main()
