#!/usr/bin/python3
# needs: postgres; takes: 137 s
"""backup_pitr.py BIN: a real server back to a moment between two rows: its base, its WAL, a second timeline; a lost segment is told by
status before it is needed, and refused by name before anything is touched; killed at each step it can be done again. PITR_CLIENT_BIN
names a folder of newer client programs, for servers that have none of their own (script/bench pitr_versions)."""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402
from pitr import PROGRAM, Project, Restored, now, rows, switch  # noqa: E402
from until import wait_until  # noqa: E402

PLACES = {}  # where each command was killed


def enable(project, server):
    done = project.expect("what the server lacks is printed", ["pitr-enable"], 0, "archive_mode = 'on'", "wal-push %p", "--apply")
    counted.note("and nothing is set", "" if server.ask("SHOW archive_command") == "(disabled)" else done.stdout)
    project.expect("a base needs an archive", ["pitr-base"], 1, "archive_mode is off", "pitr-enable")
    project.expect("it is set", ["pitr-enable", "--apply"], 0, "restart PostgreSQL")
    server.stop()
    server.start()
    project.expect("then nothing is left to do", ["pitr-enable"], 0, "archives by fairlead-backup")
    command = server.ask("SHOW archive_command")
    server.psql("ALTER SYSTEM SET archive_command = 'false'")
    server.psql("SELECT pg_reload_conf()")
    project.expect("another's command isn't replaced", ["pitr-enable", "--apply"], 2, "--overwrite")
    project.expect("but where that is said", ["pitr-enable", "--apply", "--overwrite"], 0)
    wait_until("it is ours again", lambda: server.ask("SHOW archive_command") == command)
    counted.note("it is ours again", "")


