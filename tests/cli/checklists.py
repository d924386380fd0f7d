#!/usr/bin/python3
# needs: nothing; takes: 12 s
"""checklists.py BIN: checklists as a team uses them: walked, signed, merged by git, printed; no item acts.

Commands of our items are held against what each tool declares: --help of one that acts knows --dry-run.
"""
import hashlib
import html.parser
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[2]
LISTS = {name: yaml.safe_load((ROOT / f"src/preflight/checklists/{name}.yml").read_text()) for name in ("deployment", "security")}
ITEMS = {item["id"]: item for one in LISTS.values() for section in one["sections"].values() for item in section["items"]}
EVERYTHING = """version: 1
app: shop
gate: {reports: {tests: {path: reports/junit.xml}}}
migrate: {engine: sqlite}
backup: {sources: [{name: db, engine: sqlite, url_env: DATABASE_URL}], stores: [/var/backups/shop]}
smoke: {checks: [{get: /health}]}
deploy: {target: {kind: direct, root: /srv/shop, state: /srv/state, command: [serve]}}
environments:
  production: {url: "https://shop.example.org"}
  staging: {url: "https://staging.example.org"}
"""


TOKEN = "ghp_" + "a8Zk2Qw9Lx7Vt4Rb6Yn1" + "Mc3Hd5Jf0KpSgT8u"


def that(holds, what):
    counted.note(what, "" if holds else "that doesn't hold")


class Project:
    """A repository with one commit, in a folder of its own."""

    def __init__(self, folder, config="", bin_folder=BIN):
        self.folder = pathlib.Path(folder) / "shop"
        self.folder.mkdir()
        self.env = {"PATH": f"{bin_folder}:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1"}
        for key in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH"):
            if key in os.environ:
                self.env[key] = os.environ[key]
        self.git("init", "-q", "-b", "main")
        self.iam("Ada", "ada@example.org")
        self.write("README.md", "# Shop\n")
        self.write("docs/proof.md", "It was seen.\n")
        if config:
            self.write("fairlead.yml", config)
        self.commit("begin")

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read(self, name):
        return (self.folder / name).read_text()

    def iam(self, name, mail):
        self.git("config", "user.name", name)
        self.git("config", "user.email", mail)

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)

    def git(self, *words, ok=True):
        done = subprocess.run(["git", *words], cwd=self.folder, env=self.env, capture_output=True, text=True)
        if ok and done.returncode:
            raise SystemExit(f"git {words}: {done.stdout}{done.stderr}")
        return done

    def run(self, *words, program="fairlead-preflight", extra=None):
        return subprocess.run([program, *words], cwd=self.folder, env=self.env | (extra or {}), capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=120)

    def sign(self, *words):
        done = self.run("sign", *words)
        if done.returncode:
            raise SystemExit(f"sign {words}: {done.stderr}")
        self.commit(f"sign {words[0]}")

    def judged(self, *words):
        """What `checklist` says: the status, and per item its state with the rules of its findings."""
        done = self.run("checklist", *words, "--format", "json")
        told = json.loads(done.stdout or "{}")
        return done, {item["id"]: item["state"] for item in told.get("items", [])}, told


def here(action, *arguments, **options):
    with tempfile.TemporaryDirectory(prefix="fairlead checklists ") as folder:
        action(Project(folder, **options), *arguments)


# -- our items -------------------------------------------------------------------------------------------------------

def table():
    text = (ROOT / "src/preflight/checklists/looks.cpp").read_text()
    return [(tool, command, bool(dry)) for tool, command, dry in re.findall(r'\{"(\w+)", "(\w*)"(, true)?\}', text)]


def acts(tool, command):
    """By the tool's declaration: --dry-run belongs to a command that acts. A tool without commands declares none that does."""
    if not command:
        return ".acts = true" in (ROOT / f"tools/{tool}.cpp").read_text()
    said = subprocess.run([BIN / f"fairlead-{tool}", command, "--help"], capture_output=True, text=True, check=True).stdout
    return "--dry-run" in said


def no_item_acts(project):
    rows = table()
    that(len(rows) > 15, "the table of commands that look is read")
    for tool, command, dry in rows:
        that(acts(tool, command) == dry, f"an item's command acts: fairlead-{tool} {command}")
    for name, item in ITEMS.items():
        if "command" not in item:
            continue
        program, *words = item["command"]
        tool, command = program.removeprefix("fairlead-"), words[0] if words and not words[0].startswith("-") else ""
        row = next((row for row in rows if row[:2] == (tool, command)), None)
        that(row is not None and (not row[2] or "--dry-run" in words), f"{name} names a command that looks")
        env = [] if "--env" in words else ["--env", "production"]
        done = project.run(*words, *env, "--explain-config", program=program, extra={"DATABASE_URL": "sqlite:data/app.db"})
        that(done.returncode == 0, f"{name}: {' '.join(item['command'])} is taken by the tool itself: {done.stderr}")


def every_item_says_what_to_do(project):
    for name, item in ITEMS.items():
        that(item.get("rules") or item.get("command") or item.get("help"), f"{name} has command, rules or help")
        that(item.get("help", "").endswith(".") and item.get("refs"), f"{name} has help and refs")
    for name, least in (("deployment", 80), ("security", 150)):
        done = project.run("checklist", name, "--count")
        count = int(re.search(rf"^{name}: (\d+) items", done.stdout, re.M)[1])
        that(done.returncode == 0 and count >= least, {"deployment": "the deployment list has at least 80 items",
                                                       "security": "the security list has at least 150 items"}[name])
    done = project.run("checklist", "security", "--count", "--format", "json")
    that(len(json.loads(done.stdout)["sections"]) == 10, "the security list has 10 categories")


