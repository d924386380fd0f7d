"""What `script/bench deploy` counted, as tables of Markdown, what lost requests met, and lanes of what is mostly waiting."""
import datetime
import json
import os
import pathlib
import re
import subprocess
import threading
import time
import traceback

from cells import describe

WORKS = ("fresh", "kept", "idle", "slow", "stream", "socket")


class Table:
    """Rows in the order of their `key`, whichever came first: several are measured at a time."""

    def __init__(self, options, command):
        self.rows, self.lock, self.began = [], threading.Lock(), time.monotonic()
        self.file, self.command = options.get("table"), command

    def row(self, part, key, name, good, count, took, lost):
        print(f"{name:<44} {good:>3} of {count} {took:>5.1f} s each  {describe(lost)}", flush=True)
        kinds = ", ".join(f"{kind} {number:,}" for kind, number in sorted(lost["by_kind"].items()))
        works = [lost["by_work"].get(work, {"sent": 0, "lost": 0}) for work in WORKS]
        cells = [name, f"{good} of {count}", f"{took:.1f}", *(f"{one['lost']:,} of {one['sent']:,}" for one in works), f"**{lost['lost']:,}** of {lost['sent']:,}", kinds]
        with self.lock:
            self.rows.append((part, key, cells))
            if self.file:  # what is known by now
                write(pathlib.Path(self.file), "switches", self.command, self.began, self.markdown())

    def markdown(self):
        lines = []
        for part in sorted({row[0] for row in self.rows}):
            lines += [f"\n### {part.partition(' ')[2]}\n", "| way | switches | s each | " + " | ".join(WORKS) + " | lost | how |", "|---" * (len(WORKS) + 5) + "|"]
            lines += ["| " + " | ".join(cells) + " |" for _, _, cells in sorted((row for row in self.rows if row[0] == part), key=lambda row: row[1])]
        return "\n".join(lines) + "\n"


def write(file, mark, command, began, text):
    """Between the marks of a page that has them; else a page of its own."""
    minutes = (time.monotonic() - began) / 60
    text = f"`{command}`, {datetime.date.today()}, {minutes:.0f} minutes on {os.cpu_count()} cores, {', '.join(versions())}.\n{text}"
    marks = f"<!-- {mark} -->\n", f"<!-- /{mark} -->"
    old = file.read_text() if file.exists() else ""
    if all(one in old for one in marks):
        text = old.partition(marks[0])[0] + marks[0] + text + marks[1] + old.partition(marks[1])[2]
    file.write_text(text)


def lanes(checks, *jobs):
    """Each list one after the other, the lists beside each other. One that fails leaves the others alone."""
    def in_turn(those):
        for job in those:
            try:
                job()
            except Exception:
                checks.that(False, "a cell that can't be measured", traceback.format_exc())
    threads = [threading.Thread(target=in_turn, args=(those,), daemon=True) for those in jobs]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def versions():
    for command in (["nginx", "-v"], ["haproxy", "-v"], ["caddy", "version"], ["docker", "--version"]):
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"})
        except OSError:
            continue
        found = re.search(r"\d+\.\d+\.\d+", done.stdout + done.stderr)
        yield f"{command[0]} {found[0] if found else '?'}"


def told_losses(rig, lost):
    """When each of the first losses was, against the steps of the newest journals: lines of text."""
    steps = []
    for journal in sorted(rig.state_folder.glob("deployments/*/journal.jsonl")):
        for line in journal.read_text().splitlines():
            one = json.loads(line)
            at = datetime.datetime.fromisoformat(one["at"].replace("Z", "+00:00")).timestamp() * 1000
            steps.append((at, f"{journal.parent.name[-6:]} {one.get('step') or one.get('verdict') or one['event']} {one.get('slot', '')}"))
    steps.sort()
    for loss in lost["losses"]:
        before = [one for one in steps if one[0] <= loss["at_ms"]]
        after = next((one for one in steps if one[0] > loss["at_ms"]), None)
        told = f"{loss['at_ms'] - before[-1][0]:+.0f} ms from {before[-1][1]}" if before else "before all steps"
        yield f"{loss['work']} {loss['kind']} at {loss['at_ms'] % 100000000 / 1000:.3f}: {told}" + (f", {loss['at_ms'] - after[0]:+.0f} ms from {after[1]}" if after else "")