def archive_fails(project, server):
    """While a base is copied, or before its end: it doesn't wait for ever, nothing of it is left, nor a session of it."""
    command = server.ask("SHOW archive_command").replace("'", "''")

    def set_to(text):
        server.psql(f"ALTER SYSTEM SET archive_command = '{text}'")
        server.psql("SELECT pg_reload_conf()")
        wait_until("the server has read it", lambda: server.ask("SHOW archive_command") == text.replace("''", "'"))
    for what, instead in (("fails", "false"), ("hangs", "exec sleep 1000")):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(project.folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp"), "SHOP_URL": project.url}
        set_to(instead)
        began = time.monotonic()
        running = subprocess.Popen([*postgres.as_other(), str(project.program), "pitr-base", "--max-lag", "3s"], cwd=project.folder, env=environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said, _ = running.communicate(timeout=120)
        wanted = ("fails to archive" if what == "fails" else "archived nothing", "--max-lag", "pitr-status", "nothing of it is kept")
        counted.note(f"an archive that {what} is a no", "" if running.returncode == 1 and all(part in said for part in wanted) else
                     f"{running.returncode} {said}")
        counted.note(f"{what}: in time", "" if time.monotonic() - began < 60 else str(time.monotonic() - began))
        left = server.ask("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'walsender'")
        counted.note(f"{what}: no session is left", "" if left == "0" else left)
        left = [path for path in (project.folder / "store").rglob("*base*") if path.is_file()]
        counted.note(f"{what}: nothing is left", "" if left == [] else str(left))
        set_to(command)
        if what == "hangs":
            archiver = server.ask("SELECT pid FROM pg_stat_activity WHERE backend_type = 'archiver'")
            subprocess.run(["pkill", "-f", "-P", archiver, "sleep 1000"], check=False)
        switch(server)


def at_each_place(project, what, words, before, after, most=200):
    """SIGKILL at the first place, the second and so on, until there are no more."""
    number, faults = 0, []
    while number < most:
        number += 1
        was = before(number)
        done = project.run(*words(number), FAIRLEAD_FAULT=f"kill@{number}")
        if done.returncode == 0:
            number -= 1
            break
        if done.returncode not in (-signal.SIGKILL, 137):
            faults.append(f"killed at {number}: {done.stderr}")
        faults += [f"killed at {number}: {fault}" for fault in after(number, was)]
    PLACES[what] = number
    counted.note(f"{what}: killed at each of {number} places", "\n".join(faults))
    print(f"{what}: SIGKILL at {number} places, {len(faults)} faults")


def killed_bases(project, server):
    """A base is whole or not there, and the next one works at once."""
    def after(_number, was):
        told = project.run("pitr-status", "--level", "2")
        if len(project.bases()) not in (was, was + 1) or told.returncode != (0 if project.bases() else 1) or "damaged" in told.stdout:
            yield f"{project.bases()} {told.stdout}"
        again = project.run("pitr-base")
        if again.returncode != 0:
            yield again.stderr
        for folder in (project.folder / "store/shop/pitr/base").iterdir():
            if sorted(path.name for path in folder.iterdir()) not in ([], ["base.tar.zst", "manifest.json"]):
                yield f"{sorted(folder.iterdir())} is left"
    at_each_place(project, "pitr-base", lambda _: ["pitr-base"], lambda _: len(project.bases()), after)


def back_to(project, data, moment, wanted, what, server, *words):
    project.expect(f"{what} is laid out", ["pitr-restore", "--at", moment, "--to", str(data), *words], 0, "is ready to be recovered")
    try:
        with Restored(data) as restored:
            found = rows(restored)
            counted.note(f"{what}: its rows", "" if found == wanted else f"{found}, expected {wanted}")
            counted.note(f"{what}: it archives nothing", "" if restored.ask("SHOW archive_command") == "" else "it does")
    except RuntimeError as error:
        counted.note(f"{what}: it starts", str(error))


def killed_restores(project, moment):
    def after(number, _was):
        data = project.folder / f"data {number}"
        there = data.exists()
        if there and not all((data / name).exists() for name in ("recovery.signal", "PG_VERSION", "backup_label")):
            yield "half of it is there"
        again = project.run("pitr-restore", "--at", moment, "--to", str(data))
        if again.returncode != (2 if there else 0):
            yield again.stdout + again.stderr
        if not there and pathlib.Path(f"{data}.restoring").exists():
            yield "something is left beside"
        shutil.rmtree(data)
    at_each_place(project, "pitr-restore", lambda number: ["pitr-restore", "--at", moment, "--to", str(project.folder / f"data {number}")],
                  lambda _: None, after)
    shutil.rmtree(project.folder / f"data {PLACES['pitr-restore'] + 1}")


def killed_prunes(project, server):
    """What is listed is whole, and no moment of the window is lost."""
    store, saved = project.folder / "store", project.folder / "saved"
    shutil.copytree(store, saved)

    def before(_number):
        shutil.rmtree(store)
        shutil.copytree(saved, store)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", f"{postgres.NOBODY}:{postgres.NOBODY}", store], check=True)

    def after(_number, _was):
        told = project.run("pitr-status", "--level", "2")
        if told.returncode != 0:
            yield told.stdout
        again = project.run("pitr-prune", "--allow-many")
        if again.returncode != 0 or len(project.bases()) != 1 or project.run("pitr-status", "--level", "2").returncode != 0:
            yield f"{project.bases()} {again.stdout}{again.stderr}"
    at_each_place(project, "pitr-prune", lambda _: ["pitr-prune", "--allow-many"], before, after, 26)
    counted.note("at 20 places and more", "" if sum(PLACES.values()) >= 20 else str(PLACES))
    before(0)
    shutil.rmtree(saved)


def lost(project, server, moment, first, later):
    """A segment that nobody needs yet."""
    gone = project.segment(later)
    kept = gone.with_name("." + gone.name)
    gone.rename(kept)
    project.expect("a lost segment is told by its name", ["pitr-status"], 1, later, "missing")
    data = project.folder / "not there"
    project.expect("a restore beyond it is refused by name", ["pitr-restore", "--at", "latest", "--to", str(data)], 1, later, "nothing was touched")
    counted.note("and nothing is there", "it is" if data.exists() or pathlib.Path(f"{data}.restoring").exists() else "")
    project.expect("one before it isn't", ["pitr-restore", "--at", moment, "--to", str(data), "--dry-run"], 0, "would restore")
    kept.rename(gone)
    project.expect("it is back", ["pitr-status"], 0, "can be restored")
    gone = project.segment(first)
    kept = gone.with_name("." + gone.name)
    gone.rename(kept)
    project.expect("the base's own segment", ["pitr-restore", "--at", moment, "--to", str(data)], 1, first)
    kept.rename(gone)
    broken = project.segment(later)
    data_of = bytearray(broken.read_bytes())
    data_of[len(data_of) // 2] ^= 1
    whole = broken.read_bytes()
    broken.write_bytes(data_of)
    project.expect("by names alone it is there", ["pitr-status"], 0)
    project.expect("a flipped byte is told before it is needed", ["pitr-status", "--level", "2"], 1, later, "damaged")
    project.expect("and fetched by nobody", ["wal-fetch", later, "damaged"], 126, later, "damaged")
    counted.note("nothing of it is there", "it is" if (project.folder / "damaged").exists() else "")
    project.expect("a damaged one is no yes", ["pitr-restore", "--at", "latest", "--to", str(data), "--dry-run"], 1)
    broken.write_bytes(whole)
    base = project.folder / f"store/shop/pitr/base/{project.bases()[-1]}/base.tar.zst"
    whole = base.read_bytes()
    base.write_bytes(whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:])
    project.expect("a base with a flipped byte is told, too", ["pitr-status", "--level", "3"], 1, "base.tar", "damaged")
    project.expect("and not restored", ["pitr-restore", "--at", moment, "--to", str(data)], 1, "damaged")
    counted.note("nor laid out", "it is" if data.exists() or pathlib.Path(f"{data}.restoring").exists() else "")
    base.write_bytes(whole)
    project.expect("all is read and whole", ["pitr-status", "--level", "2"], 0, "read: ", "files of WAL")
    project.expect("what restores is another command", ["pitr-status", "--level", "4"], 2, "pitr-restore")


def with_tablespace(project, server):
    apart = server.folder / "apart"
    apart.mkdir()
    if os.geteuid() == 0:
        os.chown(apart, postgres.NOBODY, postgres.NOBODY)
    server.psql(f"CREATE TABLESPACE apart LOCATION '{apart}'")
    before = project.bases()
    project.expect("a cluster with a tablespace is refused", ["pitr-base"], 1, "1 tablespace of its own", "pg_default")
    counted.note("and nothing is made", "" if project.bases() == before else str(project.bases()))
    project.expect("status tells it, too", ["pitr-status"], 1, "1 tablespace of its own")
    server.psql("DROP TABLESPACE apart")
    project.expect("without it all is well", ["pitr-status"], 0)


def swept(project):
    """What a killed one unpacked to look at it."""
    temporary = project.folder / "temporary"
    temporary.mkdir()
    if os.geteuid() == 0:
        os.chown(temporary, postgres.NOBODY, postgres.NOBODY)
    before = project.bases()
    for words in (["pitr-base"], ["pitr-restore", "--at", "latest", "--to", str(project.folder / "swept")]):
        project.run("pitr-base", FAIRLEAD_FAULT="kill@base-unpacked", TMPDIR=str(temporary))
        left = sorted(temporary.glob("fairlead-base-*"))
        counted.note("a killed one leaves the cluster in the clear", "" if len(left) == 1 else str(left))
        project.expect("doctor tells of it", ["doctor"], 0, "fairlead-base-", "in the clear", TMPDIR=str(temporary))
        project.expect(f"{words[0]} takes it away", words, 0, "fairlead-base-", "are gone", TMPDIR=str(temporary))
        counted.note(f"gone by {words[0]}", "" if list(temporary.iterdir()) == [] else str(list(temporary.iterdir())))
    shutil.rmtree(project.folder / "swept")
    for made in set(project.bases()) - set(before):
        shutil.rmtree(project.folder / "store/shop/pitr/base" / made)


def edited(text):
    """As whoever knows the format would: with the right checksum of it."""
    manifest = json.loads(text)
    manifest["host"] = "elsewhere"
    manifest.pop("sha256")
    whole = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    manifest["sha256"] = hashlib.sha256(whole.encode()).hexdigest()
    return json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"


def signed(project, server):
    """A base is signed as sets are; nothing is restored from one that nobody trusted signed."""
    store, saved = project.folder / "store", project.folder / "saved"
    shutil.copytree(store, saved)
    private = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, text=True, check=True).stdout
    public = subprocess.run(["openssl", "pkey", "-pubout"], input=private, capture_output=True, text=True, check=True).stdout
    (project.folder / "ours.pub").write_text(public)
    sign = "  sign: {key_env: SIGNING_KEY, trust: [ours.pub]}\n"
    project.write(sign)
    data = project.folder / "of a stranger"
    refusal = "is not one that a key of backup.sign.trust signed"
    project.expect("without the key no base is made", ["pitr-base"], 2, "SIGNING_KEY")
    unsigned = project.bases()
    project.expect("one without a signature is told", ["pitr-status"], 1, f"base {unsigned[0]}", refusal, "it has no signature")
    project.expect("and not restored", ["pitr-restore", "--at", "latest", "--to", str(data)], 1, refusal)
    project.expect("its WAL stays", ["pitr-prune"], 0, "0 bases and 0 files")
    project.expect("one that is signed", ["pitr-base"], 0, "unpacked and verified", SIGNING_KEY=private)
    switch(server)
    ours = next(one for one in project.bases() if one not in unsigned)
    project.expect("is restored", ["pitr-restore", "--at", "latest", "--to", str(data), "--dry-run"], 0, f"would restore base {ours}",
                   f"passed over: base {unsigned[0]}")
    for one in unsigned:
        shutil.rmtree(store / "shop/pitr/base" / one)
    project.expect("all is well then", ["pitr-status", "--level", "2"], 0, "can be restored")
    manifest = store / f"shop/pitr/base/{ours}/manifest.json"
    tool = subprocess.run([PROGRAM.parent / "fairlead", "verify", manifest, "--key", project.folder / "ours.pub"], capture_output=True, text=True,
                          check=False)
    counted.note("fairlead verify reads it", "" if tool.returncode == 0 else tool.stdout + tool.stderr)
    text = manifest.read_text()
    manifest.write_text(edited(text))
    project.expect("an edited one is told", ["pitr-status"], 1, refusal)
    project.expect("and refused", ["pitr-restore", "--at", "latest", "--to", str(data)], 1, refusal)
    project.write("")
    project.expect("though it looks whole where nobody signs", ["pitr-restore", "--at", "latest", "--to", str(data), "--dry-run"], 0)
    manifest.write_text(text)
    project.write(sign + "  keep: {pitr: 1ms}\n")
    project.expect("another one", ["pitr-base"], 0, SIGNING_KEY=private)
    switch(server)
    project.expect("prune takes the first one's signature along", ["pitr-prune", "--allow-many"], 0, "1 base and ")
    left = [path for path in (store / "shop/pitr/base").rglob("*") if path.is_file() and ours in str(path)]
    counted.note("nothing of it is left", "" if left == [] else str(left))
    counted.note("nothing is laid out", "it is" if data.exists() else "")
    project.write("")
    shutil.rmtree(store)
    saved.rename(store)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{postgres.NOBODY}:{postgres.NOBODY}", store], check=True)


def refused(project, server, moment):
    data = project.folder / "full"
    data.mkdir()
    (data / "file").write_text("somebody's")
    project.expect("not over what is there", ["pitr-restore", "--at", moment, "--to", str(data)], 2, "not an empty folder")
    project.expect("a moment that has not come", ["pitr-restore", "--at", "2099-01-01 00:00:00+00", "--to", "x"], 2, "has not come")
    project.expect("a word that is none", ["pitr-restore", "--at", "yesterday", "--to", "x"], 2, "offset")
    project.expect("a moment before any base", ["pitr-restore", "--at", "2001-01-01 00:00:00+00", "--to", "x"], 1, "the oldest base")
    project.expect("a timeline that nobody knows", ["pitr-restore", "--at", moment, "--to", "x", "--timeline", "7"], 1, "00000007.history")
    project.expect("one that is no number", ["pitr-restore", "--at", moment, "--to", "x", "--timeline", "new"], 2, "no timeline")
    at = now(server)
    project.expect("a moment behind all that is archived", ["pitr-restore", "--at", at, "--to", "x"], 1, "pg_switch_wal")
    project.expect("no store of that name", ["pitr-status", "--store", "file:elsewhere"], 3, "is not there")
    project.expect("archived too long ago", ["pitr-status", "--max-lag", "1ms"], 1, "longer than 1ms")


def taken_over(project, first_moment, second_moment):
    """A restored cluster takes over: a second timeline in the same archive, and back to moments on both."""
    data = project.folder / "successor"
    project.expect("a successor", ["pitr-restore", "--at", first_moment, "--to", str(data)], 0)
    with Restored(data) as server:
        project.url = server.url("shop")
        project.expect("archives again", ["pitr-enable", "--apply"], 0)
        server.psql("INSERT INTO items VALUES (20)", "shop")
        third = now(server)
        server.psql("INSERT INTO items VALUES (21)", "shop")
        switch(server)
        project.expect("two timelines without a gap", ["pitr-status"], 0, "timeline 1:", "timeline 2:")
        counted.note("its history is archived", "" if project.segment("00000002.history") else "no")
        back_to(project, project.folder / "of two", third, "1,2,20", "the second timeline", server)
        back_to(project, project.folder / "of one", second_moment, "1,2,3", "the first one", server, "--timeline", "1")
        history = project.segment("00000002.history")
        kept = history.with_name("." + history.name)
        history.rename(kept)
        project.expect("a lost history is told", ["pitr-status"], 1, "00000002.history")
        project.expect("without it nothing is laid out", ["pitr-restore", "--at", third, "--to", str(project.folder / "no history")], 1, "00000002.history")
        before = project.bases()
        project.expect("a base of the successor brings its own", ["pitr-base"], 0, "unpacked and verified")
        counted.note("it is there", "" if project.segment("00000002.history") else "no")
        server.psql("INSERT INTO items VALUES (22)", "shop")
        switch(server)
        # What the first recovery was told came along in the base.
        back_to(project, project.folder / "all of two", "latest", "1,2,20,21,22", "all that the successor wrote", server)
        for made in set(project.bases()) - set(before):
            shutil.rmtree(project.folder / "store/shop/pitr/base" / made)
        kept.unlink()


def pruned(project, server):
    project.expect("a second base", ["pitr-base"], 0)
    switch(server)
    project.expect("without keep.pitr all stays", ["pitr-prune"], 0, "0 bases and 0 files")
    project.write("  keep: {pitr: 1ms}\n")
    before = len(list((project.folder / "store/shop/pitr/wal").rglob("0*-*")))
    project.expect("more than half at once is asked for", ["pitr-prune"], 1, "--allow-many")
    killed_prunes(project, server)
    project.expect("the rest goes", ["pitr-prune", "--allow-many"], 0, "no base that stays needs it")
    after = len(list((project.folder / "store/shop/pitr/wal").rglob("0*-*")))
    counted.note("there is less WAL", "" if after < before else f"{before} {after}")
    counted.note("one base is left", "" if len(project.bases()) == 1 else str(project.bases()))
    project.expect("and what is left is whole", ["pitr-status"], 0)
    project.write("")


def whole_story(folder):
    project = Project(folder / "it's a project")
    with postgres.Server(tcp=True, port=0) as server:
        server.psql("CREATE DATABASE shop")
        server.psql("CREATE TABLE items (id int); CREATE TABLE ticks (at timestamptz DEFAULT now())", "shop")
        project.url = server.tcp_url("shop")
        project.expect("nothing is there yet", ["pitr-status"], 3, "is not there; mount its disk")
        enable(project, server)
        archive_fails(project, server)
        killed_bases(project, server)
        server.psql("INSERT INTO items VALUES (1)", "shop")
        server.psql("INSERT INTO items VALUES (2)", "shop")
        first = now(server)
        server.psql("INSERT INTO items VALUES (3)", "shop")
        second = now(server)
        switch(server)
        later = switch(server)
        switch(server)
        done = project.expect("every moment can be restored", ["pitr-status", "--format", "json"], 0)
        told = json.loads(done.stdout) if done.returncode == 0 else {}
        base = told["stores"][0]["bases"][0]["first"] if told else ""
        counted.note("one range, no gap", "" if told and len(told["stores"][0]["ranges"]) == 1 and not told["stores"][0]["gaps"] and
                     told["rpo_seconds"] < 60 else str(told))
        back_to(project, folder / "at one", first, "1,2", "the moment between two rows", server)
        back_to(project, folder / "at end", "latest", "1,2,3", "all that is there", server)
        killed_restores(project, first)
        lost(project, server, first, base, later)
        refused(project, server, first)
        with_tablespace(project, server)
        swept(project)
        signed(project, server)
        pruned(project, server)
        # What follows needs the first base no more: a new story on what is left.
        server.psql("DELETE FROM items; INSERT INTO items VALUES (1), (2)", "shop")
        first = now(server)
        server.psql("INSERT INTO items VALUES (3)", "shop")
        second = now(server)
        switch(server)
    taken_over(project, first, second)


if postgres.folder_of_programs() is None:
    counted.leave(postgres.PART, postgres.INSTALL)
with tempfile.TemporaryDirectory(prefix="fairlead pitr ") as name:
    os.chmod(name, 0o1777)
    whole_story(pathlib.Path(name))
counted.close()
