#!/usr/bin/python3
# needs: sshd; takes: 9 s
"""backup_copies.py BIN: sets are copied between stores, verified on the way: killed anywhere there is no copy or a whole one; how many
stores have to have a set."""
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
from backups import PROGRAM, Project, is_true, make, names, rows, sshd  # noqa: E402
from until import wait_stopped  # noqa: E402

KILLED = ["copy-begun", "copy", "copied", "copy-sealed", "new_file.written", "new_file.synced", "new_file.named"]
TWO = "  stores: [file:store, file:copies]\n"


def content(folder):
    return {name: (folder / name).read_bytes() for name in names(folder)}


def pushed(folder):
    project = Project(folder / "pushed")
    copies = project.folder / "copies"
    make(project.folder / "app.db")
    project.expect("a set in one store", ["run"], 0)
    stem = project.sets()[0]
    project.run("keep", stem)
    project.run("verify", "--level", "4")
    project.expect("it needs two stores", ["push", "latest"], 2, "needs two stores")
    project.write(TWO)
    project.expect("and an id", ["push"], 2, "say which set")
    project.expect("which is there", ["push", "19990101"], 2, "set '19990101' is not there")
    project.expect("a dry run copies nothing", ["push", "latest", "--dry-run"], 0, "would copy")
    is_true("nothing", not copies.exists() or names(copies) == [], names(copies))
    project.expect("it is copied", ["push", stem], 0, f"set {stem}", "and 1 store more")
    is_true("byte for byte, with its verification and its mark", content(copies) == content(project.store), names(copies))
    project.expect("twice is once", ["push", "latest"], 0)
    project.expect("the copy is proven", ["verify", "--level", "4", "--store", "file:copies"], 0)
    shutil.rmtree(project.store)
    project.expect("the first store is lost", ["list"], 3, "is not there; mount its disk", f"/copies has {stem}")
    project.expect("a dry run fetches nothing", ["fetch", "latest", "--dry-run"], 0, "would copy")
    project.expect("it is fetched", ["fetch", "latest"], 0, "is now in")
    project.expect("twice is once", ["fetch", stem], 0, "was already in")
    project.expect("no such set", ["fetch", "19990101"], 2, "set '19990101' is not there")
    project.expect("and restored", ["restore", stem, "--to", "copy.db"], 0)
    is_true("the rows are the same", rows(project.folder / "copy.db") == rows(project.folder / "app.db"))


def damaged(folder):
    project = Project(folder / "damaged")
    copies = project.folder / "copies"
    make(project.folder / "app.db")
    project.run("run")
    project.write(TWO)
    data = next(project.store.glob("*.gz"))
    whole = data.read_bytes()
    data.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    project.expect("what is damaged is not spread", ["push", "latest"], 3, "is damaged", "nothing of it was copied")
    is_true("nothing of it is there", names(copies) == [], names(copies))
    data.write_bytes(whole)
    project.expect("what is whole is", ["push", "latest"], 0)
    other = next(copies.glob("*.gz"))
    flipped = whole[:100] + bytes([whole[100] ^ 1]) + whole[101:]
    signs = project.folder / "copies" / next(name for name in names(copies) if "manifest" in name)
    good = content(copies)
    for what, bad, verified in (("cut off", whole[:-1], False), ("empty", b"", False), ("gone", None, False), ("flipped", flipped, False),
                                ("known to be flipped", flipped, True)):
        other.write_bytes(bad or b"")
        if bad is None:
            other.unlink()
        if verified:
            project.run("verify", "--store", "file:copies")
            project.expect("a copy that failed its verification is none", ["status"], 1, "failed its verification (level 2)", "fairlead-backup push")
        elif what != "flipped":
            project.expect(f"one that is {what} is none", ["status"], 1, "1 of the 2 complete copies", "fairlead-backup push")
        project.expect(f"a copy that is {what} is replaced", ["push", "latest"], 0, "replaced the damaged copy in file:", "copies")
        is_true(f"{what}: it is the first store's", content(copies) == content(project.store), names(copies))
        project.expect(f"{what}: it is proven", ["verify", "--level", "4", "--store", "file:copies", "--dry-run"], 0)
    project.expect("then status is a yes", ["status"], 0)
    project.run("keep", "latest", "--store", "file:copies")
    other.write_bytes(flipped)
    project.expect("its mark stays", ["push", "latest"], 0, "replaced")
    is_true("of the copy alone", any("keep" in name for name in names(copies)) and not any("keep" in name for name in names(project.store)))
    project.run("release", "latest", "--store", "file:copies")
    other.write_bytes(flipped)
    data.write_bytes(whole[:50] + b"??" + whole[52:])
    project.expect("by a damaged one it isn't", ["push", "latest"], 3, "is damaged")
    is_true("both are as they were", other.read_bytes() == flipped and set(names(copies)) == set(good), names(copies))
    other.write_bytes(whole)
    project.expect("that only the copy is whole is told", ["push", "latest"], 1, "is damaged", "fairlead-backup fetch")
    project.expect("by restore, too", ["restore", "latest", "--to", "copy.db"], 1, "is damaged", "fairlead-backup fetch")
    project.expect("the copy takes the place of what is damaged", ["fetch", "latest"], 0, "replaces a damaged copy in")
    is_true("it does", data.read_bytes() == whole)
    project.expect("once", ["fetch", "latest"], 0, "was read to its end, and was already in")
    text = signs.read_text()
    newer = {**json.loads(text), "schema": 99}
    del newer["sha256"]
    newer["sha256"] = hashlib.sha256((json.dumps(newer, indent=1, ensure_ascii=False) + "\n").encode()).hexdigest()
    signs.write_text(json.dumps(newer, indent=1, ensure_ascii=False) + "\n")
    project.expect("a manifest of a newer version is not ours to judge", ["push", "latest"], 3, "was written by a newer fairlead-backup")
    is_true("and stays", json.loads(signs.read_text())["schema"] == 99)
    signs.write_text(text)
    project.later()
    other.write_bytes(flipped)
    project.run("verify", "--store", "file:copies")
    other.write_bytes(whole)
    project.expect("one that failed and is the same is verified anew", ["push", "latest"], 3, "already has the same set", "fairlead-backup verify")
    project.later()
    project.run("verify", "--store", "file:copies")
    project.expect("then it is a copy", ["push", "latest"], 0)
    other.write_bytes(whole[:-1])
    shutil.rmtree(project.store)
    project.expect("nor is it fetched", ["fetch", "latest"], 1, "it is damaged")
    is_true("nothing was fetched", not project.store.exists() or names(project.store) == [], names(project.store))