def acting_is_refused(project):
    for command, says in (("[fairlead-migrate, up]", "not one of the commands that only look"), ("[fairlead-deploy, rollback]", "not one of the commands that only look"),
                          ("[sh, -c, 'rm -rf /']", "not one of the commands that only look"), ("[fairlead-deploy, status, --rebuild]", "write")):
        project.write(".fairlead/checklists/own.yml", f"items: [{{id: a, text: x, kind: auto, command: {command}}}]\n")
        done = project.run("checklist", "own")
        that(done.returncode == 2 and says in done.stderr and ".fairlead/checklists/own.yml:1:" in done.stderr,
                    f"an item that acts is refused: {command}: {done.stderr}")


# -- signing ---------------------------------------------------------------------------------------------------------

def signing(project):
    _, before, _ = project.judged("deployment")
    that(before["dep-mon-04"] == "open", "what nobody signed is open")
    dry = project.run("sign", "dep-mon-04", "--evidence", "https://monitor.example.org/1", "--dry-run")
    that(dry.returncode == 0 and "would be signed" in dry.stdout and not (project.folder / ".fairlead/signoffs").exists(),
                f"sign --dry-run writes nothing: {dry.stdout}{dry.stderr}")
    project.sign("dep-mon-04", "dep-mon-06", "--evidence", "https://monitor.example.org/1", "--note", "by hand")
    _, after, told = project.judged("deployment")
    that(after["dep-mon-04"] == after["dep-mon-06"] == "yes", "what is signed holds")
    signoff = next(item["signoff"] for item in told["items"] if item["id"] == "dep-mon-04")
    that(signoff["by"] == "Ada <ada@example.org>" and signoff["note"] == "by hand" and re.fullmatch(r"[0-9a-f]{40}", signoff["commit"]),
                "a sign-off has name, note and commit")
    project.sign("dep-tst-03", "--evidence", "docs/proof.md#seen", "--expires", "7d")
    _, _, told = project.judged("deployment")
    signoff = next(item["signoff"] for item in told["items"] if item["id"] == "dep-tst-03")
    that(signoff["evidence"] == "docs/proof.md#seen" and signoff["until"] > signoff["on"], "--expires ends it earlier")
    project.sign("sec-com-07", "--verdict", "na", "--note", "we sell nothing")
    _, security, _ = project.judged("security")
    that(security["sec-com-07"] == "not applicable", "--verdict na takes an item out, with a note")
    project.git("rm", "-q", "docs/proof.md")
    _, gone, told = project.judged("deployment")
    that(gone["dep-tst-03"] == "stale" and any(one["rule"] == "check-evidence-missing" for one in told["findings"]),
                "evidence that is gone is told")
    project.git("reset", "-q", "--hard")

    project.write(".gitignore", ".fairlead/\n")
    ignored = project.run("sign", "sec-com-08", "--evidence", "docs/proof.md", "--checklist", "security")
    that(ignored.returncode == 0, f"a file that is committed may stand in .gitignore: {ignored.stderr}")
    project.git("rm", "-rq", "--cached", ".fairlead")
    project.commit("ignored")
    ignored = project.run("sign", "sec-com-09", "--evidence", "docs/proof.md")
    that(ignored.returncode == 2 and "git ignores .fairlead/signoffs/security.yml" in ignored.stderr, f"an ignored file is refused: {ignored.stderr}")
    project.git("reset", "-q", "--hard", "HEAD~1")
    project.run("sign", "dep-mon-05", "--evidence", "https://monitor.example.org/1")
    dirty = project.run("sign", "dep-bak-06", "--evidence", "docs/proof.md")
    that(dirty.returncode == 2 and "aren't committed" in dirty.stderr, f"a dirty file is refused: {dirty.stderr}")
    project.commit("dep-mon-05")
    project.sign("dep-bak-06", "--evidence", "docs/proof.md")


