#!/usr/bin/python3
"""production.py BIN: what nobody takes back wants the environment's name in production: a table of command, profile,
confirmation, terminal or CI. The lock is held meanwhile, so a command that was let through ends at it with status 3 and
touches nothing; at the end some are let through for good."""
import fcntl
import itertools
import json
import os
import pty
import subprocess
import sys

from rig import Rig, checks

PROFILES = ("production", "staging", "development")
# command, its words, whether it wants a confirmation in production
COMMANDS = (("down", ["down"], True),
            ("rollback", ["rollback"], False),
            ("rollback PREVIOUS", ["rollback", "2.0.0"], False),
            ("rollback OLDER", ["rollback", "1.0.0"], True),
            ("apply --force", ["apply", "--force", "--release-version", "3.0.0"], True),
            ("apply", ["apply", "--release-version", "4.0.0"], False))


def at_a_terminal(rig, words, typed):
    """Runs it with a terminal as its standard input and error; gives status and what stood there."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(rig.command(*words), env=rig.environment, cwd=rig.work, stdin=theirs,
                               stdout=subprocess.DEVNULL, stderr=theirs, start_new_session=True)
    os.close(theirs)
    os.write(ours, (typed + "\n").encode())
    shown = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return process.wait(timeout=60), shown.decode(errors="replace")


def row(rig, words, where, confirmation):
    flags = {"right": ["--confirm", "staging"], "wrong": ["--confirm", "stagin"], "absent": []}[confirmation]
    if where == "CI":
        done = rig.run(*words, *flags, CI="true")
        return done.returncode, done.stderr
    return at_a_terminal(rig, words + flags, {"types the name": "staging", "types another": "stagin"}[where])


def expected(wants, profile, where, confirmation):
    if confirmation == "wrong":
        return 2
    if not wants or profile != "production" or confirmation == "right":
        return 3  # let through, to the lock
    return 3 if where == "types the name" else 2


def table(rig, checks):
    wrong, count = [], 0
    print(f"{'command':<18} {'profile':<12} {'where':<15} {'confirm':<8} status")
    for (name, words, wants), profile in itertools.product(COMMANDS, PROFILES):
        text = rig.base.replace("  staging:\n", f"  staging:\n    profile: {profile}\n")
        (rig.work / "fairlead.yml").write_text(text)
        for where, confirmation in itertools.product(("CI", "types the name", "types another"), ("right", "wrong", "absent")):
            status, said = row(rig, words, where, confirmation)
            count += 1
            print(f"{name:<18} {profile:<12} {where:<15} {confirmation:<8} {status}")
            if status != expected(wants, profile, where, confirmation):
                wrong.append(f"{name} {profile} {where} {confirmation}: {status}: {said.strip()}")
            if status == 2 and "staging" not in said:
                wrong.append(f"{name}: the message names no way out: {said}")
    checks.that(not wrong, f"{count} rows: refused where nobody confirmed, let through elsewhere", "\n".join(wrong))


def main():
    rig = Rig(sys.argv[1], bake="100ms")
    try:
        rig.base = (rig.work / "fairlead.yml").read_text()
        for version in ("1.0.0", "2.0.0", "3.0.0"):
            rig.release(version)
            checks.that(rig.apply().returncode == 0, f"{version} is deployed")
        with open(rig.state_folder / "lock", "a", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            table(rig, checks)
        checks.that(rig.served() == "3.0.0", "none of them touched what serves", rig.served())
        (rig.work / "fairlead.yml").write_text(rig.base.replace("  staging:\n", "  staging:\n    profile: production\n"))
        checks.that(rig.run("rollback", "1.0.0", "--confirm", "staging").returncode == 0 and rig.served() == "1.0.0",
                    "the named release serves, not the one before", rig.served())
        checks.that(rig.run("down").returncode == 2 and rig.served() == "1.0.0", "down alone is refused")
        checks.that(rig.run("down", "--confirm", "staging").returncode == 0 and "no answer" in rig.served(),
                    "down with the name stops it")
        rig.apply()
        checks.that(rig.run("status", "--check").returncode == 0, "status finds all as recorded")
        changed = rig.work / "release" / "app.py"
        for words in (["init", "-q"], ["add", "app.py"], ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "x"]):
            subprocess.run(["git", *words], cwd=changed.parent, check=True)
        clean = rig.run("plan").stdout
        changed.write_text(changed.read_text() + "# changed\n")
        dirty = rig.run("plan").stdout
        checks.that("-dirty-" in dirty and "-dirty-" not in clean, "a changed work tree is not labelled with the clean commit", dirty)
        state = rig.state_folder / "state.json"
        whole = state.read_text()
        current = json.loads(whole)["current"]
        state.write_text(whole.replace(current, "9" + current[1:]))
        status = rig.run("status", "--check")
        checks.that(status.returncode == 1 and "the record was changed since it was written" in status.stdout, "a state.json with one byte changed is a no", status.stdout)
        state.write_text(whole)
        rig.nginx.terminate()
        rig.nginx.wait()
        status = rig.run("status", "--check")
        checks.that(status.returncode == 1 and "the router at " + rig.url in status.stdout,
                    "status --check with nginx stopped: a no that names the router", status.stdout)
    finally:
        rig.close()
    checks.close()


main()
