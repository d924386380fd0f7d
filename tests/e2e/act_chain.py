#!/usr/bin/python3
"""The workflows that `fairlead init` writes for the example run under act: pull-request, staging, release and rollback are
green, and each of seven planted faults makes the right job red with the right annotation.

    act_chain.py BIN [--container IMAGE]    jobs of hosted runners in containers of that image; those that deploy stay here"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import yaml

from act_rig import REPOSITORY, ROOT, Act, find_act
from rig import checks, free_port
from runner import pairs_of

KEY = "AKIA" + "QYLPMN5HFIQR7XYA"
TOKEN = "chain-" + "c4n4ry-of-the-environment"
DEPLOYED = 'os.environ.get("NOTES_API_TOKEN")'  # no test has it
EVENTS = pathlib.Path(os.environ.get("FAIRLEAD_CONFORMANCE", ROOT / "../shared/conformance")) / "actions/events"
PRODUCTION = """\
  production:
    url: http://127.0.0.1:${PRODUCTION_PORT}
    env: {secrets: [NOTES_API_TOKEN]}
    deploy:
      promote_from: staging
      target:
        kind: direct
        root: ${PRODUCTION_ROOT}
        state: ${PRODUCTION_STATE}
        command: [/usr/bin/gunicorn, --workers, "2", --bind, "unix:{socket}", "app:app"]
        shared: [data]
"""


def event(name, **values):
    """GitHub's payload, where the conformance data is here, with the values of this repository."""
    file = EVENTS / f"{name}.json"
    payload = json.loads(file.read_text()) if file.exists() else {}
    repository = {"full_name": REPOSITORY, "name": "notes", "default_branch": "main", "owner": {"login": "acme"}, "private": False,
                  "visibility": "public"}
    return {**payload, "repository": repository, **values}


