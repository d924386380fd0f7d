#!/bin/bash
# needs: nginx, haproxy; takes: 207 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/canary_live.py" "$folder/../../build/dev/bin" "$@"
