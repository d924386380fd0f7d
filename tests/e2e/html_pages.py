#!/usr/bin/python3
"""html_pages.py BIN [PICTURES]: the pages of --format html in a real browser: contrast and layout at 390 and 1440 pixels, light and dark;
those of both checklists on A4 as a PDF, too, where the printed text holds every item with a line to sign on."""
import asyncio
import base64
import pathlib
import re
import secrets
import shutil
import subprocess
import sys
import tempfile

from rig import checks

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))
import browser  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
PICTURES = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
LEAST = 7  # WCAG 2.2, 1.4.6
A4 = {"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True}
# The columns of an item, and whether what stands in them leaves its own.
COLUMNS = """[...document.querySelectorAll("li")].map((li) => [getComputedStyle(li).gridTemplateColumns.split(" ").length,
  [...li.children].some((cell) => cell.scrollWidth > cell.clientWidth + 1 && getComputedStyle(cell).display !== "inline")])"""


def project(folder):
    def run(*words):
        subprocess.run(words, cwd=folder, check=True, capture_output=True)
    shutil.copytree(ROOT / "examples/notes", folder, ignore=shutil.ignore_patterns("__pycache__", "reports"))
    (folder / ".env.deploy").write_text(f"NOTES_API_TOKEN={secrets.token_hex(16)}\nDATABASE_URL=sqlite:data/notes.db\n")
    (folder / ".gitignore").write_text(".env.deploy\n")
    run("git", "init", "-q", "-b", "main")
    run("git", "config", "user.name", "Ada Lovelace-Byron of Ockham")
    run("git", "config", "user.email", "augusta.ada.lovelace.byron@a-long-name-of-a-host.example.org")
    run("git", "add", "-A")
    run("git", "commit", "-q", "-m", "notes")
    run(BIN / "fairlead-preflight", "sign", "dep-mon-04", "dep-tst-03", "--evidence", "https://monitor.example.org/checks/" + "7f3c9d" * 12, "--note", "seen")
    run("git", "add", "-A")
    run("git", "commit", "-q", "-m", "signed")


async def at_each_size(checks, page, name, page_file):
    """Shows it at each size, and says which."""
    for width, dark in ((390, False), (390, True), (1440, False), (1440, True)):
        await page.show(page_file.as_uri(), width, dark=dark)
        seen = await page.measure()
        what = f"{name}, {width} px, {'dark' if dark else 'light'}"
        print(f"     {what}: {seen['texts']} texts, least contrast {seen['least']}")
        checks.that(seen["least"][0] >= LEAST, f"{what}: each text has a contrast of 7 to 1 and more", seen["least"])
        checks.that(not seen["wide"] and seen["scroll"] <= seen["width"], f"{what}: nothing is wider than the window", (seen["wide"][:5], seen["scroll"]))
        checks.that(seen["language"] == "en" and seen["headings"] == 1 and seen["title"], f"{what}: language, title, one heading")
        if PICTURES:
            await page.picture(PICTURES / f"{name}-{width}-{'dark' if dark else 'light'}.png")
        yield what, width


async def look_at_checklist(checks, name, page_file, items):
    async with browser.Browser() as page:
        async for what, width in at_each_size(checks, page, name, page_file):
            columns = await page.say(COLUMNS)
            checks.that(len(columns) == items and all(count == (2 if width < 768 else 4) and not out for count, out in columns),
                        f"{what}: columns stand beside each other where there is room, below where not", columns[:3])
        await page.show(page_file.as_uri(), 680)  # A4 within its margins
        await page.ask("Emulation.setEmulatedMedia", media="print")
        seen = await page.measure()
        checks.that(seen["least"][0] >= LEAST, f"{name}, printed: each text has a contrast of 7 to 1 and more", seen["least"])
        ids = await page.say('[...document.querySelectorAll(".id")].map((one) => one.textContent)')
        columns = await page.say(COLUMNS)
        checks.that(len(columns) == items and all(count == 4 and not out for count, out in columns), f"{name}, printed: four columns", columns[:3])
        lines = await page.say('[...document.querySelectorAll(".line")].map((one) => one.getBoundingClientRect().width)')
        checks.that(lines and min(lines) > 100, f"{name}, printed: lines to sign on are long enough", lines[:3])
        headings = await page.say('[...document.querySelectorAll("h2")].map((one) => one.textContent)')
        return ids, headings, base64.b64decode((await page.ask("Page.printToPDF", **A4))["data"])


def printed(checks, name, ids, headings, pdf, folder):
    file = folder / f"{name}.pdf"
    file.write_bytes(pdf)
    if PICTURES:
        shutil.copy(file, PICTURES)
    if not shutil.which("pdftotext"):
        return checks.skip("pdftotext", f"{name}, printed: what stands on the pages", "apt-get install poppler-utils")
    sizes = set(re.findall(r"Page +\d* *size: +([\d.]+) x ([\d.]+)", subprocess.run(["pdfinfo", "-l", "-1", file], check=True, capture_output=True, text=True).stdout))
    checks.that(sizes and all(abs(float(wide) - 595.28) < 1 and abs(float(high) - 841.89) < 1 for wide, high in sizes), f"{name}, printed: every page is A4", sizes)
    pages = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True).stdout.split("\f")
    text = "".join(pages)
    missing = [one for one in ids if len(re.findall(rf"\b{one}\b", text)) < 1]
    print(f"     {name}: {len(ids)} items on {len(pages) - 1} pages of A4")
    checks.that(not missing and ids, f"{name}, printed: every item is there", missing)
    checks.that(text.count("signed by") >= 10, f"{name}, printed: there is where to sign")
    last = [page.strip().splitlines()[-1].strip() for page in pages if page.strip()]
    alone = [line for line in last if line in headings]
    checks.that(headings and not alone, f"{name}, printed: no heading stands alone at the end of a page", alone)


