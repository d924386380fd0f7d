"""Other tools that migrate databases, and a small project of each, for tests and benches.

FAIRLEAD_MIGRATORS names folders with their programs, by ':', before PATH: python (with alembic, django, psycopg or psycopg2), migrate, flyway.
To have them: alembic, python3-django and python3-psycopg2 of apt, or python3 -m venv F && F/bin/pip install alembic django 'psycopg[binary]'; GOBIN=F/bin go install -tags postgres
github.com/golang-migrate/migrate/v4/cmd/migrate@v4.20.1; Flyway's command line from Maven Central.
"""
import functools
import os
import shutil
import subprocess

PATH = os.environ.get("FAIRLEAD_MIGRATORS", "") + ":" + os.environ.get("PATH", "")


DRIVER = "try: import psycopg2\nexcept ImportError: import psycopg\n"


def program(name):
    return shutil.which(name, path=PATH)


@functools.cache
def python_with(module):
    """The first python that has it; nothing without one."""
    for folder in PATH.split(":"):
        for name in ("python", "python3"):
            path = os.path.join(folder, name)
            if folder and os.access(path, os.X_OK) and subprocess.run([path, "-c", f"import {module}\n{DRIVER}"],
                                                                      capture_output=True).returncode == 0:
                return path
    return None


def why_not(name):
    """Nothing where the tool is here."""
    if name in ("alembic", "django"):
        return None if python_with(name) else f"no python here has {name} and psycopg or psycopg2; see tests/support/migrators.py"
    return None if program("migrate" if name == "golang-migrate" else name) else f"{name} is not here; see tests/support/migrators.py"


ENV_PY = '''import importlib.util
import os
from alembic import context
from sqlalchemy import create_engine, pool
driver = "psycopg2" if importlib.util.find_spec("psycopg2") else "psycopg"
url = os.environ["DATABASE_URL"].replace("postgresql://", f"postgresql+{driver}://", 1)
if context.is_offline_mode():
    context.configure(url=url, literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
'''


def quoted(text):
    return repr(text)


def alembic_revision(folder, number, up, down, after=None, name=None):
    """Revision r0001, which comes after r0000 unless `after` says which."""
    revision = name or f"r{number:04}"
    before = after or (f"r{number - 1:04}" if number > 1 else None)
    (folder / "versions" / f"{revision}.py").write_text(
        f'"""step {number}"""\nfrom alembic import op\nrevision = {revision!r}\ndown_revision = {before!r}\n\n'
        f"def upgrade():\n    op.execute({up!r})\n\ndef downgrade():\n    op.execute({down!r})\n")
    return revision


def alembic_project(folder, steps):
    """`steps`: pairs of SQL, up and down."""
    (folder / "versions").mkdir(parents=True)
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\n")
    (folder / "env.py").write_text(ENV_PY)
    (folder / "script.py.mako").write_text('"""${message}"""\nrevision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n'
                                           "def upgrade():\n    pass\n\ndef downgrade():\n    pass\n")
    for number, (up, down) in enumerate(steps, 1):
        alembic_revision(folder, number, up, down)


SETTINGS_PY = '''import os
from urllib.parse import parse_qs, unquote, urlsplit
url = urlsplit(os.environ["DATABASE_URL"])
SECRET_KEY, USE_TZ, INSTALLED_APPS = "x", True, ["shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "USER": url.username or "",
                         "PASSWORD": unquote(url.password or ""), "PORT": str(url.port or ""),
                         "HOST": parse_qs(url.query).get("host", [url.hostname or ""])[0]}}
'''
MANAGE_PY = '''import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
'''


def django_migration(folder, number, up, down, after=None, name=None):
    """0001_step, after the one before it."""
    before = after or (f"{number - 1:04}_step" if number > 1 else None)
    needs = [("shop", before)] if before else []
    (folder / "shop" / "migrations" / f"{name or f'{number:04}_step'}.py").write_text(
        f"from django.db import migrations\n\nclass Migration(migrations.Migration):\n    dependencies = {needs!r}\n"
        f"    operations = [migrations.RunSQL({up!r}, {down!r})]\n")


def django_project(folder, steps):
    (folder / "shop" / "migrations").mkdir(parents=True)
    for file in ("shop/__init__.py", "shop/migrations/__init__.py"):
        (folder / file).touch()
    (folder / "settings.py").write_text(SETTINGS_PY)
    (folder / "manage.py").write_text(MANAGE_PY)
    for number, (up, down) in enumerate(steps, 1):
        django_migration(folder, number, up, down)


def plain_project(folder, steps):
    """golang-migrate's files, and ours."""
    (folder / "migrations").mkdir(parents=True)
    for number, (up, down) in enumerate(steps, 1):
        (folder / "migrations" / f"{number}_step.up.sql").write_text(up + ";\n")
        (folder / "migrations" / f"{number}_step.down.sql").write_text(down + ";\n")


def flyway_project(folder, steps):
    (folder / "sql").mkdir(parents=True)
    (folder / "flyway.conf").write_text("flyway.locations=filesystem:sql\n")
    for number, (up, _) in enumerate(steps, 1):
        (folder / "sql" / f"V{number}__step.sql").write_text(up + ";\n")


def steps(count):
    return [(f"CREATE TABLE t{i} (id int)", f"DROP TABLE t{i}") for i in range(1, count + 1)]
