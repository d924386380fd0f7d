#!/usr/bin/python3
"""replicas.py BIN: three replicas behind HAProxy. A healthy stack under load raises no alarm; a replica that died with its
keeper gets no requests, `status --check` names it, and a deployment makes all whole again."""
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

from cells import Cell, wait_for
import counted as checks

LOOKS = 20


def statuses(url, number):
    found = []
    for _ in range(number):
        try:
            with urllib.request.urlopen(url + "/", timeout=5) as answer:
                found.append(answer.status)
        except urllib.error.HTTPError as error:
            found.append(error.code)
    return found


def kill_for_good(rig, name):
    """The replica, and whoever would start it again."""
    word = f"/{name}.sock"
    listing = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True).stdout.splitlines()[1:]
    whole = [line.split(None, 1) for line in listing if str(rig.root) in line]
    for mine in (lambda args: args.endswith(f"/slots/{name}"), lambda args: word in args):
        for pid, args in whole:
            if mine(args):
                os.kill(int(pid), signal.SIGKILL)


rig = Cell(sys.argv[1], "direct", "rolling", "haproxy", target__replicas=3).begin()
try:
    load = rig.load("--fresh", "3", "--kept", "3", "--think-ms", "5")
    looks = [rig.run("status", "--check") for _ in range(LOOKS)]
    wrong = [look.stdout for look in looks if look.returncode]
    checks.that(not wrong, f"{LOOKS} looks at a healthy stack under load, no alarm", wrong[:1])
    lost = load.end()
    checks.that(lost["lost"] == 0 and lost["sent"] > 100, f"0 of {lost['sent']} lost by them", lost)
    slot = next(line.split()[1].rstrip(":") for line in rig.run("status").stdout.splitlines() if "serves" in line)
    kill_for_good(rig, f"{slot}.2")
    wait_for(lambda: set(statuses(rig.url, 20)) == {200}, 30)  # the router has noticed
    seen = statuses(rig.url, 60)
    checks.that(set(seen) == {200}, "one of three is dead: 60 of 60 requests are answered by the others", seen)
    looked = rig.run("status", "--check")
    checks.that(looked.returncode == 1 and f"{slot}.2 of 1.0.0-" in looked.stdout and "deploy/missing" in looked.stdout
                and f"{slot}.3 of" not in looked.stdout, "status --check names it, and no other one", looked.stdout + looked.stderr)
    rig.release("2.0.0")
    done = rig.apply()
    checks.that(done.returncode == 0 and wait_for(lambda: rig.run("status", "--check").returncode == 0, 5) and rig.served() == "2.0.0",
                "the next deployment makes all of it whole", done.stdout + done.stderr)
finally:
    rig.close()
checks.close()
