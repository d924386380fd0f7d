#!/usr/bin/python3
# needs: nothing; takes: 15 s
"""deploy_effects.py BIN: flags of fairlead-deploy and keys of `deploy:` that only a deployment shows, with a small
application on its socket and a web server in the router's place that says yes to everything.
"""
import fcntl
import hashlib
import json
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import socket_site  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
WORK = pathlib.Path(tempfile.mkdtemp(prefix="fd "))
APP = socket_site.application(f"WORK = {str(WORK)!r}" + """
told = {"files": sorted(os.listdir()), "words": sys.argv[2:], "pid": os.getpid(), "env": {k: v for k, v in os.environ.items() if k.startswith("MINE_")}}
pathlib.Path(WORK, "told.json").write_text(json.dumps(told))
def leave(number, _):
    pathlib.Path(WORK, "left").write_text(signal.Signals(number).name)
    os._exit(0)
for one in (signal.SIGTERM, signal.SIGINT):
    signal.signal(one, leave)
""", """
pathlib.Path(WORK, "asked").write_text(self.path + self.headers.get("X-Forwarded-Proto", ""))
time.sleep(0.5 if self.path == "/slow" else 0)
""")
ROUTER = socket_site.router()
failed = passed = 0


def deploy(*words, env_name="staging", **variables):
    env = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
    env |= {"PATH": "/usr/bin:/bin", "HOME": str(WORK), "LANG": "C.UTF-8", "MINE_SECRET": "of-the-" + "environment", **variables}
    return subprocess.run([BIN / "fairlead-deploy", *words, "--env", env_name], cwd=WORK, env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)


def configure(target="", section="", health="", env="file: settings.env, secrets: [MINE_SECRET], from: [echo, MINE_PRINTED=by a command]"):
    (WORK / "fairlead.yml").write_text(
        f"version: 1\napp: probe\ndeploy: {{bake: 100ms, health: {{interval: 20ms, healthy_after: 1{health}}}, verify: {{requests: 1}}, "
        f"drain: {{timeout: 1s}}{section}}}\nenvironments:\n  staging:\n    url: http://127.0.0.1:{ROUTER}\n"
        f"    env: {{{env}}}\n    deploy:\n      release: {{path: app, exclude: ['*.md']}}\n"
        f"      target: {{kind: direct, root: srv, state: kept, supervise: own, shared: [data], "
        f"command: [/usr/bin/python3, app.py, '{{socket}}', hello]{target}}}\n")


def check(names, holds, seen=""):
    """`names`: what is shown by it."""
    global failed, passed
    failed += not holds
    passed += bool(holds)
    if not holds:
        print(f"FAIL: {names}: {seen}")
        counted.first()


def plan(*words):
    return next((line.split()[1] for line in deploy("plan", *words).stdout.splitlines() if line.startswith("release ")), "none")


