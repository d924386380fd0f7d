"""The pages for newcomers, as their readers would follow them: a block below a line like `hello.py`: is that file, the lines of
another that begin with $ are commands, the lines behind one are what it prints (… stands for anything)."""
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


def questions(page):
    """Six, each with an answer that folds out."""
    text = (ROOT / "docs" / page).read_text()
    asked = re.findall(r"<details><summary>(\d)\. .+?</summary>\n\n(.+?)\n</details>", text, re.S)
    note(f"{page}: six questions with answers", "" if [number for number, _ in asked] == list("123456") else asked)
