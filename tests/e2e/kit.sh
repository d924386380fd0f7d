#!/bin/bash
# needs: engine, caddy; takes: 200 s
# The production kit's compose file, started: see kit.py. As root; FAIRLEAD_TEST_REQUIRE names it `engine`.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/kit.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
