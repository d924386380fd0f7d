"""What a change can bring, or an earlier step can leave, so that something of the tree is started: a program, a hook, a setting.

Each writes its name and its environment into the folder of marks. `plant(world, marks, kind)` commits it on top of the project; kind
names the migration tool whose files are there: alembic, django, flyway, prisma, or `others` (Rails, knex, Gradle, Maven, no driver).
"""
import os
import pathlib

# In the root, where '.' in PATH finds them, in .venv/bin and in node_modules/.bin.
IN_PATH = ("git", "python3", "python", "sh", "env", "node", "npx", "npm", "alembic", "flyway", "docker", "make", "ruby", "rails", "bundle", "java",
           "openssl", "sqlite3", "age", "tar", "zstd", "gzip", "ssh", "act", "knex", "fairlead-gate", "fairlead-fetch")
SETTINGS = ("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "filter.evil.clean", "filter.evil.smudge",
            "filter.evil.process", "diff.evil.command", "diff.evil.textconv", "diff.external", "credential.helper", "gpg.program")
HOOKS = ("post-checkout", "reference-transaction", "fsmonitor-watchman", "post-index-change", "pre-commit", "post-commit", "commit-msg")
PYTHON = """import os
with open({file!r} + str(os.getpid()), "w") as mark:
    mark.write("\\n".join(f"{{name}}={{value}}" for name, value in os.environ.items()))
"""
KINDS = ("alembic", "django", "flyway", "prisma", "others")


def script(marks, name):
    return f"#!/bin/sh\n/usr/bin/env > '{marks}/{name.replace('/', '=')}.'$$\n"


def programs(marks, kind):
    """Path in the tree -> text; those without an ending are executable."""
    tree = {name: script(marks, name) for name in IN_PATH}
    tree |= {f"{folder}/bin/{name}": script(marks, f"{folder}/bin/{name}") for folder in (".venv", "venv") for name in ("python", "python3", "alembic", "flyway")}
    tree |= {f"node_modules/.bin/{name}": script(marks, f"node_modules/.bin/{name}") for name in ("prisma", "knex")}
    tree |= {name: script(marks, name) for name in ("gradlew", "mvnw", "bin/rails", "bin/rake", "ctl", "release.sh")}
    hostile = {name: PYTHON.format(file=f"{marks}/{name.replace('/', '=')}.") for name in ("settings.py", "setup.py", "conftest.py", "sitecustomize.py")}
    hostile |= {
        "Makefile": f"x := $(shell /usr/bin/env > '{marks}/Makefile.shell')\nall test migrate:\n\t/usr/bin/env > '{marks}/Makefile'\n",
        "Rakefile": f"system(\"/usr/bin/env > '{marks}/Rakefile'\")\n",
        "Procfile": f"web: /usr/bin/env > '{marks}/Procfile'\nrelease: /usr/bin/env > '{marks}/Procfile.release'\n",
        "package.json": '{"name": "shop", "scripts": {"postinstall": "./release.sh", "prisma": "./release.sh", "test": "./release.sh", "migrate": "./release.sh"}}\n',
        "knexfile.js": f"require('fs').writeFileSync('{marks}/knexfile.js', 'started')\nmodule.exports = {{}}\n",
        ".gitattributes": "* filter=evil diff=evil\n",
        ".gitmodules": '[submodule "sub"]\n\tpath = sub\n\turl = ./sub.git\n\tupdate = !./release.sh\n',
        ".envrc": "./release.sh\n",
    }
    if kind == "alembic":
        hostile |= {"alembic.ini": "[alembic]\nscript_location = alembic_scripts\n",
                    "alembic_scripts/env.py": PYTHON.format(file=f"{marks}/env.py."),
                    "alembic_scripts/versions/a1.py": '"""one"""\nrevision = "a1"\ndown_revision = None\n'}
    elif kind == "django":
        hostile |= {"manage.py": PYTHON.format(file=f"{marks}/manage.py."), "shop/__init__.py": "",
                    "shop/migrations/0001_initial.py": "from django.db import migrations\nclass Migration(migrations.Migration):\n    operations = []\n"}
    elif kind == "flyway":
        hostile |= {"flyway.toml": '[flyway]\nlocations = ["filesystem:migrations"]\n'}
    elif kind == "prisma":
        hostile |= {"prisma/schema.prisma": 'datasource db {\n  provider = "sqlite"\n  url = env("DATABASE_URL")\n}\n',
                    "prisma/migrations/1_x/migration.sql": "CREATE TABLE evil (id INTEGER);\n"}
    else:
        hostile |= {"manage.py": PYTHON.format(file=f"{marks}/manage.py."), "db/migrate/20260101000000_a.rb": "class A; end\n", "build.gradle": "", "pom.xml": "<project/>\n",
                    "migrations/20260101000000_evil.js": f"require('fs').writeFileSync('{marks}/migration.js', 'started')\n"}
    return tree, hostile


def plant(world, marks, kind):
    """Commits the hostile change; (base, head)."""
    base = world.git("rev-parse", "HEAD")
    executable, plain = programs(marks, kind)
    for path, text in {**executable, **plain}.items():
        file = world.work / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        if path in executable:
            file.chmod(0o755)
    # The change's own migration: a base that is asked doesn't know it.
    (world.work / "migrations/9_evil.up.sql").write_text("CREATE TABLE evil (id INTEGER PRIMARY KEY);\n")
    (world.work / "migrations/9_evil.down.sql").write_text("DROP TABLE evil;\n")
    world.git("add", "-f", "-A", ".venv", "venv", "node_modules")
    world.git("add", "-A")
    head = world.commit("feat: harmless")
    evil = world.home / "evil"
    for name in ("config", *HOOKS):
        (world.home / "evil").mkdir(exist_ok=True)
        (evil / name).write_text(script(marks, f"git.{name}"))
        (evil / name).chmod(0o755)
    hooks = world.work / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in HOOKS:
        (hooks / hook).unlink(missing_ok=True)
        os.link(evil / hook, hooks / hook)
    with (world.work / ".git/config").open("a") as config:
        for key in SETTINGS:
            section, _, name = key.rpartition(".")
            first, _, second = section.partition(".")
            head_line = f'[{first} "{second}"]' if second else f"[{first}]"
            config.write(f"{head_line}\n\t{name} = \"'{evil}/config' {key}\"\n")
        config.write(f"[remote \"evil\"]\n\turl = \"ext::'{evil}/config'\"\n")
    return base, head


def marked(marks):
    """Name -> the environment that the program saw; nothing started leaves nothing."""
    found = {}
    for file in sorted(pathlib.Path(marks).iterdir()):
        name, _, number = file.name.rpartition(".")
        found[(name if number.isdigit() else file.name).replace("=", "/")] = file.read_text(errors="replace")
    return found
