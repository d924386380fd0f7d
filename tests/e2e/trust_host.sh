#!/bin/bash
# needs: root, setpriv, www-data, nginx; takes: 30 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/trust_host.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
