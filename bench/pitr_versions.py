#!/usr/bin/python3
"""Point-in-time recovery on other versions of PostgreSQL: tests/cli/backup_pitr.py with each, a row each.

    script/bench pitr_versions FOLDER...   folders of servers' programs (…/bin)

FAIRLEAD_BENCH_BIN   folder of the executables, built with test points; default build/dev/bin
PITR_CLIENT_BIN      folder of pg_basebackup, pg_verifybackup and pg_dump of the newest of these versions, where servers lack them
"""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = os.environ.get("FAIRLEAD_BENCH_BIN", str(ROOT / "build/dev/bin"))


def main(folders):
    well = True
    print("| PostgreSQL | backup_pitr |\n|---|---|")
    for folder in folders:
        variables = {**os.environ, "FAIRLEAD_POSTGRES_BIN": folder}
        library = {**variables, "LD_LIBRARY_PATH": str(pathlib.Path(folder).parent / "lib")}
        version = subprocess.run([f"{folder}/postgres", "--version"], env=library, capture_output=True, text=True).stdout.split()
        done = subprocess.run(["/usr/bin/python3", ROOT / "tests/cli/backup_pitr.py", BIN], env=variables, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        print(f"| {version[2] if len(version) > 2 else folder} | {(done.stdout.strip().splitlines() or ['nothing said'])[-1]} |", flush=True)
        if done.returncode != 0:
            well = False
            print(done.stdout[-3000:], done.stderr[-1000:], file=sys.stderr)
    return 0 if well else 1


if not sys.argv[1:]:
    print(__doc__)
    sys.exit(2)
sys.exit(main(sys.argv[1:]))
