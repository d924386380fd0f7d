#!/usr/bin/python3
# needs: openssl; takes: 20 s; cases: 34
"""evidence_demands.py BIN: production takes nothing without the signed verdicts that it requires (docs/evidence-require.md).

A small project goes from its checks to staging and to live. Each fault of the evidence stops the deployment to live before anything
is touched, with words that `fairlead evidence verify` says, too; the emergency way is recorded and told.
"""
import functools
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
FILE = """version: 1
app: shop
gate: {{reports: {{tests: {{path: report.xml}}}}, max_age: off}}
smoke: {{checks: [{{get: /}}]}}
deploy: {{release: {{path: app}}, target: {{kind: exec, deploy: ['{put}', '{{version}}'], state: {state}}}, health: {{path: /, deadline: 5s, interval: 50ms}}, bake: 100ms}}
evidence: {{keys: [team.pub]}}
environments:
  staging: {{url: 'http://127.0.0.1:{port}'}}
  live: {{url: 'http://127.0.0.1:{port}', profile: production, require: [gate, scan, deploy@staging, {{smoke@staging: {{max_age: 26h}}}}]}}
"""
REPORT = '<testsuite name="a"><testcase name="b"/>{}</testsuite>'
COMMANDS = {"gate": "fairlead-gate", "scan": "fairlead-scan range", "deploy@staging": "fairlead-deploy --env staging",
            "smoke@staging": "fairlead-smoke --env staging"}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Project:
    def __init__(self, folder, port):
        self.tree, self.calls = folder / "tree", folder / "calls"
        self.tree.mkdir()
        (self.tree / "app").mkdir()
        (self.tree / "app/run").write_text("true\n")
        put = folder / "put"
        put.write_text(f"#!/bin/sh\necho \"$1\" >> {self.calls}\n")
        put.chmod(0o755)
        (self.tree / "fairlead.yml").write_text(FILE.format(state=folder / "state", port=port, put=put))
        (self.tree / ".gitignore").write_text("report.xml\n")
        for name in ("team", "foreign"):
            openssl("genpkey", "-algorithm", "ed25519", "-out", folder / f"{name}.pem")
            openssl("pkey", "-in", folder / f"{name}.pem", "-pubout", "-out", folder / f"{name}.pub")
        (self.tree / "team.pub").write_text((folder / "team.pub").read_text())
        self.key, self.foreign = ((folder / f"{name}.pem").read_text() for name in ("team", "foreign"))
        self.git("init", "-q", "-b", "main")
        self.commit("one")

    def git(self, *words):
        who = {f"GIT_{role}_{what}": "a@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        return subprocess.run(["git", *words], cwd=self.tree, check=True, capture_output=True, text=True, env={**os.environ, **who}).stdout.strip()

    def commit(self, text):
        (self.tree / "app/run").write_text(f"echo {text}\n")
        self.git("add", "-A")
        self.git("commit", "-qm", text)
        return self.git("rev-parse", "HEAD")

    def run(self, *words, key="", **variables):
        environment = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(self.tree.parent), "TMPDIR": os.environ.get("TMPDIR", "/tmp"), "CI": "true"}
        environment |= {"FAIRLEAD_EVIDENCE_KEY": key} if key else {}
        return subprocess.run([BIN / words[0], *words[1:]], cwd=self.tree, env=environment | variables, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=120)

    def checks(self, key=None, failed=False):
        (self.tree / "report.xml").write_text(REPORT.format('<testcase name="c"><failure/></testcase>' if failed else ""))
        return [self.run(*words, key=key or self.key) for words in (["fairlead-gate"], ["fairlead-scan", "tree"])]

    def stage(self, version, key=None):
        deployed = self.run("fairlead-deploy", "--env", "staging", "--release-version", version, key=key or self.key)
        return [deployed, self.run("fairlead-smoke", "--env", "staging", key=key or self.key)]

    def live(self, version, *words, **variables):
        return self.run("fairlead-deploy", "apply", "--env", "live", "--release-version", version, *words, "--format", "json", **variables)

    def drop(self):
        for file in (self.tree / ".fairlead/evidence").glob("*.json"):
            file.unlink()

    def deployed(self):
        return self.calls.read_text().split() if self.calls.exists() else []


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True)


