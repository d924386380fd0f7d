"""The pages for newcomers, as their readers would follow them: a block below a line like `hello.py`: is that file, the lines of
another that begin with $ are commands, the lines behind one are what it prints (… stands for anything).

A block in `console` is a recording: each command with all that it printed. A test runs the commands again and compares all but ids, times
and sizes; with FAIRLEAD_RECORD=1 it writes into the page what was printed."""
import os
import pathlib
import re
import subprocess
import time

from counted import ROOT, note

BLOCK = re.compile(r"^(?:`([^`\n]+)`:\n\n)?```text\n(.*?)^```$", re.M | re.S)


def steps(page):
    """(file, text) and (None, [(command, expected)]) in the page's order."""
    for name, text in BLOCK.findall((ROOT / "docs" / page).read_text()):
        if name:
            yield name, text
        else:
            yield None, [(command, said) for command, said in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.M)]


def run(command, folder, environment):
    return subprocess.run(["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=180)


def follow(page, folder, environment, port):
    """Every file written, every command run by sh; the page's port 8000 is ours."""
    count = 0
    for name, content in steps(page):
        if name:
            (folder / name).write_text(content.replace("127.0.0.1:8000", f"127.0.0.1:{port}"))
            continue
        for command, expected in content:
            ours = command.replace("127.0.0.1:8000", f"127.0.0.1:{port}")
            wanted = expected.replace("127.0.0.1:8000", f"127.0.0.1:{port}").rstrip("\n")
            pattern = re.compile(".*".join(map(re.escape, wanted.split("…"))))
            done = run(ours, folder, environment)
            asked = ours.rpartition("; ")[2]
            before = "".join(done.stdout.splitlines(keepends=True)[:-1])
            for _ in range(200 if asked.startswith("pgrep ") else 0):  # who reads on a busy machine looks again
                if pattern.fullmatch(done.stdout.rstrip("\n")):
                    break
                time.sleep(0.1)
                done = run(asked, folder, environment)
                done.stdout = before + done.stdout
            fits = pattern.fullmatch(done.stdout.rstrip("\n"))
            note(f"{page}: {command}", "" if fits and done.returncode == 0 else f"{done.returncode}: {done.stdout}{done.stderr}")
            count += 1
    return count


RECORDED = {"README.md", *(f"docs/{page}.md" for page in (  # by tests/cli/recordings.py and tests/e2e/sessions.py
    "adopt", "backup", "deploy-rollback", "init", "leaked-secret", "migrate", "migrate-adopt", "preflight", "scan", "start", "tag", "tag-version"))}


def alike(text):
    """A recording without what differs from run to run: ids by the order in which they come, times, sizes."""
    ids = {}
    text = re.sub(r"\b[0-9a-f]{12}\b|\b(?=[a-f]*\d)[0-9a-f]{7}\b|(?<!\d)\d{8}_\d{6}(?!\d)", lambda found: ids.setdefault(found[0], f"id-{len(ids)}"), text)
    return re.sub(r" *\b\d+(?:\.\d+)?(?:s\d+ms|ms| ?s| (?:[KM]i)?B| bytes)\b|(?<=sqlite )[\d.]+", " N", text)


def recorded(page, folder, environment, names, blocks=None):
    """Runs the page's recordings (all, or those that `blocks` numbers); `names` are what the page calls things, and what they are here."""
    path = ROOT / page
    assert page in RECORDED
    text, environment, status = path.read_text(), dict(environment), 0
    for number, block in enumerate(re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S)):
        if blocks is not None and number not in blocks:
            continue
        printed = ""
        for command in re.findall(r"^\$ (.*)$", block, re.M):
            ours = command
            for name, here in names.items():
                ours = ours.replace(name, here)
            printed += f"$ {command}\n"
            if ours.startswith("export "):
                name, _, value = ours.removeprefix("export ").partition("=")
                environment[name] = value
                continue
            done = subprocess.run(["sh", "-c", f"(exit {status}); {ours}"], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=180)
            status, said = done.returncode, done.stdout
            for name, here in names.items():
                said = said.replace(here, name)
            printed += said
        if os.environ.get("FAIRLEAD_RECORD") and alike(printed) != alike(block):
            path.write_text(path.read_text().replace(block, printed))
            block = printed
        note(f"{page}: recording {number + 1}", "" if alike(printed) == alike(block) else
             f"prints something else today; with FAIRLEAD_RECORD=1 this test writes it into the page:\n{printed}")


def questions(page):
    """Six, each with an answer that folds out."""
    text = (ROOT / "docs" / page).read_text()
    asked = re.findall(r"<details><summary>(\d)\. .+?</summary>\n\n(.+?)\n</details>", text, re.S)
    note(f"{page}: six questions with answers", "" if [number for number, _ in asked] == list("123456") else asked)
