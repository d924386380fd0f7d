#!/bin/bash
# needs: postgres; takes: 20 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/migrate_guards.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
