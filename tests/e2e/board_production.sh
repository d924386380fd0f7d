#!/bin/bash
# needs: npm, engine, browser; takes: 55 s
# examples/board from an empty fairlead.yml to production behind TLS, with an engine of its own: see board_production.py. As root;
# FAIRLEAD_TEST_REQUIRE names it `engine` (and `npm`, `browser`).
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/board_production.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
