#!/usr/bin/python3
# needs: postgres, pgbackrest; takes: 60 s
"""backup_pgbackrest.py BIN: a real server back to a moment between two rows, by the real pgBackRest: set up, backed up, proven level by level,
restored to moments, timelines and backups; what is damaged or lost is told before it is needed; killed at each step it can be done again."""
import contextlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402
from pitr import Project, Restored, back_to, handed_over, now, rows, serving, switch, workshop  # noqa: E402
from until import wait_until  # noqa: E402



def is_true(what, condition, detail=""):
    counted.note(what, "" if condition else f"it isn't so: {detail}")


def set_up(project, server):
    project.url = server.tcp_url("shop")
    project.expect("nothing is there yet", ["status"], 3, "shop.conf", "pitr-enable --apply")
    done = project.expect("what is missing is printed", ["pitr-enable"], 0, "repo1-path=", "archive_mode = 'on'", "archive-push %p", "--apply")
    is_true("and nothing is set", server.ask("SHOW archive_mode") == "off" and not (project.folder / "shop.conf").exists(), done.stdout)
    project.expect("a backup needs an archive", ["run"], 3, "pitr-enable --apply")
    project.expect("it is set", ["pitr-enable", "--apply"], 0, "restart PostgreSQL")
    is_true("its configuration is for its owner alone", (project.folder / "shop.conf").stat().st_mode & 0o777 == 0o600)
    project.expect("until then nothing is backed up", ["run"], 1, "archive_mode is off")
    project.expect("a stanza without a backup is told", ["status"], 1, "there is no set")
    server.stop()
    server.start()
    project.expect("after the restart it is tried", ["pitr-enable", "--apply"], 0, "archived as a trial")
    project.expect("then nothing is left to do", ["pitr-enable"], 0, "archives by pgBackRest")
    command = server.ask("SHOW archive_command")
    server.psql("ALTER SYSTEM SET archive_command = 'false'")
    server.psql("SELECT pg_reload_conf()")
    project.expect("another's command isn't replaced", ["pitr-enable", "--apply"], 2, "--overwrite")
    project.expect("what doesn't archive isn't backed up", ["run"], 1, "archive_command")
    project.expect("where it is said", ["pitr-enable", "--apply", "--overwrite"], 0)
    wait_until("it is ours again", lambda: server.ask("SHOW archive_command") == command)


def backed_up(project):
    project.expect("a dry run makes none", ["run", "--dry-run"], 0, "(full)")
    project.expect("the first one is full", ["run"], 0, "pgbackrest full")
    project.expect("the next one is what changed", ["run"], 0, "pgbackrest incr")
    project.expect("or what is asked for", ["run", "--type", "diff"], 0, "pgbackrest diff")
    project.write(source=", full_every: 1ms")
    project.expect("full_every is kept", ["run", "--dry-run"], 0, "(full)")
    project.write()
    is_true("they are listed", [one["type"] for one in project.backups()] == ["diff", "incr", "full"], project.backups())
    project.expect("nothing is proven yet", ["list"], 0, "not verified")


def proven(project):
    newest = project.backups()[0]["id"]
    temporary = project.folder / "tmp"
    temporary.mkdir()
    handed_over(temporary)
    project.expect("an RPO needs a proof", ["status"], 0, "RPO: unknown", "RTO: unknown")
    project.expect("level 4 starts a server on it", ["verify", "--level", "4"], 0, "level 1: passed", "level 2: passed", "level 3: passed",
                   "level 4: passed", "2 tables of 3 databases read", TMPDIR=str(temporary))
    is_true("nothing of the trial is left", not any(temporary.iterdir()), list(temporary.iterdir()))
    project.expect("then it is known", ["status"], 0, f"newest verified: {newest}", "would be lost", "to restore")
    project.expect("so is it listed", ["list"], 0, "(level 4)")
    project.write(more_verify("SELECT count(*) FROM items"))
    project.expect("a question that it has to answer", ["verify", "--level", "4"], 1, "SELECT count(*) FROM items", "0")
    project.write(more_verify("SELECT count(*) + 1 FROM items"))
    project.expect("and does", ["verify", "--level", "4"], 0)
    project.write()
    metrics = project.expect("OpenMetrics", ["status", "--format", "openmetrics"], 0).stdout
    is_true("each family once, with its source", metrics.count("# TYPE fairlead_backup_rpo_seconds") == 1 and
            'fairlead_backup_ok{app="shop",source="cluster"} 1' in metrics, metrics)
    project.expect("doctor is content", ["doctor"], 0, "source cluster", "stanza shop")
    project.expect("what was archived is too old for some", ["status", "--max-lag", "1ms"], 1, "longer than 1ms")
    project.write("  rpo: 1ms\n")
    project.expect("and for rpo", ["status"], 1, "rpo is 1ms")
    project.write()


