#!/usr/bin/python3
# needs: age; takes: 9 s
"""backup_keys.py BIN: keys are made into files of their owner's alone, sets open by the program age and back, a wrong key is told, and keys
are rotated: killed anywhere, each set can be read at every moment, and the rotation can be run again."""
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from backups import Project, is_true, make, names, rows  # noqa: E402

KILLED = ["rotate-begun", "rotate-file", "new_file.written", "rotate-manifest", "rotate-removed"]


def section(*recipients, identity="key.txt", stores="file:store"):
    return f"  stores: [{stores}]\n  encrypt: {{to: [{', '.join(recipients)}], identity_file: {identity}}}\n"


def key(project, file):
    done = project.run("keys", "make", "--to", file)
    return done.stdout.split()[0] if done.returncode == 0 else done.stderr


def made(folder):
    project = Project(folder / "made")
    project.expect("where it goes has to be said", ["keys", "make"], 2, "--to FILE")
    project.expect("never to a stream", ["keys", "make", "--to", "-"], 2, "--to FILE")
    project.expect("nor to a device", ["keys", "make", "--to", "/dev/stdout"], 2, "is there already")
    project.expect("a dry run makes none", ["keys", "make", "--to", "key.txt", "--dry-run"], 0, "would write")
    is_true("it made none", not (project.folder / "key.txt").exists())
    done = project.expect("a key is made", ["keys", "make", "--to", "key.txt"], 0, "age1", "backup.encrypt.to")
    file = project.folder / "key.txt"
    text = file.read_text()
    is_true("its file is its owner's alone", stat.S_IMODE(file.stat().st_mode) == 0o600, oct(file.stat().st_mode))
    is_true("the secret key is shown nowhere", "AGE-SECRET-KEY" in text and "AGE-SECRET-KEY" not in done.stdout + done.stderr)
    project.expect("and never overwritten", ["keys", "make", "--to", "key.txt"], 2, "is there already")
    is_true("it is as it was", file.read_text() == text)
    public = done.stdout.split()[0]
    if shutil.which("age-keygen"):
        told = subprocess.run(["age-keygen", "-y", file], capture_output=True, text=True, check=False).stdout.strip()
        is_true("age-keygen reads it", told == public, told)
    else:
        counted.skip("age", "age-keygen reads our key", "it is not installed; apt-get install age")
    project.expect("what to do has to be said", ["keys"], 2, "keys rotate")
    project.expect("and is known", ["keys", "melt"], 2, "rotate")
    project.expect("no recipient is a refusal", ["keys", "recipient"], 2, "backup.encrypt")
    project.expect("nor is there anything to rotate for", ["keys", "rotate"], 2, "backup.encrypt.to")
    project.write(section(public))
    project.expect("its recipient is told", ["keys", "recipient"], 0, public, "sets are made for it, and opened here")
    project.write(section(public, identity="elsewhere.txt"))
    project.expect("also without the secret key", ["keys", "recipient"], 0, public, "its secret key is elsewhere")
    project.expect("by identity_file the key has its place", ["keys", "make"], 0, "elsewhere.txt")


def opened(folder):
    """Sets open by age, and what age made opens here."""
    project = Project(folder / "opened")
    make(project.folder / "app.db")
    public, other = key(project, "key.txt"), key(project, "other.txt")
    project.write(section(public))
    project.expect("a set is made", ["run"], 0, ".age")
    stored = next(project.store.glob("*.age"))
    project.write(section(public, identity="other.txt"))
    told = f"none of the 1 identities opens this file; it was encrypted for {public}"
    project.expect("a wrong key is told by verify", ["verify", "--level", "3"], 3, told)
    project.expect("and by restore", ["restore", "latest", "--to", "copy.db"], 3, told)
    is_true("nothing was restored", not (project.folder / "copy.db").exists())
    project.write(section(public, identity="nothing.txt"))
    project.expect("no key is told", ["verify", "--level", "3"], 3, "no secret key is here", f"it was encrypted for {public}")
    project.write(section(public))
    project.expect("the right one opens", ["restore", "latest", "--to", "copy.db"], 0)
    if not shutil.which("age"):
        counted.skip("age", "age opens a set, and we what age made", "it is not installed; apt-get install age")
        return
    plain = subprocess.run(["age", "-d", "-i", project.folder / "key.txt", stored], capture_output=True, check=False).stdout
    is_true("age opens a set", plain.startswith(b"\x1f\x8b"))
    wrong = subprocess.run(["age", "-d", "-i", project.folder / "other.txt", stored], capture_output=True, check=False)
    is_true("by the right key alone", wrong.returncode != 0)
    unpacked = subprocess.run(["gunzip", "-c"], input=plain, capture_output=True, check=False).stdout
    (project.folder / "by_age.db").write_bytes(unpacked)
    is_true("and what lies in it is the database", rows(project.folder / "by_age.db") == rows(project.folder / "app.db"))


