#!/usr/bin/python3
# needs: alembic, django; takes: 40 s
"""migrate_static.py BIN: what fairlead-migrate tells of Alembic's and Django's projects by their files alone is what the tools tell
themselves, on SQLite: lines, branches, merges, dependencies, squashed migrations; each pending and applied at many places."""
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import migrators

BIN = pathlib.Path(sys.argv[1]).resolve()


def check(name, holds, *shown):
    counted.that(holds, name, "\n".join(map(str, shown)))


def python_with(module):
    for path in [os.path.join(folder, name) for folder in migrators.PATH.split(":") for name in ("python", "python3") if folder] + ["/usr/bin/python3"]:
        if os.access(path, os.X_OK) and subprocess.run([path, "-c", f"import {module}"], capture_output=True).returncode == 0:
            return path
    return None


def run(folder, *words, **variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "GITHUB_", "FAIRLEAD_"))}
    environment |= {"DATABASE_URL": "sqlite:///" + str(folder / "shop.db"), "PYTHONDONTWRITEBYTECODE": "1", **variables}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def told(folder, command):
    done = run(folder, str(BIN / "fairlead-migrate"), command, "--format", "json", DATABASE_URL="sqlite:" + str(folder / "shop.db"))
    return json.loads(done.stdout) | {"status": done.returncode}


ENV_PY = '''import os
from alembic import context
from sqlalchemy import create_engine
with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
'''


def below(names, history):
    """These revisions and all that they stand on."""
    needs, seen, todo = {name: [*parents, *depends] for name, parents, depends, _ in history}, set(), list(names)
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo += needs.get(one, [])
    return seen


def revisions(seed, count):
    """(id, parents, dependencies, label) of a history with branches, merges and other bases."""
    dice = random.Random(seed)
    all_of, heads = [], []
    for number in range(count):
        name = f"{dice.getrandbits(48):012x}"
        kind = dice.random()
        if not heads or kind < 0.05:
            parents = []
        elif kind < 0.2 and len(heads) > 1:
            parents = dice.sample(heads, 2)
        elif kind < 0.4:
            parents = [dice.choice(all_of)[0]]
        else:
            parents = [dice.choice(heads)]
        earlier = [one[0] for one in all_of if one[0] not in below(parents, all_of)]
        depends = [dice.choice(earlier)] if earlier and dice.random() < 0.15 else []
        heads = [one for one in heads if one not in parents] + [name]
        all_of.append((name, parents, depends, f"label{number}" if not parents and dice.random() < 0.5 else None))
    # Alembic can't merge two heads of which one depends on the other: it deletes a row of alembic_version that isn't there (KeyError).
    return [(name, parents, [one for one in depends if one not in heads], label) for name, parents, depends, label in all_of]


def quoted(value, dice):
    """The same text in one of the ways that people write it."""
    return dice.choice([repr(value), f'"{value}"', f'(\n    "{value[:3]}"  # a comment: "x"\n    \'{value[3:]}\'\n)'])


def written(value, dice):
    """The same texts in one of the ways that people write them."""
    if not value:
        return "None"
    if len(value) == 1 and dice.random() < 0.8:
        return quoted(value[0], dice)
    return dice.choice([repr(tuple(value)), repr(list(value)), "(" + ",\n ".join(f'"{one}"' for one in value) + ",)"])