class Notes:
    """examples/notes in a repository of its own, with what `fairlead init` writes, and two places to deploy to."""

    def __init__(self, act):
        self.act, self.folder = act, act.scratch / "notes"
        self.ports = {name: free_port() for name in ("staging", "production")}
        for name, prefix in (("staging", "NOTES"), ("production", "PRODUCTION")):
            act.environment |= {f"{prefix}_PORT": str(self.ports[name]), f"{prefix}_ROOT": str(act.scratch / name),
                                f"{prefix}_STATE": str(act.scratch / f"{name}-state")}
        shutil.copytree(ROOT / "examples/notes", self.folder,
                        ignore=shutil.ignore_patterns("data", "reports", ".pytest_cache", "__pycache__", ".env*"))
        self.git("-c", "init.defaultBranch=main", "init", "--quiet")
        self.edit("fairlead.yml", "lines: 80", "lines: 100")
        self.edit("fairlead.yml", "bake: 5s", "bake: 1s")
        self.edit("fairlead.yml", "    path: /api/health\n", "    path: /api/health\n    deadline: 15s\n")
        self.edit("fairlead.yml", "[NOTES_PORT, ", "[PRODUCTION_PORT, PRODUCTION_ROOT, PRODUCTION_STATE, NOTES_PORT, ")
        self.edit("fairlead.yml", "ready: {path: /api/health}", "ready: {path: /api/health, version: auto, from: \"json:$.version\"}")
        if "production:" not in (self.folder / "fairlead.yml").read_text():
            self.append("fairlead.yml", PRODUCTION)
        subprocess.run([act.bin / "fairlead", "init"], cwd=self.folder, env=act.environment, capture_output=True, check=True)

    def git(self, *words):
        return subprocess.run(["git", *words], cwd=self.folder, env=self.act.environment, check=True, capture_output=True,
                              text=True).stdout.strip()

    def edit(self, file, old, new):
        text = (self.folder / file).read_text()
        assert old in text, f"{old} is not in {file}"
        (self.folder / file).write_text(text.replace(old, new))

    def append(self, file, text):
        """Its number of lines then."""
        with open(self.folder / file, "a") as out:
            out.write(text)
        return len((self.folder / file).read_text().splitlines())

    def commit(self, message):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def branch(self, name):
        self.git("checkout", "--quiet", "--force", "-B", name, "main")

    def workflow(self, name):
        return yaml.safe_load((self.folder / f".github/workflows/{name}.yml").read_text())

    def start_nginx(self):
        folder = self.act.scratch / "nginx"
        folder.mkdir()
        for name in self.ports:
            with open(folder / f"{name}.conf", "w") as out:
                subprocess.run([self.act.bin / "fairlead-deploy", "router", "--env", name], cwd=self.folder, env=self.act.environment,
                               stdout=out, check=True)
        paths = "".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(
            f"{'user root;' if os.geteuid() == 0 else ''} daemon off; pid {folder}/pid; error_log {folder}/error.log;"
            f"events {{ }} http {{ access_log off; {paths} include {folder}/staging.conf; include {folder}/production.conf; }}")
        self.nginx = subprocess.Popen([shutil.which("nginx", path="/usr/sbin:/usr/bin"), "-e", "stderr", "-c", str(folder / "nginx.conf")])

    def serves(self, environment="staging"):
        """The version that answers there, or what went wrong."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[environment]}/api/health", timeout=5) as answer:
                return json.load(answer)["version"]
        except (OSError, ValueError, KeyError) as wrong:
            return f"no answer: {wrong}"

    def close(self):
        if hasattr(self, "nginx"):
            self.nginx.terminate()
            self.nginx.wait()
        ours = [str(self.act.scratch / name).encode() for name in self.ports]
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and any(word in (entry / "cmdline").read_bytes() for word in ours):
                    os.kill(int(entry.name), signal.SIGKILL)
            except (OSError, ProcessLookupError):
                pass

    def run(self, name, workflow, payload, at, **options):
        return self.act.run(self.folder, name, workflow, payload, at=at, secrets=[f"NOTES_API_TOKEN={TOKEN}", "DATABASE_URL=sqlite:data/notes.sqlite"], **options)

    def pull_request(self, **options):
        """What `change` would do to main, as GitHub starts it: at the merge of both."""
        base, head = self.git("rev-parse", "main"), self.git("rev-parse", "change")
        self.git("checkout", "--quiet", "--force", "--detach", "main")
        self.git("merge", "--quiet", "--no-ff", "--message", f"Merge {head} into {base}", "change")
        self.git("update-ref", "refs/pull/7/merge", "HEAD")
        repository = {"full_name": REPOSITORY, "fork": False}
        ends = {"number": 7, "draft": False, "labels": [], "head": {"sha": head, "ref": "change", "repo": repository},
                "base": {"sha": base, "ref": "main", "repo": repository}}
        return self.run("pull_request", "pull-request", event("pull_request", number=7, pull_request=ends), "refs/pull/7/merge", **options)

    def push(self, **options):
        head = self.git("rev-parse", "main")
        payload = event("push-main", ref="refs/heads/main", before=self.git("rev-parse", "main~1"), after=head, deleted=False,
                        head_commit={"id": head})
        return self.run("push", "staging", payload, "main", **options)

    def release(self, tag, **options):
        """Of an annotated tag: GitHub's `after` is its object, act wants the commit."""
        self.git("tag", "--annotate", "--message", tag, tag, "main")
        head = self.git("rev-parse", "main")
        payload = event("push-tag-annotated", ref=f"refs/tags/{tag}", before="0" * 40, after=head, deleted=False, head_commit={"id": head})
        return self.run("push", "release", payload, "main", **options)

    def rollback(self, environment, **options):
        inputs = {"environment": environment, "release": "", "reason": "users see errors"}
        return self.run("workflow_dispatch", "rollback", event("workflow_dispatch", ref="refs/heads/main", inputs=inputs), "main", **options)


def failing_test(notes):
    return {"file": "tests/test_notes.py", "title": "gate/tests-failed",
            "line": notes.append("tests/test_notes.py", "\n\ndef test_of_a_slip():\n    assert notes.LONGEST_NOTE == 1\n")}


def uncovered_line(notes):
    notes.append("app.py", "\n\ndef forgotten():\n    return 1\n")
    return {"title": "gate/coverage-total"}


def secret(notes):
    (notes.folder / "settings.toml").write_text(f'name = "notes"\naws_key = "{KEY}"\n')
    return {"file": "settings.toml", "line": 2, "title": "aws-access-token"}