def without_a_manifest(folder):
    """A set whose manifest is lost or damaged is damaged as well: what takes its place is read before."""
    project = Project(folder / "manifests", TWO)
    make(project.folder / "app.db")
    project.run("run")
    where = {"fetch": project.store, "push": project.folder / "copies"}
    whole = content(project.store)
    manifest = next(name for name in whole if name.endswith(".manifest.json"))
    for how, bad in (("lost", None), ("damaged", whole[manifest] + b"x"), ("empty", b"")):
        for command, store in where.items():
            (store / manifest).write_bytes(bad or b"")
            if bad is None:
                (store / manifest).unlink()
                project.expect("doctor tells of files without a manifest", ["doctor"], 0, "but no manifest", "fairlead-backup fetch")
            project.expect(f"{how}, {command}", [command, "latest"], 0, "is replaced: its manifest is " + ("gone" if bad is None else "damaged"))
            is_true(f"{how}, {command}: both stores have all of it", content(store) == whole, names(store))
    (project.store / manifest).unlink()
    data = next((project.folder / "copies").glob("*.gz"))
    data.write_bytes(b"?" + data.read_bytes()[1:])
    project.expect("by a damaged copy nothing is replaced", ["fetch", "latest"], 1, "is damaged")
    is_true("the files are as they were", set(content(project.store)) == set(whole) - {manifest}, names(project.store))


def of_several(folder):
    """A store that is damaged, behind or away is passed over."""
    project = Project(folder / "several", "  stores: [file:store, file:one, file:two, file:three]\n")
    make(project.folder / "app.db")
    project.expect("sets in four stores", ["run"], 0)
    older = project.sets()[0]
    project.later()
    project.expect("and a newer one", ["run"], 0)
    newer = project.sets()[0]
    damaged = next((project.folder / "one").glob(f"{newer}*.gz"))
    damaged.write_bytes(b"?" * damaged.stat().st_size)
    for path in (project.folder / "two").glob(f"{newer}*"):
        path.unlink()
    shutil.rmtree(project.store)
    project.expect("the newest comes from the one that has it whole", ["fetch", "latest"], 0, f"set {newer}", "is now in", f"set {newer} can't be read from")
    project.expect("and is proven", ["verify", "--level", "4"], 0)
    shutil.rmtree(project.folder / "one")
    project.expect("an older one from any", ["fetch", older], 0, f"set {older}", "is now in")
    shutil.rmtree(project.store)
    whole = next((project.folder / "three").glob(f"{newer}*.gz"))
    whole.write_bytes(b"?" * whole.stat().st_size)
    project.expect("none has it whole: each is told", ["fetch", newer], 3, "can't be fetched", "is damaged", "/two")
    is_true("and nothing is there", not project.store.exists() or names(project.store) == [], names(project.store))


