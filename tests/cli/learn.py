#!/usr/bin/python3
# needs: gunicorn; takes: 13 s
"""learn.py BIN: docs/learn-gunicorn.md as a newcomer would follow it; both pages' questions. Of docs/learn-containers.md, which an
engine is needed for (tests/e2e/learn.py), what needs none."""
import os
import pathlib
import re
import shutil
import socket
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import learn  # noqa: E402
from counted import note, skip  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    environment = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": scratch, "TMPDIR": tempfile.gettempdir(), "LANG": "C.UTF-8"}
    missing = [name for name in ("gunicorn", "curl", "pgrep") if not shutil.which(name, path="/usr/bin:/bin")]
    if missing:
        skip("gunicorn", "learn-gunicorn.md", f"{', '.join(missing)} is not here")
    else:
        ran = learn.follow("learn-gunicorn.md", folder, environment, free_port())
        note("S0-28: every command of 'Gunicorn and workers' does what the page says", ran < 10 and ran)
    for name, content in learn.steps("learn-containers.md"):
        if name:
            (folder / name).write_text(content)
            continue
        for command, expected in content:
            if command.startswith("fairlead"):
                done = os.popen(f"cd '{scratch}' && PATH='{environment['PATH']}' {command}").read()
                note(f"learn-containers.md: {command}", "" if done == expected else done)
    learn.questions("learn-gunicorn.md")
    learn.questions("learn-containers.md")
    pages = [(counted.ROOT / "docs" / page).read_text() for page in ("learn-gunicorn.md", "learn-containers.md")]
    note("S0-29: both pages end in six questions with answers that fold out",
         [len(re.findall("<details>", page)) for page in pages] != [6, 6] and "not six")
counted.close()