def secret_in_a_merge(notes):
    """Neither parent has it, and the next commit takes it away again."""
    notes.append("README.md", "# Notes\n")
    notes.commit("docs: a page")
    notes.git("checkout", "--quiet", "-B", "other", "main")
    notes.append("NOTES.md", "text\n")
    notes.commit("docs: another")
    notes.git("checkout", "--quiet", "change")
    notes.git("merge", "--quiet", "--no-ff", "--no-commit", "other")
    wanted = secret(notes)
    notes.commit("Merge branch 'other'")
    (notes.folder / "settings.toml").unlink()
    return wanted


FAULTS_OF_A_CHANGE = (
    # what, how it is planted, the job that says no
    ("a failing test", failing_test, "gate"),
    ("an uncovered line", uncovered_line, "gate"),
    ("a secret", secret, "scan"),
    ("a secret only in a merge", secret_in_a_merge, "scan"),
)


class Chain:
    def __init__(self, rig, notes):
        self.rig, self.notes, self.check = rig, notes, checks

    def green(self, what, workflow, run, skipped=()):
        wanted = {job: "skipped" if job in skipped else "success" for job in self.notes.workflow(workflow)["jobs"]}
        got = {**dict.fromkeys(skipped, "skipped"), **run.results}
        self.check.that(run.status == 0 and got == wanted, f"{what} is green", f"{run.results}\n{run.tail()}")
        path = self.notes.folder / f".github/workflows/{workflow}.yml"
        self.check.that(self.rig.undeclared(run, path) == [], f"{what}: with declared outputs alone", self.rig.undeclared(run, path))

    def red(self, what, run, jobs, **annotation):
        red = {name for name, result in run.results.items() if result not in ("success", "skipped")}
        self.check.that(run.status == 1 and red == set(jobs), f"{what}: {' and '.join(sorted(jobs))} red, no other", f"{run.results}\n{run.tail()}")
        self.check.that(run.annotated(**annotation), f"{what}: annotated", f"{annotation}\n{run.annotations}")

    def changes(self):
        notes = self.notes
        notes.branch("change")
        notes.edit("templates/index.html", "<h1>Notes</h1>", "<h1>My notes</h1>")
        notes.commit("feat: a better title")
        self.green("pull-request", "pull-request", notes.pull_request())

    def faults_of_changes(self):
        """First a release, from a mirror: what it holds is what runs, or nothing runs."""
        notes, mirror = self.notes, self.rig.scratch / "mirror"
        archive = self.rig.release(mirror, ["fairlead-gate", "fairlead-preflight", "fairlead-scan", "fairlead-tag"])
        from_mirror = {"FAIRLEAD_BIN_DIR": None, "FAIRLEAD_MIRROR": mirror}
        run = notes.pull_request(variables=from_mirror)
        self.green("pull-request with a release from a mirror", "pull-request", run)
        self.by_hand(run)
        data = bytearray(archive.read_bytes())
        data[len(data) // 2] ^= 1
        archive.write_bytes(data)
        shutil.rmtree(self.rig.scratch / "cache/actions/tool_cache")
        ours = {job for job, body in notes.workflow("pull-request")["jobs"].items() if "fairlead/fairlead/" in json.dumps(body)}
        self.red("a tampered binary", notes.pull_request(variables=from_mirror), {*ours, "result"}, job="scan", title="fairlead",
                 message="is not what fairlead.lock says")
        for what, plant, job in FAULTS_OF_A_CHANGE:
            notes.branch("change")
            wanted = plant(notes)
            notes.commit("feat: a change")
            self.red(what, notes.pull_request(), {job, "result"}, job=job, **wanted)

    def by_hand(self, run):
        """The steps of ours in pull-request, without act: each writes the same outputs, byte for byte."""
        notes, folder = self.notes, self.rig.scratch / "by hand"
        notes.git("clone", "--quiet", str(notes.folder), str(folder))
        environment = {**self.rig.environment, "PATH": f"{self.rig.bin}:{self.rig.environment['PATH']}"}
        for job, body in notes.workflow("pull-request")["jobs"].items():
            for number, step in enumerate(body["steps"]):
                tool = step.get("uses", "").partition("@")[0].removeprefix("fairlead/fairlead/actions/")
                if tool == "gate":
                    subprocess.run([*yaml.safe_load((folder / "fairlead.yml").read_text())["run"][0]["exec"]], cwd=folder,
                                   env=environment, check=True, stdout=subprocess.DEVNULL)
                if tool not in ("gate", "scan"):
                    continue
                output = self.rig.scratch / f"{tool}.outputs"
                output.touch()
                words = ["range", "origin/main..origin/change"] if tool == "scan" else []
                subprocess.run([f"fairlead-{tool}", *words], cwd=folder, env={**environment, "GITHUB_OUTPUT": str(output)}, check=True,
                               stdout=subprocess.DEVNULL)
                pairs, wrong = pairs_of(output.read_text())
                under_act = run.outputs.get((job, step.get("id", str(number))))
                self.check.that(pairs and not wrong and dict(pairs) == {name: value for name, value in (under_act or {}).items() if value},
                                f"{tool} by hand writes the same outputs, byte for byte",
                                f"{pairs} {wrong}\n{under_act}")

    def deliveries(self):
        notes, check = self.notes, self.check
        notes.start_nginx()
        notes.branch("main")
        first = notes.commit("feat: served")
        self.green("staging", "staging", notes.push())
        check.that(notes.serves() == first[:12], "staging serves the commit, after its job has ended", notes.serves())
        self.green("release", "release", notes.release("v1.1.0"))
        check.that(notes.serves("production") == "1.1.0", "production serves the tag", notes.serves("production"))
        notes.branch("main")
        notes.edit("templates/index.html", "<h1>Notes</h1>", "<h1>Our notes</h1>")
        second = notes.commit("feat: whose")
        self.green("staging once more", "staging", notes.push())
        check.that(notes.serves() == second[:12], "it serves the next commit", notes.serves())
        self.green("rollback", "rollback", notes.rollback("staging"), skipped=["production"])
        check.that(notes.serves() == first[:12], "and then the one before", notes.serves())

    def faults_of_deliveries(self):
        notes, check = self.notes, self.check
        before = notes.serves()
        main = notes.git("rev-parse", "main")
        notes.branch("main")
        notes.edit("app.py", "reason = trouble()", f"reason = trouble() or ('out of order' if {DEPLOYED} else None)")
        notes.commit("feat: sick")
        run = notes.push()
        self.red("a sick release", run, {"staging"}, job="staging", title="deploy/failed", message="answers 503")
        check.that(notes.serves() == before, "a sick release: the old one serves", notes.serves())
        check.that("back" not in run.started("staging"), "a sick release: deploy took it back, nobody else does", run.started("staging"))

        notes.branch("main")
        notes.git("reset", "--hard", "--quiet", main)
        notes.edit("fairlead.yml", "    version: {json: $.version}\n", "")
        notes.edit("app.py", 'os.environ.get("FAIRLEAD_VERSION", "development")',
                   f'"0.0.0" if {DEPLOYED} else os.environ.get("FAIRLEAD_VERSION", "development")')
        notes.commit("feat: another version is served")
        run = notes.push()
        self.red("a wrong version", run, {"staging"}, job="staging", title="smoke/version")
        check.that(notes.serves() == before, "a wrong version: the old release serves again", notes.serves())
        notes.git("reset", "--hard", "--quiet", main)


def main():
    image = sys.argv[sys.argv.index("--container") + 1] if "--container" in sys.argv else None
    act, reason = find_act(docker=bool(image))
    if not act:
        checks.leave("act", reason)
    for needed in ("nginx", "gunicorn"):
        if not shutil.which(needed, path=os.environ["PATH"] + ":/usr/sbin"):
            checks.leave("act", f"{needed} is not installed")
    rig = Act(act, sys.argv[1], image)
    try:
        notes = Notes(rig)
        notes.commit("feat: keep notes")
        chain = Chain(rig, notes)
        chain.changes()
        if not image:
            chain.faults_of_changes()
        chain.deliveries()
        if not image:
            chain.faults_of_deliveries()
    finally:
        notes.close()
        rig.close()
    chain.check.close()


if __name__ == "__main__":
    main()
