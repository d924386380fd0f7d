#!/usr/bin/python3
"""floors.py [--all] RESULTS...: writes tests/floors.tsv from runs: build/test/results of script/test, build/test/e2e-all of script/e2e.

Of a test's counts the least is taken that a run without a failure or a skip had; a test that no such run has keeps its row. --all: they
are runs of .ci/run (FAIRLEAD_TEST_REQUIRE=all), so what a test counted that skipped something goes into the column `with skips`.
FILES count files, which come and go with the sources.
"""
import pathlib
import re
import sys

from closing import STAGE, TESTS, rows

FILES = {"fuzz", "layering", "left", "lint", "pages", "skips"}
HEAD = """\
# The least number of cases of each test: of a run in which it skipped nothing, and of one that skipped only what tests/skips.tsv allows
# (FAIRLEAD_TEST_REQUIRE=all); `-`: no such run is known. Whoever removes cases on purpose lowers its row in the same commit and says why;
# tests/support/floors.py writes all of them from runs.
test\tcases\twith skips
"""
RESULT = re.compile(r"^(?:> )?([\w.-]+):? +(\d+)(?: passed,?)? +(\d+)(?: failed,?)? +(\d+)(?: skipped)?$", re.M)

everything, files = sys.argv[1:2] == ["--all"], [word for word in sys.argv[1:] if word != "--all"]
found = {}
for file in files:
    for name, passed, failed, skipped in RESULT.findall(pathlib.Path(file).read_text()):
        name = STAGE.sub("", name)
        if failed == "0" and (skipped == "0" or everything) and name not in FILES and passed + skipped != "00":
            least = found.setdefault(name, ["-", "-"])
            column = int(skipped != "0")
            least[column] = passed if least[column] == "-" else str(min(int(passed), int(least[column])))
table = {row[0]: row[1:] for row in rows("floors.tsv")}
for name, least in found.items():
    table[name] = [new if new != "-" else old for new, old in zip(least, table.get(name, ["-", "-"]))]
(TESTS / "floors.tsv").write_text(HEAD + "".join("\t".join([name, *least]) + "\n" for name, least in sorted(table.items())))
print(f"{len(found)} tests of {len(files)} runs; {len(table)} rows")
