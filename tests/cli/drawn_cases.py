#!/usr/bin/python3
# needs: nothing; takes: 60 s; cases: 90; asan: only
"""One in eight of the cases of each folder of tests/cli, with sanitizers: what the programs do between the parts that unit tests and
fuzz targets run with sanitizers.

    drawn_cases.py BIN

All cases run without sanitizers (dev), where a start costs a tenth; all of them run with sanitizers every week (weekly.yml), and with
FAIRLEAD_TEST_SANITIZED=all script/test asan. A case is drawn by its name, so it is the same cases until some are added or renamed.
"""
import pathlib
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import cli  # noqa: E402
import counted  # noqa: E402

ONE_IN = 8
CASES = pathlib.Path(__file__).resolve().parent


def drawn(folder):
    """Of each folder at least one."""
    files = sorted(folder.glob("*.txtar"), key=lambda file: zlib.crc32(f"{folder.name}/{file.stem}".encode()))
    return sorted(files[:-(-len(files) // ONE_IN)])


bin_folder = str(pathlib.Path(sys.argv[1]).resolve())
counted.close(*cli.tried([file for folder in sorted(CASES.iterdir()) if folder.is_dir() for file in drawn(folder)], bin_folder))
