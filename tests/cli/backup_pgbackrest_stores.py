#!/usr/bin/python3
# needs: postgres, pgbackrest, pgbackrest-sftp, moto, nginx; takes: 75 s
"""backup_pgbackrest_stores.py BIN: pgBackRest's backups in a folder and, encrypted, in a bucket that is reached by https (moto, which
FAIRLEAD_MOTO names, behind nginx): made in both, proven, restored from each; a wrong passphrase, a bucket that is away, and stores
that pgBackRest can't reach. By SFTP where pgBackRest is new enough."""
import contextlib
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import postgres  # noqa: E402
from backups import S3_KEYS, listening_sshd, moto  # noqa: E402
from pitr import Project, back_to, handed_over, now, serving, switch, workshop  # noqa: E402
from until import wait_until  # noqa: E402


def certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
    return folder / "cert.pem"


# pgBackRest speaks https alone, and moto's own ends without the alert that OpenSSL waits for: nginx stands before it.
NGINX = """daemon off; pid "{folder}/nginx.pid"; error_log stderr;
events {{ }}
http {{
    access_log off; client_max_body_size 0;
    client_body_temp_path "{folder}/body"; proxy_temp_path "{folder}/proxy"; fastcgi_temp_path "{folder}/fastcgi";
    uwsgi_temp_path "{folder}/uwsgi"; scgi_temp_path "{folder}/scgi";
    server {{
        listen 127.0.0.1:{port} ssl; ssl_certificate "{folder}/cert.pem"; ssl_certificate_key "{folder}/key.pem";
        location / {{ proxy_pass {plain}; proxy_set_header Host $http_host; proxy_request_buffering off; }}
    }}
}}
"""


@contextlib.contextmanager
def bucket(folder):
    """Its endpoint by https, and whom to trust for it."""
    roots = certificate(folder)
    port = postgres.free_port()
    with moto() as plain:
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, plain=plain))
        server = subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        endpoint = f"https://localhost:{port}"
        try:
            wait_until("nginx answers", lambda: subprocess.run(["curl", "-sf", "--cacert", roots, f"{endpoint}/bucket"],
                                                               capture_output=True).returncode == 0, 20)
            yield endpoint, roots
        finally:
            server.terminate()
            server.wait()


def both(folder):
    with bucket(folder) as (endpoint, roots):
        stores = f'["file:store", "s3://bucket/deep?endpoint={endpoint}&region=eu-test-1"]'
        project = Project(folder / "both", "  encrypt: {passphrase_env: WORDS}\n", stores=stores, WORDS="a passphrase of ours", AWS_CA_BUNDLE=str(roots),
                          **S3_KEYS)
        handed_over(folder / "both")
        with serving() as database:
            project.enable(database)
            shown = (project.folder / "shop.conf").read_text()
            counted.note("the bucket is a repository", "" if "repo2-type=s3" in shown and "repo2-path=/deep/shop/pgbackrest" in shown else shown)
            database.psql("INSERT INTO items VALUES (1)", "shop")
            project.expect("a backup in each", ["run"], 0, "in repository 1", "in repository 2")
            labels = {one["repository"]: one["id"] for one in project.backups()}
            project.expect("status tells of both", ["status"], 0, "WAL in repository 1", "WAL in repository 2")
            project.expect("that of the bucket is proven", ["verify", labels[2], "--level", "4"], 0, "level 4: passed")
            moment = now(database)
            database.psql("INSERT INTO items VALUES (2)", "shop")
            switch(database)
            switch(database)
            back_to(project, "the bucket's backup as it was", [labels[2]], "1")
            shutil.rmtree(project.repository() / "backup")
            project.expect("a repository that lost its backups is told", ["status"], 1, "1 of 2 repositories")
            back_to(project, "a moment, from the bucket", ["--at", moment], "1")
            clear = [path for path in project.repository().rglob("*") if path.is_file() and b"PGDATA" in path.read_bytes()]
            counted.note("nothing lies there in the clear", str(clear) if clear else "")
            configuration = project.folder / "shop.conf"
            text = configuration.read_text()
            configuration.write_text(text.replace("cipher-pass=a passphrase of ours", "cipher-pass=another one"))
            project.expect("a wrong passphrase says so", ["status"], 1, "repository 2 can't be read: pgBackRest says")
            configuration.write_text(text)
            handed_over(configuration)
            away = text.replace(endpoint.rsplit(":", 1)[1], "1")
            counted.note("the configuration names the bucket's port", "" if away != text else text)
            configuration.write_text(away)
            project.expect("a bucket that is away is no empty one", ["status"], 1, "repository 2 can't be read: pgBackRest says")
            configuration.write_text(text)


