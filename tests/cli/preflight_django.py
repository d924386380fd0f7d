#!/usr/bin/python3
# needs: nothing; takes: 1 s
"""preflight_django.py BIN: fairlead-preflight --run-django, which asks `manage.py check --deploy` of the project.

A program stands in for Python: it prints what Django 5.2 does, and writes down how it was started.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-preflight"
SECRET = "-".join(("correct", "horse", "battery", "27"))
ISSUES = """System check identified some issues:

ERRORS:
notes.Note.owner: (fields.E304) Reverse accessor 'User.note_set' clashes with another.
\tHINT: Add or change a related_name argument.

WARNINGS:
?: (security.W004) You have not set a value for the SECURE_HSTS_SECONDS setting. If your entire site is served only over SSL, consider it.
?: (security.W018) You should not have DEBUG set to True in deployment.
?: (keys.W001) The key '$SECRET_KEY' is no good; take another.
?: A check without an id.

System check identified 5 issues (1 silenced).
"""
SETTINGS = "DEBUG = False\nALLOWED_HOSTS = []\nSECRET_KEY = os.environ['SECRET_KEY']\nMIDDLEWARE = []\nROOT_URLCONF = 'site.urls'\n"


class Site:
    def __init__(self, scratch, says, status=0):
        self.folder = scratch / "site"
        self.variables = {"HOME": str(scratch), "PATH": "/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": str(scratch), "GITHUB_TOKEN": "correct-horse",
                          "DJANGO_SETTINGS_MODULE": "site.settings"}
        self.write("manage.py", "")
        self.write("site/settings.py", SETTINGS)
        self.write(".env.production", f"SECRET_KEY={SECRET}\nDB_HOST=db\n")
        self.write(".env.staging", "SECRET_KEY=of-staging\n")
        self.write(".venv/pyvenv.cfg", "home = /usr/bin\n")
        self.write(".venv/bin/python", f'#!/bin/sh\nenv >"$HOME/env"; echo "$PWD $*" >"$HOME/argv"\ncat >&2 <<.\n{says}.\nexit {status}\n', 0o755)

    def write(self, name, text, mode=0o644):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def ask(self, *words):
        done = subprocess.run([PROGRAM, "--run-django", *words, "--format", "json"], cwd=self.folder, env=self.variables, timeout=60,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if SECRET in done.stdout + done.stderr:
            counted.note("the secret isn't shown", "it is")
        return done.returncode, json.loads(done.stdout)


def site(says, status=0):
    scratch = tempfile.TemporaryDirectory(prefix="fairlead django ")
    made = Site(pathlib.Path(scratch.name), says, status)
    made.scratch = scratch  # lives as long
    return made


def answered():
    asked = site(ISSUES)
    status, report = asked.ask("--group", "django")
    got = {(one["rule"], one["severity"]): one["message"] for one in report["findings"]}
    wanted = [("django-check", "error"), ("django-check", "warning"), ("django-debug", "error"), ("django-hsts-seconds", "warning")]
    counted.note("Django's answer counts, by the rules of the same name", "" if status == 1 and sorted(got) == wanted and len(report["findings"]) == 5 else f"{status} {got}")
    wrong = [message for message in got.values() if len(message) > 160 or message.count(";") < 2]
    counted.note("its messages say thing, fact and way out", str(wrong) if wrong else "")
    shown = [one["message"] for one in report["findings"] if "no good" in one["message"]]
    counted.note("a secret in what it says is hidden", "" if shown and "***" in shown[0] else str(shown))
    seen = dict(line.split("=", 1) for line in (asked.folder.parent / "env").read_text().splitlines() if "=" in line)
    counted.note("it sees the env file of production, and nothing of the job",
                 "" if (seen.get("SECRET_KEY"), seen.get("DB_HOST"), seen.get("DJANGO_SETTINGS_MODULE"), "GITHUB_TOKEN" in seen)
                 == (SECRET, "db", "site.settings", False) else str(sorted(seen)))
    argv = (asked.folder.parent / "argv").read_text().split(" ", 0)[0].strip()
    counted.note("it is started beside manage.py", "" if argv == f"{asked.folder.resolve()} manage.py check --deploy --no-color" else argv)
    asked.ask("--group", "django", "--env-file", ".env.staging", "--profile", "staging")
    counted.note("--env-file says which file", "" if "SECRET_KEY=of-staging" in (asked.folder.parent / "env").read_text() else "another one")
    status, report = site("System check identified no issues (0 silenced).\n").ask("--group", "django")
    counted.note("where Django is content, what is read in settings.py doesn't count", "" if status == 0 and not report["findings"] else f"{status} {report['findings']}")


def refused(what, asked, status, said, *words):
    got, report = asked.ask(*words)
    message = (report.get("error") or {}).get("message", "")
    counted.note(what, "" if got == status and re.search(said, message) else f"status {got}: {message}")


def unanswered():
    trace = "Traceback (most recent call last):\n  File x\nValueError: '$SECRET_KEY' is no key\n"
    refused("Django that breaks down is status 3, without the secret", site(trace, 1), 3, r"gave no answer \(1\).*ValueError: '\*\*\*'")
    refused("an answer that is cut off is status 3", site(ISSUES.split("System check identified 5")[0]), 3, "gave no answer")
    refused("an answer that isn't whole is status 3", site(ISSUES.replace("5 issues", "7 issues")), 3, "counts 7 issues and names 5")
    refused("silence is status 3", site("", 0), 3, "it said nothing")
    without = site(ISSUES)
    (without.folder / ".venv/bin/python").unlink()
    refused("a virtual environment without its Python is status 3", without, 3, r"--run-django: .*python")
    nowhere = site(ISSUES)
    (nowhere.folder / ".venv/pyvenv.cfg").unlink()
    nowhere.variables["PATH"] = "/nowhere"
    refused("no Python is status 3", nowhere, 3, "--run-django: .*python3")
    no_manage = site(ISSUES)
    (no_manage.folder / "manage.py").unlink()
    refused("no manage.py is status 2", no_manage, 2, "there is no manage.py here")
    two = site(ISSUES)
    two.write("other/manage.py", "")
    refused("two of them are status 2", two, 2, "there are manage.py and other/manage.py; name the folder")
    files = site(ISSUES)
    (files.folder / ".env.production").unlink()
    refused("an env file of staging alone is status 2", files, 2, r"\.env\.staging is there, but no env file for production")
    (files.folder / ".env.staging").unlink()
    files.write(".env", "A=b\n")
    files.write("web.env", "A=b\n")
    refused("two env files are status 2", files, 2, r"there are \.env and web\.env; choose the env file with --env-file")
    refused("a dry run starts nothing", site(ISSUES), 2, "--dry-run starts nothing", "--dry-run")


answered()
unanswered()
counted.close()