def wrong_words(project):
    rows = [
        (["checklist"], "checklist needs one name; expected deployment or security"),
        (["checklist", "deploiment"], "did you mean deployment?"),
        (["checklist", "other"], "expected deployment or security, or write .fairlead/checklists/other.yml"),
        (["checklist", "deployment", "--phase", "later"], "expected before, after or drill"),
        (["checklist", "deployment", "--group-by", "size"], "expected section or refs"),
        (["checklist", "deployment", "--evidence", "x"], "evidence"),
        (["checklist", "own", "--import", "none.md"], "'none.md' is not a file of this project"),
        (["check", "--phase", "after"], "phase"),
        (["sign"], "sign needs the id of an item"),
        (["sign", "dep-mon-4", "--evidence", "docs/proof.md"], "did you mean dep-mon-04?"),
        (["sign", "dep-mon-04"], "a yes needs evidence"),
        (["sign", "dep-mon-04", "--evidence", "docs/none.md"], "is neither a URL nor a file of the repository"),
        (["sign", "dep-mon-04", "--evidence", "https://[x"], "--evidence is not a valid URL"),
        (["sign", "dep-mon-04", "--evidence", "https://ada:secret@example.org/"], "a user, a password or a token"),
        (["sign", "dep-mon-04", "--evidence", "https://m.example.org/7?access_token=zGk2pVq8Lw"], "--evidence holds a user, a password or a token"),
        (["sign", "dep-mon-04", "--evidence", "docs/proof.md", "--note", "by " + TOKEN], "--note holds a user, a password or a token"),
        (["sign", "dep-mon-04", "--verdict", "maybe"], "expected yes, no or na"),
        (["sign", "dep-mon-04", "--verdict", "na"], "needs a reason"),
        (["sign", "dep-mon-04", "--verdict", "no"], "needs a reason"),
        (["sign", "dep-mon-04", "--evidence", "docs/proof.md", "--expires", "soon"], "neither a day"),
        (["sign", "dep-mon-04", "--evidence", "docs/proof.md", "--expires", "2020-01-01"], "is in the past"),
        (["sign", "dep-mon-04", "--evidence", "docs/proof.md", "--expires", "400d"], "later than dep-mon-04 allows"),
        (["sign", "dep-env-01", "--evidence", "docs/proof.md"], "is judged automatically"),
        (["sign", "dep-mon-04", "--evidence", "docs/proof.md", "--checklist", "security"], "no checklist has an item 'dep-mon-04'"),
        (["sign", "dep-mon-04", "--evidence", "docs/proof.md", "--key", "none.pem"], "none.pem"),
    ]
    for words, says in rows:
        done = project.run(*words)
        that(done.returncode in (2, 3) and says in done.stderr, f"{' '.join(words)}: {done.returncode} {done.stderr}{done.stdout[:200]}")
    project.write(".fairlead/signoffs/deployment.yml", "signoffs:\n- {item: dep-mon-04, verdict: maybe, by: A, on: 2026-01-01, text_sha: a}\n")
    done = project.run("checklist", "deployment")
    that(done.returncode == 2 and "deployment.yml:2:" in done.stderr, f"a broken sign-off is told with its place: {done.stderr}")


def odd_files(project):
    """A file of sign-offs that isn't as sign writes it: refused at its place, with the way out; nothing is written over."""
    path = ".fairlead/signoffs/deployment.yml"
    project.sign("dep-mon-04", "--evidence", "docs/proof.md")
    good = project.read(path)
    rows = [
        ("", None),
        ("# nothing yet\n", None),
        ("#" * (2 << 20), "is larger than 1024 KiB, which no list of sign-offs needs; run: git log -- " + path),
        ("#" * (65 << 20), f"{path} is larger than 64 MiB; run: git log -- {path}"),
        ("\x89PNG\n\x00\x01", "expected YAML in UTF-8"),
        ("just words\n", "a map is expected here, with signoffs"),
        ("signoffs: 7\n", "signoffs must be a list"),
        ("signoffs: [\n", "is not closed"),
        (good.replace("signoffs:\n", "<<<<<<< HEAD\nsignoffs:\n=======\nsignoffs:\n>>>>>>> other\n"), f"{path}:2:1: this file has conflict markers of git"),
        (good.replace('on: "2', 'on: "9').replace("-1", "-7"), "is not a day such as 2026-01-31; sign it again"),
        (good.replace("verdict", "verdikt"), "key 'verdikt' is unknown"),
    ]
    for text, says in rows:
        project.write(path, text)
        done, states, _ = project.judged("deployment")
        if says is None:
            that(states["dep-mon-04"] == "open", f"an empty file of sign-offs signs nothing: {done.stderr}")
        else:
            that(done.returncode == 2 and says in done.stderr, f"{text[:30]!r}: {done.returncode} {done.stderr[:400]}")
        project.commit("odd")
        signed = project.run("sign", "dep-mon-06", "--evidence", "docs/proof.md", "--dry-run")
        that(signed.returncode == (0 if says is None else 2) and project.read(path) == text, f"sign on {text[:30]!r}: {signed.stderr[:300]}")
        project.git("reset", "-q", "--hard", "HEAD~1")
    project.write(path, good.replace("item: dep-mon-04", "item: dep-mon-4"))
    done, states, told = project.judged("deployment", "--env", "production")
    gone = [one for one in told["findings"] if one["rule"] == "check-item-gone"]
    that(states["dep-mon-04"] == "open" and len(gone) == 1 and gone[0]["file"] == path and gone[0]["line"] > 0
         and "did you mean dep-mon-04?" in gone[0]["message"], f"an id that was mistyped in the file is told: {gone}")
    project.write(path, good.replace("item: dep-mon-04", "item: left-over"))
    _, _, told = project.judged("deployment", "--env", "production")
    that(["remove the line" in one["message"] for one in told["findings"] if one["rule"] == "check-item-gone"] == [True],
         "a sign-off of an item that is no more is told")
    secret = good.replace('evidence: "docs/proof.md"', f'evidence: "https://ada:hunter2pass@m.example.org/7?access_token=zGk2pVq8Lw", note: "{TOKEN}"')
    for text in (secret, secret.replace("verdict", "verdikt"), secret + "- [\n"):
        project.write(path, text)
        for form in ("text", "json", "markdown", "junit", "html", "sarif"):
            done = project.run("checklist", "deployment", "--env", "production", "--format", form)
            said = done.stdout + done.stderr
            that(said and not any(one in said for one in ("hunter2pass", "zGk2pVq8Lw", TOKEN)), f"what lets in is never shown: {form}: {said[:300]}")