def refused(folder):
    with serving() as database:
        for what, stores, parts, variables in (
                ("a bucket by http", '["s3://bucket?endpoint=http://127.0.0.1:1"]', ("only by https",), S3_KEYS),
                ("a bucket without keys", '["s3://bucket"]', ("AWS_ACCESS_KEY_ID",), {}),
                ("ssh with a configuration of its own", '["ssh://host/~/x"]', ("ssh://USER@HOST/PATH" if version() >= (2, 46) else "2.46 is the first",), {})):
            project = Project(folder / what, stores=stores, **variables)
            project.url = database.tcp_url("shop")
            project.expect(what, ["pitr-enable"], 2, *parts)


def by_sftp(folder):
    """A repository that pgBackRest reaches by itself: it takes the key and the known hosts of who runs it, and no configuration of ssh."""
    user = pwd.getpwuid(postgres.NOBODY if os.geteuid() == 0 else os.geteuid())
    own = pathlib.Path(user.pw_dir) / ".ssh"
    if version() < (2, 46):
        return counted.skip("pgbackrest-sftp", "a repository by SFTP", f"pgBackRest {version()} has none")
    if os.geteuid() != 0 or not own.parent.is_dir() or own.exists():
        return counted.skip("pgbackrest-sftp", "a repository by SFTP", f"it takes root, and an account '{user.pw_name}' with a home without .ssh: usermod --home FOLDER")
    with listening_sshd(folder / "ssh", user.pw_uid) as config:
        port = next(line.split()[1] for line in config.read_text().splitlines() if line.startswith("Port"))
        own.mkdir(mode=0o700)
        try:
            shutil.copy(folder / "ssh/user", own / "id_ed25519")
            (own / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'ssh/host.pub').read_text()}")
            handed_over(own)
            project = Project(folder / "sftp", "  encrypt: {passphrase_env: WORDS}\n", stores=f'["ssh://root@127.0.0.1:{port}{urllib.parse.quote(str(folder))}/far"]', WORDS="a passphrase of ours")
            with serving() as database:
                project.enable(database)
                database.psql("INSERT INTO items VALUES (1)", "shop")
                project.expect("a backup by SFTP", ["run"], 0, "in repository 1")
                project.expect("it is proven", ["verify", "--level", "4"], 0, "level 4: passed")
                moment = now(database)
                database.psql("INSERT INTO items VALUES (2)", "shop")
                switch(database)
                project.expect("another one", ["run"], 0, "in repository 1")
                back_to(project, "a moment, by SFTP", ["--at", moment], "1")
                back_to(project, "the newest, by SFTP", [], "1,2")
                clear = [path for path in (folder / "far").rglob("*") if path.is_file() and b"PGDATA" in path.read_bytes()]
                counted.note("nothing lies there in the clear", str(clear) if clear else "")
                (own / "known_hosts").write_text("")
                project.expect("a host that nobody knows is refused", ["status"], 3, "repository 1 can't be read: pgBackRest says")
        finally:
            shutil.rmtree(own)


def version():
    said = subprocess.run(["pgbackrest", "version"], capture_output=True, text=True, check=True).stdout.split()[1]
    return tuple(int(part) for part in said.split(".")[:2])


with workshop() as folder:
    refused(folder)
    by_sftp(folder)
    if os.environ.get("FAIRLEAD_MOTO"):
        both(folder)
    else:
        counted.skip("moto", "backups in a bucket", "FAIRLEAD_MOTO names no server of S3")
counted.close()