def rotated(folder):
    project = Project(folder / "rotated")
    make(project.folder / "app.db")
    old, new = key(project, "old.txt"), key(project, "new.txt")
    project.write(section(old, identity="old.txt", stores="file:store, file:copies"))
    project.expect("a set for the old key", ["run"], 0)
    project.expect("proven", ["verify", "--level", "4"], 0)
    project.write(section(new, identity="new.txt", stores="file:store, file:copies"))
    project.expect("without the old key nothing is rotated", ["keys", "rotate"], 3, "none of the 1 identities opens this file", "still needed")
    before = names(project.store)
    project.write(section(new, identity="old.txt", stores="file:store, file:copies"))
    project.expect("a dry run tells", ["keys", "rotate", "--dry-run"], 0, "would be made")
    is_true("nothing has changed until then", names(project.store) == before, names(project.store))
    (project.folder / "copies").rename(project.folder / "away")
    project.expect("a store that is away holds sets that need the old key", ["keys", "rotate", "--dry-run"], 3, "is not there", "still needed")
    is_true("no folder was made in its place", not (project.folder / "copies").exists())
    (project.folder / "away").rename(project.folder / "copies")
    project.expect("with it all sets are, in each store", ["keys", "rotate"], 0, "2 sets made for " + new)
    project.expect("once", ["keys", "rotate"], 0, "0 sets made", "1 was already")
    for store in ("store", "copies"):
        is_true(f"{store}: one file, with its number", [name for name in names(project.folder / store) if ".age" in name] ==
                [name.replace(".age", ".2.age") for name in before if ".age" in name], names(project.folder / store))
    project.write(section(new, identity="new.txt", stores="file:store, file:copies"))
    project.expect("it opens by the new key", ["verify", "--level", "4"], 0)
    project.expect("in the copy as well", ["verify", "--level", "4", "--store", "file:copies"], 0)
    project.expect("and is restored", ["restore", "latest", "--to", "copy.db"], 0)
    is_true("the rows are the same", rows(project.folder / "copy.db") == rows(project.folder / "app.db"))
    project.write(section(old, identity="old.txt"))
    project.expect("the old key opens it no more", ["verify", "--level", "3"], 3, "none of the 1 identities opens this file", new)
    third = key(project, "third.txt")
    project.write(section(third, identity="new.txt"))
    project.expect("again", ["keys", "rotate"], 0, "1 set made")
    is_true("its number goes on", any(name.endswith(".3.age") for name in names(project.store)), names(project.store))
    if shutil.which("age"):
        stored = next(project.store.glob("*.age"))
        plain = subprocess.run(["age", "-d", "-i", project.folder / "third.txt", stored], capture_output=True, check=False)
        is_true("age opens what was rotated", plain.stdout.startswith(b"\x1f\x8b"), plain.stderr)


def passphrases(folder):
    project = Project(folder / "passphrases", "  stores: [file:store]\n  encrypt: {passphrase_env: PASSPHRASE}\n")
    make(project.folder / "app.db", 20)
    project.expect("a set for a passphrase", ["run"], 0, PASSPHRASE="the first one")
    for words in (["list"], ["status"], ["prune", "--keep-days", "9"], ["keep", "latest"], ["release", "latest"]):
        project.expect(f"{words[0]} opens nothing, and asks for none", words, 0)
    project.expect("a run does", ["run"], 2, "PASSPHRASE", "is not set")
    project.expect("which opens it", ["keys", "rotate"], 0, "1 was already", PASSPHRASE="the first one")
    project.expect("another one is not taken for it", ["keys", "rotate"], 3, "was encrypted with another passphrase", "still needed", PASSPHRASE="the second one")
    project.later()
    project.expect("a set for the other", ["run"], 0, PASSPHRASE="the second one")
    done = project.expect("each is told", ["keys", "rotate", "--dry-run"], 3, "1 was not", "was encrypted with another passphrase", PASSPHRASE="the second one")
    former(project)
    is_true("no passphrase is", "the first one" not in done.stdout + done.stderr and "the second one" not in done.stdout + done.stderr)


