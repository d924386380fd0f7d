#!/usr/bin/python3
# needs: sshd, moto; takes: 110 s
"""backup_stores.py BIN: run, list, verify, restore, keep and prune in a folder of another machine by a real sshd, in a bucket of a real server
of S3 (moto, which FAIRLEAD_MOTO names) and in one whose answers are spoilt: no loss and no lie."""
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import fake_s3  # noqa: E402
from backups import S3_KEYS, Project, is_true, make, moto, rows, sshd  # noqa: E402


def whole_way(folder, kind, url, **variables):
    """Everything that one does with a store."""
    project = Project(folder / kind, f"  stores: ['{url}']\n  keep: {{last: 1}}\n", **variables)
    label = f"{kind}: "
    make(project.folder / "app.db", 20000, 500)
    is_bucket = url.startswith("s3:")
    project.expect(label + "a bucket without a set is empty, a folder that nobody made is not there", ["list"], 0 if is_bucket else 3,
                   "0 sets" if is_bucket else "is not there; mount its disk")
    project.expect(label + "it has what a run needs", ["doctor"], 0 if is_bucket else 1)
    project.expect(label + "a set", ["run"], 0, "read back")
    project.expect(label + "is listed", ["list"], 0, "1 set of shop in", "not verified")
    project.expect(label + "and proven", ["verify", "--level", "4"], 0, "level 4: passed")
    project.expect(label + "is told", ["status", "--max-age", "1h", "--max-unverified", "1h"], 0, "RTO: ")
    project.expect(label + "and restored", ["restore", "latest", "--to", "copy.db"], 0)
    is_true(label + "the rows are the same", rows(project.folder / "copy.db") == rows(project.folder / "app.db"))
    first = project.sets()[0]
    for _ in range(2):
        project.later()
        project.expect(label + "another set", ["run"], 0)
    newest = project.sets()[0]
    project.expect(label + "one stays", ["keep", first], 0)
    project.expect(label + "a dry run deletes nothing", ["prune", "--dry-run"], 0, "1 set would be deleted")
    is_true(label + "nothing", len(project.sets()) == 3)
    project.expect(label + "what no rule keeps goes", ["prune"], 0, "1 set deleted")
    is_true(label + "and nothing else", project.sets() == [newest, first], project.sets())
    project.expect(label + "what stayed is whole", ["verify", newest], 0)
    for at in ("dumped", "stored", "manifest", "sealed"):
        before = project.sets()
        project.killed(label + "a run", at, "run", "--wait-lock", "1s")
        after = project.sets()
        is_true(f"{kind}: killed at {at}: no set or a whole one", set(before) <= set(after) and
                all(project.run("verify", one, "--dry-run").returncode == 0 for one in after), after)
        if kind != "file":
            project.expect(f"{kind}: {at}: its lock runs out, and names it until then", ["prune"], 3, "is locked by fairlead-backup run")
            break


def own_faults(folder):
    """What a server may do. `passes`: it stops doing so in time; else a command can't be done, and says so."""
    only = {
        "run": [None, "PUT", "POST", "GET", "HEAD", "DELETE"], "list": ["GET"], "verify": ["GET", "HEAD"], "restore": ["GET", "HEAD"],
        "prune": ["DELETE", "GET"],
    }
    with fake_s3.serve() as (bucket, endpoint):
        project = Project(folder / "spoilt", f"  stores: ['s3://bucket/p?endpoint={endpoint}']\n  keep: {{last: 2}}\n", **S3_KEYS)
        make(project.folder / "app.db", 300)
        project.expect("a set before", ["run"], 0)
        first = rows(project.folder / "app.db")
        turn = 0
        for fault in ("500", "slow", "truncated", "200", "lost"):
            for command, methods in only.items():
                for method in methods:
                    turn += 1
                    if turn % 2 and not os.environ.get("FAIRLEAD_FLIPS"):  # which asks for all of it
                        continue
                    words = {"restore": ["restore", "latest", "--to", f"copy{turn}.db"], "verify": ["verify", "--level", "3"],
                             "prune": ["prune", "--allow-many"]}.get(command, [command])
                    before = project.sets()
                    done = spoilt(bucket, project, fault, method, words)
                    where = f"{fault} at {method or 'each third'} of {command}"
                    is_true(f"{where}: it passes, and the command is done", done.returncode == 0, done.stdout + done.stderr)
                    check(project, where, command, done, before, first, turn)
                    if command == "run":
                        project.later()