def the_clock(project):
    project.sign("dep-mon-04", "--evidence", "docs/proof.md")
    later = {"GIT_COMMITTER_DATE": "2037-01-01T00:00:00Z", "GIT_AUTHOR_DATE": "2037-01-01T00:00:00Z"}
    subprocess.run(["git", "commit", "-q", "--allow-empty", "-m", "from the future"], cwd=project.folder, env=project.env | later, check=True)
    done, _, told = project.judged("deployment", "--env", "production")
    that([(one["severity"], "but the newest commit is from 2037-01-01" in one["message"], "set the clock" in one["message"])
          for one in told["findings"] if one["rule"] == "check-clock"] == [("error", True, True)], f"a clock that was set back is told: {done.stderr}")
    _, _, told = project.judged("deployment", "--env", "staging")
    that([one["severity"] for one in told["findings"] if one["rule"] == "check-clock"] == ["warning"], "elsewhere it is a warning")
    done = project.run("sign", "dep-mon-06", "--evidence", "docs/proof.md")
    that(done.returncode == 2 and "set the clock" in done.stderr, f"by such a clock nobody signs: {done.stderr}")


def where_git_tells_little(project):
    """No repository, or a clone without history: four_eyes never passes because nobody could be asked."""
    project.write("fairlead.yml", "version: 1\npreflight: {four_eyes: true}\n")
    project.commit("four eyes")
    project.iam("Bob", "bob@example.org")
    project.sign("dep-mon-04", "--evidence", "docs/proof.md")
    _, states, _ = project.judged("deployment")
    that(states["dep-mon-04"] == "yes", "four_eyes: the whole history tells who made the change")
    top = project.folder
    project.git("clone", "-q", "--depth", "1", f"file://{top}", "../shallow")
    project.folder = top.parent / "shallow"
    done, states, _ = project.judged("deployment")
    that(done.returncode == 3 and "git fetch --unshallow" in done.stderr, f"four_eyes: a shallow clone can't tell: {done.returncode} {done.stderr}")
    project.folder = top.parent / "copy"
    shutil.copytree(top, project.folder, ignore=shutil.ignore_patterns(".git"))
    done, states, _ = project.judged("deployment")
    that(done.returncode == 2 and "start in a clone" in done.stderr, f"four_eyes: no repository, no answer: {done.returncode} {done.stderr}")
    done = project.run("sign", "dep-mon-06", "--evidence", "docs/proof.md")
    that(done.returncode == 2 and "git init" in done.stderr, f"sign wants a repository: {done.stderr}")
    (project.folder / "fairlead.yml").write_text("version: 1\n")
    done, states, _ = project.judged("deployment")
    that(states.get("dep-mon-04") == "yes", f"without four_eyes sign-offs count without git: {done.stderr}")
    project.folder = top


def in_production(project):
    project.sign("dep-mon-04", "dep-mon-06", "--evidence", "docs/proof.md")
    path = ".fairlead/signoffs/deployment.yml"
    old = re.sub(r'(item: dep-mon-0[46].*?on: ")[^"]*(", expires: ")[^"]*', r"\g<1>2026-01-02\g<2>2026-02-02", project.read(path))
    project.write(path, old)
    project.write("CODEOWNERS", "* @all\n/.fairlead/ ada@example.org bob@example.org\n")
    project.commit("two ran out")
    done, states, told = project.judged("deployment", "--env", "production")
    expired = [one for one in told["findings"] if one["rule"] == "check-expired"]
    that(done.returncode == 1 and states["dep-mon-04"] == states["dep-mon-06"] == "stale" and len(expired) == 2,
                "two expired sign-offs are a no in production")
    that(all("ask ada@example.org or bob@example.org" in one["message"] and one["severity"] == "error" for one in expired),
                "a no says who to ask")
    that(expired[0]["file"] == path and expired[0]["line"] > 0, "an expired sign-off has its place")
    done, _, told = project.judged("deployment", "--env", "staging")
    that(all(one["severity"] != "error" for one in told["findings"] if one["rule"].startswith("check-")) and done.returncode == 0,
                f"elsewhere it is a warning: {done.stdout[-300:]}")
    done, states, _ = project.judged("security", "--env", "production")
    that(done.returncode == 1 and "sec-api-06" in states, f"before a deployment no site is asked: {done.stderr}")
    done, states, _ = project.judged("deployment", "--env", "production", "--phase", "after")
    that(done.returncode == 3 and "127.0.0.1:1" in done.stderr, f"after it the environment's url is: {done.stderr}")
    done, states, _ = project.judged("deployment", "--env", "production", "--phase", "drill")
    that("dep-rol-02" in states and "dep-mon-04" not in states, "--phase drill walks the drills")
    text = project.run("checklist", "deployment", "--env", "production").stdout
    that("n/a   dep-bak-01" in text and "no database is named" in text, f"what doesn't apply is told with the reason: {text[:500]}")


def signers(project):
    project.write("fairlead.yml", "version: 1\npreflight: {signers: [bob@example.org], four_eyes: true}\n")
    project.commit("signers")
    done = project.run("sign", "dep-mon-04", "--evidence", "docs/proof.md")
    that(done.returncode == 2 and "may not sign, because preflight.signers doesn't name this person; ask bob@example.org" in done.stderr,
                f"signers: {done.stderr}")
    project.iam("Bob", "bob@example.org")
    project.sign("dep-mon-04", "--evidence", "docs/proof.md")
    _, states, _ = project.judged("deployment")
    that(states["dep-mon-04"] == "yes", "four_eyes: another one may sign")
    project.write("README.md", "# Bob's shop\n")
    project.commit("bob's change")
    _, states, told = project.judged("deployment")
    that(states["dep-mon-04"] == "stale" and any(one["rule"] == "check-self-signed" for one in told["findings"]),
                "four_eyes: who made the change doesn't count")


