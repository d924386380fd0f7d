#!/usr/bin/python3
"""backup_signed.py BIN: manifests are signed by a key of the environment; one that was edited, or that a stranger signed, is refused by verify,
restore, push and fetch, whatever its own checksum says; `fairlead verify` reads the signature; killed rotations leave a good one."""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from backups import PROGRAM, Project, is_true, make, names  # noqa: E402

SIGNED = "  stores: [file:store]\n  sign: {key_env: SIGNING_KEY, trust: [ours.pub]}\n"


def pair(project, name):
    """A key; its private half as text."""
    private = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, text=True, check=True).stdout
    public = subprocess.run(["openssl", "pkey", "-pubout"], input=private, capture_output=True, text=True, check=True).stdout
    (project.folder / f"{name}.pub").write_text(public)
    return private


def edited(text):
    """As whoever knows the format would: other rows, and the right checksum of it."""
    manifest = json.loads(text)
    manifest["parts"][0]["tables"] = []
    manifest.pop("sha256")
    order = dict(manifest)
    whole = json.dumps(order, indent=1, ensure_ascii=False) + "\n"
    order["sha256"] = hashlib.sha256(whole.encode()).hexdigest()
    return json.dumps(order, indent=1, ensure_ascii=False) + "\n"


def signed(folder):
    project = Project(folder / "signed", SIGNED)
    ours, theirs = pair(project, "ours"), pair(project, "theirs")
    make(project.folder / "app.db", 20)
    project.expect("without the key no set is made", ["run"], 2, "variable 'SIGNING_KEY', which backup.sign.key_env names, is not set")
    project.expect("doctor says so", ["doctor"], 2, "SIGNING_KEY")
    project.expect("nor with one that nobody trusts", ["run"], 2, "is none of backup.sign.trust", SIGNING_KEY=theirs)
    is_true("nothing was written", not project.store.exists(), project.store)
    project.write("  stores: [file:store]\n")
    project.expect("without `sign` one is", ["run"], 0)
    project.write(SIGNED)
    project.expect("and not believed", ["verify"], 1, "it has no signature")
    project.expect("nor restored", ["restore", "latest", "--to", "copy.db"], 1, "it has no signature")
    project.expect("nor copied", ["push", "latest", "--store", "file:store,file:copies"], 1, "it has no signature")
    shutil.rmtree(project.store)
    done = project.expect("with the key", ["run"], 0, SIGNING_KEY=ours)
    is_true("it is told nowhere", "PRIVATE" not in done.stdout + done.stderr)
    is_true("a signature is beside", any(name.endswith(".manifest.json.intoto.json") for name in names(project.store)), names(project.store))
    project.expect("verify believes it without the private key", ["verify", "--level", "4"], 0)
    project.expect("list and status are as before", ["list"], 0, "1 set of shop in")
    manifest = next(project.store.glob("*.manifest.json"))
    tool = subprocess.run([PROGRAM.parent / "fairlead", "verify", manifest, "--key", project.folder / "ours.pub"], capture_output=True, text=True,
                          check=False)
    is_true("fairlead verify does, too", tool.returncode == 0, tool.stdout + tool.stderr)
    tool = subprocess.run([PROGRAM.parent / "fairlead", "verify", manifest, "--key", project.folder / "theirs.pub"], capture_output=True,
                          text=True, check=False)
    is_true("but by no other key", tool.returncode == 1, tool.stdout + tool.stderr)
    project.expect("a copy is signed as well", ["push", "latest", "--store", "file:store,file:copies"], 0)
    project.expect("and believed", ["verify", "--store", "file:copies"], 0)
    text = manifest.read_text()
    manifest.write_text(edited(text))
    free = SIGNED.replace("  sign: {key_env: SIGNING_KEY, trust: [ours.pub]}\n", "")
    project.write(free)
    project.expect("an edited manifest looks whole where nobody signs", ["verify", "--level", "3", "--dry-run"], 0)
    project.write(SIGNED)
    for words in (["verify"], ["restore", "latest", "--to", "copy.db"], ["push", "latest", "--store", "file:store,file:others"],
                  ["fetch", "latest", "--store", "file:others,file:store"]):
        project.expect(f"an edited manifest is refused by {words[0]}", words, 1, "is not one that a key of backup.sign.trust signed")
    is_true("nothing was restored", not (project.folder / "copy.db").exists())
    manifest.write_text(text)
    signature = next(project.store.glob("*.intoto.json"))
    whole = signature.read_text()
    signature.write_text(whole.replace("A", "B", 1))
    project.expect("so is an edited signature", ["verify"], 1, "signed")
    signature.unlink()
    project.expect("and a lost one", ["verify"], 1, "it has no signature")
    signature.write_text(whole)
    project.expect("as it was", ["verify"], 0)
    project.write(SIGNED.replace("ours.pub", "theirs.pub"))
    project.expect("a stranger's is not believed", ["verify"], 1, "none of the given keys")
    project.write(SIGNED.replace(", trust: [ours.pub]", ""))
    project.expect("without trust the key itself counts", ["verify"], 0, SIGNING_KEY=ours)
    project.expect("without either that is said", ["verify"], 0, "no signature is looked at: variable 'SIGNING_KEY'")
    project.expect("and no other", ["verify"], 1, SIGNING_KEY=theirs)
    done = project.expect("a key that is none", ["verify"], 2, "SIGNING_KEY", SIGNING_KEY="secret words")
    is_true("is not shown", "secret words" not in done.stdout + done.stderr)
    project.write(SIGNED + "  keep: {last: 1}\n")
    for _ in range(2):
        project.expect("more sets", ["run"], 0, SIGNING_KEY=ours)
    project.expect("prune takes signatures along", ["prune", "--allow-many"], 0, "1 set deleted")
    is_true("none is left alone", all(any(name.startswith(one) for one in project.sets()) for name in names(project.store)), names(project.store))


