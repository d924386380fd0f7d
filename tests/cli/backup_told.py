#!/usr/bin/python3
# needs: nothing; takes: 4 s
"""backup_told.py BIN: what is said so that somebody can go on: losses that sizes don't show, what killed programs left, engines that don't
fit, the store that has what another one lacks, names that would break a line."""
import hashlib
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from backups import PROGRAM, Project, is_true, make, rows  # noqa: E402


def shrunk(folder):
    project = Project(folder / "shrunk")
    path = project.folder / "app.db"
    make(path, 2000)
    project.expect("many rows", ["run"], 0)
    database = sqlite3.connect(path)
    database.execute("DELETE FROM notes WHERE id > 900")
    database.commit()
    project.expect("rows that are gone, in a file that stays as large", ["run"], 1, "gave 900 rows, less than half of the 2000", "--allow-shrink")
    database.execute("UPDATE notes SET text = ''")
    database.execute("INSERT INTO notes (text) SELECT '' FROM notes")
    database.commit()
    project.expect("rows without their content", ["run"], 1, "packed bytes, less than half of the", "--allow-shrink")
    is_true("neither is a set", len(project.sets()) == 1)
    project.expect("packed in another way they aren't compared", ["run", "--compress", "none"], 0)
    database.execute("DELETE FROM notes")
    database.commit()
    database.close()
    project.expect("unless it is meant", ["run", "--allow-shrink"], 0)
    few = Project(folder / "few")
    make(few.folder / "app.db", 30)
    few.run("run")
    with sqlite3.connect(few.folder / "app.db") as database:
        database.execute("DELETE FROM notes WHERE id > 3")
    few.expect("of few rows it is nothing strange", ["run"], 0)


def damaged_manifest(folder):
    """What was verified is not what is there now: no yes of any command."""
    project = Project(folder / "manifest")
    make(project.folder / "app.db", 10)
    project.expect("a set", ["run"], 0)
    project.expect("is verified", ["verify"], 0)
    project.expect("list says so", ["list"], 0, "  verified ")
    manifest = next(project.store.glob("*.manifest.json"))
    manifest.write_text(manifest.read_text().replace('"rows": 10', '"rows": 11'))
    done = project.expect("its manifest is changed", ["list"], 0, "not verified", "not usable: ", "is damaged or was changed")
    is_true("no line says verified", "  verified" not in done.stdout, done.stdout)
    found = json.loads(project.run("list", "--format", "json").stdout)["sets"][0]
    is_true("nor JSON", found["verified"] is None and "is damaged or was changed" in found["fault"], found)
    project.expect("nor status", ["status"], 1, "newest verified: none", "RPO: unknown", "is damaged or was changed")
    manifest.rename(manifest.with_name("zz_" + manifest.name))
    project.expect("a name that says another app", ["list", "--app", "zz_shop"], 0, "not usable: ", "take another")