def spoilt(bucket, project, fault, method, words):
    """The first two of these requests, or each third of all."""
    seen = {"count": 0}

    def judge(asked, _key, _query, number):
        if method is None:
            return fault if number % 3 == 1 and fault != "slow" else None
        if asked != method:
            return None
        seen["count"] += 1
        return fault if seen["count"] <= 2 else None
    bucket.spoil(judge)
    done = project.run(*words)
    bucket.spoil(lambda *_: None)
    return done


def check(project, where, command, done, before, first, turn):
    after = project.sets()
    looked_at = [one for one in after if one not in before] or after[:1]  # the others were whole, and nobody wrote to them
    whole = [one for one in after if one not in looked_at or project.run("verify", one, "--level", "3", "--dry-run").returncode == 0]
    is_true(f"{where}: each set that is listed is whole", whole == after, f"{whole} of {after}")
    if command == "run" and done.returncode == 0:
        is_true(f"{where}: what was told is there", len(after) == len(before) + 1, after)
    if command != "prune":
        is_true(f"{where}: nothing is lost", set(before) <= set(after), f"{before} {after}")
    else:
        is_true(f"{where}: the newest are never lost", after[:2] == before[:2], f"{before} {after}")
    if command == "restore" and done.returncode == 0:
        is_true(f"{where}: all rows are back", rows(project.folder / f"copy{turn}.db") == first)


def for_good(folder):
    """A server that never recovers: status 3, with the store and the reason; nothing is half there."""
    with fake_s3.serve() as (bucket, endpoint):
        project = Project(folder / "for good", f"  stores: ['s3://bucket/p?endpoint={endpoint}']\n", **S3_KEYS)
        make(project.folder / "app.db", 30)
        project.expect("a set before", ["run"], 0)
        before = project.sets()
        for fault in ("500", "200", "truncated"):
            bucket.spoil(lambda method, key, _query, _number, fault=fault: fault if method == "PUT" and key.endswith(".gz") else None)
            if fault != "truncated":  # of an empty answer nothing can be cut off
                project.expect(f"{fault} for good: a run", ["run"], 3, "s3://bucket/p", "was asked 6 times")
            bucket.spoil(lambda method, key, _query, _number, fault=fault: fault if method == "GET" and key.endswith(".gz") else None)
            project.expect(f"{fault} for good: a restore", ["restore", "latest", "--to", "copy.db"], 3, "s3://bucket/p")
            is_true(f"{fault}: nothing was restored", not (project.folder / "copy.db").exists())
            bucket.spoil(lambda *_: None)
            is_true(f"{fault} for good: nothing is half there", project.sets() == before, project.sets())
            is_true(f"{fault}: nor left", all(key.startswith("p/" + before[0]) for key in bucket.objects), list(bucket.objects))
        bucket.spoil(lambda method, key, query, number: "500" if method == "GET" and not key else None)
        project.expect("a list that fails is no empty store", ["list"], 3, "can't be listed")
        project.expect("nor a good one", ["status"], 3, "can't be listed")


with tempfile.TemporaryDirectory(prefix="fairlead-stores-") as name:
    place = pathlib.Path(name)
    ssh = sshd(place / "sshd")
    if ssh is None:
        counted.skip("sshd", "a store by ssh", "it is not installed; apt-get install openssh-server")
    else:
        whole_way(place, "ssh", f"ssh://store.test{place}/far/away?config={ssh}")
    with moto() as endpoint_of_moto:
        if endpoint_of_moto is None:
            counted.skip("moto", "a store of S3", "FAIRLEAD_MOTO names no server of S3; pip install 'moto[server]'")
        else:
            whole_way(place, "s3", f"s3://bucket/a/prefix?endpoint={endpoint_of_moto}", **S3_KEYS)
    own_faults(place)
    for_good(place)
counted.close()
