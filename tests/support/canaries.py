"""Secrets that a test can find again, in the forms in which somebody may write them; and the walk of every command beside them.

    canaries.py BIN      that walk alone; tests/cli/canary.py does it, too
"""
import base64
import html
import json
import shlex
import sys
import tempfile
import urllib.parse

import commands
import projects

CONTROL = "nosecret" + "-control"


def canary(source, special):
    return (f"Ka\"n' {source}é/%+<&>$\\" if special else "Kanari" + source) + "9" + "x7cQ"


def inner_base64(data):
    """What base64 of any text with `data` in it has in common, at each alignment."""
    for before in range(3):
        text = base64.b64encode(b"x" * before + data).decode()
        yield text[(before * 8 + 5) // 6:(before + len(data)) * 8 // 6]


def forms(value):
    data = value.encode()
    percent = urllib.parse.quote(value, safe="")
    yield from (value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], json.dumps(json.dumps(value))[3:-3],
                percent, urllib.parse.quote_plus(value), urllib.parse.quote(percent, safe=""), html.escape(value),
                value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), repr(value)[1:-1], repr(data)[2:-1],
                ascii(value)[1:-1], shlex.quote(value).strip("'"), value.replace("'", "'\\''"), value.replace("'", "''"),
                data.hex(), data.hex().upper(), base64.b32encode(data).decode().rstrip("=")[:-1])
    for text in inner_base64(data):
        yield text
        yield text.replace("+", "-").replace("/", "_")
        yield from inner_base64(text.encode())


# Where each canary is: variables, the environment file, a migration's text.
VARIABLES = {"jobtoken": "GITHUB_TOKEN", "storekey": "AWS_SECRET_ACCESS_KEY", "pgpassword": "PGPASSWORD", "runtime": "ACTIONS_RUNTIME_TOKEN"}


def plant(world, secret):
    """In the files of a project that is laid out: what an application is told, and what its history doesn't hold."""
    def quoted(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$") + '"'
    with (world.work / ".env.staging").open("a") as file:
        file.write(f"API_TOKEN={quoted(secret['envfile'])}\nPLAIN={CONTROL}\n"
                   f"REDIS_URL=redis://:{urllib.parse.quote(secret['envurl'], safe='')}@127.0.0.1:9/0\n")
    (world.work / ".env.staging").chmod(0o600)


def streams_of(world, done):
    found = {"stdout": done.stdout, "stderr": done.stderr}
    for place in (world.home / "tmp", world.work / ".fairlead"):
        for file in place.rglob("*") if place.exists() else ():
            if file.is_file() and not file.is_symlink():
                found[str(file.relative_to(world.home))] = file.read_bytes()
    return found


def walk_commands(walk, bin_folder, hits, broken):
    """Runs each command twice: it works, with SQLite; and it can't, with a database's password in the URL. How many runs."""
    count = unreached = 0
    with tempfile.TemporaryDirectory(prefix="fairlead canaries ") as scratch:
        world = projects.World(scratch, bin_folder)
        for command in walk:
            for special in (False, True):
                secret = {name: canary(name, special) for name in (*VARIABLES, "envfile", "envurl", "databaseurl", "input")}
                needles = [(name, form.encode(errors="replace")) for name, value in secret.items() for form in set(forms(value))]
                world.lay(command.project)
                plant(world, secret)
                variables = {variable: secret[name] for name, variable in VARIABLES.items()}
                variables |= {name: secret["input"] for one in command.inputs if one["secret"] for name in one["variables"][:1]}
                if special:
                    variables["DATABASE_URL"] = f"postgres://ops:{urllib.parse.quote(secret['databaseurl'], safe='')}@127.0.0.1:9/shop"
                    variables |= {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(world.home / "tmp/outputs"), "GITHUB_STEP_SUMMARY": str(world.home / "tmp/summary")}
                form = ["--output", f"json:{world.home}/tmp/report.json"]
                done = world.run([*command.argv, "--verbose", "--explain", *form], **variables)
                count += 1
                if not special and done.returncode != command.status:
                    broken.append(f"{command}: status {done.returncode}, expected {command.status}: {done.stderr[-600:].decode(errors='replace')}")
                unreached += special and done.returncode != command.status
                for place, content in streams_of(world, done).items():
                    hits.extend(f"{'special' if special else 'plain'} {command}: {place} shows {name} as {needle!r}" for name, needle in needles if needle in content)
        world.close()
    if unreached < 10 and len(walk) > 50:
        broken.append(f"only {unreached} commands noticed that their database can't be reached: nobody was given its URL")
    return count


def main():
    walk, hits, broken = commands.load(sys.argv[1]), [], []
    walk_commands(walk, sys.argv[1], hits, broken)
    for text in hits + broken:
        walk.fault(walk.every[0], text)
    walk.finish()


if __name__ == "__main__":
    main()