def copies_killed(folder):
    for at in KILLED:
        project = Project(folder / f"killed {at}")
        copies = project.folder / "copies"
        make(project.folder / "app.db", 20)
        project.run("run")
        stem = project.sets()[0]
        project.write(TWO)
        project.killed("a push", at, "push", "latest")
        there = project.sets("file:copies")
        whole = all(project.run("verify", one, "--store", "file:copies", "--dry-run").returncode == 0 for one in there)
        is_true(f"push killed at {at}: no copy or a whole one", there in ([], [stem]) and whole, f"{there} {names(copies)}")
        project.expect(f"{at}: the next one works", ["push", "latest"], 0)
        is_true(f"{at}: and leaves nothing else", content(copies) == content(project.store), names(copies))
        shutil.rmtree(project.store)
        project.killed("a fetch", at, "fetch", "latest")
        is_true(f"fetch killed at {at}: none or a whole one", project.sets("file:store") in ([], [stem]))
        project.expect(f"{at}: the next fetch works", ["fetch", "latest"], 0)
        is_true(f"{at}: it leaves nothing else", content(copies) == content(project.store), names(project.store))


def replaced_while_killed(folder):
    for at in ["copy-taken", *KILLED]:
        project = Project(folder / f"replaced {at}", TWO)
        copies = project.folder / "copies"
        make(project.folder / "app.db", 20)
        project.run("run")
        stem = project.sets()[0]
        other = next(copies.glob("*.gz"))
        other.write_bytes(other.read_bytes()[:-3] + b"???")
        project.killed("a replacement", at, "push", "latest")
        there = project.sets("file:copies")
        whole = content(copies).items() >= content(project.store).items()
        is_true(f"replacing, killed at {at}: as it was, no copy, or a whole one", there == [] or there == [stem] and (whole or at.startswith("new_file")),
                f"{there} {names(copies)}")
        project.expect(f"{at}: the next one works", ["push", "latest"], 0)
        is_true(f"{at}: and leaves nothing else", content(copies) == content(project.store), names(copies))


def enough(folder):
    project = Project(folder / "enough", TWO.replace("]", ", file:blocked/x]"))
    make(project.folder / "app.db", 20)
    (project.folder / "blocked").write_text("a file")
    project.expect("all stores have to have it", ["run"], 3, "could not be copied everywhere", "blocked/x")
    is_true("what is whole stays", len(project.sets()) == 1 and project.sets("file:copies") == project.sets())
    project.write(TWO.replace("]", ", file:blocked/x]") + "  min_copies: 2\n")
    project.expect("two are enough where it is said", ["run"], 0, "has 2 of 3 copies", "blocked/x")
    project.write(TWO.replace("]", ", file:blocked/x]") + "  min_copies: 3\n")
    project.expect("three are not there", ["run"], 3, "could not be copied everywhere")
    (project.folder / "blocked").unlink()
    project.expect("later they are", ["push", "latest"], 0, "and 2 stores more")
    project.write(TWO + "  min_copies: 3\n")
    project.expect("nor are there three of two stores", ["run"], 2, "backup.min_copies is 3, and 2 are named")
    project.write(TWO + "  min_copies: 0\n")
    project.expect("none is not a number of copies", ["run"], 2, "min_copies")


def pruned(folder):
    project = Project(folder / "pruned", TWO + "  keep: {last: 1}\n")
    copies = project.folder / "copies"
    make(project.folder / "app.db", 20)
    project.expect("both have it", ["run"], 0)
    kept = project.sets()[0]
    project.expect("a set is marked", ["keep", kept], 0, "whatever the rules say")
    is_true("in both", all(any(kept in name and "keep" in name for name in names(place)) for place in (project.store, copies)), names(copies))
    for _ in range(3):
        project.later()
        project.run("run")
    newest = project.sets()[0]
    project.expect("a dry run says what would go in both", ["prune", "--dry-run"], 0, "file:", "copies:", f"keep   {newest}")
    done = project.expect("both are pruned", ["prune", "--allow-many", "--format", "json"], 0)
    is_true("and it is told of each", json.loads(done.stdout)["deleted"] == 4 and len(json.loads(done.stdout)["stores"]) == 2, done.stdout)
    is_true("what is kept stays in both", project.sets() == project.sets("file:copies") == [newest, kept], project.sets("file:copies"))
    project.expect("the mark is taken back", ["release", kept], 0)
    is_true("in both", not any("keep" in name for name in names(project.store) + names(copies)), names(copies))
    project.later()
    project.run("run", "--store", "file:store")
    lonely = project.sets()[0]
    project.expect("a store that lags is a no", ["status"], 1, "lacks 1 of the sets in the first store", f"fairlead-backup push {lonely}")
    project.write(TWO + "  keep: {last: 1}\n  min_copies: 1\n")
    project.expect("unless one is enough", ["status"], 0, "lacks 1 of the sets in the first store")
    project.write(TWO + "  keep: {last: 1}\n")
    project.run("push", "latest")
    project.expect("later it is a yes", ["status"], 0, "copies: file:")
    copies.rename(project.folder / "away")
    copies.write_text("no folder")
    project.expect("a store that is away is told, the other one is pruned", ["prune", "--allow-many"], 3, "not pruned: file:", "pruned: 2 sets deleted")