def sealed(project):
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", project.folder.parent / "ada.key"], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", project.folder.parent / "ada.key", "-pubout", "-out", project.folder / "ada.pem"], check=True)
    project.write("fairlead.yml", "version: 1\npreflight: {signer_keys: [ada.pem]}\n")
    project.commit("keys")
    done = project.run("sign", "dep-mon-04", "--evidence", "docs/proof.md")
    that(done.returncode == 2 and "write --key FILE" in done.stderr, "signer_keys: an unsealed sign-off is refused")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", project.folder.parent / "bob.key"], check=True, capture_output=True)
    (project.folder.parent / "bob.key").chmod(0o600)
    done = project.run("sign", "dep-mon-04", "--evidence", "docs/proof.md", "--key", str(project.folder.parent / "bob.key"))
    that(done.returncode == 2 and "is not one of the keys in preflight.signer_keys (ada.pem)" in done.stderr, f"signer_keys: another's key: {done.stderr}")
    project.sign("dep-mon-04", "--evidence", "docs/proof.md", "--key", str(project.folder.parent / "ada.key"))
    _, states, _ = project.judged("deployment")
    that(states["dep-mon-04"] == "yes", "a sealed sign-off holds")
    path = ".fairlead/signoffs/deployment.yml"
    project.write(path, project.read(path).replace('evidence: "docs/proof.md"', 'evidence: "README.md"'))
    _, states, told = project.judged("deployment")
    that(states["dep-mon-04"] == "stale" and any(one["rule"] == "check-signer-unknown" for one in told["findings"]),
                "a sealed sign-off that was changed doesn't")


def strict(project):
    """What was written by hand, or is open to others, doesn't pass for a sign-off."""
    key = project.folder.parent / "ada.key"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True)
    key.chmod(0o644)
    done = project.run("sign", "dep-mon-04", "--evidence", "docs/proof.md", "--key", str(key))
    that(done.returncode == 2 and "is accessible to other users (mode 644); run: chmod 600" in done.stderr, f"a key that others may read: {done.stderr}")
    project.sign("dep-mon-04", "--evidence", "docs/proof.md")
    path = ".fairlead/signoffs/deployment.yml"
    good = project.read(path)
    commit = re.search(r'commit: "([0-9a-f]{40})"', good)[1]
    for by in ("x", "A <>", "Ada <ada>"):
        project.write(path, good.replace("Ada <ada@example.org>", by))
        _, states, told = project.judged("deployment")
        that(states["dep-mon-04"] == "stale" and any("without a mail address" in one["message"] for one in told["findings"]), f"signed by {by}")
    for wrong in ("0" * 40, "main", "abc"):
        project.write(path, good.replace(commit, wrong))
        done, _, _ = project.judged("deployment")
        that(done.returncode == 2 and "is not the id of a commit" in done.stderr, f"commit {wrong}: {done.stderr}")
    project.write(path, good.replace(commit, "12" * 20))
    _, _, told = project.judged("deployment")
    that([one["severity"] for one in told["findings"] if one["rule"] == "check-commit-unknown"] == ["warning"], "a commit that isn't here is told")
    project.write(path, good)
    _, states, told = project.judged("deployment")
    that(states["dep-mon-04"] == "yes" and not any(one["rule"] == "check-commit-unknown" for one in told["findings"]), "one that is here isn't")
    project.write("fairlead.yml", "version: 1\npreflight: {signers: []}\n")
    done, _, _ = project.judged("deployment")
    that(done.returncode == 2 and "preflight.signers is empty" in done.stderr and "fairlead.yml:2:" in done.stderr, f"no signer is not anybody: {done.stderr}")
    project.write("fairlead.yml", "version: 1\nenvironments: {production: {env: {file: .env.production}}}\n")
    done, _, _ = project.judged("deployment", "--env", "production")
    that(done.returncode == 2 and "environments.production.env.file: '" in done.stderr, f"a missing env file is told by its key: {done.stderr}")


# -- merging ---------------------------------------------------------------------------------------------------------

def merging(project):
    """Two people sign on two branches, also neighbours, also when neither had a file before; git merges."""
    for base, first, second in (("main", "dep-mon-04", "dep-mon-06"), ("main", "dep-tst-03", "dep-tst-06"), ("later", "dep-rol-04", "dep-who-02")):
        if base == "later":
            project.git("checkout", "-q", "-B", "later", "main")
            project.sign("dep-inf-09", "--evidence", "docs/proof.md")
        project.git("checkout", "-q", "-B", "ada", base)
        project.iam("Ada", "ada@example.org")
        project.sign(first, "--evidence", "docs/proof.md")
        project.git("checkout", "-q", "-B", "bob", base)
        project.iam("Bob", "bob@example.org")
        project.sign(second, "--evidence", "docs/proof.md")
        merged = project.git("merge", "-q", "--no-edit", "ada", ok=False)
        that(merged.returncode == 0, f"git merges sign-offs of {first} and {second} from {base}: {merged.stdout}{merged.stderr}")
        done, states, _ = project.judged("deployment")
        that(states.get(first) == states.get(second) == "yes", f"both count: {first} {second}: {done.stderr}")
        project.git("reset", "-q", "--hard")
        project.sign("dep-sec-09", "--evidence", "docs/proof.md")  # what git has merged is written on
        text = project.read(".fairlead/signoffs/deployment.yml")
        that(len(re.findall(r"^signoffs:$", text, re.M)) == 1 and text.count("# dep-mon-04:") == 1, "it is one file again")
    project.git("checkout", "-q", "-B", "ada", "main")
    project.sign("dep-mon-04", "--evidence", "docs/proof.md", "--note", "ada's")
    project.git("checkout", "-q", "-B", "bob", "main")
    project.sign("dep-mon-04", "--evidence", "docs/proof.md", "--note", "bob's")
    that(project.git("merge", "-q", "--no-edit", "ada", ok=False).returncode == 0, "git merges two sign-offs of one item")
    _, states, _ = project.judged("deployment")
    that(states["dep-mon-04"] == "yes", "of two sign-offs of one item one counts")


