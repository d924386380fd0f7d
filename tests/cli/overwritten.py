#!/usr/bin/python3
# needs: nothing; takes: 30 s
"""overwritten.py BIN: --output replaces what one of our tools wrote before, and nothing else, in any tool; and so does every input that names
a file which a command writes.

Each tool is asked to write over what it judges and over what is somebody else's: it refuses with status 2 and the file
stays, byte by byte. Its own reports it may write twice.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from counted import close, note

BIN = pathlib.Path(sys.argv[1]).resolve()
JUNIT = '<testsuite name="s" tests="1"><testcase name="a"/></testsuite>\n'
FILES = {
    "junit.xml": JUNIT,
    "lint.sarif": '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "eslint"}}, "results": []}]}\n',
    "package.json": '{"name": "shop", "version": "1.0.0"}\n',
    ".env": "A=b\n",
    ".env.production": "DB_PASSWORD=$PASSWORD\n",
    "compose.yml": "services: {web: {image: 'shop:1.0.0'}}\n",
    "fairlead.yml": "version: 1\napp: shop\n",
    "other.yml": "version: 1\napp: shop\n",
    "README.md": "# Shop\n\nA shop.\n",
    "main.c": "int main(void) { return 0; }\n",
    "m/0001_a.up.sql": "CREATE TABLE a (id bigint PRIMARY KEY);\n",
    ".fairlead/scan.jsonl": '{"fingerprint": "v1:0"}\n',
    "store/shop/manifest.json": '{"id": "1"}\n',
    "notes.txt": "to do: all\n",
    "key.pem": "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
}
TOOLS = {
    "gate": ["fairlead-gate", "--report", "junit.xml", "--max-age", "off"],
    "scan": ["fairlead-scan", "tree", "main.c"],
    "preflight": ["fairlead-preflight", "check", "--only", "compose-schema"],
    "smoke": ["fairlead-smoke", "http://127.0.0.1:1/", "--deadline", "1s"],
    "tag": ["fairlead-tag", "--images", "shop", "--tags", "type=raw,value=1"],
    "lint": ["fairlead-migrate", "lint", "m"],
    "backup": ["fairlead-backup", "list", "--app", "shop", "--store", "store"],
    "deploy": ["fairlead-deploy", "status"],
    "verify": ["fairlead", "verify", "main.c", "--sums", "notes.txt"],
    "run": ["fairlead", "run"],
}
FORMATS = ["text", "github", "sarif", "junit", "json", "markdown", "html", "codequality"]


# Inputs that name a file or a folder and are no Input::written_by: read only, or written by a rule of their own, which the test there tells.
OTHERS = {
    "fairlead-gate": {"report": "read", "baseline": "over none but a baseline: cli/gate/baseline.txtar", "shard": "read",
                      "collect": "a folder, over none but a shard: cli/gate/shards.txtar"},
    "fairlead-scan": {"cache": "over none but a cache: cli/scan/cache.txtar", "baseline": "read, and with --write-baseline kept in the repository: cli/scan"},
    "fairlead-preflight": {"baseline": "as scan's: cli/preflight", "stdin-name": "a name", "print-env": "read", "check": "read", "key": "read",
                           "env-file": "read", "compose-file": "read", "import": "read"},
    "fairlead-smoke": {"ca-file": "read", "log": "read", "variables-file": "read", "secrets-file": "read",
                       "file-root": "a folder; what the option output of a Hurl file may replace there: docs/hurl.md"},
    "fairlead-migrate": {"files": "read", "file": "read", "dir": "new ones beside those that are there: cli/migrate"},
    "fairlead-backup": {"path": "read"},
    "fairlead-deploy": {"promote-from": "read", "root": "read", "key": "read", "slot": "read", "install": "only over its own mark: e2e/deploy.py"},
    "fairlead": {"to": "a file that git ignores: cli/init_production.py", "actions": "read", "file": "read", "sums": "read", "lock": "read",
                 "predicate": "read", "event": "read", "secret": "read", "workflow": "read"},
}
EXECUTABLES = ("fairlead", "fairlead-gate", "fairlead-scan", "fairlead-preflight", "fairlead-smoke", "fairlead-tag", "fairlead-migrate",
               "fairlead-backup", "fairlead-deploy")
PLACES = {"FILE", "FOLDER", "PATH", "DIR"}


def declared(work):
    """Every input that names a file says whether it is written; those that are, with the commands that write them."""
    written = []
    for program in EXECUTABLES:
        for one in json.loads(run([program, "--render", "inputs"], work).stdout):
            told = OTHERS.get(program, {})
            written += [(program, command, one["name"], one["variables"]) for command in one["written_by"]]
            if one["placeholder"].partition(",")[0] in PLACES and not one["common"] and not one["written_by"] and one["name"] not in told:
                note(f"{program} --{one['name']}", "names a file: say by Input::written_by that it is written, or in OTHERS that it isn't")
    note("files that are written are declared", "" if len(written) >= 4 else str(written))
    return written


def inputs(work):
    """By flag and by variable."""
    (work / "link").symlink_to(".git")
    for program, command, name, variables in declared(work):
        for place in [*FILES, ".git/config", ".git/new", "link/config", "link.json"]:
            held = (work / place).read_bytes() if (work / place).exists() else None
            ways = [([f"--{name}", place], {})] + [([], {variable: place}) for variable in variables[:1]]
            wrong = []
            for words, given in ways:
                done = run([program, command, *words], work, **given)
                if done.returncode != 2 or f"{name} '" not in done.stdout:
                    wrong.append(f"status {done.returncode}: {done.stdout}")
            now = (work / place).read_bytes() if (work / place).exists() else None
            note(f"{program} {command} --{name} {place}", f"{wrong}" if wrong else "" if now == held else "it changed")


def run(words, work, **variables):
    return subprocess.run([BIN / words[0], *words[1:]], cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, env={"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(work), **variables})


def fill(work):
    for name, text in FILES.items():
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    subprocess.run("git init -q && git -c user.name=a -c user.email=a@b.c commit -q --allow-empty -m one", shell=True, cwd=work, check=True)


def marks(folder):
    """Whether this file system keeps attributes, by which a text is known again."""
    try:
        os.setxattr(folder / "main.c", "user.fairlead.test", b"1")
    except OSError:
        return False
    return True


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        fill(work)
        (work / "link.json").symlink_to("package.json")
        os.link(work / "junit.xml", work / "hard.xml")
        for tool, words in TOOLS.items():
            for name in [*FILES, "link.json", "hard.xml"]:
                wrong = [form for form in FORMATS if (done := run([*words, "--output", f"{form}:{name}"], work)).returncode != 2
                         or "output" not in done.stdout]
                note(f"{tool}: {name}", f"is replaced as {', '.join(wrong)}" if wrong else "")
            changed = [name for name, text in FILES.items() if (work / name).read_text() != text]
            note(f"{tool}: files", f"{changed} changed" if changed or not (work / "link.json").is_symlink() else "")
            for form in FORMATS if marks(work) else FORMATS[2:]:
                first, second = (run([*words, "--output", f"{form}:out/{tool}.{form}"], work) for _ in range(2))
                note(f"{tool}: {form} twice", "" if first.returncode == second.returncode else f"{first.returncode}, then {second.returncode}: {second.stdout}")
        inputs(work)
    close()


main()
