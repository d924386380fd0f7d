#!/bin/bash
# needs: browser, pdftotext; takes: 10 s
# The page to print of both checklists in a browser, and on paper: see checklist_page.py. FAIRLEAD_REQUIRE: browser, pdftotext.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/checklist_page.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
