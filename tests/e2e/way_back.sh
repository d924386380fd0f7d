#!/bin/bash
# needs: nginx; takes: 60 s
# The deployer is killed at each step, of applications that end as slowly as real ones do; then each next command.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/way_back.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