def former(project):
    """From one passphrase to another, and on to keys."""
    both = {"PASSPHRASE": "the second one", "FORMER": "the first one"}
    project.write("  stores: [file:store]\n  encrypt: {passphrase_env: PASSPHRASE, former_passphrase_env: FORMER}\n")
    first = min(name.split(".")[0] for name in names(project.store) if "manifest" in name)
    project.expect("the former one opens what it made", ["verify", first, "--level", "3"], 0, **both)
    project.expect("a dry run makes nothing", ["keys", "rotate", "--dry-run"], 0, "1 set would be made", "1 was already", **both)
    for at in ("rotate-file", "rotate-manifest"):
        project.killed("passphrases", at, "keys", "rotate", **both)
        project.expect(f"killed at {at}: all can be read", ["verify", first, "--level", "3"], 0, **both)
    project.expect("what is left is made for the new one", ["keys", "rotate"], 0, **both)
    project.expect("which alone opens it", ["verify", first, "--level", "4"], 0, PASSPHRASE="the second one")
    project.expect("twice is once", ["keys", "rotate"], 0, "2 were already", **both)
    project.expect("the first one no longer does", ["verify", first, "--level", "3"], 3, PASSPHRASE="the first one")
    project.run("keys", "make", "--to", "key.txt")
    recipient = next(word for word in (project.folder / "key.txt").read_text().split() if word.startswith("age1"))
    project.write(f"  stores: [file:store]\n  encrypt: {{to: [{recipient}], identity_file: key.txt, former_passphrase_env: FORMER}}\n")
    project.expect("on to a key", ["keys", "rotate"], 0, FORMER="the second one")
    project.expect("which opens it", ["verify", first, "--level", "4"], 0)


def rotated_while_killed(folder):
    for at in KILLED:
        project = Project(folder / f"killed {at}")
        make(project.folder / "app.db", 20)
        old, new = key(project, "old.txt"), key(project, "new.txt")
        (project.folder / "both.txt").write_text((project.folder / "old.txt").read_text() + (project.folder / "new.txt").read_text())
        (project.folder / "both.txt").chmod(0o600)
        project.write(section(old, identity="both.txt"))
        project.run("run")
        stem = project.sets()[0]
        project.write(section(new, identity="both.txt"))
        project.killed("a rotation", at, "keys", "rotate")
        is_true(f"{at}: the set is there", project.sets() == [stem], project.sets())
        project.expect(f"{at}: and whole", ["verify", "--level", "4", "--dry-run"], 0)
        project.expect(f"{at}: the rotation can be run again", ["keys", "rotate"], 0)
        left = [name for name in names(project.store) if name.endswith(".age") or name.endswith(".begun")]
        is_true(f"{at}: nothing is left of it", len(left) == 1 and left[0].endswith(".2.age") and
                not any("partial" in name for name in names(project.store)), names(project.store))
        project.write(section(new, identity="new.txt"))
        project.expect(f"{at}: the new key opens it", ["verify", "--level", "4", "--dry-run"], 0)
        # Killed, and nobody rotates again: the next run tidies, and prune deletes all of it.
        other = Project(folder / f"left {at}")
        shutil.rmtree(other.folder)
        shutil.copytree(project.folder, other.folder)
        third = key(other, "third.txt")
        other.write(section(third, identity="new.txt"))
        other.killed("another one", at, "keys", "rotate")
        (other.folder / "both.txt").write_text((other.folder / "new.txt").read_text() + (other.folder / "third.txt").read_text())
        other.write(section(third, identity="both.txt") + "  keep: {last: 1}\n")
        for _ in range(2):
            other.expect(f"{at}: a run works", ["run"], 0)
        other.expect(f"{at}: and prune", ["prune", "--allow-many"], 0, "2 sets deleted")
        is_true(f"{at}: nothing is left", len(names(other.store)) == 2, names(other.store))


with tempfile.TemporaryDirectory(prefix="fairlead keys ") as name:
    for part in (made, opened, rotated, passphrases, rotated_while_killed):
        part(pathlib.Path(name))
counted.close()
