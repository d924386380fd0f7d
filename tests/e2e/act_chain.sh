#!/bin/bash
# needs: act; takes: 374 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/act_chain.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
