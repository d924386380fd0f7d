#!/bin/bash
# needs: browser, sphinx; takes: 30 s; cases: 20
# The site that script/docs builds: see site.py. FAIRLEAD_TEST_REQUIRE: browser, sphinx.
set -euo pipefail
exec /usr/bin/python3 "$(cd "$(dirname "$0")" && pwd)/site.py" "$@"
