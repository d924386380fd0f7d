#!/usr/bin/python3
# needs: nothing; takes: 30 s
"""deploy_exec.py BIN: target kind exec: the user's own commands get lock, history, gates, proof and a way back.

The commands are a script that writes down what it was asked, and a server that answers as the script says.
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from exec_site import BIN, Site, check, shown  # noqa: E402
from until import wait_until  # noqa: E402


def usual(folder):
    site = Site(folder)
    plan = site.run("plan", "--release-version", "1.0.0")
    check("a plan runs none of the commands, and says whose they are",
          plan.returncode == 0 and not site.calls() and "./ctl put" in plan.stdout, shown(plan))
    first = site.apply("1.0.0")
    calls = site.calls()
    check("prepare, then deploy", first.returncode == 0 and calls == ["prepare 1.0.0", "put 1.0.0 "], f"{calls}\n{shown(first)}")
    check("a command is told the release", "1.0.0-" in (site.live / "told").read_text())
    again = site.apply("1.0.0")
    check("what serves is not put there again", again.returncode == 0 and not site.calls(), shown(again))
    second = site.apply("2.0.0")
    calls = site.calls()
    check("the next one, with the one before as {previous}", second.returncode == 0 and site.current() == "2.0.0" and
          calls[-1].startswith("put 2.0.0 1.0.0-"), f"{calls}\n{shown(second)}")
    refused = site.apply("9.0.0")
    check("a command that fails is taken back by target.deploy of the release before",
          refused.returncode == 1 and site.current() == "2.0.0" and site.calls()[-1].startswith("put 2.0.0"), shown(refused))
    check("its last lines are shown, without the secret",
          "no such version" in refused.stdout and "s3cr3t" not in refused.stdout + refused.stderr, shown(refused))
    odd = site.apply("8.0.0")
    check("one that answers as another version is rolled back", odd.returncode == 1 and site.current() == "2.0.0" and
          "rolled back" in odd.stdout, shown(odd))
    back = site.run("rollback", "--reason", "slow")
    check("a rollback", back.returncode == 0 and site.current() == "1.0.0", shown(back))
    well = site.run("status", "--check")
    check("status asks target.current", well.returncode == 0, shown(well))
    (site.live / "current").write_text("3.3.3\n")
    drift = site.run("status", "--check")
    check("and says what is there instead, with the way out",
          drift.returncode == 1 and "'3.3.3'" in drift.stdout and "--force" in drift.stdout, shown(drift))
    history = site.run("history")
    check("history has all of it", history.returncode == 0 and history.stdout.count("Z  ") == 5, shown(history))
    site.calls()
    held = site.run("lock", "--reason", "no")
    stays = site.apply("4.0.0")
    check("a hold keeps it away", held.returncode == 0 and stays.returncode == 1 and not site.calls(), shown(stays))
    site.run("unlock")
    down = site.run("down", "--reason", "over")
    check("down runs target.down", down.returncode == 0 and site.current() == "", shown(down))
    leaks = subprocess.run(["grep", "-rl", "s3cr3t", site.state], capture_output=True, text=True)
    check("no secret in the state folder", leaks.stdout == "", leaks.stdout)


def own_way_back(folder):
    site = Site(folder)
    site.write(site.yml.replace("        down:", '        rollback: [./ctl, put, "{version}", back]\n        down:'))
    for version in ("1.0.0", "2.0.0"):
        site.apply(version)
    site.calls()
    bad = site.apply("9.0.0")
    check("a way back by target.rollback", bad.returncode == 1 and site.calls()[-1] == "put 2.0.0 back", shown(bad))
    back = site.run("rollback")
    check("a rollback by target.rollback", back.returncode == 0 and site.calls() == ["put 1.0.0 back"], shown(back))
    site.write(site.yml.replace("        down: [./ctl, stop]\n", ""))
    down = site.run("down")
    check("down without target.down is refused before anything moves",
          down.returncode == 2 and "target.down" in down.stdout + down.stderr and site.current() == "1.0.0", shown(down))
    site.write(site.yml.replace("[./ctl, current]", "['true']"))
    silent = site.apply("5.0.0")
    check("a target.current that prints nothing says no", silent.returncode == 3 and "says ''" in silent.stderr + silent.stdout, shown(silent))
    site.write(site.yml)
    check("and the next run puts it there", site.apply("1.0.0").returncode == 0 and site.current() == "1.0.0")
    site.write(site.yml.replace("timeout: 20s", "timeout: 500ms"))
    late = site.apply("7.0.0")
    check("a command that takes too long is ended and taken back",
          late.returncode == 1 and "target.timeout" in late.stdout and site.current() == "1.0.0", shown(late))


def killed(folder):
    """SIGKILL before and after each step; then the same again, another one, or a rollback."""
    site = Site(folder)
    site.apply("1.0.0")
    for number, step in enumerate(("fetch", "prepare", "start", "ready", "switch", "verify", "bake", "commit", "prune")):
        for after, then in (("", "rerun"), ("+", "rerun"), ("+", "other"), ("+", "rollback")):
            before, version = site.current(), f"2.{number}.{len(after)}-{then}"
            died = site.apply(version, FAIRLEAD_FAULT=f"kill@{step}{after}")
            wanted = {"rerun": version, "other": version + "2", "rollback": before}[then]
            done = site.run("rollback") if then == "rollback" else site.apply(wanted)
            status = site.run("status", "--check")
            check(f"killed at {step}{after}, then {then}: it serves what was asked for",
                  died.returncode == -9 and done.returncode == 0 and site.current() == wanted and status.returncode == 0,
                  f"{site.current()}\n{shown(died)}\n{shown(done)}\n{shown(status)}")
    before = site.current()
    site.apply("3.0.0", FAIRLEAD_FAULT="kill@bake")
    back = site.run("rollback")
    check("a rollback of what died takes just that back", back.returncode == 0 and site.current() == before, shown(back))


def signals(folder):
    """SIGTERM while a command runs, and while it bakes: what served before is there again."""
    site = Site(folder)
    site.apply("1.0.0")
    site.write(site.yml.replace("bake: 200ms", "bake: 5s"))
    for version, moment in (("7.0.0", "put 7.0.0"), ("2.0.0", "put 2.0.0")):
        site.calls()
        run = subprocess.Popen([BIN / "fairlead-deploy", "--env", "staging", "--release-version", version], cwd=site.here,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env=site.environment())
        wait_until(moment, lambda: moment in (site.live / "calls").read_text() and (version == "7.0.0" or site.current() == version))
        run.send_signal(signal.SIGTERM)
        out, err = run.communicate(timeout=60)
        check(f"SIGTERM after {moment}: what served before is there again",
              run.returncode == 1 and site.current() == "1.0.0", f"{run.returncode} {site.current()}\n{out}{err}")
    site.write(site.yml)
    (site.live / "current").write_text("0.0.0\n")
    mended = site.apply("1.0.0")
    check("what somebody took away is put there again", mended.returncode == 0 and site.current() == "1.0.0", shown(mended))
    dry = site.run("rollback", "--dry-run", "--to", "1.0.0")
    check("a dry rollback says which command", "command: ./ctl put" in dry.stdout or dry.returncode != 0, shown(dry))
    site.write(site.yml.replace("        timeout: 20s", "        user: nobody-of-that-name\n        timeout: 20s"))
    done = site.apply("3.0.0")
    check("an unknown user is told before anything is touched", done.returncode in (2, 3) and not site.run("status").stdout.count("interrupted")
          and site.current() == "1.0.0", shown(done))


def lost(folder):
    """exec.json is lost or damaged, a first release is sick, a command leaves something behind."""
    site = Site(folder)
    site.apply("1.0.0")
    record = site.state / "site/staging/exec.json"
    for damage in (record.unlink, lambda: record.write_text("{")):
        damage()
        site.calls()
        sick = site.apply("9.0.0")
        check("without its record a sick release is taken back to what was committed",
              sick.returncode == 1 and site.current() == "1.0.0" and "stop" not in site.calls() and "exec.json" in sick.stderr, shown(sick))
        site.write(site.yml + "#\n")  # another digest: what was sick isn't known
    record.unlink()
    down = site.run("down")
    check("without its record down stops what was committed", down.returncode == 0 and site.current() == "", shown(down))
    fresh = Site(folder / "fresh")
    fresh.write(fresh.yml.replace("        down: [./ctl, stop]\n", ""))
    sick = fresh.apply("8.0.0")
    good = fresh.apply("1.0.0")
    check("a sick first release without target.down keeps nobody away",
          sick.returncode == 1 and "target.down" in sick.stderr and good.returncode == 0 and fresh.current() == "1.0.0", shown(sick) + shown(good))
    slow = Site(folder / "slow")
    lasting = f"sleep 4711.{os.getpid()}"  # another checkout's test has another number
    ctl = slow.here / "ctl"
    ctl.write_text(ctl.read_text().replace("sleep 60", f"(setsid nohup {lasting} >/dev/null 2>&1 &) & sleep 60"))
    slow.write(slow.yml.replace("timeout: 20s", "timeout: 1s"))
    slow.apply("7.0.0")
    left = subprocess.run(["pgrep", "-f", lasting], capture_output=True, text=True).stdout
    check("a command that is ended takes along what it left in other sessions", not left, left)


def hooks_and_ways_back(folder):
    """A failed way back leaves nobody who knows what runs: `down` stops it. A hook behind a deployment that failed is not forgotten."""
    site = Site(folder)
    site.apply("1.0.0")
    ctl = site.here / "ctl"
    broken = ctl.read_text()
    ctl.write_text(broken.replace("put) [", "put) exit 1; ["))
    site.apply("2.0.0")
    site.calls()
    ctl.write_text(ctl.read_text().replace('stop) rm', 'stop) exit 1; rm'))
    no = site.run("down")
    check("down after a failed way back: what target.down says counts", no.returncode == 3 and "target.down" in no.stderr and
          "stop" in site.calls() and site.current() == "1.0.0", shown(no))
    ctl.write_text(broken)
    down = site.run("down")
    check("down after a failed way back ends what runs", down.returncode == 0 and site.calls() == ["stop"] and site.current() == "", shown(down))
    site.apply("1.0.0")
    ctl.write_text(broken.replace('current) cat', 'current) yes 3.5 | head -c 3000000; exit 0; cat'))
    long = site.apply("3.0.0")
    size = (site.state / "site/staging/history.jsonl").stat().st_size
    check("what target.current prints is not told without end", long.returncode == 3 and "3.5..." in long.stdout + long.stderr.replace("\\n", "")
          or size < 50000 and len(long.stdout + long.stderr) < 10000, f"{size}\n{shown(long)[:2000]}")
    ctl.write_text(broken)
    site.write(site.yml.replace("  bake: 200ms\n", "  bake: 200ms\n  hooks: {post: [{name: look, exec: [./look]}]}\n"))
    look = site.here / "look"
    look.write_text("#!/bin/sh\necho looked >> ../live/ran\nexit $(cat ../live/says)\n")
    look.chmod(0o755)
    (site.live / "says").write_text("1")
    ran = lambda: (site.live / "ran").read_text().count("looked")
    first, again = site.apply("4.0.0"), site.apply("4.0.0")
    told = site.run("status", "--check")
    check("a hook that failed behind the deployment runs again, and fails again", first.returncode == 1 == again.returncode and ran() == 2 and
          "deploy/hook" in again.stdout and told.returncode == 1 and "hook 'look' failed" in told.stdout, shown(again) + shown(told))
    left_out = site.apply("4.0.0", "--skip", "look")
    (site.live / "says").write_text("0")
    well, last = site.apply("4.0.0"), site.apply("4.0.0")
    told = site.run("status", "--check")
    check("once it is well it doesn't run again", left_out.returncode == 0 == well.returncode and last.returncode == 0 and ran() == 3 and
          told.returncode == 0, f"{ran()}\n{shown(well)}{shown(told)}")


def decided(folder):
    """A dry run says what a deployment would be refused for, with its status, and writes nothing, nor its plan's file."""
    site = Site(folder)
    (site.here / "live.env").write_text("TOKEN=s3cr3t-t0k3n-4711\nMODE=x\nDB=pg://u:pw-of-decided@h/d\n")
    (site.here / "live.env").chmod(0o600)
    for who in ("alice", "bob"):
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", site.here / f"{who}.key"], check=True)
        subprocess.run(["openssl", "pkey", "-in", site.here / f"{who}.key", "-pubout", "-out", site.here / f"{who}.pem"], check=True)
    site.write(site.yml.replace("  bake: 200ms\n", "  bake: 200ms\n  approvals: {required: 1, from: [alice.pem, bob.pem]}\n")
               .replace("env: {secrets: [TOKEN]}", "env: {file: live.env, secrets: [TOKEN]}"))
    plan = site.here / ".fairlead/plan.json"
    plan.parent.mkdir()
    plan.write_text("{not json")
    for words in (["--plan", ".fairlead/plan.json"], ["--plan", ".fairlead/nope.json"], []):
        dry, real = site.apply("1.0.0", "--dry-run", *words), site.apply("1.0.0", *words)
        check(f"a dry run {words} ends as the deployment would", dry.returncode == real.returncode != 0 and not site.calls(), shown(dry) + shown(real))
    check("a dry run writes no plan", plan.read_text() == "{not json" and not (site.here / ".fairlead/nope.json").exists())
    plan.unlink()
    site.run("lock", "--reason", "x")
    dry = site.apply("1.0.0", "--dry-run")
    check("a hold is a no of the dry run, too", dry.returncode == 1 and "now it would be refused" in dry.stdout and "deploy/refused" in dry.stdout, shown(dry))
    site.run("unlock")
    site.run("plan", "--release-version", "1.0.0", "--plan", ".fairlead/plan.json")
    approve = lambda who: site.run("approve", "--plan", ".fairlead/plan.json", "--key", f"{who}.key")
    once, twice = approve("alice"), approve("alice")
    check("a second signature by one key adds nothing", once.returncode == twice.returncode == 0 and "approved plan" in twice.stdout and "already" in twice.stdout, shown(twice))
    dry = site.apply("1.0.0", "--dry-run", "--plan", ".fairlead/plan.json")
    check("what is approved would be deployed", dry.returncode == 0 and not site.calls(), shown(dry))
    whole = (site.here / "live.env").read_text()
    for old, new, name in (("MODE=x", "MODE=debug", "variables.MODE"), ("@h/d", "@other/d", "variables.DB"), ("MODE=x\n", "", "variables.MODE")):
        (site.here / "live.env").write_text(whole.replace(old, new))
        stale = site.apply("1.0.0", "--plan", ".fairlead/plan.json")
        check(f"{new!r} instead of {old!r}: the approval holds no more", stale.returncode == 1 and name in stale.stdout and not site.calls(), shown(stale))
    (site.here / "live.env").write_text(whole.replace("pw-of-decided", "pw-of-another"))
    good = site.apply("1.0.0", "--plan", ".fairlead/plan.json")
    check("another password is the same plan", good.returncode == 0 and site.current() == "1.0.0" and "pw-of" not in plan.read_text(), shown(good))


def refusals(folder):
    site = Site(folder)
    for old, new, words in (
            ("      target:\n", "      router: {kind: nginx}\n      target:\n", "router works only with"),
            ("      target:\n", "      strategy: rolling\n      target:\n", "strategy works only with"),
            ("        timeout: 20s\n", "        prepare_timeout: 3s\n", "target.timeout"),
            ("{version}", "{verson}", "did you mean '{version}'"),
            ("deploy: [./ctl, put", "deploy: [./none, put", "./none")):
        site.write(site.yml.replace(old, new, 1))
        done = site.apply("1.0.0")
        check(f"refused: {words}", done.returncode in (2, 3) and words in done.stdout + done.stderr and not site.current(),
              shown(done))


with tempfile.TemporaryDirectory(prefix="fairlead-exec-") as made:
    for number, part in enumerate((usual, own_way_back, killed, signals, lost, hooks_and_ways_back, decided, refusals)):
        part(pathlib.Path(made) / str(number))
counted.close()
