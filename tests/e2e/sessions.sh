#!/bin/bash
# needs: nginx; takes: 8 s; cases: 5
# The recordings of deployments in the pages: see sessions.py.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/sessions.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