def complaints(done, rule):
    """{requirement: what is said about it}."""
    said = [one["message"] for one in json.loads(done.stdout)["findings"] if one["rule"] == rule]
    return {message.split(": ")[0]: message for message in said}


def told(done):
    return f"status {done.returncode}\n{done.stdout}{done.stderr}"


def refused(project, what, version, wanted, *words, **variables):
    """One fault: {requirement: a part of what is said}; nobody touches live, and verify says the same."""
    before = project.deployed()
    done = project.live(version, *words, **variables)
    found = complaints(done, "deploy/evidence") if done.stdout.startswith("{") else {}
    well = done.returncode == 1 and set(found) == set(wanted) and project.deployed() == before and all(
        part in found[name] and found[name].endswith(f"; run: {COMMANDS[name]}") for name, part in wanted.items())
    counted.note(what, "" if well else told(done))
    plan = project.live(version, "--dry-run", *words, **variables)
    counted.note(f"{what}: a dry run says the same", "" if complaints(plan, "deploy/evidence") == found and plan.returncode == 1 else told(plan))
    about = ["--commit", words[words.index("--commit") + 1]] if "--commit" in words else []
    verify = project.run("fairlead", "evidence", "verify", "--env", "live", "--format", "json", *about,
                         *(["--digest", digest_of(plan)] if digest_of(plan) else []), **variables)
    same = complaints(verify, "evidence/missing") if verify.stdout.startswith("{") else {}
    counted.note(f"{what}: verify says the same", "" if same == found and verify.returncode == 1 else told(verify))


def digest_of(plan):
    return json.loads(plan.stdout).get("release_digest", "")


def faults(project):
    none = {name: "there is none" for name in COMMANDS}
    refused(project, "nothing is there", "1.0.0", none)
    plan = project.run("fairlead-deploy", "plan", "--env", "live", "--release-version", "1.0.0", "--format", "json")
    why = json.loads(plan.stdout).get("refused", "") if plan.stdout.startswith("{") else ""
    counted.note("a plan has the reason as JSON", "" if plan.returncode == 0 and "no evidence counts for " in why else told(plan))
    counted.note("nothing was made for live", "" if not (project.tree.parent / "state/shop/live").exists() else "there is a state of live")
    project.checks(), project.stage("1.0.0")
    refused(project, "another release was at staging", "1.0.1", {name: "it is about the release" for name in ("deploy@staging", "smoke@staging")})
    refused(project, "two days later", "1.0.0", {"smoke@staging": "older than 1d2h"}, FAIRLEAD_CLOCK="+172800")
    refused(project, "nine days later", "1.0.0", {name: "older than" for name in COMMANDS}, FAIRLEAD_CLOCK="+777600")
    project.checks(failed=True)
    refused(project, "gate says no", "1.0.0", {"gate": "it is a no, from 2"})
    project.drop(), project.checks(key=project.foreign), project.stage("1.0.0", key=project.foreign)
    refused(project, "another key signed", "1.0.0", {name: "is not signed by any of the given keys" for name in COMMANDS})
    project.drop(), project.checks(), project.stage("1.0.0")
    policy(project)
    return project.git("rev-parse", "HEAD")