def ids(folder):
    """Of sets that are made within one second."""
    project = Project(folder / "ids", TWO)
    copies = project.folder / "copies"
    make(project.folder / "app.db", 5)
    project.variables["FAIRLEAD_CLOCK"] = str(int(time.time()))  # stands still
    for _ in range(2):
        project.run("run")
    first, second = project.sets()[::-1]
    for path in project.store.glob(f"{first}.*"):
        path.unlink()
    project.run("run")
    now = project.sets()
    is_true("an id that went isn't given again, and the newest is the newest", now == [first + "_3", second] and
            project.sets("file:copies") == [first + "_3", second, first], f"{now} {names(copies)}")


def elsewhere(folder):
    config = sshd(folder / "sshd")
    if config is None:
        counted.skip("sshd", "a second store by ssh", "it is not installed; apt-get install openssh-server")
        return
    project = Project(folder / "elsewhere")
    make(project.folder / "app.db", 5000)
    project.run("run")
    far = folder / "far"
    project.write(f"  stores: ['file:store', 'ssh://store.test{far}?config={config}']\n")
    project.expect("by ssh", ["push", "latest"], 0)
    is_true("byte for byte", content(far) == content(project.store), names(far))
    shutil.rmtree(project.store)
    project.killed("a fetch by ssh", "copy", "fetch", "latest")
    is_true("none is there", project.sets("file:store") == [])
    project.expect("whose lock is free for the next one when it ran out, and is told until then", ["fetch", "latest"], 3, "is locked by fairlead-backup fetch")
    for lock in far.glob(".fairlead-lock-*"):
        os.utime(lock, (0, 0))
    project.expect("and back", ["fetch", "latest"], 0)
    project.expect("it is whole", ["verify", "--level", "4"], 0)
    far = folder / "folders"
    project = Project(folder / "by folder", f"  stores: ['ssh://store.test{far}?config={config}']\n  name_style: set\n  keep: {{last: 1}}\n")
    make(project.folder / "app.db", 20)
    for _ in range(2):
        project.expect("each set in a folder", ["run"], 0)
        project.later()
    project.expect("one goes", ["prune", "--allow-many"], 0, "1 set deleted")
    left = [path for path in far.rglob("*") if path.is_dir() and not list(path.iterdir())]
    is_true("and its folder with it", left == [] and len(project.sets()) == 1, left)


def pruned_beside(folder):
    """A set that somebody begins to restore, or keeps, once prune has decided."""
    for what in ("a restore", "a mark", "nothing"):
        project = Project(folder / f"beside {what}", "  stores: [file:store]\n  keep: {last: 1}\n")
        make(project.folder / "app.db", 20)
        for _ in range(2):
            project.run("run")
            project.later()
        old = project.sets()[-1]
        process = subprocess.Popen([PROGRAM, "prune", "--allow-many"], cwd=project.folder, env=project.environment(FAIRLEAD_FAULT="stop@prune-next"),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        is_there = wait_stopped(process)
        if what != "nothing":
            (project.store / (f"{old}.restoring.0123abcd" if what == "a restore" else f"{old}.keep")).write_text("\n")
        process.send_signal(signal.SIGCONT)
        said = process.communicate(timeout=60)[0]
        stays = old in project.sets()
        is_true(f"{what} comes while prune works: it is heeded", is_there and process.returncode == 0 and stays == (what != "nothing") and
                ("0 sets deleted" in said) == stays, f"{process.returncode} {said}")


def pruned_long_after(folder):
    """A restore of a large set takes hours; after a day its mark is that of one that was killed."""
    project = Project(folder / "long after", "  stores: [file:store]\n  keep: {last: 1}\n")
    make(project.folder / "app.db", 20)
    for _ in range(2):
        project.run("run")
        project.later()
    old = project.sets()[-1]
    mark = project.store / f"{old}.restoring.0123abcd"
    mark.write_text("\n")
    for hours, goes in ((23, False), (25, True)):
        begun = time.time() - hours * 3600
        os.utime(mark, (begun, begun))
        project.expect(f"a restore that began {hours} hours ago", ["prune", "--allow-many"], 0, "1 set deleted" if goes else "0 sets deleted")
        is_true("and its set", (old in project.sets()) != goes, project.sets())


with tempfile.TemporaryDirectory(prefix="fairlead-copies-") as name:
    for part in (pruned_long_after, pushed, damaged, without_a_manifest, of_several, copies_killed, replaced_while_killed, enough, pruned, pruned_beside, ids, elsewhere):
        part(pathlib.Path(name))
counted.close()
