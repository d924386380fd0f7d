#!/usr/bin/python3
"""left.py FOLDER: what tests left that had FOLDER as their TMPDIR, a line `LEFT: …` each: files in it, and processes that are at work in
it, or name it in their words or environment. Who ends has three seconds. What is left is ended and deleted, and the folder is gone;
1: something was.
"""
import os
import pathlib
import re
import shutil
import signal
import sys
import time


def told(process, name):
    try:
        return (process / name).read_bytes()
    except OSError:
        return b""


def place(process):
    try:
        return os.readlink(process / "cwd").encode()
    except OSError:
        return b""


def running(folder):
    """The processes that live, less us and those who started us: {id: command line}."""
    mine, pid, named = set(), os.getpid(), re.compile(re.escape(folder) + rb"(?![\w.-])")
    while pid > 1:
        mine.add(pid)
        pid = int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    found = {}
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        words = told(process, "cmdline")
        state = told(process, "stat").rpartition(b")")[2].split()[:1]
        if int(process.name) in mine or not words or state in ([b"Z"], [b"X"], []):
            continue
        if any(named.search(text) for text in (told(process, "environ"), words, place(process))):
            found[int(process.name)] = words.replace(b"\0", b" ").decode(errors="replace").strip()[:150]
    return found


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    end = time.monotonic() + 3
    while (live := running(bytes(folder))) and time.monotonic() < end:
        time.sleep(0.1)
    for pid, words in live.items():
        print(f"LEFT: a process that runs on: {words}")
        os.kill(pid, signal.SIGKILL)
    files = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else ["nothing, not even the folder"]
    for name in files:
        print(f"LEFT: in TMPDIR: {name}")
    shutil.rmtree(folder, ignore_errors=True)
    return bool(live or files)


sys.exit(main())
