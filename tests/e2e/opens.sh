#!/bin/bash
# needs: strace; takes: 29 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/opens.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
