#!/usr/bin/python3
"""script/bench deploy WHAT [OPTION...]: fairlead-deploy under a strict load, with real routers and real processes.

  switches [--switches 20] [--only WORDS]   requests lost: each place x strategy x router, the ways of others, a control
           [--sample yes]                   each pair of two of these once; --only others: the ways of others alone
           [--slow 4] [--think 3]           seconds of a slow request; milliseconds between two requests of a client
           [--requests 1000000 [--minutes 60]]  a soak: the cells in turn, 5 switches each, until so many were sent; lost of each
  faults                                                 what each row of the table of faults comes to
  kills [--only WORDS] [--points WORDS] [--all yes]      SIGKILL at each step, then rerun, another release, rollback; power loss
        [--sample N]                        all: each of these at each step, through each router; sample: each N-th of all
  away [--only WORDS] [--points WORDS]                   the engine killed, restarted, held, or the router restarted, at each step
  looks [--looks 200]                                    status --check: of a healthy stack under load, and of each part that is missing
  restarts                                               who serves after `docker compose up -d`, restart, stop, and the engine's restart
  times                                                  what a deployment, a plan, a rollback, a look at the history take
  race [--rounds 100]                                    two deployers at once, a killed holder's lock, clocks that jump
  fetch [--files 30000]                                  a release of many files on the disk, beside cp -a and sync -f
  soak [--minutes 30]                                    a switch each 20 s: memory, descriptors, disk

--table FILE writes what came of it as Markdown, between its marks where FILE has them (bench/deploy-figures.md).
The programs are those of --bin FOLDER (build/dev/bin: with fault points). Each ends with `N passed, N failed, N skipped`;
a cell that can't run here says why, and counts as skipped.
"""
import importlib
import pathlib
import signal
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests/e2e"), str(ROOT / "bench")]
WHAT = ("switches", "faults", "kills", "away", "looks", "restarts", "times", "race", "fetch", "soak")


def main():
    words = sys.argv[1:]
    if not words or words[0] not in WHAT:
        sys.exit(__doc__)
    options = {"bin": str(ROOT / "build/dev/bin")}
    for name, value in zip(words[1::2], words[2::2]):
        options[name.removeprefix("--")] = value
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))  # what runs is ended
    from rig import checks
    importlib.import_module(f"deploy_{words[0]}").run(options, checks)
    checks.close()


main()
