"""Two deployers at once; a killed holder's lock; clocks that jump."""
import os
import pathlib
import statistics
import subprocess
import time

from cells import Cell, wait_for
from deploy_table import write

# Told by `prepare`, which runs under the lock: two at a time would both be in the folder.
ALONE = "mkdir '{work}/inside' || echo twice >>'{work}/twice'; sleep 0.05; rmdir '{work}/inside'"


def apply(rig, version, *more, **environment):
    return subprocess.Popen(rig.command("apply", "--release-version", version, "--force", *more), env={**rig.environment, **environment}, cwd=rig.work,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def locked(rig):
    return subprocess.run(["flock", "-n", str(rig.state_folder / "lock"), "true"], check=False).returncode != 0


def two_at_once(rig, checks, rounds):
    rig.changes["target__prepare"] = [["sh", "-c", ALONE.format(work=rig.work)]]
    rig.configure()
    refused = waited = 0
    problems = []
    before = len(rig.history())
    load = rig.load("--fresh", "2", "--kept", "2", "--think-ms", "10")
    for number in range(rounds):
        patient = number % 2 == 1  # half of them wait
        more = ["--wait-lock", "60s"] if patient else []
        both = [apply(rig, f"{number + 10}.{which}.0", *more) for which in (1, 2)]
        ends = [one.communicate(timeout=120)[1] for one in both]
        codes = sorted(one.returncode for one in both)
        refused += codes == [0, 3]
        waited += patient and codes == [0, 0]
        # Without waiting, the second may come when the first is over already.
        if codes not in ([0, 0], [0, 3]) or (patient and codes != [0, 0]):
            problems.append(f"{codes} {ends}")
    lost = load.end()
    deployed = len(rig.history()) - before
    twice = (rig.work / "twice").exists()
    checks.that(not problems, f"two deployers at once, {rounds} times: {refused} refused, {waited} waited", problems[:3])
    checks.that(not twice and deployed == 2 * rounds - refused, f"never two at a time; {deployed} records of {2 * rounds - refused} deployments")
    checks.that(lost["lost"] == 0, f"0 of {lost['sent']:,} requests lost by it", lost)
    checks.that(rig.run("history").returncode == 0 and not rig.leftovers(), "the history's chain holds, nothing is left", rig.leftovers())
    del rig.changes["target__prepare"]
    rig.configure()


def killed_holders(rig, checks, rounds):
    """In the bake, and with a `prepare` that goes on: its child must not hold the lock."""
    for what, changes in (("bake", {"bake": "20s"}), ("prepare", {"target__prepare": [["sleep", "20"]]})):
        times = []
        for number in range(rounds):
            rig.configure(**changes)
            rig.release(f"5.{number}.0")
            holder = apply(rig, rig.version)
            wait_for(lambda: rig.step_begun(what))
            if not locked(rig):
                raise RuntimeError("the lock is not held")
            holder.kill()
            start = time.monotonic()
            holder.wait()
            free = wait_for(lambda: not locked(rig))
            times.append((time.monotonic() - start) * 1000 if free else 10000)
            rig.configure()
            rig.release(f"5.{number}.1")
            done = rig.apply()
            if done.returncode:
                raise RuntimeError(done.stderr)
        checks.that(max(times) <= 100, f"a holder killed in its {what}: in {rounds} kills the lock is free after {statistics.median(times):.0f} ms, at most after {max(times):.0f}")


def clocks(rig, checks):
    """The wall clock of the deployer jumps an hour, both ways, in the bake and in the drain (libfaketime; the monotonic clock
    goes on, as it does where somebody sets a clock). Supervisor and application keep theirs."""
    found = [path for path in ("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1") if os.path.exists(path)]
    if not found:
        return checks.skip("faketime", "clocks that jump", "libfaketime is not here: apt-get install faketime")
    offset = rig.work / "offset"
    environment = {"LD_PRELOAD": found[0], "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                   "DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1"}
    seen = []
    for jump in ("+1h", "-1h"):
        for when in ("bake", "drain"):
            bake = 3 if when == "bake" else 1  # so that 4 s requests are left for the drain
            rig.configure(bake=f"{bake}s", drain__timeout="15s")
            rig.release(f"6.{len(seen)}.0")
            offset.write_text("+0\n")
            load = rig.load("--fresh", "2", "--kept", "2", "--slow", "2", slow=4)
            start = time.monotonic()
            run = apply(rig, rig.version, **environment)
            wait_for(lambda: rig.step_begun(when))
            offset.write_text(jump + "\n")
            said = run.communicate(timeout=90)[1]
            took, lost = time.monotonic() - start, load.end()
            times = {step["name"]: step["ms"] for step in rig.history()[-1]["steps"]}
            hours = "T".join((rig.history()[-1]["started"], rig.history()[-1]["finished"]))
            good = run.returncode == 0 and rig.served() == rig.version and bake * 1000 - 50 <= times["bake"] <= bake * 1000 + 1500 and times["drain"] < 6000
            seen.append(checks.that(good and lost["lost"] == 0 and took < 20, f"the clock jumps {jump} in the {when}: bake {times['bake'] / 1000:.1f} s of {bake}, "
                                    f"drain {times['drain'] / 1000:.1f} s, 0 of {lost['sent']:,} lost; the record: {hours}", f"{run.returncode} {times} {lost} {said[-600:]}"))
    done = rig.run("history")
    rig.configure()
    rig.release("6.9.0")
    checks.that(done.returncode == 0 and rig.apply().returncode == 0 and rig.served() == "6.9.0", "afterwards its history holds, and the next deployment comes out well", done.stdout[-300:])
    before = rig.run("rollback")
    checks.that(before.returncode == 0, "a rollback too", before.stderr[-300:])


def run(options, checks):
    began, rounds = time.monotonic(), int(options.get("rounds", 100))
    rig = Cell(options["bin"], bake="100ms").begin()
    try:
        two_at_once(rig, checks, rounds)
        killed_holders(rig, checks, 10)
        clocks(rig, checks)
    finally:
        rig.close()
    if "table" in options:
        write(pathlib.Path(options["table"]), "race", f"script/bench deploy race --rounds {rounds}", began, "\n" + "".join(f"- {line}\n" for line in checks.told))
