#!/bin/bash
# needs: browser, pdftotext; takes: 10 s
# The pages of --format html in a browser, and checklists on paper: see html_pages.py. FAIRLEAD_TEST_REQUIRE: browser, pdftotext.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/html_pages.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
