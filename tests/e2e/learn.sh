#!/bin/bash
# needs: engine; takes: 20 s
# docs/learn-containers.md with an engine of its own: see learn.py. As root; FAIRLEAD_TEST_REQUIRE names it `engine`.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/learn.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