def around():
    """What may keep a deployment away, and what runs around it."""
    held = deploy("lock", "--reason", "a move")
    refused = deploy("apply", "--release-version", "5.0")
    check("lock", held.returncode == 0 and refused.returncode == 1 and "is on hold: a move (" in refused.stderr + refused.stdout
          and deploy("lock").returncode == 2, held.stderr + refused.stderr + refused.stdout)
    check("lock, in the history", "held" in deploy("history").stdout, deploy("history").stdout)
    freed = deploy("unlock")
    check("unlock", freed.returncode == 0 and "it was: a move" in freed.stdout and "is not on hold" in deploy("unlock").stdout, freed.stdout)
    configure(section=", windows: {allow: ['Mon 00:00-00:01 UTC'], deny: ['00:00-24:00 UTC']}")
    refused = deploy("apply", "--release-version", "5.0")
    check("windows", refused.returncode == 1 and "windows.deny has '00:00-24:00 UTC'" in refused.stderr + refused.stdout, refused.stderr)
    other = time.strftime("%a", time.gmtime(time.time() + 3 * 86400))
    configure(section=f", windows: {{allow: ['{other} 00:00-00:01 UTC']}}")
    refused = deploy("apply", "--release-version", "1.0")
    check("windows.allow, another day", refused.returncode == 1 and "windows.allow" in refused.stderr + refused.stdout, refused.stderr + refused.stdout)
    configure(section=", hooks: {pre: [{exec: [sh, -c, 'echo $FAIRLEAD_VERSION $MINE_FILE $PWD > $HOME/before'], name: first, in: release},"
              " {exec: ['false'], name: never}], post: [{exec: ['false'], name: last}]}")
    stopped = deploy("apply", "--release-version", "5.0")
    check("hooks.pre", stopped.returncode == 1 and "hook 'never' ended with status 1" in stopped.stderr + stopped.stdout, stopped.stderr)
    check("skip", deploy("apply", "--skip", "nobody").returncode == 2 and "never" in deploy("plan", "--release-version", "5.0").stdout
          and "never" not in deploy("plan", "--release-version", "5.0", "--skip", "never").stdout, deploy("plan").stdout)
    late = deploy("apply", "--release-version", "5.0", "--skip", "never")
    check("hooks.post", late.returncode == 1 and "deployed: 5.0-" in late.stdout and "hook 'last' ended with status 1" in
          late.stderr + late.stdout, late.stderr + late.stdout)
    check("hooks, in the release", (WORK / "before").read_text().startswith("5.0 a setting /"), "")
    configure(section=", hooks: {post: [{exec: ['false'], name: last, on_failure: rollback}]}")
    back = deploy("apply", "--release-version", "5.1")
    check("hooks.on_failure", back.returncode == 1 and "rolled back: 5.1-" in back.stdout + back.stderr, back.stderr)
    (WORK / ".fairlead/checklists").mkdir(parents=True)
    (WORK / ".fairlead/checklists/small.yml").write_text(
        "items:\n  - {id: plan, kind: auto, text: x, command: [fairlead-deploy, plan]}\n"
        "  - {id: back, kind: auto, text: x, command: [fairlead-deploy, rollback, --dry-run], when: {deployed: true}}\n"
        "  - {id: word, text: Somebody has seen it, help: Look., when: {profile: [production]}}\n")
    configure(section=", hooks: {pre: [{run: preflight, checklist: small}]}")
    stopped = deploy("apply", "--release-version", "5.15", FAIRLEAD_PREFLIGHT_PROFILE="production")
    check("hooks.checklist", stopped.returncode == 1 and "hook 'preflight' ended with status 1" in stopped.stderr + stopped.stdout
          and "word is not signed" in stopped.stderr + stopped.stdout, stopped.stderr + stopped.stdout)
    passed_on = deploy("apply", "--release-version", "5.15")
    check("hooks.checklist that passes, while the lock is held", passed_on.returncode == 0, passed_on.stderr + passed_on.stdout)
    configure(section=", deadline: 1ms")
    check("deadline", deploy("apply", "--release-version", "5.2").returncode == 3)