KILLED = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("PRAGMA cache_size = 2")
database.execute("PRAGMA cache_spill = 1")
database.execute("UPDATE notes SET text = 'half'")
os.kill(os.getpid(), 9)
"""


def left_in_a_change(folder):
    project = Project(folder / "hot")
    path = project.folder / "app.db"
    make(path, 3000)
    before = rows(path)
    subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    is_true("a journal is left", (project.folder / "app.db-journal").stat().st_size > 0)
    project.expect("what a killed program began is taken back", ["run"], 0)
    project.expect("restored", ["restore", "latest", "--to", "copy.db"], 0)
    is_true("the rows are those before", rows(project.folder / "copy.db") == before)
    if os.geteuid() == 0:
        subprocess.run([sys.executable, "-c", KILLED, path], check=False)
        for one in (path, project.folder / "app.db-journal"):
            one.chmod(0o444)
        project.folder.chmod(0o755)
        folder.chmod(0o755)
        (folder / "nobody's").mkdir(mode=0o1777)
        (folder / "nobody's").chmod(0o1777)
        done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", PROGRAM, "run", "--store",
                               f"file:{folder}/nobody's"], cwd=project.folder, env={"PATH": "/usr/bin:/bin", "DATABASE_URL": "sqlite:app.db",
                               "TMPDIR": str(folder / "nobody's")}, capture_output=True, text=True)
        is_true("who may not is told the way out", done.returncode == 3 and "left it in the middle of a change" in done.stderr and "open it once" in done.stderr,
                done.stdout + done.stderr)


def another_engine(folder):
    project = Project(folder / "engine")
    make(project.folder / "app.db")
    project.run("run")
    project.expect("a set of SQLite, the URL of a server", ["restore", "latest", "--to", "original"], 2, "holds a file of SQLite", "DATABASE_URL names a server",
                   DATABASE_URL="postgresql://app@127.0.0.1:1/shop")
    path = project.folder / "app.db"
    path.write_bytes(path.read_bytes()[:8192] + os.urandom(4096) + path.read_bytes()[12288:])
    done = project.expect("a damaged file", ["run"], 1, "is damaged: ")
    is_true("is told in words", "\\n" not in done.stderr, done.stderr)
    nothing = Project(folder / "nothing")
    done = nothing.expect("no store", ["status"], 3, "is not there; mount its disk")
    nothing.store.mkdir()
    done = nothing.run("status")
    is_true("that there is none is said once", done.returncode == 1 and (done.stdout + done.stderr).count("there is no set") == 1, done.stdout + done.stderr)
    done = project.run("status", "--max-age", "1ms", "--max-unverified", "1ms")
    shown = done.stdout + done.stderr
    is_true("each reason once", shown.count("max_age is") == 1 and shown.count("was ever verified") == 1, shown)
    (folder / "steps").mkdir()
    make(folder / "steps" / "app.db")
    done = Project(folder / "steps" / "in").run("run", "-v", DATABASE_URL="sqlite:../app.db")
    is_true("-v tells the steps", "dumps db of sqlite:" in done.stderr and "back" in done.stderr and "writes the manifest" in done.stderr, done.stderr)


def elsewhere(folder):
    project = Project(folder / "elsewhere", "  stores: [file:store, file:copies]\n")
    make(project.folder / "app.db")
    project.run("run")
    newest = project.sets()[0]
    project.expect("list tells of the copies", ["list"], 0, "copies: file:", "1 set")
    project.store.rename(project.folder / "lost")
    project.expect("what only a copy has is told by list", ["list"], 3, "is not there; mount its disk", f"/copies has {newest}")
    project.expect("and by status", ["status"], 3, f"/copies has {newest}")
    project.expect("and by restore", ["restore", "latest", "--to", "copy.db"], 3, f"/copies has {newest}", f"fairlead-backup fetch {newest}")
    project.store.write_text("no folder")
    project.expect("also where the first can't be asked", ["restore", newest, "--to", "copy.db"], 3, f"/copies has {newest}")
    project.expect("it is restored from there", ["restore", newest, "--store", "file:copies", "--to", "copy.db"], 0)
    project.store.unlink()
    (project.folder / "lost").rename(project.store)
    (project.folder / "copies").rename(project.folder / "away")
    project.expect("a copy's store that is away isn't made by a mark", ["keep", newest], 3, "/copies", "is not there")
    project.expect("nor by a prune", ["prune"], 3, "/copies", "is not there")
    is_true("it isn't there", not (project.folder / "copies").exists())
    is_true("the other one is marked", (project.store / f"{newest}.keep").exists())


def resealed(path, **changes):
    """A manifest that was edited by somebody who knows how it is sealed."""
    manifest = json.loads(path.read_text())
    manifest.pop("sha256")
    manifest.update(changes)
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    manifest["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    return json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"


def another_app(folder):
    for style in ("compat", "set", "plain"):
        project = Project(folder / f"apps {style}", f"  stores: [file:store, file:copies]\n  name_style: {style}\n  keep: {{last: 1}}\n")
        make(project.folder / "app.db")
        project.run("run", "--app", "bank")
        bank = project.run("list", "--app", "bank", "--format", "json").stdout
        bank = json.loads(bank)["sets"][0]["id"]
        project.later()
        project.expect(f"{style}: a store of two apps", ["run"], 0)
        ours = project.sets()[0]
        for words in (["restore", bank, "--to", "copy.db"], ["verify", bank], ["keep", bank], ["release", bank], ["push", bank], ["fetch", bank]):
            project.expect(f"{style}: the other one's set is refused by {words[0]}", words, 2, f"set '{bank}' belongs to the app 'bank'", "say --app bank")
        project.expect(f"{style}: as it is meant, it is taken", ["restore", bank, "--app", "bank", "--to", "copy.db"], 0)
        project.expect(f"{style}: and proven", ["verify", bank, "--app", "bank"], 0)
        manifest = next(path for path in project.store.rglob("*.manifest.json") if str(path.relative_to(project.store)).startswith(ours))
        was = manifest.read_text()
        for changes in ({"app": "bank"}, {"environment": "production"}, {"app": "bank\x1b[2J"}):
            manifest.write_text(resealed(manifest, **changes))
            for words in (["restore", "latest", "--to", "other.db"], ["verify", "latest"], ["keep", "latest"], ["status"],
                          ["push", "latest"]):
                done = project.expect(f"{style}: a set of {changes} under our name is refused by {words[0]}", words, 1, "its name says otherwise")
                is_true("and nothing steers the terminal", "\x1b" not in done.stdout + done.stderr)
            project.expect(f"{style}: and stays for prune", ["prune", "--store", "file:store"], 0, "0 sets deleted", "no rule counts set")
            manifest.write_text(was)
        is_true(f"{style}: nothing was restored", not (project.folder / "other.db").exists())
        project.expect(f"{style}: as it was", ["restore", "latest", "--to", "other.db"], 0)


def of_paths(folder):
    project = Project(folder / "paths", "  stores: [file:store]\n  name_style: set\n  keep: {last: 1}\n  sources: [{name: up, path: up}]\n")
    up = project.folder / "up"
    up.mkdir()
    (up / "a").write_text("a")
    for _ in range(3):
        project.run("run")
    project.expect("sets in folders", ["prune", "--allow-many"], 0, "2 sets deleted")
    left = [path for path in project.store.rglob("*") if path.is_dir()]
    is_true("no empty folder is left", len(left) == 2, left)
    (up / "s\n::error::owned").symlink_to("/etc/passwd")
    done = project.expect("a name with a line's end", ["run"], 2, "is a link to something outside")
    is_true("stays within its line", "\n::error" not in done.stdout + done.stderr and "s\\n::error::owned" in done.stdout + done.stderr, done.stderr)
    if os.geteuid() == 0:
        (up / "s\n::error::owned").unlink()
        try:
            os.mknod(up / "disk", 0o60666, os.makedev(7, 200))
        except PermissionError:
            return
        project.later()  # the newest set is one of another second
        project.expect("a device in a folder", ["run"], 0)
        project.expect("is not made", ["restore", "latest", "--to", "restored"], 0, "'disk': device 7:200", "rights of 1 path dropped")
        is_true("the rest is", (project.folder / "restored" / "a").read_text() == "a" and not (project.folder / "restored" / "disk").exists())
        project.expect("nor by a verification", ["verify", "--level", "4"], 0)


def damaged_result(folder):
    """The result of a verification counts by what it says; its name alone is no evidence."""
    project = Project(folder / "result", "  stores: [file:store]\n  name_style: plain\n")
    make(project.folder / "app.db")
    project.run("run")
    late = ["status", "--max-unverified", "7d"]
    project.expect("never verified", late, 1)
    project.expect("verified", ["verify", "--level", "4"], 0)
    project.expect("which counts", late, 0)
    result = next(project.store.rglob("*.passed.json"))
    whole = result.read_text()
    for what, text in {"empty": "", "cut": whole[:len(whole) // 2], "no": whole.replace('"passed": true', '"passed": false'),
                       "of another set": whole.replace('"id": "', '"id": "x'), "of a lower level": whole.replace('"level": 4', '"level": 2', 1)}.items():
        result.write_text(text)
        project.expect(f"a result that is {what} doesn't count", late, 1, "is damaged or from the future, so it doesn't count", "fairlead-backup verify")
        is_true(f"{what}: nor does list say so", "verified" not in project.run("list").stdout.replace("not verified", ""))
    result.write_text(whole)
    project.expect("as it was, it counts", late, 0)
    later = re.sub(r"\d{8}T\d{6}Z", "20990101T000000Z", result.name)
    result.unlink()
    at = re.search(r'"at": "([^"]*)"', whole)[1]
    result.with_name(later).write_text(whole.replace(at, "2099-01-01T00:00:00Z"))
    project.expect("a result of tomorrow doesn't count", late, 1)


def met_damage(folder):
    """Damage that a restore meets is kept with the set, as if verify had found it."""
    project = Project(folder / "met", "  stores: [file:store]\n  name_style: plain\n  keep: {last: 1}\n")
    make(project.folder / "app.db")
    project.run("run")
    project.expect("whole", ["status"], 0)
    data = max((path for path in project.store.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    text = bytearray(data.read_bytes())
    text[len(text) // 2] ^= 1
    data.write_bytes(text)
    project.expect("a restore meets it", ["restore", "latest", "--to", "copy.db"], 1, "is damaged")
    project.expect("status knows", ["status"], 1, "failed its verification (level 2)", "fairlead-backup run")
    project.later()
    project.expect("another set", ["run"], 0)
    project.expect("which counts", ["status"], 0)
    project.expect("prune leaves the damaged one", ["prune", "--dry-run"], 0, "no rule counts it, so it stays")


with tempfile.TemporaryDirectory(prefix="fairlead-told-") as name:
    for part in (shrunk, damaged_manifest, left_in_a_change, another_engine, elsewhere, another_app, of_paths, damaged_result, met_damage):
        part(pathlib.Path(name))
counted.close()