def alembic(python):
    for seed, count in ((1, 40), (2, 60), (3, 35), (4, 120), (5, 30)):
        dice = random.Random(seed)
        with tempfile.TemporaryDirectory(prefix="fairlead static ") as own:
            folder = pathlib.Path(own)
            (folder / "db/versions").mkdir(parents=True)
            (folder / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/db\n")
            (folder / "fairlead.yml").write_text("version: 1\nmigrate: {engine: sqlite}\n")
            (folder / "db/env.py").write_text(ENV_PY)
            history = revisions(seed, count)
            for number, (name, parents, depends, label) in enumerate(history):
                (folder / f"db/versions/{name}_step.py").write_text(
                    f'"""step {number}: "x" -> y, (z)\n\nRevision ID: {name}\n"""\nfrom typing import Union\n'
                    f"revision{dice.choice(['', ': str'])} = {quoted(name, dice)}\n"
                    f"down_revision{dice.choice(['', ': Union[str, None]'])} = {written(parents, dice)}\n"
                    f"branch_labels = {label!r}\ndepends_on = {written(depends, dice)}\n\n"
                    "def upgrade():\n    pass\n\ndef downgrade():\n    pass\n", newline=dice.choice(["\n", "\r\n"]))
            words = [python, "-m", "alembic"]
            heads = {name for name, *_ in history} - {parent for _, parents, _, _ in history for parent in parents}
            if len(heads) > 1:
                merged = run(folder, *words, "merge", "heads", "-m", "all of them")
                if "template" in merged.stderr + merged.stdout or merged.returncode:
                    (folder / "db/versions/ffff_merge.py").write_text(
                        f"'''all of them'''\nrevision = 'ffffffffffff'\ndown_revision = {tuple(sorted(heads))!r}\n\n"
                        "def upgrade():\n    pass\n\ndef downgrade():\n    pass\n")
            order = dice.sample([name for name, *_ in history], 5)
            for at in [None, *order, "head"]:
                (folder / "shop.db").unlink(missing_ok=True)
                (folder / "shop.db").touch()
                if at is not None:
                    done = run(folder, *words, "upgrade", at)
                    check(f"alembic {seed}: it goes to {at}", done.returncode == 0, done.stderr)
                theirs = run(folder, *words, "history", "--indicate-current")
                names = [re.split(r"[ ,(]", line.split(" -> ")[1])[0] for line in reversed(theirs.stdout.splitlines()) if " -> " in line]
                current = run(folder, *words, "current").stdout.split("\n")
                applied = below([line.split(" ")[0] for line in current if line.strip()],
                                [*history, ("ffffffffffff", sorted(heads), [], None)])
                pending = told(folder, "pending")
                ours = [one["version"] for one in pending["pending"]]
                check(f"alembic {seed} at {at}: what is pending", set(ours) == set(names) - applied,
                      ours, names, applied, pending["findings"], theirs.stderr)
                check(f"alembic {seed} at {at}: in its order", ours == [one for one in names if one not in applied], ours, names)
                check(f"alembic {seed} at {at}: the names", all(one["name"] == "all of them" or one["name"].startswith("step ")
                                                               for one in pending["pending"]), pending["pending"][:3])
                status = told(folder, "status")
                check(f"alembic {seed} at {at}: the counts", status["counts"]["applied"] == len(applied) and
                      status["counts"]["pending"] == len(names) - len(applied), status, len(names), len(applied))


SETTINGS_PY = '''import os
SECRET_KEY, USE_TZ = "x", True
LOCAL = [{apps}]
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"] + LOCAL
{more}DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE_URL"].split("///", 1)[1]}}}}
'''


def django(python):
    for seed, count in ((1, 12), (2, 16), (3, 20)):
        dice = random.Random(seed)
        with tempfile.TemporaryDirectory(prefix="fairlead static ") as own:
            folder = pathlib.Path(own)
            apps, all_of = ["shop", "blog", "users"], {}
            (folder / "manage.py").write_text(migrators.MANAGE_PY)
            (folder / "settings.py").write_text(SETTINGS_PY.format(apps=", ".join(repr(app) for app in apps),
                                                                   more="AUTH_USER_MODEL = 'auth.User'\n"))
            (folder / "fairlead.yml").write_text("version: 1\nmigrate: {engine: sqlite}\n")
            for number in range(count):
                for app in apps:
                    (folder / app / "migrations").mkdir(parents=True, exist_ok=True)
                    (folder / app / "migrations/__init__.py").touch()
                    (folder / app / "__init__.py").touch()
                    earlier = all_of.setdefault(app, [])
                    needs = [(app, one) for one in earlier[-1:]]
                    if number and not (app == "users" and number < 4) and dice.random() < 0.4:  # what is squashed makes no circle
                        other = dice.choice([one for one in apps if one != app])
                        if all_of.get(other):
                            needs.append((other, dice.choice([dice.choice(all_of[other]), "__first__"])))
                    name = f"{number + 1:04}_{dice.choice(['add', 'alter', 'drop'])}_x"
                    text = ", ".join(f"{one!r}" for one in needs)
                    if number == 0 and app == "shop":
                        text = "migrations.swappable_dependency(settings.AUTH_USER_MODEL)"
                    if number == 2 and app == "blog":  # two branches, joined by the next
                        (folder / app / f"migrations/{number + 1:04}_branch.py").write_text(
                            f"from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = {needs!r}\n")
                        all_of["branch"] = [f"{number + 1:04}_branch"]
                    if number == 3 and app == "blog":
                        text += f", ('blog', '{all_of['branch'][0]}')"
                    (folder / app / f"migrations/{name}.py").write_text(
                        "# Generated by Django\nfrom django.conf import settings\nfrom django.db import migrations\n\n\n"
                        f"class Migration(migrations.Migration):\n\n    dependencies = [\n        {text},\n    ]\n\n"
                        "    operations = []\n" if text else
                        "from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = []\n")
                    earlier.append(name)
            squashed = all_of["users"][:4]
            squash = folder / "users/migrations/0001_squashed_0004.py"
            squash.write_text(
                "from django.db import migrations\nclass Migration(migrations.Migration):\n"
                f"    replaces = {[('users', one) for one in squashed]!r}\n    initial = True\n    dependencies = []\n")
            manage = [python, "manage.py"]
            goals = [None, ("shop", all_of["shop"][5]), ("users", squashed[1]), ("blog", all_of["blog"][-1]), ()]
            for goal in goals:
                (folder / "shop.db").unlink(missing_ok=True)
                (folder / "shop.db").touch()
                if goal is not None:
                    if goal[:1] == ("users",):  # as a database that got there before they were squashed
                        squash.rename(folder / "later")
                    done = run(folder, *manage, "migrate", *goal, "--noinput")
                    check(f"django {seed}: it goes to {goal}", done.returncode == 0, done.stderr[-500:])
                    if goal[:1] == ("users",):
                        (folder / "later").rename(squash)
                theirs = run(folder, *manage, "showmigrations", "--plan", "--no-color")
                rows = [(line[5:].split(" ")[0], line[1] == "X") for line in theirs.stdout.splitlines() if line.startswith("[")]
                rows = [row for row in rows if row[0].split(".")[0] in apps]
                pending = told(folder, "pending")
                ours = [one["version"] for one in pending["pending"]]
                check(f"django {seed} at {goal}: what is pending, in its order", ours == [name for name, done in rows if not done],
                      ours, rows, pending["findings"], theirs.stderr[-500:])
                history = {one["version"] for one in told(folder, "history")["history"] if one["version"].split(".")[0] in apps}
                check(f"django {seed} at {goal}: what is applied", history == {name for name, done in rows if done}, history, rows)


for name, part in (("alembic", alembic), ("django", django)):
    python = python_with(name)
    if python:
        part(python)
    else:
        counted.skip(name, "its migrations, read", "no python here has it; see tests/support/migrators.py")
counted.close()