def judge(folder, scratch):
    """The page of a change with missed lines, long names and foreign markup, as gate writes it."""
    def git(*words):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
    git("checkout", "-q", "-b", "topic")
    long_name = "a_rather_long_name_" * 8
    (folder / "shop.py").write_text("".join(f"def {long_name}{i}(value):\n    if value < {i}: raise ValueError('<b>')\n    return value\n" for i in range(9)))
    git("add", "-A")
    git("commit", "-q", "-m", "shop")
    (folder / "lines.info").write_text("SF:shop.py\n" + "".join(f"DA:{line},{line % 3}\n" for line in range(1, 28)) + "end_of_record\n")
    cases = "".join(f'<testcase classname="tests.{long_name}" name="test {i}"><failure message="expected &lt;i&gt; {"x" * 90}"/></testcase>' for i in range(5))
    (folder / "tests.xml").write_text(f'<testsuite>{cases}<testcase name="good"/></testsuite>')
    file = pathlib.Path(scratch, "gate.html")
    subprocess.run([BIN / "fairlead-gate", "--report", "lines.info", "--report", "tests.xml", "--min-diff-coverage", "90", "--base", "main", "--output", file],
                   cwd=folder, capture_output=True)
    return file


async def look_at_report(checks, name, page_file):
    async with browser.Browser() as page:
        async for what, width in at_each_size(checks, page, name, page_file):
            columns = await page.say('[...document.querySelectorAll("thead")].map((one) => getComputedStyle(one).display)')
            checks.that(columns and all((shown == "none") == (width < 768) for shown in columns), f"{what}: columns where there is room", columns)
        keys = await page.say('(() => { const one = document.querySelector("summary"); one.focus(); return document.activeElement === one; })()')
        checks.that(keys, f"{name}: a file's lines can be folded by keyboard")
        loaded = await page.say('performance.getEntriesByType("resource").map((one) => one.name)')
        checks.that(loaded == [], f"{name}: the page loads nothing", loaded)


def main():
    if not browser.is_here():
        checks.leave(browser.PART, browser.INSTALL)
    with tempfile.TemporaryDirectory(prefix="fl") as scratch:
        folder = pathlib.Path(scratch, "notes")
        project(folder)
        for name in ("deployment", "security"):
            page_file = pathlib.Path(scratch, f"{name}.html")
            page_file.write_bytes(subprocess.run([BIN / "fairlead-preflight", "checklist", name, "--env", "staging", "--profile", "production", "--format", "html"], cwd=folder,
                                                 capture_output=True).stdout)
            items = page_file.read_text().count("<li>")
            ids, headings, pdf = asyncio.run(look_at_checklist(checks, name, page_file, items))
            printed(checks, name, ids, headings, pdf, pathlib.Path(scratch))
        asyncio.run(look_at_report(checks, "gate", judge(folder, scratch)))
    checks.close()


main()