def more_verify(query):
    return f"  verify: {{level: 4, queries: ['{query}']}}\n"


def damaged(project, server, later):
    """A byte of a backup, a segment of WAL."""
    newest = project.backups()[0]["id"]
    broken = max(project.repository().rglob(f"backup/shop/{newest[:16]}/pg_data/base/*/*"), key=lambda path: path.stat().st_size)
    whole = broken.read_bytes()
    broken.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    project.expect("by names alone it is there", ["verify", "--level", "1"], 0)
    project.expect("a flipped bit is found", ["verify", "--level", "2"], 1, newest, "checksum invalid: 1", "--type full")
    project.expect("status goes by that", ["status"], 1, "failed its verification")
    project.expect("so does level 3", ["verify", "--level", "3"], 1)
    broken.write_bytes(whole)
    project.expect("it is whole again", ["verify", "--level", "3"], 0)
    segment = project.segment(later)
    kept = project.folder / segment.name
    segment.rename(kept)
    project.expect("a lost segment is told by its name", ["status"], 1, f"WAL {later} is missing in repository 1")
    data = project.folder / "not there"
    project.expect("a restore beyond it is refused by name", ["restore", "latest", "--source", "cluster", "--to", str(data)], 1, later,
                   "nothing was touched")
    is_true("and nothing is there", not data.exists())
    kept.rename(segment)
    whole = segment.read_bytes()
    segment.write_bytes(whole[:60] + bytes([whole[60] ^ 1]) + whole[61:])
    project.expect("a damaged one is found, too", ["verify", "--level", "2"], 1, "invalid")
    segment.write_bytes(whole)
    last = sorted(project.repository().rglob("archive/*/*/*/0*-*"))[-1]
    kept = project.folder / last.name
    last.rename(kept)
    project.expect("the newest is missed by what the server says", ["status"], 1, last.name[:24], "was archived and is missing")
    kept.rename(last)
    project.expect("all is well", ["verify", "--level", "2"], 0)
    project.expect("and told so", ["status"], 0)


def refused(project, server, moment):
    data = project.folder / "full"
    data.mkdir()
    (data / "file").write_text("somebody's")
    handed_over(data)

    def to(*words):
        return ["restore", "--source", "cluster", *words]
    project.expect("not over what is there", to("--at", moment, "--to", str(data)), 2, "neither empty nor a cluster")
    project.expect("a moment that has not come", to("--at", "2099-01-01 00:00:00+00", "--to", "x"), 2, "is in the future")
    project.expect("a word that is none", to("--at", "yesterday", "--to", "x"), 2, "offset")
    project.expect("a moment before any backup", to("--at", "2001-01-01 00:00:00+00", "--to", "x"), 1, "the oldest backup")
    project.expect("one that is no timeline", to("--at", moment, "--to", "x", "--timeline", "new"), 2, "is not a timeline")
    project.expect("a target that is a server", to("--to", "postgresql://somewhere/shop"), 2, "write a path")
    project.expect("no target", to(), 2, "--to")
    project.expect("what is of sets alone", to("--to", "x", "--globals"), 2, "--globals", "leave it out")
    project.expect("so of run", ["run", "--dump", "plain"], 2, "--dump works only with sets")
    project.expect("a backup that isn't there", to("20200101-101500F", "--to", "x"), 2, "20200101-101500F")
    project.expect("a label of nobody's", ["keep", "20200101-101500F"], 1, "no set of 'shop'")
    project.expect("over what serves", to("--to", "original", "--overwrite"), 2, "stop it first")
    project.expect("a dry run", to("--at", moment, "--to", "x", "--dry-run"), 0, "would restore")
    is_true("nothing of these is there", not (project.folder / "x").exists())
    project.expect("what restore_command can't hold", to("--to", "it's"), 2, "a quote")
    if os.geteuid() == 0:
        done = subprocess.run([project.program, "status", "--store", "file:/nowhere"], cwd=project.folder, capture_output=True, text=True,
                              env=project.environment())
        is_true("root does nothing by another's file", done.returncode == 2, done.stderr)