def approvals():
    for name in ("alice", "mallory"):
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", WORK / f"{name}.key"], check=True, capture_output=True)
        subprocess.run(["openssl", "pkey", "-in", WORK / f"{name}.key", "-pubout", "-out", WORK / f"{name}.pem"], check=True)
    configure(section=", approvals: {required: 1, from: [alice.pem], expires: 1h}")
    pending = deploy("apply", "--release-version", "6.0")
    check("approvals", pending.returncode == 1 and "approval is pending: 0 of 1" in pending.stderr + pending.stdout, pending.stderr)
    deploy("plan", "--release-version", "6.0", "--plan", "p.json")
    apply = ("apply", "--release-version", "6.0", "--plan", "p.json")
    other = deploy("approve", "--plan", "p.json", "--key", "mallory.key")
    check("approve, by another", other.returncode == 2 and "is not in approvals.from (alice)" in other.stderr
          and not (WORK / "p.json.approvals").exists() and deploy(*apply).returncode == 1, other.stderr)
    shutil.copy(WORK / "alice.pem", WORK / "twin.pem")
    configure(section=", approvals: {required: 2, from: [alice.pem, twin.pem], expires: 1h}")
    twin = deploy("plan", "--release-version", "6.0")
    check("approvals, one key twice", twin.returncode == 2 and "are the same key" in twin.stderr, twin.stderr + twin.stdout)
    configure(section=", approvals: {required: 1, from: [alice.pem], expires: 1h}")
    check("approve", deploy("approve", "--plan", "p.json", "--key", "alice.key").returncode == 0)
    own = deploy(*apply, GITHUB_ACTIONS="true", GITHUB_ACTOR="Alice")
    check("approve, oneself", own.returncode == 1 and "Alice is also the person who deploys" in own.stderr + own.stdout, own.stderr + own.stdout)
    stale = deploy("apply", "--release-version", "6.1", "--plan", "p.json")
    check("plan, stale", stale.returncode == 1 and "is out of date" in stale.stderr + stale.stdout
          and "version: 6.0, now 6.1" in stale.stderr + stale.stdout and "plan.release: 6.0-" in stale.stderr + stale.stdout,
          stale.stderr + stale.stdout)
    done = deploy(*apply)
    check("plan, key", done.returncode == 0 and "deployed: 6.0-" in done.stdout, done.stderr + done.stdout)
    check("plan, used", deploy(*apply).returncode == 1)
    account = pwd.getpwuid(os.geteuid()).pw_name
    check("who deploys is the account, whatever USER says", f"by {account}" in deploy("history", USER="alice").stdout.splitlines()[-2],
          deploy("history").stdout)
    deploy("rollback", "--reason", "a second look")
    spent = deploy(*apply, "--retry-bad")
    check("approve, used up", spent.returncode == 1 and "sign the plan again" in spent.stderr + spent.stdout,
          spent.stderr + spent.stdout)
    deploy("approve", "--plan", "p.json", "--key", "alice.key")
    once_more = deploy(*apply, "--retry-bad")
    check("approve, once more", once_more.returncode == 0, once_more.stderr + once_more.stdout)
    configure(section=", hooks: {post: [{exec: [no-such-program]}]}")
    missing = deploy("apply", "--release-version", "6.2")
    check("hooks, a program that isn't there", missing.returncode == 3 and "no-such-program" in missing.stderr
          and "6.2" not in deploy("status").stdout, missing.stderr)
    file = WORK / "kept/probe/staging/history.jsonl"
    file.write_text(file.read_text().replace('"reason":"a second look"', '"reason":"nothing"', 1))
    changed = deploy("history")
    known = deploy("history", "--sign-off", "the disk of web1 failed")
    after = deploy("history")
    check("history, sign-off", changed.returncode == 1 and known.returncode == 0 and after.returncode == 0
          and "the chain of records is unbroken; 1 signed off" in after.stdout and "the disk of web1 failed" in after.stdout
          and "changed" not in deploy("status", "--check").stdout, known.stderr + after.stdout + after.stderr)
    check("history, sign-off of nothing", "nothing to sign off" in deploy("history", "--sign-off", "again").stdout)
    deploy("lock", "--reason", "maintenance")
    check("status, on hold", "on hold: maintenance" in deploy("status").stdout, deploy("status").stdout)
    second = deploy("lock", "--reason", "another")
    check("lock, over another's", second.returncode == 1 and "on hold already: maintenance" in second.stdout + second.stderr, second.stderr)
    deploy("unlock")
    foreign = deploy("router", "--install", "settings.env")
    check("router --install, over a foreign file", foreign.returncode == 2 and "was not written by fairlead-deploy" in foreign.stderr
          and "MINE" not in foreign.stderr, foreign.stderr)
    kept = WORK / "kept/probe/staging"
    kept.rename(WORK / "elsewhere")
    lost = deploy("history")
    check("history, of what serves without a record", lost.returncode != 0 and lost.stderr != "", lost.stdout + lost.stderr)
    shutil.rmtree(kept, ignore_errors=True)
    (WORK / "elsewhere").rename(kept)


