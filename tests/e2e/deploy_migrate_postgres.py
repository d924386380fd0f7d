#!/usr/bin/python3
"""deploy_migrate_postgres.py BIN [KIND@POINT...]: deploy_migrate.py's column, renamed in two releases on a real PostgreSQL.

The deployer is killed around each step of the migrations and its rerun has to converge, without a lost request; then a rollback over
the contracting migration, refused and with --with-down."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import postgres  # noqa: E402
from deploy_migrate import APP, Shop  # noqa: E402
from rig import Load, checks  # noqa: E402

# By libpq itself: no driver of Python's has to be installed.
QUERY = """\
import ctypes
libpq = ctypes.CDLL("libpq.so.5")
for name in ("PQconnectdb", "PQexec"):
    getattr(libpq, name).restype = ctypes.c_void_p
def ask(sql):
    connection = ctypes.c_void_p(libpq.PQconnectdb(os.environ["DATABASE_URL"].encode()))
    result = ctypes.c_void_p(libpq.PQexec(connection, sql.encode()))
    is_read = libpq.PQresultStatus(result) == 2
    libpq.PQclear(result)
    libpq.PQfinish(connection)
    return is_read
"""
MIGRATIONS = [
    ("1_notes", "CREATE TABLE notes (id bigint PRIMARY KEY, title text NOT NULL DEFAULT '');\nINSERT INTO notes SELECT generate_series(1, 1000), 'a'",
     "DROP TABLE notes"),
    ("2_body", "ALTER TABLE notes ADD COLUMN body text;\nUPDATE notes SET body = title",
     "ALTER TABLE notes DROP COLUMN body"),
    ("3_no_title", "-- fairlead: phase contract\nALTER TABLE notes DROP COLUMN title", "ALTER TABLE notes ADD COLUMN title text NOT NULL DEFAULT ''"),
]
LOAD = ["--fresh", "2", "--kept", "2", "--think-ms", "20"]
STEPS = ["prepare+", "migrate", "migrate+", "switch+", "stop+", "contract", "contract+", "commit"]


def app():
    begin, end = APP.index("            connection = sqlite3"), APP.index("        except sqlite3")
    text = APP[:begin] + '            if not ask(f"SELECT {COLUMN} FROM notes LIMIT 1"):\n                status = 500\n' + APP[end:]
    return text.replace("class Handler", QUERY + "class Handler", 1)


class OnServer(Shop):
    app, migrations = app(), MIGRATIONS

    def __init__(self, bin_folder, server):
        self.server = server
        super().__init__(bin_folder)

    def place(self):
        self.environment["DATABASE_URL"] = self.server.url("shop")
        return "postgres"

    def empty(self):
        self.server.psql("DROP DATABASE IF EXISTS shop WITH (FORCE);\nCREATE DATABASE shop;")

    def columns(self):
        found = self.server.ask("SELECT column_name FROM information_schema.columns WHERE table_name = 'notes' ORDER BY ordinal_position", "shop")
        return found.split("\n")[1:]

    def applied(self):
        return self.server.ask("SELECT string_agg(version, ' ' ORDER BY version) FROM fairlead_migrations WHERE kind = 'sql' AND state = 'applied'", "shop")


def run(checks, shop, only):
    shop.empty()
    shop.release("1.0.0", 1)
    first = shop.apply()
    checks.that(first.returncode == 0 and shop.columns() == ["title"], "the first release makes its table", first.stdout + first.stderr)
    if not only:
        steady = Load(shop, *LOAD)
        shop.release("2.0.0", 2)
        second = shop.apply()
        both = shop.columns()
        shop.release("3.0.0", 3)
        third = shop.apply()
        lost = steady.end()
        checks.that(both == ["title", "body"] and shop.columns() == ["body"] and third.returncode == 0 and lost["lost"] == 0,
                    f"a column renamed in two releases: {lost['sent']} requests, {lost['lost']} lost",
                    f"{both} {shop.columns()} {lost['by_kind']} {second.stdout}{second.stderr}{third.stdout}{third.stderr}")
        refused = shop.run("rollback")
        checks.that(refused.returncode == 1 and shop.served() == "3.0.0" and shop.applied() == "1 2 3", "a rollback over it is refused",
                    refused.stdout + refused.stderr)
        back = shop.run("rollback", "--with-down", "2")
        checks.that(back.returncode == 0 and shop.served() == "2.0.0" and shop.columns() == ["body", "title"] and shop.applied() == "1 2",
                    "with --with-down it is done", f"{shop.columns()} {shop.applied()} {back.stdout}{back.stderr}")
    for point in STEPS:
        if only and f"kill@{point}" not in only:
            continue
        shop.anew()
        shop.release("2.0.0", 2)
        shop.apply()
        shop.release("3.0.0", 3)
        steady = Load(shop, *LOAD)
        died = shop.apply(fault=f"kill@{point}")
        rerun = shop.apply()
        lost = steady.end()
        problems = shop.leftovers()
        if died.returncode != -9:
            problems.append(f"was not killed: {died.returncode} {died.stderr[-600:]}")
        if rerun.returncode != 0 or shop.served() != "3.0.0" or shop.columns() != ["body"] or shop.applied() != "1 2 3":
            problems.append(f"rerun gave {rerun.returncode}, {shop.served()} serves, {shop.columns()}, {shop.applied()}\n{rerun.stderr[-800:]}")
        over = shop.run("rollback", "--with-down", "2")
        if over.returncode != 0 or shop.served() != "2.0.0" or shop.columns() != ["body", "title"]:
            problems.append(f"rollback --with-down gave {over.returncode}, {shop.columns()}\n{over.stderr[-800:]}")
        checks.that(not problems and lost["lost"] == 0, f"kill@{point:<10} rerun {rerun.returncode}: sent {lost['sent']:>5}  lost {lost['lost']}",
                    f"{problems} {lost['by_kind']}")


def main():
    if postgres.folder_of_programs() is None:
        checks.leave(postgres.PART, postgres.INSTALL)
    with postgres.Server() as server:
        shop = OnServer(sys.argv[1], server)
        try:
            run(checks, shop, sys.argv[2:])
        finally:
            shop.run("down", "--confirm", "staging")
            shop.close()
    checks.close()


main()
