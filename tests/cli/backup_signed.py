#!/usr/bin/python3
# needs: openssl; takes: 3 s
"""backup_signed.py BIN: manifests are signed by a key of the environment; one that was edited, or that a stranger signed, is refused by verify,
restore, push, fetch and keep, whatever its own checksum says; `fairlead verify` reads the signature; killed rotations leave a good one. What a
verification found is signed as well, and counts for status, list, prune and copies only so."""
import hashlib
import json
import pathlib
import re
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
    project.expect("nor with one that nobody trusts", ["run"], 2, "is not in backup.sign.trust", SIGNING_KEY=theirs)
    is_true("nothing was written", not project.store.exists(), project.store)
    for empty in ("{}", "{trust: []}", "{key_env: ''}"):
        project.write(f"  stores: [file:store]\n  sign: {empty}\n")
        for command in ("run", "verify", "doctor"):
            project.expect(f"sign: {empty} is no want of signatures: {command}", [command], 2, "backup.sign has no key", "fairlead.yml:6:")
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
                  ["fetch", "latest", "--store", "file:others,file:store"], ["keep", "latest"], ["keep", "latest", "--dry-run"]):
        project.expect(f"an edited manifest is refused by {words[0]}", words, 1, "is not signed by a key of backup.sign.trust")
    is_true("nothing was restored", not (project.folder / "copy.db").exists())
    manifest.write_text(text)
    signature = next(project.store.glob("*.intoto.json"))
    whole = signature.read_text()
    signature.write_text(whole.replace("A", "B", 1))
    project.expect("so is an edited signature", ["verify"], 1, "signed")
    named = whole.replace('"keyid":"', '"keyid":"x', 1)
    is_true("it says whose it is", named != whole, whole)
    signature.write_text(named)
    project.expect("and one whose key has another name", ["verify"], 1, "names another key than", "it was changed afterwards")
    wrong = []
    for at in range(len(whole.rstrip())):
        signature.write_bytes(whole[:at].encode() + bytes([ord(whole[at]) ^ 1]) + whole[at + 1:].encode())
        if project.run("verify", "--level", "1").returncode != 1:
            wrong.append(f"{at} {whole[at]!r}")
    is_true("every flipped bit of it is noticed", not wrong, wrong)
    signature.unlink()
    project.expect("and a lost one", ["verify"], 1, "it has no signature")
    signature.write_text(whole)
    project.expect("as it was", ["verify"], 0)
    project.write(SIGNED.replace("ours.pub", "theirs.pub"))
    project.expect("a stranger's is not believed", ["verify"], 1, "any of the given keys")
    project.write(SIGNED.replace(", trust: [ours.pub]", ""))
    project.expect("without trust the key itself counts", ["verify"], 0, SIGNING_KEY=ours)
    project.expect("without either that is said", ["verify"], 0, "no signature is checked: variable 'SIGNING_KEY'")
    project.expect("and no other", ["verify"], 1, SIGNING_KEY=theirs)
    done = project.expect("a key that is none", ["verify"], 2, "SIGNING_KEY", SIGNING_KEY="secret words")
    is_true("is not shown", "secret words" not in done.stdout + done.stderr)
    project.write(SIGNED + "  keep: {last: 1}\n")
    for _ in range(2):
        project.expect("more sets", ["run"], 0, SIGNING_KEY=ours)
    project.expect("prune takes signatures along", ["prune", "--allow-many"], 0, "1 set deleted")
    is_true("none is left alone", all(any(name.startswith(one) for one in project.sets()) for name in names(project.store)), names(project.store))
    known = project.sets()
    project.write(free + "  keep: {last: 1}\n")
    for _ in range(3):
        project.expect("sets that nobody signed", ["run"], 0)
    project.write(SIGNED + "  keep: {last: 1}\n")
    done = project.expect("they crowd out none", ["prune", "--allow-many"], 0, "0 sets deleted", "no rule counts set", "it has no signature")
    is_true("all are there", len(project.sets()) == len(known) + 3 and set(known) < set(project.sets()), done.stdout)


NO_CLAIM = "no set has a verification that a key of backup.sign.trust signed"
ASKS = ["status", "--max-unverified", "1d"]


