"""How many requests switches lose."""
import json
import socket
import time

from cells import CELLS, Cell, Unknown, describe
from deploy_others import engine_ways, ways
from deploy_table import Table, lanes, told_losses

OWN, CONTROL = "1 fairlead-deploy", "3 Control"


def switch(rig, count, load):
    """That many switches under it: how many came out well, and what was lost."""
    good, began = 0, time.monotonic()
    for number in range(count):
        rig.release(f"2.{number}.0")
        done = rig.apply()
        good += done.returncode == 0 and rig.served() == rig.version
        if done.returncode:
            print(done.stdout, done.stderr, flush=True)
    took = (time.monotonic() - began) / max(count, 1)
    return good, took, load.end()


def port_taken(rig, checks, name):
    """A stranger on the port that a rollback would start on."""
    slot = json.loads((rig.state_folder / "state.json").read_text())["slot"]
    port = rig.port + (1 if slot == "a" else 0)
    with socket.create_server(("127.0.0.1", port)):
        seen = rig.run("status", "--check")
    checks.that(seen.returncode == 1 and f"could not start it: 127.0.0.1:{port} of " in seen.stdout, f"{name}: status --check tells who has the other slot's port", seen.stdout + seen.stderr)


def cell(options, checks, table, one, count):
    place, strategy, router = one
    name = f"{place} {strategy} {router}"
    try:
        rig = Cell(options["bin"], place, strategy, router, bake="300ms").begin()
    except Unknown as why:
        return checks.skip(why.part, name, str(why))
    try:
        good, took, lost = switch(rig, count, rig.load(slow=float(options.get("slow", 4)), think=int(options.get("think", 3))))
        table.row(OWN, CELLS.index(one), name, good, count, took, lost)
        if place == "direct-tcp":
            port_taken(rig, checks, name)
        leftovers = rig.leftovers()
        checks.that(good == count and not leftovers, f"{name}: {count} switches come out well", f"{good} {leftovers}")
        if why := rig.may_lose():
            print(f"     {name} may lose requests: {why}", flush=True)
        elif not checks.that(lost["lost"] == 0, f"{name}: 0 of {lost['sent']:,} lost", lost):
            print(*told_losses(rig, lost), sep="\n", flush=True)
    finally:
        rig.close()


def pairwise():
    """Each pair of two of the three in one cell at least: greedy, in the table's order."""
    pairs = lambda one: {(one[0], one[1]), (one[0], one[2]), (one[1], one[2])}
    first = ("direct", "blue-green", "nginx-link")
    left, chosen = set().union(*map(pairs, CELLS)) - pairs(first), [first]
    while left:
        best = max(CELLS, key=lambda one: len(pairs(one) & left))
        chosen.append(best)
        left -= pairs(best)
    return chosen


def farewells(options, checks, table, count):
    """WebSockets that nobody ends: each lives until the drain is over, and is told why it ends."""
    rig = Cell(options["bin"], drain__timeout="2s").begin()
    try:
        rig.release("1.1.0", sigterm="graceful")
        rig.apply()
        load = rig.load("--fresh", "1", "--kept", "1", "--socket", "4", "--socket-ms", "0")
        drained, began = [], time.monotonic()
        for number in range(count):
            rig.release(f"2.{number}.0", sigterm="graceful")
            rig.apply()
            drained += [step["ms"] for step in rig.history()[-1]["steps"] if step["name"] == "drain"]
        took, lost = (time.monotonic() - began) / count, load.end()
        table.row(OWN, len(CELLS), "WebSockets for ever, a drain of 2 s", len(drained), count, took, lost)
        checks.that(lost["lost"] == 0 and min(drained) >= 2000, f"WebSockets for ever: {describe(lost)}; each drain waited {min(drained) / 1000:.1f} s", lost)
    finally:
        rig.close()


def control(options, checks, table, count):
    """The same client, a drain that is too short for its 4 s requests."""
    rig = Cell(options["bin"], drain__timeout="1s").begin()
    try:
        good, took, lost = switch(rig, count, rig.load())
        table.row(CONTROL, 0, "a drain of 1 s, requests of 4 s", good, count, took, lost)
        checks.that(lost["by_work"]["slow"]["lost"] > 0, "the control fails: the client sees what is cut")
    finally:
        rig.close()


def sample(options, checks, table, count):
    with_engine, without = [], []
    for one in pairwise():
        if one[0] == "compose" and not checks.is_brought("engine"):
            checks.skip("engine", " ".join(one), "a sample starts no engine, unless FAIRLEAD_TEST_REQUIRE names it")
        else:
            (with_engine if one[0] == "compose" else without).append(lambda one=one: cell(options, checks, table, one, count))
    lanes(checks, with_engine, [*without, lambda: control(options, checks, table, 1)])


def until(options, checks, cells, count, total):
    """One cell after another, again and again, until so many requests were sent or the minutes are over: {name: [switches, good, sent, lost]}."""
    sums, left, end = {}, list(cells), time.monotonic() + 60 * float(options.get("minutes", 24 * 60))
    while left and sum(one[2] for one in sums.values()) < total and time.monotonic() < end:
        for one in list(left):
            name = " ".join(one)
            try:
                rig = Cell(options["bin"], *one, bake="300ms").begin()
            except Unknown as why:
                left.remove(one)
                checks.skip("cells", name, str(why))
                continue
            try:
                good, _, lost = switch(rig, count, rig.load(slow=1))
                sums[name] = [a + b for a, b in zip(sums.get(name, (0, 0, 0, 0)), (count, good, lost["sent"], lost["lost"]))]
                checks.that(good == count and (lost["lost"] == 0 or rig.may_lose()), f"{name}: {describe(lost)}", f"{good} of {count} good")
            finally:
                rig.close()
            if sum(one[2] for one in sums.values()) >= total or time.monotonic() >= end:
                break
    print("| cell | switches | requests | lost |\n|---|---|---|---|")
    for name, (switches, good, sent, lost) in sorted(sums.items()):
        print(f"| {name} | {good} of {switches} | {sent:,} | {lost:,} |")
    whole = [sum(column) for column in zip(*sums.values())]
    print(f"| all | {whole[1]} of {whole[0]} | {whole[2]:,} | {whole[3]:,} |" if whole else "nothing ran", flush=True)


def run(options, checks):
    """Most of a switch is waiting for what is in flight, so two go on at a time: with the engine, and without."""
    count, words = int(options.get("switches", 20)), options.get("only", "").split()
    table = Table(options, f"script/bench deploy switches --switches {count}")
    if "sample" in options:
        return sample(options, checks, table, count)
    if "requests" in options:
        chosen = [one for one in CELLS if all(word in one for word in words)]
        return until(options, checks, chosen, int(options.get("switches", 5)), int(options["requests"]))
    with_engine, without = [], []
    for one in CELLS:
        if all(word in one for word in words):
            (with_engine if one[0] == "compose" else without).append(lambda one=one: cell(options, checks, table, one, count))
    if words in ([], ["control"]):
        without += [lambda: farewells(options, checks, table, min(count, 5)), lambda: control(options, checks, table, min(count, 3))]
    if words in ([], ["others"]):
        with_engine += [lambda: engine_ways(options, checks, table, count)]
        without += [lambda one=one: one(options, checks, table, count) for one in ways()]
    lanes(checks, with_engine, without)
