#!/usr/bin/python3
# needs: nothing; takes: 5 s; cases: 14
"""recordings.py BIN: the blocks in `console` of the pages are what the commands print, but for ids, times and sizes, each in a small project.
FAIRLEAD_RECORD=1 writes them into the pages. Those of deployments: tests/e2e/sessions.py."""
import contextlib
import os
import pathlib
import random
import sqlite3
import string
import subprocess
import sys
import tempfile
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import learn  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
APP = """def price(units):
    return 12 * units


def rebate(units):
    return 3 if units > 10 else 0
"""
REPORT = '<testsuite name="shop">' + '<testcase classname="tests.test_app" name="test_price"/>' * 40 + \
    '<testcase classname="tests.test_app" name="test_rebate" file="tests/test_app.py" line="8">' \
    '<failure message="assert 0 == 3">tests/test_app.py:9</failure></testcase></testsuite>\n'
COVERAGE = "SF:app.py\nDA:1,1\nDA:2,1\nDA:5,1\nDA:6,0\nend_of_record\n"
SERVICE = """from flask import Flask

app = Flask(__name__)


@app.get("/health")
def health():
    return {"status": "ok"}
"""
ORDERS = "CREATE TABLE orders (id integer PRIMARY KEY, what text NOT NULL);"
LINTED = """SET lock_timeout = '5s';
SET statement_timeout = '30s';
ALTER TABLE orders DROP COLUMN total_text;
CREATE INDEX orders_total ON orders (total);
"""


def token():
    """As GitHub makes them, with the checksum that ends it; nobody ever issued this one."""
    letters = string.digits + string.ascii_uppercase + string.ascii_lowercase
    value = "".join(random.Random(7).choices(letters, k=30))
    rest, checksum = zlib.crc32(value.encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, 62)
        checksum = letters[digit] + checksum
    return f"ghp_{value}{checksum}"


class Shop:
    """A project in a folder of its own, with what each page needs."""

    def __init__(self, scratch, name):
        self.folder = pathlib.Path(scratch, name, "shop")
        self.folder.mkdir(parents=True)
        self.environment = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": scratch, "TMPDIR": tempfile.gettempdir(), "LANG": "C.UTF-8"}
        self.environment |= {name: os.environ[name] for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        self.git("init", "-q", "-b", "main")

    def git(self, *words):
        subprocess.run(["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *words], cwd=self.folder, check=True)

    def write(self, **files):
        for name, text in files.items():
            path = self.folder / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def commit(self, subject, *tags):
        self.git("add", "--all")
        self.git("commit", "-qm", subject)
        for tag in tags:
            self.git("tag", tag)

    def recorded(self, page, names=None, **more):
        learn.recorded(page, self.folder, self.environment, names or {}, **more)


def readme(shop):
    shop.write(app_dot_py=APP, tests__test_app_dot_py="from app import price\n", _dot_gitignore="reports/\n")
    shop.commit("feat: a shop", "v1.4.0")
    shop.write(settings_dot_py=f'TOKEN = "{token()}"\n', reports__junit_dot_xml=REPORT, reports__lcov_dot_info=COVERAGE)
    shop.git("add", "settings.py")
    shop.recorded("README.md")


def start(shop):
    shop.write(app_dot_py=SERVICE, test_app_dot_py="from app import app\n", requirements_dot_txt="flask\ngunicorn\n")
    shop.recorded("docs/start.md", blocks=[0])


def init(shop):
    shop.write(app_dot_py="import sqlite3\n\n" + SERVICE + '\n\ndef orders():\n    return sqlite3.connect("data/orders.db")\n',
               test_app_dot_py="from app import app\n", requirements_dot_txt="flask\ngunicorn\n")
    shop.recorded("docs/init.md")


def scan(shop):
    shop.write(config_dot_py="DEBUG = False\n")
    shop.commit("feat: a shop")
    shop.write(config_dot_py=f'DEBUG = False\nGITHUB_TOKEN = "{token()}"\n')
    shop.recorded("docs/scan.md")


def leaked(shop):
    shop.write(config_dot_py=f'DEBUG = False\nTOKEN = "{token()}"\n')
    shop.commit("feat: a shop")
    shop.recorded("docs/adopt.md", blocks=[0])
    shop.write(config_dot_py='import os\n\nTOKEN = os.environ["TOKEN"]\n')
    shop.commit("fix: the token comes from a variable")
    added = subprocess.run(["git", "rev-parse", "--short=12", "HEAD~1"], cwd=shop.folder, check=True, stdout=subprocess.PIPE, text=True).stdout
    shop.recorded("docs/leaked-secret.md", {"295a4ad4abff": added.strip()})


def preflight(shop):
    shop.write(Dockerfile='FROM python:3.13-slim-bookworm\nCOPY . /app\nCMD ["python3", "/app/app.py"]\n', app_dot_py="print()\n")
    shop.recorded("docs/preflight.md")
    shop.recorded("docs/adopt.md", blocks=[1])


def migrate(shop):
    shop.write(migrations__20260131101500_totals_dot_up_dot_sql=LINTED, migrations__20260131101500_totals_dot_down_dot_sql="DROP INDEX orders_total;\n")
    shop.recorded("docs/migrate.md")


def migrate_adopt(shop):
    for version, name in (("20260101000000", "schema"), ("20260115090000", "customers"), ("20260131101500", "totals")):
        shop.write(**{f"migrations__{version}_{name}_dot_up_dot_sql": f"CREATE TABLE {name} (id integer PRIMARY KEY);\n",
                      f"migrations__{version}_{name}_dot_down_dot_sql": f"DROP TABLE {name};\n"})
    shop.write(fairlead_dot_yml="version: 1\napp: shop\nmigrate: {engine: sqlite}\nenvironments: {production: {url: https://shop.example.org}}\n")
    with contextlib.closing(sqlite3.connect(shop.folder / "shop.db")) as database:
        database.execute(ORDERS)
    shop.environment["DATABASE_URL"] = f"sqlite:{shop.folder}/shop.db"
    shop.recorded("docs/migrate-adopt.md")


def tag(shop):
    shop.write(app_dot_py=APP)
    shop.commit("feat: a shop", "v1.2.3")
    shop.recorded("docs/tag.md")
    shop.write(app_dot_py=APP + "\n")
    shop.commit("feat: number 3 (#3)")
    shop.recorded("docs/tag-version.md")


def backup(shop):
    file = shop.folder / "shop.db"
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.executescript(ORDERS + "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
                               "INSERT INTO orders (what) SELECT 'boat ' || i FROM n;")
    shop.recorded("docs/backup.md", {"/srv/shop/shop.db": str(file), "/var/backups/shop": f"{shop.folder}/backups"})


with tempfile.TemporaryDirectory() as scratch:
    for scene in (readme, start, init, scan, leaked, preflight, migrate, migrate_adopt, tag, backup):
        scene(Shop(scratch, scene.__name__))
counted.close()
