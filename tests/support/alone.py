#!/usr/bin/python3
"""alone.py COMMAND...: runs a test with a /tmp and a /var/tmp of its own and says what it wrote there, whatever TMPDIR said, and what it left
(tests/support/left.py). As root. 1: it wrote or left something, or failed.

    sudo tests/support/alone.py tests/cli/recover.py build/dev/bin
"""
import ctypes
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import threading

IN_CREATE, IN_MOVED_TO = 0x100, 0x80  # <sys/inotify.h>
OTHERS = (".git_", "systemd-")  # git's signatures and systemd-analyze go there by themselves


def names(watch, seen):
    while True:
        events, at = os.read(watch, 65536), 0
        while at < len(events):
            length = struct.unpack_from("iIII", events, at)[3]
            seen.add(events[at + 16:at + 16 + length].rstrip(b"\0").decode())
            at += 16 + length


def main():
    if "ALONE" not in os.environ:
        place = tempfile.mkdtemp(prefix="f.", dir="/dev/shm")
        os.chmod(place, 0o1777)
        mounts = "for one in /tmp /var/tmp; do mount -t tmpfs -o mode=1777 tmpfs $one || exit 3; done; exec \"$@\""
        os.environ |= {"ALONE": "yes", "TMPDIR": place}
        os.execvp("unshare", ["unshare", "--mount", "sh", "-c", mounts, "alone", sys.executable, *map(os.path.abspath, sys.argv[:1]), *sys.argv[1:]])
    libc, seen = ctypes.CDLL(None), set()
    watch = libc.inotify_init()
    for folder in (b"/tmp", b"/var/tmp"):
        libc.inotify_add_watch(watch, folder, IN_CREATE | IN_MOVED_TO)
    threading.Thread(target=names, args=(watch, seen), daemon=True).start()
    del os.environ["ALONE"]
    status = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, check=False).returncode
    left = subprocess.run([sys.executable, pathlib.Path(__file__).with_name("left.py"), os.environ["TMPDIR"]], check=False).returncode
    outside = sorted(name for name in seen if not name.startswith(OTHERS))
    for name in outside:
        print(f"OUTSIDE: {name}")
    return bool(status or left or outside)


sys.exit(main())
