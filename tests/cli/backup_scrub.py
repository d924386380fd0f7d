#!/usr/bin/python3
# needs: postgres; takes: 5 s
"""backup_scrub.py BIN: production's data go elsewhere only scrubbed, and scrubbed ones never into production; what is refused or asked in vain
leaves the old data; queries are asked at level 4, too."""
import json
import pathlib
import sqlite3
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402
from backups import Project, is_true  # noqa: E402

SECTION = "  stores: [file:store]\n"
QUERIES = """  verify: {queries: ["select count(*) = 0 from users where email not like '%@example.com'", "select count(*) from users"]}\n"""


def users(path):
    database = sqlite3.connect(path)
    found = [row[0] for row in database.execute("SELECT email FROM users ORDER BY id")]
    database.close()
    return found


def made(folder):
    project = Project(folder, SECTION)
    text = (project.folder / "fairlead.yml").read_text()
    project.head = text.replace("{dev: {}, production: {}}", "{dev: {}, staging: {}, production: {}}").replace("backup:\n" + SECTION, "backup:\n")
    project.write = lambda section: (project.folder / "fairlead.yml").write_text(project.head + section)
    project.write(SECTION)
    with sqlite3.connect(project.folder / "app.db") as database:
        database.execute("CREATE TABLE users (id integer PRIMARY KEY, email text)")
        database.executemany("INSERT INTO users (email) VALUES (?)", [(f"person{number}@real.org",) for number in range(500)])
    database.close()
    (project.folder / "scrub.sql").write_text("UPDATE users SET email = 'user' || id || '@example.com';\nDELETE FROM users WHERE id > 100;\n")
    return project


def made_set(project, environment):
    """Of another environment a set is named by its whole id."""
    return json.loads(project.run("list", "--format", "json", "-e", environment).stdout)["sets"][0]["id"]


def scrubbed(folder):
    project = made(folder / "scrubbed")
    project.expect("a set of production", ["run", "-e", "production"], 0)
    to = ["restore", made_set(project, "production"), "--to", "copy.db"]
    for environment in ("dev", "staging"):
        project.expect(f"as it is it doesn't go into {environment}", [*to, "-e", environment], 2, "is from production", "--scrub")
    project.expect("nor scrubbed into production", [*to, "-e", "production", "--scrub", "scrub.sql"], 2, "which is production")
    project.expect("a file that isn't there", [*to, "-e", "staging", "--scrub", "nothing.sql"], 2, "nothing.sql")
    is_true("nothing was restored", not (project.folder / "copy.db").exists())
    project.expect("production gets its own as it is", [*to, "-e", "production"], 0)
    is_true("all of it", len(users(project.folder / "copy.db")) == 500)
    (project.folder / "copy.db").unlink()
    project.write(SECTION + QUERIES)
    project.expect("staging gets it scrubbed", [*to, "-e", "staging", "--scrub", "scrub.sql"], 0)
    is_true("of nobody", users(project.folder / "copy.db") == [f"user{number}@example.com" for number in range(1, 101)])
    is_true("nor in the file's free pages", b"real.org" not in (project.folder / "copy.db").read_bytes())
    was = (project.folder / "copy.db").read_bytes()
    for what, sql, message in (("a statement that is refused", "UPDATE users SET email = 'x@example.com';\nUPDATE nobody SET a = 1;\n", "was refused"),
                               ("rows that stayed", "UPDATE users SET email = 'x@example.com' WHERE id < 400;\n", "answers 0"),
                               ("a query without a table", "DROP TABLE users;\n", "was refused")):
        (project.folder / "bad.sql").write_text(sql)
        project.expect(what, [*to, "-e", "staging", "--overwrite", "--scrub", "bad.sql"], 1, message)
        is_true(f"{what}: the old data are in place", (project.folder / "copy.db").read_bytes() == was)
        is_true(f"{what}: nothing is left beside", sorted(path.name for path in project.folder.glob("*copy.db*")) == ["copy.db"],
                list(project.folder.glob("*copy.db*")))
    for what, sql in (("a look", "SELECT 1;\n"), ("a WHERE that finds nothing", "UPDATE users SET email = 'x' WHERE email LIKE '%@real.com';\n")):
        (project.folder / "bad.sql").write_text(sql)
        project.expect(f"{what} scrubs nothing", [*to, "-e", "staging", "--overwrite", "--scrub", "bad.sql"], 1, "'bad.sql' changed no row")
    is_true("the old data are in place after it, too", (project.folder / "copy.db").read_bytes() == was)
    (project.folder / "bad.sql").write_text("ALTER TABLE users DROP COLUMN email;\n")
    project.write(SECTION)
    project.expect("definitions are changes, too", [*to[:-1], "other.db", "-e", "staging", "--scrub", "bad.sql"], 0)
    project.write(SECTION + QUERIES)
    project.killed("scrubbing", "scrubbed", *to, "-e", "staging", "--overwrite", "--scrub", "scrub.sql")
    is_true("killed before the swap the old data are in place", (project.folder / "copy.db").read_bytes() == was)
    project.expect("level 4 asks the queries", ["verify", "--level", "4", "--dry-run", "-e", "production"], 1, "answers 0")
    project.write(SECTION + """  verify: {queries: ["select count(*) = 500 from users"]}\n""")
    project.expect("which may be true", ["verify", "--level", "4", "--dry-run", "-e", "production"], 0)
    project.write(SECTION + """  verify: {queries: ["select email from users where id = 0"]}\n""")
    project.expect("no answer is a no", ["verify", "--level", "4", "--dry-run", "-e", "production"], 1, "has no answer")