def policy(project):
    """fairlead.yml is another one than that which judged."""
    head, file = project.git("rev-parse", "HEAD"), project.tree / "fairlead.yml"
    was = file.read_text()
    file.write_text(was.replace("max_age: off}", "max_age: off, max_warnings: 9}"))
    refused(project, "gate's policy was changed", "1.0.0", {"gate": "another policy"}, "--commit", head)
    file.write_text(was.replace("keys: [team.pub]", "keys: [team.pub], revoked: [{public_key: team.pub, since: 2026-01-01, reason: a laptop was lost}]"))
    refused(project, "the key was revoked", "1.0.0", {name: "'team.pub (revoked: a laptop was lost)' was valid only before 2026-01-01" for name in COMMANDS},
            "--commit", head)
    file.write_text(was)
    (project.tree / "app/run").write_text("changed\n")
    project.stage("1.0.0")
    refused(project, "files were changed", "1.0.0", {name: "files that were changed since the commit" for name in COMMANDS})
    project.git("update-index", "--assume-unchanged", "app/run")
    refused(project, "files were changed, and git was told not to look", "1.0.0",
            {name: "files that were changed since the commit" for name in COMMANDS})
    project.git("update-index", "--no-assume-unchanged", "app/run")
    project.git("checkout", "-q", ".")


def fork(project, head):
    """A fork names its own key; what counts is the base's file."""
    file = project.tree / "fairlead.yml"
    was = file.read_text()
    (project.tree / "evil.pub").write_text((project.tree.parent / "foreign.pub").read_text())
    file.write_text(was.replace("team.pub", "evil.pub").replace("require: [", "require: [] #"))
    evil = project.commit("fork")
    event = project.tree.parent / "event.json"
    event.write_text(json.dumps({"number": 7, "repository": {"full_name": "acme/shop"}, "pull_request": {
        "number": 7, "base": {"ref": "main", "sha": head, "repo": {"full_name": "acme/shop"}},
        "head": {"ref": "e", "sha": evil, "repo": {"full_name": "eve/shop"}}}}))
    verify = project.run("fairlead", "evidence", "verify", "--env", "live", GITHUB_ACTIONS="true", GITHUB_EVENT_NAME="pull_request_target",
                         GITHUB_EVENT_PATH=str(event), GITHUB_REPOSITORY="acme/shop", GITHUB_SHA=head)
    counted.note("a fork's keys and requirements don't count", "" if verify.returncode == 1 and "4 of 4 requirements" in verify.stdout else told(verify))
    project.git("reset", "-q", "--hard", head)


def deployments(project, head):
    project.drop(), project.checks(), project.stage("1.0.0")
    verify = project.run("fairlead", "evidence", "verify", "--env", "live", "--commit", head[:12])
    counted.note("verify says yes", "" if verify.returncode == 0 and verify.stdout.count("yes  ") == 4 else told(verify))
    done = project.live("1.0.0")
    counted.note("with its evidence it is deployed", "" if done.returncode == 0 and project.deployed()[-1] == "1.0.0" else told(done))
    record = json.loads(project.run("fairlead-deploy", "history", "--env", "live", "--format", "json").stdout)["records"][-1]
    known = {one["id"] for one in json.loads(project.run("fairlead", "evidence", "list", "--format", "json").stdout)["evidence"]}
    counted.note("the record names it", "" if len(set(record["evidence"]) & known) == 4 and "without_evidence" not in record else str(record))
    emergency(project)


