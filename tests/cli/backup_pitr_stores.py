#!/usr/bin/python3
# needs: postgres, sshd, moto; takes: 22 s
"""backup_pitr_stores.py BIN: point-in-time recovery where its store is encrypted, on another machine (a real sshd) or a bucket (moto, which
FAIRLEAD_MOTO names): archived by the server itself, watched, restored to a moment; wrong and missing keys are told, damage too."""
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402
from backups import S3_KEYS, is_true, listening_sshd, moto  # noqa: E402
from pitr import Project, Restored, now, rows, switch  # noqa: E402

SECRET, PUBLIC = ("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX",
                  "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj")
OTHER = "AGE-SECRET-KEY-1M3QR9VV2VWRN9NNLYS5TGQ837EZ2T5J2WUGJF7JKMTWUXZZXL9WSK525QW"
PLACES = ("wal-look", "wal-created", "wal-written", "wal-stored")


def handed_over(path):
    """Whom PostgreSQL runs as has to read it."""
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{postgres.NOBODY}:{postgres.NOBODY}", path], check=True)


def back(project, what, moment, wanted, **variables):
    data = project.folder / f"data {what}"
    project.expect(f"{what}: laid out", ["pitr-restore", "--at", moment, "--to", str(data)], 0, "is ready to be recovered")
    try:
        with Restored(data, **variables) as restored:
            is_true(f"{what}: its rows", rows(restored) == wanted, rows(restored))
    except RuntimeError as error:
        counted.note(f"{what}: it starts", str(error))


def whole_way(project, kind, more=None, **variables):
    """From the first archived segment to a server that serves; `more` looks at what is stored then."""
    with postgres.Server(tcp=True, port=0) as server:
        server.environment.update(variables)
        server.psql("CREATE DATABASE shop")
        server.psql("CREATE TABLE items (id int); CREATE TABLE ticks (at timestamptz DEFAULT now())", "shop")
        project.url = server.tcp_url("shop")
        project.expect(f"{kind}: enabled", ["pitr-enable", "--apply"], 0)
        server.stop()
        server.start()
        project.expect(f"{kind}: a base", ["pitr-base"], 0, "unpacked and verified")
        server.psql("INSERT INTO items VALUES (1)", "shop")
        moment = now(server)
        server.psql("INSERT INTO items VALUES (2)", "shop")
        name = switch(server)
        project.expect(f"{kind}: watched", ["pitr-status"], 0, "can be restored")
        segment = server.folder / "data/pg_wal" / name
        kept = project.folder / name
        kept.write_bytes(segment.read_bytes())
        handed_over(kept)
        project.expect(f"{kind}: pushed again", ["wal-push", str(kept)], 0, "was there already")
        project.expect(f"{kind}: a segment is fetched", ["wal-fetch", name, "fetched"], 0)
        is_true(f"{kind}: byte for byte", (project.folder / "fetched").read_bytes() == kept.read_bytes())
        project.expect(f"{kind}: what nobody has", ["wal-fetch", "0000000100000000000000FE", "none"], 1, "no store has")
        back(project, f"{kind}: the moment", moment, "1", **variables)
        killed(project, kind, kept)
        if more:
            more(project, server, name, moment)


def killed(project, kind, segment):
    """Files that nobody misses."""
    for number, place in enumerate(PLACES):
        path = project.folder / f"00000001000000000000000{number}.partial"
        content = segment.read_bytes()
        path.write_bytes(content[:8] + struct.pack("<Q", number * len(content)) + content[16:])  # where it stands in the log
        handed_over(path)
        done = project.run("wal-push", path.name, FAIRLEAD_FAULT=f"kill@{place}")
        is_true(f"{kind}: killed at {place}", done.returncode in (-signal.SIGKILL, 137), done)
        early = project.run("wal-fetch", path.name, f"early{number}")
        there = project.folder / f"early{number}"
        is_true(f"{kind}: {place}: whole or not there", early.returncode == 0 and there.read_bytes() == path.read_bytes() or
                early.returncode == 1 and not there.exists(), early)
        project.expect(f"{kind}: {place}: the next one works", ["wal-push", path.name], 0)
        project.expect(f"{kind}: {place}: and is fetched", ["wal-fetch", path.name, f"late{number}"], 0)
        is_true(f"{kind}: {place}: whole", (project.folder / f"late{number}").read_bytes() == path.read_bytes())


