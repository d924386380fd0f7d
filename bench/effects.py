#!/usr/bin/python3
"""effects.py [--e2e] [--only TEXT] [--list] [--bin FOLDER]: tests/effects.tsv, proven: each input and key that it names is given and does nothing
(src/sys/fault.h; FOLDER is a build with fault points, build/dev/bin), and the test that its row names has to fail. The programs stand in a
folder of the row's own for that, as links of the real ones, with a file that names what does nothing. Each test runs once in such a folder
whose file names nothing that there is, and has to pass. A row whose test passes all the same, or takes longer than 15 minutes, is a failure:
the test doesn't show what the row says.

--e2e: rows that end-to-end tests show, too (minutes each); --only: rows whose text holds TEXT; --list: what failed first in each.
tests/effects_not.tsv lists the rows that aren't proven so, and why; it only shrinks. Takes half an hour of two cores.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))
import counted  # noqa: E402
from closing import TESTS, rows  # noqa: E402

ONLY = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
BIN = pathlib.Path(sys.argv[sys.argv.index("--bin") + 1] if "--bin" in sys.argv else ROOT / "build/dev/bin").resolve()
NOBODYS = "nobody --nothing"  # no input has that name
FAILED = re.compile(r"^(?:FAIL(?:ED)?:? |\S+\.txtar: ).*|^.*: status -?\d+, expected.*|^\S.*: .*", re.M)


def programs(folder, ignored):
    """A folder of the programs, each of which ignores that, whoever starts it: tests hand on no environment of ours. They are links, and
    the folder is beside the real one, so that they can be: a program finds the others, and the file, where it stands itself."""
    folder.mkdir()
    (folder / "ignored").write_text(ignored + "\n")
    for program in BIN.iterdir():
        if program.is_file() and not program.name.startswith(("unit_", "conformance_", "fuzz_")):
            try:
                os.link(program, folder / program.name)
            except OSError:  # protected_hardlinks: a file of somebody else
                shutil.copy2(program, folder / program.name)
    return folder


def command(test, folder):
    """How the row's test is run."""
    path, _, case = test.partition(": ")
    file = TESTS / path
    if path.startswith("unit/"):
        return [BIN / f"unit_{path.split('/')[1]}", case.replace(",", "\\,").replace("[", "\\[")]
    if path.endswith(".txtar"):
        return ["/usr/bin/python3", TESTS / "support/cli.py", folder, file.parent, file.stem]
    if path.startswith("e2e/"):
        return ["bash", file.with_suffix(".sh")]
    return ["/usr/bin/python3", file, folder]


def run(test, ignored=NOBODYS):
    """The status, None where it takes too long, and what was said."""
    with tempfile.TemporaryDirectory(prefix="effects ", dir=BIN.parent) as scratch:
        folder = programs(pathlib.Path(scratch) / "bin", ignored)
        environment = {**os.environ, "FIRST_FAILURE": "yes", "FAIRLEAD_BIN": str(folder), "PATH": os.environ["PATH"] + ":/usr/sbin"}
        if test.startswith("unit/"):
            environment["FAIRLEAD_IGNORE"] = ignored
        try:
            done = subprocess.run(command(test, folder), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=900, check=False)
        except subprocess.TimeoutExpired:
            return None, "it takes longer than 15 minutes"
    return done.returncode, done.stdout.decode(errors="replace")


def tried(row):
    """Whether the row's test fails, and its first line of that, or what else came of it."""
    tool, name, test = row[:3]
    status, said = run(test, name if tool == "fairlead.yml" else f"{tool} --{name}")
    found = FAILED.search(said)
    return status not in (0, None), (found[0] if found else said.strip()[-120:])[:140]


def main():
    known = {(row[0], row[1]): row[2] for row in rows("effects_not.tsv")}
    table = [row for row in rows("effects.tsv") if ONLY in "\t".join(row)]
    chosen = [row for row in table if "--e2e" in sys.argv or not row[2].startswith("e2e/")]
    proven = []
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS", os.cpu_count() or 1))) as workers:
        tests = sorted({row[2] for row in chosen})
        sound = dict(zip(tests, workers.map(run, tests)))
        for test, (status, said) in sound.items():
            counted.note(test, "" if status == 0 else f"it fails as it is: {said[-300:]}")
        todo = [row for row in chosen if sound[row[2]][0] == 0]
        for row, (notices, line) in zip(todo, workers.map(tried, todo)):
            proven += [row] * notices
            why = known.get((row[0], row[1]), "")
            problem = "" if notices or why else f"'{row[2]}' passes though it does nothing: {line}"
            if notices and why:
                problem = "it is proven now; take it out of tests/effects_not.tsv"
            counted.note(f"{row[0]} {row[1]}", problem)
            if "--list" in sys.argv and notices:
                print(f"{row[0]}\t{row[1]}\t{line}", flush=True)
    print(f"{len(proven)} of {len(table)} rows proven, {len(chosen) - len(proven)} not, {len(table) - len(chosen)} not tried")
    counted.close()


if __name__ == "__main__":
    main()
