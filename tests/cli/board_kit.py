#!/usr/bin/python3
# needs: nothing; takes: 1 s
"""board_kit.py BIN: examples/board is what `fairlead init --production` makes of its application today, but for what its README names.
A template that changed is carried over by hand: what differs is told."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from counted import ROOT, close, note  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
BOARD = ROOT / "examples/board"
SAME = (".env.local.example", ".env.deploy.example", ".env.production.example", "frontend/.env.production.example", "config_production.py", "monitoring.py",
        "gunicorn.conf.py", "requirements-production.txt", "Dockerfile.prod", "frontend/Dockerfile.prod", "frontend/.dockerignore",
        "docker/postgres/app-role.sh", "docker/postgres/seeds/seeds.sql", "docker/nginx/nginx.conf")
ADDED_TO = ("docker-compose.prod.yml", "compose.yml", "compose.override.yml", ".dockerignore")  # what the kit wrote stands in them, in its order
PAGES = ("README.md", "decisions.yml", "docs/contacts.md", "docs/runbook.md")


def lines_lost(ours, kits):
    """Lines of the kit's that aren't there in its order; a name for a block (&name) is no change."""
    left, lost = ours.splitlines(), []
    for line in kits.splitlines():
        for at, one in enumerate(left):
            if one == line or one.startswith(line + " &"):
                left = left[at + 1:]
                break
        else:
            lost.append(line)
    return lost


def run(folder, *words):
    environment = {"PATH": "/usr/bin:/bin:/usr/sbin", "HOME": str(folder), "LANG": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull,
                   **{f"GIT_{who}_{what}": "ada@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}}
    return subprocess.run([str(word) for word in words], cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)


with tempfile.TemporaryDirectory() as scratch:
    made = pathlib.Path(scratch) / "board"
    shutil.copytree(BOARD, made, ignore=shutil.ignore_patterns("__pycache__", "node_modules", "dist", "reports"))
    for name in (*SAME, *ADDED_TO, *PAGES):
        (made / name).unlink()
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "by hand"]):
        run(made, "git", *words)
    done = run(made, BIN / "fairlead", "init", "--production", "--stack", "fastapi", "--proxy", "nginx", "--readme")
    note("init --production", "" if done.returncode == 0 else done.stderr)
    for name in SAME:
        note(f"{name} is as the kit makes it", "" if (BOARD / name).read_text() == (made / name).read_text() else
             run(made, "diff", "-u", BOARD / name, made / name).stdout)
    for name in ADDED_TO:
        note(f"{name} holds what the kit wrote", lines_lost((BOARD / name).read_text(), (made / name).read_text()))
    for name in PAGES:
        note(f"{name} is one of the kit's", "" if (made / name).exists() else "it writes none")
    note("the kit writes nothing else", sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file() and ".git" not in path.relative_to(made).parts
                                              and not (BOARD / path.relative_to(made)).exists()))

    own = pathlib.Path(scratch) / "own"  # a repository of its own, with the secrets of a real one
    shutil.copytree(BOARD, own, ignore=shutil.ignore_patterns("__pycache__", "node_modules", "dist", "reports"))
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "board"]):
        run(own, "git", *words)
    for name in ("other.Dockerfile", "Containerfile"):
        (own / name).write_text("FROM scratch\n")
    looked = json.loads(run(own, BIN / "fairlead-preflight", "--format", "json").stdout)["looked_at"]["Dockerfiles"]
    note("S1-103: Dockerfile.prod is found, and the other names", "" if looked == 4 else f"{looked} Dockerfiles")
    for name in ("other.Dockerfile", "Containerfile"):
        (own / name).unlink()
    done = run(own, BIN / "fairlead", "init", "--secrets", "--to", ".env.production")
    note("init --secrets", "" if done.returncode == 0 else done.stderr)
    done = run(own, BIN / "fairlead-preflight", "--env-file", ".env.production", "--format", "json")
    told = json.loads(done.stdout or "{}")
    score, errors = told.get("score", {}).get("total", 0), [one for one in told.get("findings", []) if one.get("severity", one.get("level")) == "error"]
    note("preflight: no error, above 95 of 100", "" if done.returncode == 0 and score > 95 and not errors else f"{done.returncode} {score} {errors} {done.stderr}{done.stdout[-400:]}")
    print(f"  preflight: {score} of 100, {len(told.get('findings', []))} findings")
    shutil.copytree(own, pathlib.Path(scratch) / "all/examples/board", ignore=shutil.ignore_patterns(".git", ".env.production"))  # as it lies here
    run(pathlib.Path(scratch) / "all", "git", "init", "-q")
    run(pathlib.Path(scratch) / "all", "git", "add", "-A")
    done = run(pathlib.Path(scratch) / "all/examples/board", BIN / "fairlead-preflight", "env", "--check", "examples/board/README.md")
    note("the README's table of variables is that of the templates and compose files", "" if done.returncode == 0 else done.stdout)
close()
