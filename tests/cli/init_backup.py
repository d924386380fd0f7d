#!/usr/bin/python3
# needs: lint, systemd, compose; takes: 1 s
"""init_backup.py BIN: `fairlead init --backup`: what it writes is what systemd, compose, GitHub and fairlead-backup itself take; what
is there is kept, with the difference.
"""
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from compose_plugin import MISSING, plugin  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[2]
UNITS = ["shop-backup.service", "shop-backup.timer", "shop-backup-verify.service", "shop-backup-verify.timer"]
WRITTEN = [*(f"systemd/{name}" for name in UNITS), "compose.backup.yml", ".github/workflows/backup.yml"]


def run(folder, *words, **variables):
    environment = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp"), **variables}
    done = subprocess.run(words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    done.all = done.stdout + done.stderr
    return done


def check(name, holds, seen=""):
    counted.note(name, "" if holds else seen or "no")


def project(scratch):
    folder = scratch / "shop"
    shutil.copytree(ROOT / "examples/notes", folder, ignore=shutil.ignore_patterns("data", "reports", "fairlead.yml"))
    (folder / "docker-compose.yml").write_text("services: {db: {image: 'postgres:17'}}\n")
    run(folder, "git", "init", "-q", "-b", "main")
    return folder


def written(folder):
    plain = run(folder, "fairlead", "init", "--dry-run")
    check("without --backup none of it", not any(name in plain.all for name in WRITTEN), plain.all)
    done = run(folder, "fairlead", "init", "--backup")
    check("all of it", done.returncode == 0 and all(f"written  {name}" in done.stdout for name in WRITTEN), done.all)
    whole = yaml.safe_load((folder / "fairlead.yml").read_text())
    check("fairlead.yml has its section", whole["backup"]["stores"] == ["file:/var/backups/shop"], str(whole))
    again = run(folder, "fairlead", "init", "--backup")
    check("again: all is kept", again.returncode == 0 and all(f"kept     {name}" in again.stdout for name in WRITTEN), again.all)
    timer = folder / "systemd/shop-backup.timer"
    timer.write_text(timer.read_text().replace("03:17:00", "05:05:00"))
    kept = run(folder, "fairlead", "init", "--backup")
    check("what was changed is kept, with the difference", "05:05:00" in timer.read_text() and "+OnCalendar=*-*-* 03:17:00" in kept.stdout
          and "--force overwrites it" in kept.stdout, kept.all)
    run(folder, "fairlead", "init", "--backup", "--force")
    check("--force writes it again", "03:17:00" in timer.read_text())
    judged = run(folder, "fairlead-preflight", "--group", "compose")
    check("preflight has nothing against the compose file", "compose.backup.yml" not in judged.all, judged.all)


def commands_work(folder):
    """Each command that is written down, by the real program."""
    with sqlite3.connect(folder / "app.db") as database:
        database.execute("CREATE TABLE notes (text)")
    config = folder / "fairlead.yml"
    config.write_text(config.read_text().replace("file:/var/backups/shop", "file:store"))
    units = [line for name in UNITS for line in (folder / "systemd" / name).read_text().splitlines() if line.startswith("ExecStart=")]
    check("run, prune and verify", len(units) == 3, str(units))
    script = yaml.safe_load((folder / "compose.backup.yml").read_text())["services"]["backup"]
    loop = re.findall(r"fairlead-backup [a-z]+(?: --?[\w-]+(?: \w+)?)*", script["command"][0])
    for line in [line.split("/")[-1] for line in units] + loop + [" ".join(script["healthcheck"]["test"][1:])]:
        done = run(folder, *line.split(), DATABASE_URL=f"sqlite:{folder}/app.db")
        check(line, done.returncode == 0, done.all)
    check("S1-91: a compose service makes, prunes and verifies", [one.split()[1] for one in loop] == ["run", "prune", "verify"], str(loop))
    flow = yaml.safe_load((folder / ".github/workflows/backup.yml").read_text())
    acts = [step["with"]["command"] for job in flow["jobs"].values() for step in job["steps"] if "backup" in step.get("uses", "")]
    check("the workflow does the same", acts == ["run", "prune", "verify"] and len(flow[True]["schedule"]) == 2, str(flow))


def others_take_it(folder):
    linter = shutil.which("actionlint", path=f"{os.environ.get('PATH', '')}:{pathlib.Path.home()}/go/bin")
    if linter:
        done = run(folder, linter, ".github/workflows/backup.yml")
        check("actionlint", done.returncode == 0, done.all)
    else:
        counted.skip("lint", "actionlint on backup.yml", "it is not installed; script/lint says how to get it")
    if shutil.which("systemd-analyze"):
        place = folder / "units"
        place.mkdir()
        for name in UNITS:
            text = (folder / "systemd" / name).read_text()
            (place / name).write_text(text.replace("/usr/local/bin/fairlead-backup", str(BIN / "fairlead-backup").replace(" ", "\\x20")))
        done = run(folder, "systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *(str(place / name) for name in UNITS))
        check("systemd-analyze verify", done.returncode == 0 and "shop-backup" not in done.all, done.all)
    else:
        counted.skip("systemd", "systemd-analyze verify", "it is not installed")
    compose = (str(plugin()), "-f", "docker-compose.yml", "-f", "compose.backup.yml", "config", "--quiet")
    if plugin():
        done = run(folder, *compose, DATABASE_URL="postgresql://db/shop")
        check("docker compose config", done.returncode == 0, done.all)
        check("it asks for the URL", run(folder, *compose).returncode != 0)
    else:
        counted.skip("compose", "docker compose config", MISSING)
    mine = run(folder, "fairlead-preflight", "--format", "json")
    check("and our own reader", "compose.backup.yml: " not in mine.stderr, mine.stderr)


with tempfile.TemporaryDirectory(prefix="fairlead init ", dir=os.environ.get("TMPDIR", "/tmp")) as name:
    work = project(pathlib.Path(name))
    written(work)
    others_take_it(work)
    commands_work(work)
counted.close()
