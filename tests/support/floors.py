#!/usr/bin/python3
"""floors.py RESULTS...: writes tests/floors.tsv from runs: build/test/results of script/test, build/test/e2e-all of script/e2e.

Of a test's counts the least is taken that a run without a failure or a skip had; a test that no such run has keeps its row.
FILES count files, which come and go with the sources.
"""
import pathlib
import re
import sys

from closing import STAGE, TESTS, rows

FILES = {"fuzz", "layering", "left", "lint", "pages", "skips"}
HEAD = """\
# The least number of cases of each test, judged where it skipped nothing. Whoever removes cases on purpose lowers its row in the
# same commit and says why; tests/support/floors.py writes all of them from runs.
test\tcases
"""
RESULT = re.compile(r"^(?:> )?([\w.-]+):? +(\d+)(?: passed,?)? +(\d+)(?: failed,?)? +(\d+)(?: skipped)?$", re.M)

found = {}
for file in sys.argv[1:]:
    for name, passed, failed, skipped in RESULT.findall(pathlib.Path(file).read_text()):
        if (failed, skipped) == ("0", "0"):
            name = STAGE.sub("", name)
            found[name] = min(int(passed), found.get(name, int(passed)))
known = {name: int(least) for name, least in rows("floors.tsv")}
(TESTS / "floors.tsv").write_text(HEAD + "".join(f"{name}\t{least}\n" for name, least in sorted((known | found).items()) if least and name not in FILES))
print(f"{len(found)} tests of {len(sys.argv) - 1} runs; {len(known | found)} rows")