def beside_and_in_place(project, server, data, first):
    """Into a folder that holds a cluster: kept beside, or changed in place."""
    project.expect("a cluster isn't written over", ["restore", "latest", "--source", "cluster", "--to", str(data)], 2, "--overwrite", "--delta")
    project.expect("kept beside", ["restore", "--at", first, "--to", str(data), "--overwrite"], 0, "is kept as")
    kept = list(data.parent.glob(data.name + ".before_*"))
    is_true("it is whole", len(kept) == 1 and (kept[0] / "PG_VERSION").exists(), kept)
    (data / "somebody's").write_text("no file of the backup")
    project.expect("in place", ["restore", "--at", first, "--to", str(data), "--delta"], 0, "is ready to be recovered")
    is_true("what isn't the backup's is gone", not (data / "somebody's").exists())
    with Restored(data) as restored:
        is_true("its rows", rows(restored) == "1,2", rows(restored))
        project.expect("one that serves is left alone", ["restore", "--at", first, "--to", str(data), "--delta"], 2, "stop it first")


def at_each_place(project, what, words, before, after, most=20):
    """SIGKILL at the first place, the second and so on, until there are no more."""
    number, faults = 0, []
    while number < most:
        number += 1
        was = before(number)
        done = project.run(*words(number), FAIRLEAD_FAULT=f"kill@{number}")
        if done.returncode not in (-signal.SIGKILL, 137):
            number -= 1
            if done.returncode != 0:
                faults.append(f"not killed: {done.returncode} {done.stdout}{done.stderr}")
            break
        faults += [f"killed at {number}: {fault}" for fault in after(number, was)]
    counted.note(f"{what}: killed at each of {number} places", "\n".join(faults) or ("" if number else "there is none"))
    print(f"{what}: SIGKILL at {number} places, {len(faults)} faults")


def killed(project, server, first):
    def enabled(_number, _was):
        again = project.run("pitr-enable", "--apply")
        if again.returncode != 0:
            yield again.stdout + again.stderr

    def unset(_number):
        (project.folder / "shop.conf").unlink(missing_ok=True)
    at_each_place(project, "pitr-enable", lambda _: ["pitr-enable", "--apply"], unset, enabled)

    def ran(_number, was):
        now_there = [one["id"] for one in project.backups()]
        if not set(was) <= set(now_there):
            yield f"lost {set(was) - set(now_there)}"
        again = project.run("run")
        if again.returncode != 0:
            yield again.stdout + again.stderr
    at_each_place(project, "run", lambda _: ["run"], lambda _: [one["id"] for one in project.backups()], ran)

    def restored(number, _was):
        data = project.folder / f"killed {number}"
        again = project.run("restore", "--at", first, "--to", str(data))
        if again.returncode not in ((0,) if not (data / "global/pg_control").exists() else (0, 2)):
            yield again.stdout + again.stderr
        if not (data / "recovery.signal").exists():
            yield f"not restored: {again.stdout}{again.stderr}"
    at_each_place(project, "restore", lambda number: ["restore", "--at", first, "--to", str(project.folder / f"killed {number}")], lambda _: None, restored)

    early = project.folder / "early"
    words = ["restore", "--at", first, "--to", str(early)]
    running = project.start(*words)
    while running.poll() is None and not (early.exists() and any(early.iterdir())):
        time.sleep(0.001)
    os.killpg(running.pid, signal.SIGKILL)  # it makes the folders first, and only then what --delta knows a cluster by
    running.communicate()
    project.expect("killed at its first folder it can be done again", words, 0)

    # And wherever pgBackRest happens to be, which dies with us.
    dice, faults = random.Random(31), []
    data = project.folder / "any time"
    for what, words, tries in (("run", ["run", "--type", "full"], 5), ("restore", ["restore", "--at", first, "--to", str(data)], 5)):
        for _ in range(tries):
            running = project.start(*words)
            time.sleep(dice.uniform(0.05, 1.0))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
            if subprocess.run(["pgrep", "-f", f"pgbackrest.*{project.folder}"], capture_output=True).returncode == 0:
                wait_until("it dies with us", lambda: subprocess.run(["pgrep", "-f", f"pgbackrest.*{project.folder}.*(backup|restore)$"],
                                                                     capture_output=True).returncode != 0)
        done = project.run(*words)
        whole = done.returncode == 0 or "holds a cluster" in done.stderr
        faults += [] if whole else [f"{what}: {done.stdout}{done.stderr}"]
    is_true("killed at any time it can be done again", not faults, faults)
    project.expect("and what there is is whole", ["verify", "--level", "3"], 0)