# -- commands --------------------------------------------------------------------------------------------------------

def commands_of_items():
    """Beside a copy of our executable stand-ins for the tools that it starts: each is asked once, in time, without a shell."""
    with tempfile.TemporaryDirectory(prefix="fairlead checklists ") as folder:
        own = pathlib.Path(folder) / "bin"
        own.mkdir()
        for name in ("fairlead-preflight", "fairlead-fetch"):
            if (BIN / name).exists():
                counted.copy_program(BIN / name, own)
        log = pathlib.Path(folder) / "log"
        (own / "fairlead-smoke").write_text(f'#!/bin/sh\necho "smoke $*" >>"{log}"\necho fine\n')
        (own / "fairlead-migrate").write_text(f'#!/bin/sh\necho "migrate $*" >>"{log}"\n[ "$1" = ping ] && sleep 30\necho "no way" >&2\nexit 1\n')
        for program in own.glob("fairlead-*"):
            program.chmod(0o755)
        project = Project(folder, EVERYTHING, own)
        project.write(".fairlead/checklists/own.yml", """items:
  - {id: one, kind: auto, text: One, command: [fairlead-smoke]}
  - {id: two, kind: auto, text: Two, command: [fairlead-smoke]}
  - {id: three, kind: auto, text: Three, command: [fairlead-smoke, --fail-fast, '$(touch x); `touch x`']}
  - {id: four, kind: auto, text: Four, command: [fairlead-migrate, ping], timeout: 1s}
  - {id: five, kind: auto, text: Five, command: [fairlead-migrate, lint]}
  - {id: six, kind: auto, text: Six, command: [fairlead-migrate, lint], when: {profile: [staging]}}
""")
        done, states, told = project.judged("own", "--env", "production")
        lines = log.read_text().splitlines()
        that(lines.count("smoke --config fairlead.yml --env production --format text") == 1, f"a command of two items runs once: {lines}")
        that(sum("$(touch x)" in line for line in lines) == 1 and not (project.folder / "x").exists(), "no shell reads a command")
        that(states == {"one": "yes", "two": "yes", "three": "yes", "four": "open", "five": "no", "six": "not applicable"}, f"{states}")
        messages = {one["message"].split()[0]: one["message"] for one in told["findings"]}
        that("was still running after 1s and was stopped" in messages["four"], f"a command has a time limit: {messages['four']}")
        that("exited with 1: no way" in messages["five"], f"what a command said is told: {messages['five']}")
        that(done.returncode == 1, "a no of a command is a no")


# -- forms -----------------------------------------------------------------------------------------------------------

class Outline(html.parser.HTMLParser):
    VOID = {"meta", "br", "link"}

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.items, self.loads = [], [], 0, []

    def handle_starttag(self, tag, attributes):
        self.items += tag == "li"
        self.loads += [value for name, value in attributes if name in ("src", "data")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[at:at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear))


def forms(project):
    project.write(".fairlead/checklists/own.yml", """title: "<b>Own</b> & more"
sections:
  one:
    title: One
    items:
      - {id: own-1, text: "A <script>alert(1)</script> | pipe", help: "Do it.", refs: [PERF-1, SEC-2]}
      - {id: own-2, text: Two, help: "Do it.", refs: [PERF-1]}
      - {id: own-3, text: Three, help: "Do it.", when: {has: [docker]}}
""")
    project.commit("own")
    project.sign("own-2", "--evidence", "https://example.org/?a=1&b=%22")
    junit = project.run("checklist", "own", "--format", "junit")
    cases = {case.get("name"): [child.tag for child in case] for case in xml.etree.ElementTree.fromstring(junit.stdout).iter("testcase")}
    that([cases[name] for name in sorted(cases)] == [["failure"], ["system-out"], ["skipped"]] and len(cases) == 3, f"JUnit has a case per item: {cases}")
    text = project.run("checklist", "own", "--format", "markdown").stdout
    that("| [x] | own-2 |" in text and "| [ ] | own-1 |" in text and "| n/a | own-3 |" in text and "<script>" not in text,
                f"Markdown has ticks and nothing that runs: {text}")
    by_refs = project.run("checklist", "own", "--group-by", "refs").stdout
    that(re.search(r"^PERF-1\n.*own-1.*\n.*own-2.*\nSEC-2\n.*own-1", by_refs, re.M) is not None, "--group-by refs shows items under their references")
    project.run("checklist", "own", "--output", "html:../own.html")
    for name in ("own", "deployment", "security"):
        page = project.run("checklist", name, "--format", "html").stdout
        outline = Outline()
        outline.feed(page)
        that(not outline.wrong and not outline.open and outline.items > 2 and not outline.loads, f"the page of {name} is whole and loads nothing")
        that("<script" not in page and "<b>" not in page, f"the page of {name} has nothing foreign in it")
        colours = set(re.findall(r"[{;] *color: (#[0-9a-f]{3,6})", page))
        that(len(colours) >= 6 and all(1.05 / (luminance(colour) + 0.05) >= 7 for colour in colours),
                    f"each colour of the page has a contrast of 7 to 1 and more: {[(c, 1.05 / (luminance(c) + 0.05)) for c in colours]}")
        that("@media print" in page and "@page" in page and "width=device-width" in page, f"the page of {name} prints")
    that("own-2" in (project.folder.parent / "own.html").read_text(), "--output html:FILE writes the page")
    project.write("docs/standup.md", "# Stand-up\n- [ ] Call the bank\n- [x] Buy tea\n")
    done, states, told = project.judged("standup", "--import", "docs/standup.md")
    that([item["text"] for item in told["items"]] == ["Call the bank"] and done.returncode == 1, "--import walks open points")
    project.write(".fairlead/checklists/last.yml", "requires: [own]\nitems: [{id: last-1, text: x, help: y., severity: info}]\n")
    done, _, told = project.judged("last")
    that(done.returncode == 1 and any(one["rule"] == "check-required" and "own must pass before last" in one["message"]
                                             for one in told["findings"]), "requires: names the list that has to pass first")
    project.write(".fairlead/checklists/own.yml", "requires: [last]\nitems: [{id: own-1, text: x, help: y.}]\n")
    done = project.run("checklist", "last")
    that(done.returncode == 2 and "requires itself" in done.stderr, f"a circle of requires is refused: {done.stderr}")