def proven(folder):
    """As whoever may write to the store would: each of these is a record with the right name, time and level."""
    project = Project(folder / "proven", SIGNED)
    ours, theirs = pair(project, "ours"), pair(project, "theirs")
    make(project.folder / "app.db", 20)
    project.expect("a set", ["run"], 0, SIGNING_KEY=ours)
    project.expect("no verification", ASKS, 1, "no set was ever verified")
    project.expect("one without the key", ["verify"], 0, "no trusted key signed the result", "variable 'SIGNING_KEY'", "set it")
    record = next(project.store.glob("*.3.passed.json"))
    unsigned = record.read_text()
    is_true("is kept as it is", json.loads(unsigned)["passed"] is True, unsigned)
    project.expect("and doesn't count", ASKS, 1, NO_CLAIM, "1 set was verified without such", "newest verified: none")
    project.expect("list says why", ["list"], 0, "not verified: no trusted key signed the result")
    listed = json.loads(project.run("list", "--format", "json").stdout)["sets"][0]
    is_true("in JSON, too", listed["verified"] is None and listed["unsigned"] is True, listed)
    project.write(SIGNED.replace("  sign: {key_env: SIGNING_KEY, trust: [ours.pub]}\n", ""))
    project.expect("where no key is trusted it counts", ASKS, 0)
    project.write(SIGNED.replace("ours.pub", "theirs.pub"))
    project.expect("a stranger's doesn't", ["verify"], 1, SIGNING_KEY=theirs)
    project.write(SIGNED)
    for path in project.store.glob("*.verify.*"):
        path.unlink()
    project.expect("with the key", ["verify", "--level", "4"], 0, SIGNING_KEY=ours)
    project.expect("it counts", [*ASKS, "--format", "json"], 0, '"rto_seconds": ')
    project.expect("and its measure", ["status"], 0, "RTO: 0 s to restore", "newest verified: shop_backup_")
    project.write(SIGNED.replace("  sign: {key_env: SIGNING_KEY, trust: [ours.pub]}\n", ""))
    project.expect("as where no key is trusted", ["status"], 0, "RTO: 0 s to restore")
    project.write(SIGNED)
    record = next(project.store.glob("*.4.passed.json"))
    signed_one = record.read_text()
    stamp = re.search(r"verify\.(\w+)\.4", record.name).group(1)
    first = project.sets()[0]
    project.later()
    project.expect("one more set", ["run"], 0, SIGNING_KEY=ours)
    other = project.sets()[0]
    envelope = json.loads(signed_one)
    forged = {"another set's": (f"{other}.verify.{stamp}.4.passed.json", signed_one),
              "another level's": (f"{first}.verify.{stamp}.3.passed.json", signed_one),
              "a later one": (f"{first}.verify.20991231T000000Z.4.passed.json", signed_one),
              "an unsigned one": (f"{other}.verify.{stamp}.4.passed.json", unsigned),
              "one without signatures": (f"{first}.verify.{stamp}.4.passed.json", json.dumps({**envelope, "signatures": []})),
              "the set's own signature": (f"{other}.verify.{stamp}.4.passed.json", next(project.store.glob(f"{other}*.intoto.json")).read_text()),
              "nothing": (f"{other}.verify.{stamp}.4.passed.json", "")}
    record.unlink()
    for what, (name, text) in forged.items():
        (project.store / name).write_text(text)
        project.expect(f"{what} doesn't count", ASKS, 1, NO_CLAIM)
        (project.store / name).unlink()
    record.write_text(signed_one)
    project.expect("as it was", ASKS, 0)
    project.write(SIGNED + "  keep: {last: 1}\n")
    (project.store / f"{other}.verify.{stamp}.4.passed.json").write_text(unsigned)
    project.expect("prune keeps the newest that was verified, whatever another one claims", ["prune", "--dry-run", "--allow-many"], 0, f"keep   {first}")
    (project.store / f"{other}.verify.{stamp}.4.passed.json").unlink()
    project.write(SIGNED)
    failed = project.store / f"{other}.verify.20260101T000000Z.3.failed.json"
    failed.write_text("{}")
    project.expect("one that failed counts, whoever wrote it", ["status"], 1, "failed its verification (level 3)")
    (project.store / f"{other}.verify.20260102T000000Z.4.passed.json").write_text(unsigned)
    project.expect("no claim takes it back", ["status"], 1, "failed its verification (level 3)")
    project.expect("nor is it good as a copy", ["push", first, "--store", "file:store,file:copies"], 0)
    project.expect("but a signed one does", ["verify", other], 0, SIGNING_KEY=ours)
    project.expect("it is good again", ["status"], 0)
    project.expect("a copy's records count as well", [*ASKS, "--store", "file:copies"], 0, f"newest verified: {first}")
    manifest = next(project.store.glob(f"{first}.manifest.json"))
    for path in project.store.glob(f"{other}.*"):
        path.unlink()
    manifest.write_text(edited(manifest.read_text()))
    project.expect("of a set that nobody signed none counts", ASKS, 1, "is not signed by a key of backup.sign.trust", "newest verified: none")


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
    project.expect("it is whole", ["verify", "--level", "4"], 0, SIGNING_KEY=ours)
    project.expect("its verification counts", ASKS, 0)
    to(4)
    project.expect("rotated once more", ["keys", "rotate"], 0, "1 set made", SIGNING_KEY=ours)
    project.expect("and counts still: what was dumped is the same", ASKS, 0)
    is_true("one signature is left", len([name for name in names(project.store) if name.endswith(".intoto.json")]) == 1, names(project.store))


if not shutil.which("openssl"):
    counted.leave("openssl", "it is not installed; apt-get install openssl")
with tempfile.TemporaryDirectory(prefix="fairlead signed ") as name:
    for part in (signed, proven, rotated):
        part(pathlib.Path(name))
counted.close()
