#!/usr/bin/python3
# needs: nothing; takes: 1 s
"""linked.py BIN: who declares no need of the network links nothing that opens connections or databases elsewhere, and each
program links of the watched libraries those that actions/programs says (docs/threat-model.md).

Read from the executables themselves: the libraries that they name as needed, and where they are linked statically their symbols.
"""
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

sys.path.insert(0, str(counted.ROOT / "release"))
import programs  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
SYMBOLS = {"crypto": "EVP_DigestInit_ex", "curl": "curl_easy_perform", "git2": "git_libgit2_init", "hs": "hs_scan",
           "pg_query": "pg_query_parse", "pq": "PQconnectStartParams", "sqlite3": "sqlite3_open_v2", "ssl": "SSL_connect"}

for row in programs.read().values():
    defined = subprocess.run(["/usr/bin/nm", "--defined-only", BIN / row.name], capture_output=True, text=True, check=True,
                             env={"LC_ALL": "C"}).stdout
    found = set(programs.linked(BIN / row.name)) | {library for library, symbol in SYMBOLS.items() if re.search(rf" {symbol}$", defined, re.M)}
    listed = set(row.libraries)
    brought = programs.NETWORK if "pq" in found else set()  # where libpq is linked statically
    wrong = (found - listed - brought) | (listed - found)
    counted.note(f"{row.name} links what is listed", f"it links {sorted(found)}, listed is {row.libraries}" if wrong else "")
    reaches = found & (programs.NETWORK | {"pq"})
    counted.note(f"{row.name} {'may connect' if row.network else 'can not connect'}",
                 f"it links {sorted(reaches)}" if reaches and not row.network else "")
counted.close()