def emergency(project):
    project.commit("two")
    asked = project.live("2.0.0", "--without-evidence", "the disk is full")
    counted.note("the emergency way is confirmed", "" if asked.returncode == 2 and "--confirm live" in asked.stdout + asked.stderr else told(asked))
    empty = project.live("2.0.0", "--without-evidence", " ", "--confirm", "live")
    counted.note("it has a reason", "" if empty.returncode == 2 else told(empty))
    none = project.run("fairlead-deploy", "apply", "--env", "staging", "--without-evidence", "x")
    counted.note("it is for what is required", "" if none.returncode == 2 and "requires no evidence" in none.stderr else told(none))
    done = project.live("2.0.0", "--without-evidence", "the disk is full", "--confirm", "live")
    counted.note("without evidence, in an emergency", "" if done.returncode == 0 and project.deployed()[-1] == "2.0.0"
                 and "without the required evidence: the disk is full" in done.stdout else told(done))

    def status(wanted):
        said = project.run("fairlead-deploy", "status", "--env", "live")
        return "" if said.returncode == 0 and ("without the required evidence: the disk is full (" in said.stdout) == wanted else told(said)
    counted.note("status tells it", status(True))
    history = project.run("fairlead-deploy", "history", "--env", "live")
    counted.note("history tells it", "" if "without evidence: the disk is full" in history.stdout else told(history))
    project.drop()
    back = project.run("fairlead-deploy", "rollback", "--env", "live", "--reason", "slow", "--confirm", "live")
    counted.note("a rollback asks for no evidence", "" if back.returncode == 0 and project.deployed()[-1] == "1.0.0" else told(back))
    counted.note("what came with evidence is not told", status(False))
    again = project.run("fairlead-deploy", "rollback", "--env", "live", "--to", "2.0.0", "--confirm", "live")
    counted.note("a rollback to what came without it is told", status(True) if again.returncode == 0 else told(again))
    project.checks(), project.stage("3.0.0")
    done = project.live("3.0.0", "--without-evidence", "nobody knows", "--confirm", "live")
    counted.note("until a release with evidence serves", status(False) if done.returncode == 0 and "without the required" not in done.stdout else told(done))


def shelf(project):
    """list, show and prune."""
    store = project.tree / ".fairlead/evidence"
    (store / ("a" * 64 + ".json")).symlink_to(store / ".gitignore")
    (store / ("b" * 64 + ".json")).write_text("x" * (257 << 10))
    listed = project.run("fairlead", "evidence")
    wanted = ["aaaaaaaaaaaa  can't be read: it is not a regular file", "bbbbbbbbbbbb  can't be read: it is larger than 256 KiB", "  pass  gate  ",
              "  pass  scan tree  ", "  pass  smoke@staging  ", "signed by team.pub", "6 signed verdicts in .fairlead/evidence"]
    counted.note("list", "" if listed.returncode == 0 and all(part in listed.stdout for part in wanted) else told(listed))
    known = next(line.split()[0] for line in listed.stdout.splitlines() if "scan tree" in line)
    shown = project.run("fairlead", "evidence", "show", known)
    counted.note("show", "" if shown.returncode == 0 and '"predicateType": "https://fairlead.dev/verdict/v1"' in shown.stdout else told(shown))
    wrong = [project.run("fairlead", "evidence", *words) for words in (["show", known[0]], ["show", "../.."], ["sow"], ["list", "all"], ["prune"], ["verify"], ["verify", "--env", "staging"])]
    counted.note("wrong use", "\n".join(told(one) for one in wrong if one.returncode != 2))
    absent = project.run("fairlead", "evidence", "show", "0" * 12)
    counted.note("show, of none", "" if absent.returncode == 1 else told(absent))
    dry = project.run("fairlead", "evidence", "prune", "--older-than", "1d", "--dry-run", FAIRLEAD_CLOCK="+172800")
    counted.note("prune, dry", "" if "4 signed verdicts would be removed" in dry.stdout and len(list(store.glob("*.json"))) == 6 else told(dry))
    done = project.run("fairlead", "evidence", "prune", "--older-than", "1d", FAIRLEAD_CLOCK="+172800")
    counted.note("prune keeps what it can't read", "" if done.returncode == 0 and len(list(store.glob("*.json"))) == 2 else told(done))


with tempfile.TemporaryDirectory() as scratch:
    (pathlib.Path(scratch) / "served").mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=scratch + "/served"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shop = Project(pathlib.Path(scratch), server.server_port)
    commit = faults(shop)
    fork(shop, commit)
    deployments(shop, commit)
    shelf(shop)
    server.shutdown()
counted.close()