def rotated(folder):
    project = Project(folder / "rotated")
    ours = pair(project, "ours")
    make(project.folder / "app.db", 20)
    keys = []
    for number in range(6):
        keys.append(project.run("keys", "make", "--to", f"key{number}.txt").stdout.split()[0])
    (project.folder / "all.txt").write_text("".join((project.folder / f"key{number}.txt").read_text() for number in range(6)))
    (project.folder / "all.txt").chmod(0o600)

    def to(number):
        project.write(SIGNED + f"  encrypt: {{to: [{keys[number]}], identity_file: all.txt}}\n")
    to(0)
    project.expect("a set that is signed and encrypted", ["run"], 0, SIGNING_KEY=ours)
    to(1)
    project.expect("it is not rotated unsigned", ["keys", "rotate"], 2, "SIGNING_KEY", "is not set")
    project.expect("it is as it was", ["verify", "--dry-run"], 0)
    for number, at in enumerate(("rotate-signed", "rotate-manifest", "rotate-removed", None), 1):
        to(number)
        project.run("keys", "rotate", SIGNING_KEY=ours, **({"FAIRLEAD_FAULT": f"kill@{at}"} if at else {}))
        project.expect(f"rotated, killed at {at}: it is signed", ["verify", "--level", "4", "--dry-run"], 0)
    to(5)
    project.expect("and once more", ["keys", "rotate"], 0, "1 set made", SIGNING_KEY=ours)
    project.expect("it is whole", ["verify", "--level", "4"], 0)
    is_true("one signature is left", len([name for name in names(project.store) if name.endswith(".intoto.json")]) == 1, names(project.store))


if not shutil.which("openssl"):
    counted.skip("openssl is not installed; apt-get install openssl")
with tempfile.TemporaryDirectory(prefix="fairlead signed ") as name:
    for part in (signed, rotated):
        part(pathlib.Path(name))
counted.close()
