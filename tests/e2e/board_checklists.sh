#!/bin/bash
# needs: postgres, redis, nginx, board; takes: 57 s
# Both checklists on examples/board before its deployment and after it: see board_checklists.py. As root; FAIRLEAD_TEST_REQUIRE: postgres, redis.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/board_checklists.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
