#!/bin/bash
# needs: strace; takes: 33 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/trust_matrix.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