def smoked():
    """What verify.smoke needs is looked for before anything is started."""
    configure()
    file = WORK / "fairlead.yml"
    file.write_text(file.read_text().replace("verify: {requests: 1}", "verify: {requests: 1, smoke: true}"))
    for words in (("plan",), ("apply", "--release-version", "8.0"), ("rollback",)):
        seen = deploy(*words)
        check(f"verify.smoke without checks, {words[0]}", seen.returncode == 2 and "nothing to check" in seen.stderr, seen.stderr)
    alone = WORK / "alone"
    alone.mkdir()
    counted.copy_program(BIN / "fairlead-deploy", alone)
    env = {"PATH": "/usr/bin:/bin", "HOME": str(WORK), "MINE_SECRET": "of-the-" + "environment"}
    seen = subprocess.run([alone / "fairlead-deploy", "plan", "--env", "staging"], cwd=WORK, env=env, capture_output=True, text=True)
    check("verify.smoke without fairlead-smoke", seen.returncode == 3 and "not in the folder of fairlead-deploy or in PATH" in seen.stderr, seen.stderr)


def bad():
    configure()
    (app / "more.txt").write_text("other files")
    deploy("apply", "--release-version", "7.0")
    deploy("rollback", "--reason", "slow")
    refused = deploy("apply", "--release-version", "7.0")
    check("bad", refused.returncode == 1 and "is marked bad since" in refused.stderr + refused.stdout
          and "rolled back: slow" in refused.stderr + refused.stdout, refused.stderr + refused.stdout)
    check("retry-bad", deploy("apply", "--release-version", "7.0", "--retry-bad").returncode == 0)
    check("bad no more", deploy("rollback").returncode == 0 and deploy("apply", "--release-version", "7.0").returncode == 1)


def newer():
    def git(*words):
        return subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e@x", *words], cwd=WORK, check=True, capture_output=True,
                              text=True).stdout.strip()
    (app / "more.txt").write_text("newer files")
    git("init", "--quiet")
    commits = []
    for message in ("older", "newer"):
        git("commit", "--quiet", "--allow-empty", "-m", message)
        commits.append(git("rev-parse", "HEAD"))
    older, now = (("apply", "--commit", commit, "--if-newer", "true") for commit in commits)
    check("if-newer, unknown", deploy("apply", "--commit", "c0ffee").returncode == 0 and deploy(*now).returncode == 3)
    check("if-newer, in CI", deploy(*now[:3], CI="true").returncode == 0)
    seen = deploy(*older)
    check("if-newer", seen.returncode == 1 and "superseded" in seen.stdout + seen.stderr and deploy(*older[:3], CI="true").returncode == 1,
          seen.stdout + seen.stderr)
    check("if-newer, false", deploy(*older[:4], "false", CI="true").returncode == 0)
    shutil.rmtree(WORK / ".git")


def told():
    return json.loads((WORK / "told.json").read_text())