def decisions(project):
    project.write("docs/decisions.md", "# Decisions\n## Where is it hosted?\n**Decision**: (Pending)\n")
    project.commit("a question")
    _, states, told = project.judged("deployment")
    found = next(item for item in told["items"] if item["id"] == "dep-don-05")
    that(found["state"] == "no" and found["findings"] == [
        "docs/decisions.md:3: Where is it hosted? is not decided; others build on it; write the decision, its date and who made it "
        "[repo-decision-pending]"], f"a pending decision is named: {found['findings']}")


def the_page_says_why(project):
    project.write("docs/decisions.md", "# Decisions\n## Where is it hosted?\n**Decision**: (Pending)\n")
    project.commit("a question")
    page = project.run("checklist", "deployment", "--env", "production", "--format", "html").stdout
    that("does not hold: docs/decisions.md:3: Where is it hosted? is not decided" in page, "the page says what was found")
    that("environment production, judged as production" in page, "the page says for which environment it was judged")


def contacts(project):
    project.write("docs/contacts.md", "| name | role | phone |\n|---|---|---|\n| Ada | on duty | |\n")
    done, states, told = project.judged("deployment")
    that(states["dep-who-01"] == "no" and any(one["message"].startswith("dep-who-01 does not hold") and one["severity"] == "error"
                                                     for one in told["findings"]), "an empty contact is an error in production")


def of_development(project):
    """A compose file for development beside production's: no item asks it for what production needs."""
    service = "    image: nginx@sha256:%s\n" % ("0" * 64)
    project.write("compose.yml", f"services:\n  web:\n{service}")
    project.write("docker-compose.prod.yml", f"services:\n  web:\n{service}    restart: always\n    healthcheck: {{test: [CMD, wget, -q, 'http://127.0.0.1/']}}\n"
                  "    logging: {driver: json-file, options: {max-size: 10m, max-file: '5'}}\n    deploy: {resources: {limits: {cpus: '1', memory: 64M, pids: 64}}}\n")
    project.commit("two compose files")
    _, states, told = project.judged("deployment")
    said = [one for one in told["findings"] if one["message"].startswith(("dep-inf-06", "dep-mon-03"))]
    that(states["dep-inf-06"] == "yes" and not said, f"compose.yml of development is asked for no limits: {said}")
    project.write("docker-compose.prod.yml", f"services:\n  web:\n{service}")
    project.commit("none in production")
    _, states, _ = project.judged("deployment")
    that(states["dep-inf-06"] == "no", "production's is")


