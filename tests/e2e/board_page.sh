#!/bin/bash
# needs: browser, postgres, redis, board, npm; takes: 30 s
# examples/board with PostgreSQL, Redis, its worker and a browser: see board_page.py. FAIRLEAD_TEST_REQUIRE: browser, npm, postgres, redis.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/board_page.py" "$@"