def promoted(release):
    """What staging proves is taken in `live`, and nothing else."""
    record = WORK / "records/one.json"
    none = deploy("history", "--export", "records/one.json", "--count", "1")
    check("export, no commit", none.returncode == 1 and "has no commit" in none.stderr and not record.exists(), none.stderr)
    deploy("apply", "--release-version", "1.0", "--commit", "c0ffee", "--force")
    written = deploy("history", "--export", "records/one.json")
    check("export", written.returncode == 0 and json.loads(record.read_text())["release"] == release
          and json.loads(record.read_text())["smoke"] == "unknown" and record.stat().st_mode & 0o777 == 0o600, written.stderr)
    (WORK / ".fairlead/out").mkdir(parents=True, exist_ok=True)
    kept = WORK / ".fairlead/out/smoke.json"
    for verdict, name, told in (("pass", "staging", "pass"), ("fail", "staging", "fail"), ("pass", "live", "unknown")):
        kept.write_text(json.dumps({"tool": "smoke", "verdict": verdict, "environment": name, "outputs": {"version": "1.0"}}))
        deploy("history", "--export", f"records/{verdict}-{name}.json")
        check(f"export, smoke {verdict} of {name}", json.loads((WORK / f"records/{verdict}-{name}.json").read_text())["smoke"] == told)
    passed = {"tool": "smoke", "verdict": "pass", "environment": "staging", "outputs": {"version": "1.0"}}
    for what, commit, told in (("its commit", "c0ffee", "pass"), ("another commit", "0" * 40, "unknown")):
        kept.write_text(json.dumps(passed | {"commit": commit}))
        deploy("history", "--export", "records/one.json")
        check(f"export, smoke of {what}", json.loads(record.read_text())["smoke"] == told, record.read_text())
    kept.write_text(json.dumps(passed))
    for words in (["init", "-q"], ["add", "-f", str(kept)]):
        subprocess.run(["git", *words], cwd=WORK, check=True)
    deploy("history", "--export", "records/one.json")
    check("export, smoke that is committed", json.loads(record.read_text())["smoke"] == "unknown", record.read_text())
    shutil.rmtree(WORK / ".git")
    os.utime(kept, (1, 1))
    os.utime(kept, (1, 1))
    deploy("history", "--export", "records/one.json")
    check("export, smoke of before", json.loads(record.read_text())["smoke"] == "unknown")
    config = (WORK / "fairlead.yml").read_text()
    live = f"""\
  live:
    url: http://127.0.0.1:{ROUTER}
    profile: staging
    deploy:
      promote_from: staging
      release: {{path: app, exclude: ['*.md']}}
      target: {{kind: direct, root: live, state: kept, supervise: own, shared: [data], command: [/usr/bin/python3, app.py, '{{socket}}']}}
"""
    (WORK / "fairlead.yml").write_text(config + live)
    same = ("--release-version", "v1", "--commit", "c0ffee")
    told = json.loads(record.read_text())
    for name, words, status, said in (
            ("none", same, 2, "live takes only releases that staging has proved, and no record was given"),
            ("plan", ("plan", *same), 2, "no record was given"),
            ("explained", ("--explain-config",), 2, "no record was given"),
            ("absent", (*same, "--promote-from", "records/none.json"), 1, "export it again"),
            ("another commit", ("--commit", "decaf", "--promote-from", "records/one.json"), 1,
             "the record says commit 'c0ffee', and here it is 'decaf'; deploy the release to staging first"),
            ("sick there", (*same, "--promote-from", "records/fail-staging.json"), 1, "smoke of staging gave 'fail'")):
        seen = deploy(*words, env_name="live")
        check(f"promote-from, {name}", seen.returncode == status and said in seen.stderr, seen.stderr)
    for key, value, said in (("app", "other", "app 'other'"), ("environment", "dev", "environment 'dev'"), ("digest", "0" * 64, "digest '000"),
                             ("verdict", "rolled_back", "verdict 'rolled_back'"), ("app", "\x1b[2J", "is not a record written"), ("more", "x", "is not a record written"),
                             ("release", "x" * 200, "is not a record written"), ("started", "x" * 9000, "export it again")):
        other = {**told, key: value}
        del other["check"]  # whoever knows how can make it again
        other["check"] = hashlib.sha256(json.dumps(other, separators=(",", ":")).encode()).hexdigest()[:32]
        (WORK / "records/bad.json").write_text(json.dumps(other, indent=1, separators=(",", ": ")) + "\n")
        seen = deploy(*same, "--promote-from", "records/bad.json", env_name="live")
        check(f"promote-from, {key}", seen.returncode == 1 and said in seen.stderr and "\x1b" not in seen.stderr, seen.stderr)
    (WORK / "records/bad.json").write_text(record.read_text().replace('"command": "apply"', '"command": "apqly"'))
    seen = deploy(*same, "--promote-from", "records/bad.json", env_name="live")
    check("promote-from, one letter", seen.returncode == 1 and "history --env staging --export FILE` of this version" in seen.stderr, seen.stderr)
    (app / "new.py").write_text("")
    seen = deploy(*same, "--promote-from", "records/one.json", env_name="live")
    check("promote-from, other bytes", seen.returncode == 1 and "the record says digest '" in seen.stderr, seen.stderr)
    (app / "new.py").unlink()
    seen = deploy("plan", *same, "--promote-from", "records/one.json", env_name="live")
    check("promote-from, plan", seen.returncode == 0 and "v1-" in seen.stdout, seen.stderr)
    seen = deploy(*same, FAIRLEAD_PROMOTE_FROM="records/one.json", env_name="live")
    check("promote_from", seen.returncode == 0 and "deployed: v1-" in seen.stdout, seen.stderr)
    check("export, other name", deploy("history", "--export", "fairlead.yml").returncode == 2)
    back = deploy("history", "--export", "records/live.json", env_name="live")
    check("export of live", back.returncode == 0, back.stderr)
    seen = deploy("apply", "--promote-from", "records/live.json")
    check("promote-from, unasked", seen.returncode == 2 and "environment 'staging' has no promote_from" in seen.stderr, seen.stderr)
    check("live, down", deploy("down", env_name="live").returncode == 0)


