#!/bin/bash
# needs: circle; takes: 165 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/circle.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}"
