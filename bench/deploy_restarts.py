"""Who serves after somebody's `docker compose up -d`, `restart`, `stop` and `start`, and after the engine's restart: never the release before."""
import collections
import os
import subprocess

from cells import QUICK_CANARY, Cell, engine, wait_for

CELLS = (("recreate", "nginx-link"), ("blue-green", "nginx-link"), ("rolling", "haproxy"), ("canary", "haproxy"), ("blue-green", "caddy"), ("rolling", "nginx-include"))
NEW, OLD = "2.1.0", "2.0.0"


def compose(rig, *words, tag=None):
    environment = {**os.environ, **engine().environment, **({"TAG": tag} if tag else {})}
    subprocess.run(["docker", "compose", "-f", rig.work / "compose.yml", *words], env=environment, capture_output=True, check=False)


def restart_engine(_):
    engine().stop()
    engine().start()


ACTS = {
    "up -d, of what serves": lambda rig: compose(rig, "up", "-d", tag=NEW),
    "up -d, of the one before": lambda rig: compose(rig, "up", "-d", tag=OLD),
    "up -d": lambda rig: compose(rig, "up", "-d"),
    "restart": lambda rig: compose(rig, "restart", tag=NEW),
    "stop, start": lambda rig: [compose(rig, word) for word in ("stop", "start")],
    "the engine's restart": restart_engine,
}


def run(options, checks):
    for strategy, router in CELLS:
        rig = Cell(options["bin"], "compose", strategy, router, bake="300ms", **(QUICK_CANARY if strategy == "canary" else {})).begin()
        try:
            for version in (OLD, NEW):
                rig.release(version)
                assert rig.apply().returncode == 0
            for name, act in ACTS.items():
                act(rig)
                wait_for(lambda: rig.served() == NEW, 6)
                seen = collections.Counter(rig.served()[:9] for _ in range(40))
                status = rig.run("status", "--check").returncode
                checks.that(set(seen) <= {NEW, "no answer"} and (status == 1 or set(seen) == {NEW}),
                            f"{strategy} {router}, {name}: {dict(seen)}, status --check {status}")
            rig.release("2.2.0")
            done = rig.apply()
            checks.that(done.returncode == 0 and rig.served() == "2.2.0", f"{strategy} {router}: the next apply leads out", done.stderr)
        finally:
            rig.close()
