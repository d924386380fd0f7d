#!/bin/bash
# needs: engine; takes: 120 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/compose_reach.py" "$folder/../../build/dev/bin" "$@"
