#!/bin/bash
# needs: engine; takes: 120 s
# script/demo --compose, with an engine of its own: see demo_compose.py. As root; FAIRLEAD_TEST_REQUIRE names it `engine`.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/demo_compose.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
