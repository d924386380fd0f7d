#!/usr/bin/python3
# needs: openssl; takes: 4 s
"""believed_files.py BIN: files that keys of fairlead.yml name, by the keys that the schema declares.

A key whose file is believed (keys, certificates) says so in its row, and ATTEMPTS has a way to have it read. Each is tried under
pull_request_target, where the base's file counts whatever the work tree has, and with a link out of the tree, which is refused.
A key that names a file by its name or help and isn't declared so has a line in tests/named_files.tsv, with whose the file is.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
SCHEMA = json.loads((counted.ROOT / "schema/fairlead.schema.json").read_text())
NAMES = re.compile(r"(^|\.)(\w*_)?(file|files|folder|path|paths|dir|trust|keys|ca|certificate\w*|known_hosts|config|include|from|state|root|socket|log)$")
HELP = re.compile(r"\b(files?|folders?|PEM|certificates?)\b", re.IGNORECASE)
DEPLOY = "version: 1\napp: shop\ndeploy: {release: {path: app}, target: {kind: exec, deploy: [/bin/true]}%s}\nenvironments: {staging: {url: 'http://127.0.0.1:9'}}\n"
# By key: fairlead.yml that names FILE, a command that reads it, and what it says of a file that holds nothing to believe.
ATTEMPTS = {
    "smoke.ca_file": ("version: 1\nsmoke: {ca_file: FILE, checks: [{get: /}]}\nenvironments: {staging: {url: 'https://127.0.0.1:9'}}\n",
                      ["fairlead-smoke", "--env", "staging", "--deadline", "100ms"], "holds no certificate"),
    "backup.sign.trust": ("version: 1\napp: shop\nbackup: {stores: ['file:store'], sign: {trust: [FILE]}}\n", ["fairlead-backup", "list"], "is not a single public ed25519 key"),
    "deploy.approvals.from": (DEPLOY % ", approvals: {required: 1, from: [FILE]}",
                              ["fairlead-deploy", "plan", "--env", "staging", "--release-version", "1"], "is not a single public ed25519 key"),
    "deploy.router.ca": (DEPLOY.replace("kind: exec, deploy: [/bin/true]", "kind: direct, root: srv, command: [sleep, '1']") % ", router: {kind: nginx, ca: FILE}",
                         ["fairlead-deploy", "router", "--env", "staging"], "holds no certificate"),
    "evidence.keys": ("version: 1\nevidence: {keys: [FILE]}\n", ["fairlead", "evidence", "list"], "is not a single public ed25519 key"),
    "evidence.revoked.public_key": ("version: 1\nevidence: {revoked: [{public_key: FILE, since: 2026-01-01}]}\n", ["fairlead", "evidence", "list"],
                             "is not a single public ed25519 key"),
    "preflight.signer_keys": ("version: 1\npreflight: {signer_keys: [FILE]}\n", ["fairlead-preflight", "checklist", "deployment"], "is not a single public ed25519 key"),
}


def walk(node, name, found):
    if name and node.get("description"):
        found[name] = (node.get("description", ""), node.get("$comment", "").startswith("believed"))
    for key, child in node.get("properties", {}).items():
        if isinstance(child, dict):
            walk(child, f"{name}.{key}".lstrip("."), found)
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            walk(node[key], name, found)
    for key in ("anyOf", "allOf"):
        for child in node.get(key, []):
            walk(child, name, found)


def declared():
    """{key: (help, believed)} of the common part and of each tool's section."""
    found = {}
    walk({"properties": SCHEMA["properties"]}, "", found)
    for tool, section in SCHEMA["definitions"].items():
        if tool != "text" and not tool.startswith("whole-"):
            inner = {}
            walk(section, "", inner)
            found.update({f"{tool}.{key}": value for key, value in inner.items()})
    return found


def names_a_file(key, help_text):
    return bool(NAMES.search(key) or HELP.search(help_text)) and ".rules." not in key


def table():
    lines = (counted.ROOT / "tests/named_files.tsv").read_text().splitlines()
    counted.note("named_files.tsv", "" if lines[0] == "key\twhose\twhy" else "its head is not: key, whose, why")
    return {line.split("\t")[0]: line.split("\t")[1:] for line in lines[1:]}