def flipped(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def keys(project, server, name, moment):
    """What is stored opens by its key only."""
    stored = project.segment(name)
    is_true("age: all is encrypted", stored.name.endswith(".zst.age") and stored.read_bytes().startswith(b"age-encryption.org"), stored)
    base = next((project.folder / "store/shop/pitr/base").rglob("base.tar*"))
    is_true("age: the base, too", base.name == "base.tar.zst.age" and base.read_bytes().startswith(b"age-encryption.org"), base)
    secret = project.folder / "age.key"
    for what, text in (("a wrong key", OTHER + "\n"), ("no key", None)):
        if text is None:
            secret.rename(project.folder / "away.key")
        else:
            secret.write_text(text)
        project.expect(f"age: {what}: wal-fetch says so and stops the recovery", ["wal-fetch", name, "closed"], 126, "key")
        is_true(f"age: {what}: nothing is there", not (project.folder / "closed").exists())
        data = project.folder / "data closed"
        done = project.expect(f"age: {what}: nothing is restored", ["pitr-restore", "--at", moment, "--to", str(data)], 3, "key")
        is_true(f"age: {what}: nothing is laid out", not data.exists() and not pathlib.Path(f"{data}.restoring").exists())
        is_true(f"age: {what}: no secret is told", "AGE-SECRET" not in done.stdout + done.stderr, done)
        if text is None:
            (project.folder / "away.key").rename(secret)
    secret.write_text(SECRET + "\n")
    before = stored.read_bytes()
    flipped(stored)
    project.expect("age: a flipped byte is refused", ["wal-fetch", name, "damaged"], 126, name)
    is_true("age: nothing of it is there", not (project.folder / "damaged").exists())
    stored.write_bytes(before)


def second_store(project, server, name, moment):
    """What one store lost, the other has."""
    stored = project.segment(name)
    stored.unlink()
    project.expect("ssh: lost in one store is told", ["pitr-status"], 1, name, "missing")
    project.expect("ssh: and had from the other", ["wal-fetch", name, "again"], 0)
    is_true("ssh: whole", (project.folder / "again").read_bytes() == (project.folder / name).read_bytes())
    project.expect("ssh: and put back", ["wal-push", name], 0, "stored")
    project.expect("ssh: nothing is missing", ["pitr-status"], 0)
    far = project.folder / "far"
    manifest = next(far.rglob("manifest.json"))
    text = manifest.read_bytes()
    manifest.unlink()
    project.expect("ssh: a base of one store alone is told", ["pitr-status"], 1, "is whole in 1 of 2 stores", "make a new one by pitr-base")
    manifest.write_bytes(text)
    handed_over(manifest)
    project.expect("ssh: it is back", ["pitr-status"], 0)
    bases = far / "shop/pitr/base"
    kept = bases.with_name("kept")
    bases.rename(kept)
    bases.write_text("no folder")
    project.expect("ssh: a base has to be in each store", ["pitr-base"], 3, "but not where its copies belong")
    project.write("  min_copies: 1\n")
    project.expect("ssh: unless fewer are enough", ["pitr-base"], 0, "has 1 of 2 copies, which min_copies lets be")
    bases.unlink()
    kept.rename(bases)
    project.expect("ssh: then one is a yes", ["pitr-status"], 0)
    project.write("")
    project.expect("ssh: and else a no", ["pitr-status"], 1, "is whole in 1 of 2 stores")
    project.expect("ssh: a new one goes to all", ["pitr-base"], 0)
    project.expect("ssh: which is a yes", ["pitr-status"], 0)
    away = far.with_name("away")
    far.rename(away)
    far.write_text("no folder")
    project.expect("ssh: a store that can't be reached keeps the segment with PostgreSQL",
                   ["wal-push", "000000010000000000000000.partial"], 3, "not in every store")
    far.unlink()
    away.rename(far)


if postgres.folder_of_programs() is None:
    counted.leave(postgres.PART, postgres.INSTALL)
with tempfile.TemporaryDirectory(prefix="fairlead-pitr-") as name_of_folder:
    place = pathlib.Path(name_of_folder)
    os.chmod(place, 0o1777)
    one = Project(place / "age", f"  encrypt: {{to: [{PUBLIC}], identity_file: age.key}}\n")
    (one.folder / "age.key").write_text(SECRET + "\n")
    handed_over(one.folder)
    (one.folder / "age.key").chmod(0o600)
    whole_way(one, "age", keys)
    with listening_sshd(place / "sshd", postgres.NOBODY) as configuration:
        if configuration is None:
            counted.skip("sshd", "a store by ssh", "it is not installed; apt-get install openssh-server")
        else:
            two = Project(place / "ssh", stores=f"['file:store', 'ssh://store.test{place}/ssh/far?config={configuration}']")
            whole_way(two, "ssh", second_store)
    with moto() as endpoint:
        if endpoint is None:
            counted.skip("moto", "a store of S3", "FAIRLEAD_MOTO names no server of S3; pip install 'moto[server]'")
        else:
            three = Project(place / "s3", stores=f"['s3://bucket/a/prefix?endpoint={endpoint}']", **S3_KEYS)
            whole_way(three, "s3", **S3_KEYS)
counted.close()