def of_lower_ones(folder):
    project = made(folder / "lower")
    project.expect("a set of staging", ["run", "-e", "staging"], 0)
    project.expect("goes into staging", ["restore", "latest", "--to", "a.db", "-e", "staging"], 0)
    project.expect("and not below", ["restore", made_set(project, "staging"), "--to", "b.db", "-e", "dev"], 2, "is from staging")
    project.expect("where it goes has to be said", ["restore", made_set(project, "staging"), "--to", "c.db"], 2, "say where it goes: --env staging")
    elsewhere = Project(folder / "elsewhere", f"  stores: ['file:{project.store}']\n")
    elsewhere.head = (elsewhere.folder / "fairlead.yml").read_text().replace("environments: {dev: {}, production: {}}\n", "")
    (elsewhere.folder / "fairlead.yml").write_text(elsewhere.head)
    elsewhere.expect("where there are no environments it is told", ["restore", made_set(project, "staging"), "--to", "c.db"], 0,
                     "is from staging: the restore holds the personal data of that environment")


def looking(folder):
    """Queries look: what they would change stays as it is."""
    project = made(folder / "looking")
    project.expect("a set of production", ["run", "-e", "production"], 0)
    to = ["restore", made_set(project, "production"), "--to", "copy.db", "-e", "staging", "--scrub", "scrub.sql"]
    for query in ("delete from users returning 1", "update users set email = 'x' returning 1"):
        project.write(SECTION + f"  verify: {{queries: [\"{query}\"]}}\n")
        project.expect(f"not by {query[:6]}", to, 2, query[:6].upper(), "a check may only read")
        project.expect(f"nor by {query[:6]} at level 4", ["verify", "--level", "4", "-e", "production"], 2, "a check may only read")
    is_true("nothing took its place", not (project.folder / "copy.db").exists())
    for query in ("select 0.0", "select '0.00'", "select -0"):
        project.write(SECTION + f"  verify: {{queries: [\"{query}\"]}}\n")
        project.expect(f"{query} is a no", ["verify", "--level", "4", "-e", "production"], 1, "answers")


def on_a_server(folder):
    if postgres.folder_of_programs() is None:
        counted.skip(postgres.PART, "on a server", postgres.INSTALL)
        return
    with postgres.Server(port=0) as server:
        server.psql("CREATE DATABASE prod")
        server.psql("CREATE DATABASE precious")
        server.psql("""CREATE TABLE users (id int PRIMARY KEY, email text);
INSERT INTO users SELECT g, 'person' || g || '@real.org' FROM generate_series(1, 50) g;
CREATE MATERIALIZED VIEW mails AS SELECT email FROM users;
CREATE MATERIALIZED VIEW hosts AS SELECT split_part(email, '@', 2) AS host FROM mails;
CREATE MATERIALIZED VIEW never AS SELECT email FROM users WITH NO DATA;""", "prod")
        project = made(folder / "server")
        project.variables.update(DATABASE_URL=server.url("prod"), VERIFY_URL=server.url("postgres"))
        project.expect("a set of production", ["run", "-e", "production"], 0)
        scrub = project.folder / "scrub.sql"
        to = ["restore", made_set(project, "production"), "-e", "staging", "--scrub", "scrub.sql", "--to"]
        scrub.write_text("UPDATE users SET email = 'user' || id || '@example.com';\n")
        project.expect("views that hold rows are made anew", [*to, "clean"], 0)
        is_true("they hold nobody's", server.ask("SELECT count(*) FROM mails, hosts WHERE email LIKE '%real%' OR host LIKE '%real%'", "clean") == "0"
                and server.ask("SELECT count(*) FROM hosts", "clean") == "50")
        scrub.write_text("UPDATE users SET email = 'x' || id;\nCOMMIT;\nUPDATE users SET email = 'y' || id;\n")
        project.expect("the file is one transaction", [*to, "halves"], 1, "ends the transaction that it runs in")
        for what, text in (("an empty file", ""), ("comments", "-- nothing\n"), ("a look", "SELECT count(*) FROM users;\n"),
                           ("a WHERE that finds nothing", "UPDATE users SET email = 'x' WHERE id < 0;\n"), ("one that takes itself back", "UPDATE users SET email = 'x'; ROLLBACK;\n")):
            scrub.write_text(text)
            project.expect(f"{what} scrubs nothing", [*to, "halves"], 1)
        is_true("nothing took its place", server.ask("SELECT count(*) FROM pg_database WHERE datname LIKE 'halves%'") == "0")
        for query in ("drop database precious", "drop table users", "with d as (delete from users returning 1) select 1",
                      "select 1; commit; drop database precious", "copy users to program 'true'"):
            project.write(SECTION + f"  verify: {{on: VERIFY_URL, queries: [\"{query}\"]}}\n")
            project.expect(f"'{query}' is no look", ["verify", "--level", "4", "-e", "production"], 2, "a check may only read")
        project.write(SECTION + "  verify: {on: VERIFY_URL, queries: ['select id from users for update']}\n")
        project.expect("the server lets it look, too", ["verify", "--level", "4", "-e", "production"], 1, "read-only transaction")
        is_true("nothing is gone", server.ask("SELECT count(*) FROM pg_database WHERE datname = 'precious'") == "1")


with tempfile.TemporaryDirectory(prefix="fairlead-scrub-") as name:
    for part in (scrubbed, of_lower_ones, looking, on_a_server):
        part(pathlib.Path(name))
counted.close()
