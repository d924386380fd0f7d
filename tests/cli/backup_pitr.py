#!/usr/bin/python3
"""backup_pitr.py BIN: a real server back to a moment between two rows: its base, its WAL, a second timeline; a lost segment is told by
status before it is needed, and refused by name before anything is touched; killed at each step it can be done again. PITR_CLIENT_BIN
names a folder of newer client programs, for servers that have none of their own (script/bench pitr_versions)."""
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402
from pitr import Project, Restored, now, rows, switch  # noqa: E402

PLACES = ("base-begun", "base-copied", "base-stored", "base-unpacked", "base-verified", "base-sealed")
RESTORE_PLACES = ("pitr-begun", "pitr-unpacked", "pitr-ready", "pitr-in-place")


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
    time.sleep(0.5)
    counted.note("it is ours again", "" if server.ask("SHOW archive_command") == command else server.ask("SHOW archive_command"))


def killed_bases(project, server):
    for place in PLACES:
        done = project.run("pitr-base", FAIRLEAD_FAULT=f"kill@{place}")
        counted.note(f"killed at {place}", "" if done.returncode in (-signal.SIGKILL, 137) else str(done))
        bases = project.bases()
        counted.note(f"{place}: a base is there or not", "" if len(bases) == (1 if place == "base-sealed" else 0) else str(bases))
    project.expect("the next one works", ["pitr-base"], 0, "unpacked and verified")
    files = [path for path in (project.folder / "store/shop/pitr/base").rglob("*") if path.is_file()]
    counted.note("what killed ones left is gone", "" if len(files) == 4 else str(files))


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
    for place in RESTORE_PLACES:
        data = project.folder / f"data {place}"
        done = project.run("pitr-restore", "--at", moment, "--to", str(data), FAIRLEAD_FAULT=f"kill@{place}")
        counted.note(f"killed at {place}", "" if done.returncode in (-signal.SIGKILL, 137) else str(done))
        whole = (data / "recovery.signal").exists() and (data / "PG_VERSION").exists()
        counted.note(f"{place}: whole or not there", "" if whole == (place == "pitr-in-place") and whole == data.exists() else "half")
        if not whole:
            project.expect(f"{place}: the next one works", ["pitr-restore", "--at", moment, "--to", str(data)], 0)
        shutil.rmtree(data)
        counted.note(f"{place}: nothing is left beside", "" if whole or not pathlib.Path(f"{data}.restoring").exists() else "it is")


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
    project.expect("a damaged one is no yes", ["pitr-restore", "--at", "latest", "--to", str(data), "--dry-run"], 1)
    broken.write_bytes(whole)


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
    project.expect("no store of that name", ["pitr-status", "--store", "file:elsewhere"], 1, "no base")
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
        kept.rename(history)


def pruned(project, server):
    project.expect("a second base", ["pitr-base"], 0)
    switch(server)
    project.expect("without keep.pitr all stays", ["pitr-prune"], 0, "0 bases and 0 files")
    project.write("  keep: {pitr: 1ms}\n")
    before = len(list((project.folder / "store/shop/pitr/wal").rglob("0*-*")))
    project.expect("more than half at once is asked for", ["pitr-prune"], 1, "--allow-many")
    done = project.run("pitr-prune", "--allow-many", FAIRLEAD_FAULT="kill@pitr-prune-base")
    counted.note("killed while it prunes", "" if done.returncode in (-signal.SIGKILL, 137) else str(done))
    done = project.expect("the rest goes", ["pitr-prune", "--allow-many"], 0, "no base that stays needs it")
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
        project.expect("nothing is there yet", ["pitr-status"], 1, "no base", "archive_mode is off")
        enable(project, server)
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
        pruned(project, server)
        # What follows needs the first base no more: a new story on what is left.
        server.psql("DELETE FROM items; INSERT INTO items VALUES (1), (2)", "shop")
        first = now(server)
        server.psql("INSERT INTO items VALUES (3)", "shop")
        second = now(server)
        switch(server)
    taken_over(project, first, second)


if postgres.folder_of_programs() is None:
    if postgres.is_required():
        counted.note("PostgreSQL", postgres.INSTALL)
    else:
        counted.skip(postgres.INSTALL)
        counted.note("nothing else is asked", "")
    counted.close()
with tempfile.TemporaryDirectory(prefix="fairlead pitr ") as name:
    os.chmod(name, 0o777)
    whole_story(pathlib.Path(name))
counted.close()