def signed(project):
    private = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, text=True, check=True).stdout
    public = subprocess.run(["openssl", "pkey", "-pubout"], input=private, capture_output=True, text=True, check=True).stdout
    (project.folder / "ours.pub").write_text(public)
    project.write("  sign: {key_env: SIGNING_KEY, trust: [ours.pub]}\n")
    project.expect("a proof that nobody signed doesn't count", ["list"], 0, "no trusted key signed the result")
    project.expect("nor does one without the key", ["verify", "--level", "1"], 0, "no trusted key signed the result")
    project.expect("one that is signed", ["verify", "--level", "3"], 0, SIGNING_KEY=private)
    project.expect("does", ["list"], 0, "(level 3)")
    note = next(value for key, value in annotations(project).items() if key == "fairlead-verify-3-passed")
    other = project.backups()[1]["id"]
    tool(project, f"--set={other}", f"--annotation=fairlead-verify-3-passed={note}", "annotate")
    listed = {one["id"]: one for one in project.backups()}
    is_true("and not of another backup", listed[other]["level"] is None and listed[other].get("unsigned"), listed[other])
    project.write()


def tool(project, *words):
    done = subprocess.run([*postgres.as_other(), "/usr/bin/pgbackrest", f"--config={project.folder}/shop.conf", "--stanza=shop", *words],
                          capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
    if done.returncode != 0:
        raise RuntimeError(done.stderr + done.stdout)
    return done.stdout


def annotations(project):
    return json.loads(tool(project, "info", "--output=json"))[0]["backup"][-1].get("annotation", {})


def pruned(project, server):
    project.write("  keep: {last: 1}\n")
    project.expect("retention is written into its configuration", ["pitr-enable", "--apply"], 0)
    project.expect("a dry run deletes nothing", ["prune", "--dry-run"], 0, "expire")
    before = len(project.backups())
    project.expect("what is too old goes", ["prune"], 0, "deleted", "doesn't keep it")
    is_true("and is gone", 0 < len(project.backups()) < before, project.backups())
    project.expect("what is left is whole", ["status"], 0)
    project.write("  keep: {pitr: 36h}\n")
    project.expect("pgBackRest counts in days", ["pitr-enable", "--apply"], 0)
    is_true("so nothing of a day that has begun goes", "repo1-retention-full=2\n" in (project.folder / "shop.conf").read_text())
    project.write("  keep: {weekly: 4}\n")
    project.expect("a rule that pgBackRest has not", ["pitr-enable"], 2, "pitr: 14d")
    project.write()


def taken_over(project, first, second):
    """A restored cluster takes over: a second timeline in the same archive, and back to moments on both."""
    data = project.folder / "successor"
    project.expect("a successor", ["restore", "--at", first, "--to", str(data)], 0)
    with Restored(data) as server:
        project.url = server.url("shop")
        project.expect("archives again", ["pitr-enable", "--apply"], 0, "restart")
        server.stop()
        server.start()
        server.psql("SELECT pg_switch_wal()")
        wait_until("it archives", lambda: project.segment("00000002*"))
        project.expect("a timeline whose history nobody archived is told", ["status"], 1, "00000002.history")
        project.expect("and nothing is restored past it", ["restore", "--at", "latest", "--to", "lost"], 1, "00000002.history")
        project.expect("by the same stanza, with its history", ["pitr-enable", "--apply"], 0, "archived as a trial")
        server.psql("INSERT INTO items VALUES (20)", "shop")
        third = now(server)
        server.psql("INSERT INTO items VALUES (21)", "shop")
        switch(server)
        project.expect("two timelines without a gap", ["status"], 0, "00000002000000")
        back_to(project, "the second timeline", ["--at", third], "1,2,20")
        back_to(project, "the first one", ["--at", second, "--timeline", "1"], "1,2,3")
        project.expect("a backup of the successor", ["run"], 0)
        project.expect("which is proven", ["verify", "--level", "4"], 0)
        back_to(project, "all that the successor wrote", ["--at", "latest"], "1,2,20,21")


def original(project):
    """The host's own cluster, when PostgreSQL is stopped."""
    data = project.folder / "successor"
    server = Restored(data)
    configuration = project.folder / "shop.conf"  # that server was started by a link to its folder
    lines = [f"pg1-path={data}" if line.startswith("pg1-path=") else line for line in configuration.read_text().split("\n")]
    configuration.write_text("\n".join(lines))
    project.expect("the cluster itself", ["restore", "latest", "--source", "cluster", "--to", "original", "--overwrite"], 0, "is kept as")
    with server:
        is_true("all is there", rows(server) == "1,2,20,21", rows(server))
        is_true("and it archives", server.ask("SHOW archive_mode") == "on")


def whole_story(folder):
    project = Project(folder / "a project")
    with serving() as server:
        set_up(project, server)
        backed_up(project)
        proven(project)
        server.psql("INSERT INTO items VALUES (1)", "shop")
        server.psql("INSERT INTO items VALUES (2)", "shop")
        of_two = project.run("run")
        first = now(server)
        server.psql("INSERT INTO items VALUES (3)", "shop")
        second = now(server)
        switch(server)
        later = switch(server)
        switch(server)
        project.expect("every moment can be restored", ["status"], 0)
        data = back_to(project, "the moment between two rows", ["--at", first], "1,2")
        back_to(project, "all that is there", ["latest"], "1,2,3")
        label = next(word for word in of_two.stdout.split() if word.endswith("I"))
        back_to(project, "a backup as it was", [label], "1,2")
        damaged(project, server, later)
        refused(project, server, first)
        beside_and_in_place(project, server, data, first)
        killed(project, server, first)
        signed(project)
        pruned(project, server)
        server.psql("DELETE FROM items; INSERT INTO items VALUES (1), (2)", "shop")
        first = now(server)
        server.psql("INSERT INTO items VALUES (3)", "shop")
        second = now(server)
        switch(server)
        time.sleep(1)  # files in the repository have whole seconds
        switch(server)
    taken_over(project, first, second)
    original(project)


def adopted(folder):
    """A team's own configuration, named by `config`, is used as it is; and beside it sets of ours, encrypted by age, in one run."""
    sources = "    - {name: files, path: uploads}\n"
    project = Project(folder / "adopted", "  encrypt: {to: [age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj]}\n", sources=sources)
    (project.folder / "uploads").mkdir()
    (project.folder / "uploads/a.txt").write_text("a")
    handed_over(project.folder)
    with serving() as server:
        project.url = server.tcp_url("shop")
        project.expect("age's keys are not pgBackRest's", ["pitr-enable"], 2, "passphrase_env")
        project.write(source=", passphrase_env: WORDS, stanza: main")
        project.variables["WORDS"] = "a passphrase of ours"
        project.expect("the stanza has the name that is asked for", ["pitr-enable"], 0, "[main]", "--stanza=main")
        del project.variables["WORDS"]
        project.write(source=", passphrase_env: WORDS")
        project.expect("a variable that isn't set", ["pitr-enable"], 2, "WORDS")
        project.variables["WORDS"] = "a passphrase of ours"
        done = project.expect("the passphrase is not shown", ["pitr-enable"], 0, "cipher-pass=***")
        theirs = done.stdout[done.stdout.index("[global]"):done.stdout.index("archive_mode")].replace("***", "a passphrase of ours")
        (project.folder / "shop.conf").write_text("# ours for years\n" + theirs)
        handed_over(project.folder)
        project.write()
        project.enable(server)
        is_true("nobody wrote to it", (project.folder / "shop.conf").read_text() == "# ours for years\n" + theirs)
        project.expect("both in one run", ["run"], 0, "pgbackrest full", "files: path")
        done = project.expect("both are listed", ["list", "--format", "json"], 0)
        is_true("each in its place", len(json.loads(done.stdout)["sets"]) == 1 and len(project.backups()) == 1, done.stdout)
        project.expect("one alone", ["run", "--source", "files"], 0, "files: path")
        is_true("is that alone", len(project.backups()) == 1, project.backups())
        project.expect("status tells of both", ["status"], 0, "newest: shop_backup_", "source cluster: pgBackRest")
        server.psql("ALTER SYSTEM SET archive_command = 'false'")
        server.psql("SELECT pg_reload_conf()")
        wait_until("it is read", lambda: server.ask("SHOW archive_command") == "false")
        project.expect("one that fails keeps the other from nothing", ["run"], 1, "archive_command", "done nevertheless: set shop_backup_")


with workshop() as folder:
    whole_story(folder)
    adopted(folder)
counted.close()
