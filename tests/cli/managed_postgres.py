#!/usr/bin/python3
# needs: postgres; takes: 6 s
"""managed_postgres.py BIN: a PostgreSQL server as a provider runs it: encrypted connections only, a certificate of the provider's own
authority, `sslmode=verify-full`. Migrations and backups work with it, and refuse a server that can't show who it is."""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
CONFIG = """version: 1
app: shop
environments: {dev: {}}
migrate: {dir: migrations}
backup: {stores: [file:store]}
"""


def certificates(folder):
    """An authority, a server's certificate for localhost that it signed, and an authority that nobody asked."""
    def openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, cwd=folder)

    for name in ("authority", "another"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                "-keyout", f"{name}.key", "-out", f"{name}.pem")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost", "-keyout", "server.key", "-out", "server.csr")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-days", "2",
            "-copy_extensions", "copy", "-out", "server.pem")
    for name in ("server.key", "server.pem"):
        (folder / name).chmod(0o600)
        if os.geteuid() == 0:
            os.chown(folder / name, postgres.NOBODY, postgres.NOBODY)


def walk(server, folder, keys):
    server.psql("CREATE DATABASE shop")
    rules = server.folder / "data/pg_hba.conf"
    rules.write_text("local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n")
    server.psql("SELECT pg_reload_conf()")
    work = folder / "work"
    (work / "migrations").mkdir(parents=True)
    (work / "fairlead.yml").write_text(CONFIG)
    (work / "migrations/0001_notes.up.sql").write_text("CREATE TABLE notes (id int PRIMARY KEY, text text);\nINSERT INTO notes VALUES (1, 'kept');\n")
    (work / "migrations/0001_notes.down.sql").write_text("DROP TABLE notes;\n")

    def url(host="localhost", mode="verify-full", authority="authority"):
        return server.tcp_url("shop").replace("127.0.0.1", host) + f"?sslmode={mode}&sslrootcert={keys}/{authority}.pem"

    def expect(what, words, status, *parts, of=url()):
        program, command, *rest = words
        done = subprocess.run([BIN / f"fairlead-{program}", command, *["--env", "dev"] * (program == "migrate"), *rest], cwd=work, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                              env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "TMPDIR": str(folder), "DATABASE_URL": of})
        said = done.stdout + done.stderr
        missing = [part for part in parts if part not in said]
        counted.note(what, f"status {done.returncode}, expected {status}; missing {missing}\n{said}" if done.returncode != status or missing else
                     "the password shows" if "secret" in said else "")

    expect("migrate connects to a server that shows who it is", ["migrate", "ping"], 0, "PostgreSQL ")
    expect("migrations are applied there", ["migrate", "up"], 0, "0001")
    expect("a backup of it is made", ["backup", "run"], 0, "db: postgres")
    expect("and proven", ["backup", "verify", "--level", "4"], 0, "level 4: passed")
    server.psql("DELETE FROM notes", "shop")
    expect("and restored", ["backup", "restore", "latest", "--to", "original", "--overwrite"], 0)
    counted.note("with its rows", "" if server.ask("SELECT text FROM notes", "shop") == "kept" else server.ask("SELECT * FROM notes", "shop"))
    for what, where, said in (("a certificate for another host", url(host="127.0.0.1"), "does not match host name"),
                              ("an authority that nobody asked", url(authority="another"), "certificate verify failed"),
                              ("a connection that is not encrypted", url(mode="disable"), "no encryption")):
        expect(f"{what}: migrate stops", ["migrate", "up"], 3, said, of=where)
        expect(f"{what}: backup stops", ["backup", "run"], 3, said, of=where)


def main():
    if postgres.folder_of_programs() is None:
        counted.skip(postgres.PART, "a server that demands verify-full", postgres.INSTALL)
        counted.close()
    with tempfile.TemporaryDirectory(prefix="fl") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        keys = folder / "keys"
        keys.mkdir()
        certificates(keys)
        settings = ("ssl=on", f"ssl_cert_file={keys}/server.pem", f"ssl_key_file={keys}/server.key")
        with postgres.Server(port=0, tcp=True, settings=settings) as server:
            walk(server, folder, keys)
    counted.close()


main()