def of_a_fork(project):
    """Lists and sign-offs of a foreign change don't count."""
    base = project.git("rev-parse", "HEAD").stdout.strip()
    project.git("checkout", "-q", "-b", "change")
    project.sign("dep-mon-04", "--evidence", "docs/proof.md")
    head = project.git("rev-parse", "HEAD").stdout.strip()
    event = project.folder.parent / "event.json"

    def judged(who):
        event.write_text(json.dumps({"number": 7, "repository": {"default_branch": "main", "full_name": "acme/a"}, "pull_request": {
            "head": {"sha": head, "repo": {"full_name": f"{who}/a", "fork": who != "acme"}}, "base": {"sha": base, "repo": {"full_name": "acme/a"}}}}))
        done = project.run("checklist", "deployment", "--format", "json",
                           extra={"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(event)})
        return {item["id"]: item["state"] for item in json.loads(done.stdout)["items"]}
    that(judged("eve")["dep-mon-04"] == "open", "a fork's sign-off doesn't count")
    that(judged("acme")["dep-mon-04"] == "yes", "one's own does")


# Items that are proven by rules alone, and judge what is there: the tree of git, the Dockerfile, the template.
OF_GIT = {"dep-env-09", "sec-sec-02"}
OF_DOCKERFILE = OF_GIT | {"dep-sec-03", "dep-inf-08", "sec-inf-05", "sec-inf-11", "sec-inf-13", "sec-inf-14", "sec-owa-08"}
OF_TEMPLATE = OF_GIT | {"dep-env-10", "dep-env-11", "sec-dat-19"}


def proven(project, *words):
    yes, reasons = set(), {}
    for name in ("deployment", "security"):
        _, states, told = project.judged(name, "--env", "production", *words)
        yes |= {item for item, state in states.items() if state == "yes" and ITEMS[item].get("rules")}
        reasons |= {item["id"]: item["why"] for item in told["items"]} | {one["message"].split()[0]: one["message"] for one in told["findings"]}
    return yes, reasons


def nothing_to_look_at(project):
    """Where what a rule judges isn't there, no item is a yes."""
    yes, reasons = proven(project)
    that(yes <= OF_GIT, f"in an empty repository: {sorted(yes - OF_GIT)}")
    for item in ("dep-env-01", "sec-aut-09"):
        that("no env file of production is here; name it by --env-file" in reasons[item], f"{item} is open: {reasons[item]}")
    project.write("Dockerfile", 'FROM python:3.13\nENV DEBUG=0\nCMD ["python","app.py"]\n')
    project.commit("Dockerfile")
    yes, _ = proven(project)
    that(yes <= OF_DOCKERFILE, f"with a Dockerfile alone: {sorted(yes - OF_DOCKERFILE)}")
    project.git("rm", "-q", "Dockerfile")
    project.write(".env.example", "SENTRY_DSN=\nSECRET_KEY=\nRATE_LIMIT=\n")
    project.commit("template")
    yes, _ = proven(project)
    that(yes <= OF_TEMPLATE, f"with a template alone: {sorted(yes - OF_TEMPLATE)}")
    project.write("docker-compose.prod.yml", "services:\n  web: {image: shop, env_file: .env.production, environment: {PORT: '8000'}}\n")
    project.commit("as a clone is, without .env.production")
    yes, _ = proven(project)
    that(not any(item.startswith("dep-env-0") for item in yes - OF_GIT) and not yes & {"dep-mon-01", "sec-sec-06", "dep-sec-08"}, f"in a clone: {sorted(yes)}")
    project.write(".gitignore", ".env.production\n")
    project.write(".env.production", "DEBUG=0\nSECRET_KEY=" + hashlib.sha256(b"shop").hexdigest() + "\n")
    yes, reasons = proven(project)
    that("no variable in the env files holds a token" in reasons["sec-aut-09"], f"without tokens: {reasons['sec-aut-09']}")
    that({"dep-env-03", "sec-sec-06"} <= yes and not yes & {"dep-mon-01", "dep-mon-02", "dep-sec-08"}, f"an env file is judged for what it holds: {sorted(yes)} {reasons['sec-sec-06']}")


def no_site(project):
    done, _, _ = project.judged("deployment", "--phase", "after", "--env", "production", "--url", "https://nobody.invalid/")
    if done.returncode != 3:  # where a name server answers that there is no such name
        yes, reasons = proven(project, "--phase", "after", "--url", "https://nobody.invalid/")
        that(not yes and "the site was not reached" in reasons["dep-sec-06"], f"a site that isn't there: {sorted(yes)}")
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yes, reasons = proven(project, "--phase", "after", "--url", f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()
    that(not yes & {"dep-inf-01", "dep-inf-03", "sec-dat-01", "sec-dat-02", "sec-inf-22"}, f"plain http proves nothing of TLS: {sorted(yes)}")
    that("no TLS connection was made" in reasons["dep-inf-01"], reasons["dep-inf-01"])


def nothing_is_asked(project):
    """A list without items, or of which none applies, is no yes."""
    project.write("docs/launch.md", "# Launch\n- [ ] Call the bank\n")
    project.write(".fairlead/checklists/launch.yml", "title: Launch\nimport: [docs/launch.md]\n")
    for text in ("", "# Launch\n- [x] Call the bank\n"):
        project.write("docs/launch.md", text)
        for env in ([], ["--env", "staging"]):
            done, _, told = project.judged("launch", *env)
            that(done.returncode == 1 and [one["rule"] for one in told["findings"]] == ["check-nothing"], f"{text!r}: {done.returncode} {done.stderr}")
    project.write(".fairlead/checklists/top.yml", "requires: [launch]\nitems: [{id: top-1, text: x, help: y., severity: info}]\n")
    done, _, told = project.judged("top")
    that(done.returncode == 1 and any(one["rule"] == "check-required" for one in told["findings"]), "a list that requires an empty one doesn't pass")
    project.write(".fairlead/checklists/launch.yml", "items: [{id: a, text: x, help: y., when: {has: [docker]}}]\n")
    done, _, told = project.judged("launch", "--env", "production")
    that(done.returncode == 1 and "none of its 1 items applies here" in told["findings"][0]["message"], f"all n/a is a no in production: {told['findings']}")
    done, _, told = project.judged("launch", "--env", "staging")
    that(done.returncode == 0 and told["findings"][0]["severity"] == "warning", f"elsewhere a warning: {told['findings']}")


here(no_item_acts, config=EVERYTHING)
for action in (every_item_says_what_to_do, acting_is_refused, signing, wrong_words, signers, sealed, strict, merging, forms, decisions, contacts, of_a_fork, of_development, where_git_tells_little):
    here(action)
for action in (odd_files, the_clock, the_page_says_why, nothing_to_look_at, no_site, nothing_is_asked):
    here(action, config="version: 1\nenvironments: {production: {}, staging: {}}\n")
here(in_production, config="version: 1\nenvironments: {production: {url: 'https://127.0.0.1:1'}, staging: {}}\n")
commands_of_items()
counted.close()