app = WORK / "app"
app.mkdir()
(app / "app.py").write_text(APP)
(app / "notes.md").write_text("one")
(WORK / "settings.env").write_text("MINE_FILE=a setting\n")
try:
    configure()
    first = plan("--release-version", "1.0")
    (app / "notes.md").write_text("two")
    check("release.exclude", plan("--release-version", "1.0") == first, first)
    check("release-version", first.startswith("1.0-") and not plan().startswith("1.0-"), first)
    check("commit", plan("--commit", "c0ffee00").startswith("c0ffee"), plan("--commit", "c0ffee00"))
    for wrong in ("zzz", "main", "c0f", "-dirty", "a" * 65):
        seen = deploy("plan", "--commit", wrong)
        check(f"commit {wrong}", seen.returncode == 2 and "is not the id of a commit" in seen.stderr, seen.stderr)
    check("commit, dirty", plan("--commit", "c0ffee00-dirty").startswith("c0ffee00-dirty"))
    configure(section=", release: {version: '7.7'}")
    check("release.version", plan().startswith("7.7-"), plan())
    configure(section=", strategy: recreate")
    check("strategy", "recreate" in deploy("plan").stdout)
    configure(target=", user: nobody-of-this-name")
    unknown = deploy("plan")
    check("target.user", unknown.returncode == 2 and "is unknown on this host" in unknown.stderr, unknown.stderr)
    configure(target=", socket_group: no-group-of-this-name")
    unknown = deploy("plan")
    check("target.socket_group", unknown.returncode == 2 and "is unknown on this host" in unknown.stderr, unknown.stderr)
    (WORK / "fairlead.yml").write_text((WORK / "fairlead.yml").read_text().replace("[data]", "[data, master.key]"))
    unknown = deploy("plan")
    check("target.shared, a file", unknown.returncode == 2 and "put it there" in unknown.stderr, unknown.stderr)
    configure(target=", prepare: [[touch, data/prepared]]")
    check("check", (deploy("plan").returncode, deploy("plan", "--check").returncode) == (0, 1))
    nothing = deploy("rollback", "--if-current", "1.0")
    check("if-current, nothing serves", nothing.returncode == 0 and "1.0 does not serve staging; nothing is deployed" in nothing.stdout,
          nothing.stderr + nothing.stdout)
    done = deploy("apply", "--release-version", "1.0")
    check("command", done.returncode == 0 and told()["words"] == ["hello"], done.stderr + done.stdout)
    check("release.path", "app.py" in told()["files"] and "notes.md" not in told()["files"], told())
    check("target.prepare, target.shared", (WORK / "srv/shared/data/prepared").exists())
    check("target.root, target.state", (WORK / "srv/current").exists() and (WORK / "kept/probe/staging/state.json").exists())
    check("env.file, env.secrets, env.from", told()["env"] == {"MINE_FILE": "a setting", "MINE_SECRET": "of-the-environment",
                                                               "MINE_PRINTED": "by a command"}, told()["env"])
    check("supervise", (WORK / "srv/slots").exists() and "fairlead-deploy" in subprocess.run(
        ["ps", "-eo", "args"], capture_output=True, text=True).stdout)
    kept = (WORK / "fairlead.yml").read_text()
    (WORK / "linked").symlink_to("/usr/share")
    for path, said in (("../elsewhere", "is outside of"), ("linked", "'linked' is a link that leads out of the tree"), ("/usr/share", "outside of")):
        (WORK / "fairlead.yml").write_text(kept.replace("release: {path: app,", f"release: {{path: {path},"))
        out = deploy("plan", "--release-version", "1.0")
        check(f"release.path {path} leads out", out.returncode == 2 and "fairlead.yml:" in out.stderr and said in out.stderr, out.stderr)
    (WORK / "fairlead.yml").write_text(kept)
    (WORK / "linked").unlink()
    configure(section=", stop: {signal: SIGINT}", target=", umask: '0077', limits: {memory: 64GiB, open_files: 123}")
    held = deploy("plan")
    check("target.limits, where nobody holds it to them", "nothing on this host enforces limits.memory" in held.stdout or pathlib.Path("/run/systemd/system").is_dir()
          or pathlib.Path("/sys/fs/cgroup/cgroup.controllers").exists(), held.stdout)
    second = deploy("apply", "--release-version", "2.0")
    check("stop.signal, before it was asked for", second.returncode == 0 and (WORK / "left").read_text() == "SIGTERM", second.stderr)
    process = pathlib.Path("/proc", str(told()["pid"]))
    check("target.umask, target.limits", "Umask:\t0077" in (process / "status").read_text() and "123                  123" in
          (process / "limits").read_text(), (process / "limits").read_text())
    check("already", "already" in deploy("apply", "--release-version", "2.0").stdout)
    check("force", "already" not in deploy("apply", "--release-version", "2.0", "--force").stdout)
    check("stop.signal", (WORK / "left").read_text() == "SIGINT", (WORK / "left").read_text())
    other = deploy("rollback", "--if-current", "1.0")
    check("if-current, another serves", other.returncode == 0 and "untouched: 1.0 does not serve staging; 2.0-" in other.stdout
          and "slow" not in deploy("history").stdout, other.stderr + other.stdout)
    empty = deploy("rollback", INPUT_IF_CURRENT="")
    check("if-current, empty", empty.returncode == 2 and "INPUT_IF_CURRENT is set but empty" in empty.stderr, empty.stderr)
    back = deploy("rollback", "--to", "1.0", "--reason", "slow queries", "--if-current", plan("--release-version", "2.0"))
    check("to, reason", back.returncode == 0 and "slow queries" in deploy("history").stdout, back.stderr)
    check("count", len(deploy("history", "--count", "1").stdout.splitlines()) == 2, deploy("history", "--count", "1").stdout)
    promoted(first)
    configure(health=", path: /up")
    check("health.path", deploy("apply", "--release-version", "3.0").returncode == 0 and (WORK / "asked").read_text() == "/up")
    configure(health=", path: /up, headers: {X-Forwarded-Proto: https}")
    check("health.headers", deploy("apply", "--release-version", "3.0", "--force").returncode == 0 and (WORK / "asked").read_text() == "/uphttps")
    check("to, further back than the one before", deploy("rollback", "--to", "2.0").returncode == 0 and "\n2.0-" in deploy("status").stdout,
          deploy("status").stdout)
    configure(health=", path: /slow, timeout: 100ms, deadline: 1s")
    check("health.timeout, too short", deploy("apply", "--release-version", "4.0").returncode == 1)
    configure(health=", path: /slow, timeout: 5s, deadline: 10s")
    check("health.timeout", deploy("apply", "--release-version", "4.0").returncode == 0)
    around()
    approvals()
    bad()
    smoked()
    configure()
    newer()
    with open(WORK / "kept/probe/staging/lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        started = time.monotonic()
        waited = deploy("down", "--wait-lock", "700ms")
        check("wait-lock", waited.returncode == 3 and time.monotonic() - started >= 0.7, waited.stderr)
    check("status --check", deploy("status", "--check").returncode == 0)
finally:
    down = deploy("down")
    check("down", down.returncode == 0, down.stderr)
    shutil.rmtree(WORK, ignore_errors=True)
counted.close(passed, failed)