class Tree:
    def __init__(self, folder, key):
        self.text, self.command, self.nothing = ATTEMPTS[key]
        self.folder, self.key = folder, key
        folder.mkdir()
        for name in ("good", "evil"):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", folder.parent / f"{name}.key", "-out",
                            folder.parent / f"{name}.crt", "-subj", "/CN=x"], check=True, capture_output=True)
            subprocess.run(["openssl", "pkey", "-in", folder.parent / f"{name}.key", "-pubout", "-out", folder.parent / f"{name}.pub"],
                           check=True, capture_output=True)
        self.git("init", "-q", "-b", "main", ".")
        (folder / "app").mkdir()
        (folder / "app/x").write_text("x\n")
        (folder / "fairlead.yml").write_text(self.text.replace("FILE", "believed.pem"))

    def whole(self, name):
        return (self.folder.parent / f"{name}.{'crt' if self.nothing == 'holds no certificate' else 'pub'}").read_text()

    def git(self, *words):
        who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "a"), ("EMAIL", "a@example.org"))}
        return subprocess.run(["git", *words], cwd=self.folder, check=True, capture_output=True, text=True, env={**os.environ, **who}).stdout.strip()

    def commit(self, text):
        file = self.folder / "believed.pem"
        if text is None:
            file.unlink(missing_ok=True)
        else:
            file.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD")

    def run(self, base=None, head=None):
        variables = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(self.folder.parent), "XDG_STATE_HOME": str(self.folder.parent / "state")}
        if base:
            event = self.folder.parent / "event.json"
            event.write_text(json.dumps({"number": 7, "repository": {"full_name": "acme/shop"}, "pull_request": {
                "number": 7, "base": {"ref": "main", "sha": base, "repo": {"full_name": "acme/shop"}},
                "head": {"ref": "e", "sha": head, "repo": {"full_name": "eve/shop"}}}}))
            variables |= {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request_target", "GITHUB_EVENT_PATH": str(event),
                          "GITHUB_REPOSITORY": "acme/shop", "GITHUB_SHA": base}
        done = subprocess.run(self.command, cwd=self.folder, capture_output=True, text=True, env=variables, timeout=60)
        return done.stdout + done.stderr

    def expect(self, what, said, words, absent=""):
        bad = words not in said or (absent and absent in said)
        counted.note(f"{self.key}: {what}", f"it said: {said}" if bad else "")


def attempt(key, folder):
    tree = Tree(folder, key)
    nothing = tree.commit("nothing to believe\n")
    evil = tree.commit(tree.whole("evil"))
    said = tree.run(nothing, evil)
    tree.expect("the base's file counts, and not the change's", said, tree.nothing)
    good = tree.commit(tree.whole("good"))
    broken = tree.commit("nothing to believe\n")
    tree.expect("what the change makes of it is not read", tree.run(good, broken), "", tree.nothing)
    gone = tree.commit(None)
    tree.expect("a file that the change takes away is the base's still", tree.run(good, gone), "", "'believed.pem'")
    tree.expect("a file that only the change has", tree.run(gone, good), f"'believed.pem' is not in commit {gone[:12]}, the base of this change")
    tree.expect("a file that isn't there", tree.run(), "'believed.pem' is not there")
    (folder / "believed.pem").symlink_to(f"../good.{'crt' if tree.nothing == 'holds no certificate' else 'pub'}")
    tree.expect("a link out of the tree", tree.run(), "'believed.pem' is a link that leads out of the tree")
    (folder / "fairlead.yml").write_text(tree.text.replace("FILE", "../good.pub"))
    tree.expect("a path out of the tree", tree.run(), f"'../good.pub' is outside of {folder}")


def main():
    keys, others = declared(), table()
    counted.note("keys", "" if len(keys) > 200 else f"the schema has only {len(keys)}")
    believed = {key for key, (_, is_believed) in keys.items() if is_believed and not key.startswith("environments.")}
    counted.note("believed keys", "" if believed == set(ATTEMPTS) else f"they and the attempts differ: {believed ^ set(ATTEMPTS)}")
    for key, (help_text, is_believed) in keys.items():
        if names_a_file(key, help_text) and not is_believed:
            counted.note(key, "" if key in others else "names a file; is it believed? Declare it, or say whose it is in tests/named_files.tsv")
    for key in others:
        counted.note(key, "" if key in keys and not keys[key][1] else "tests/named_files.tsv has it, and it is no such key")
    with tempfile.TemporaryDirectory() as folder:
        for number, key in enumerate(ATTEMPTS):
            (pathlib.Path(folder) / str(number)).mkdir()
            attempt(key, pathlib.Path(folder) / str(number) / "tree")
    counted.close()


main()
