#!/bin/bash
# needs: engine, nginx; takes: 160 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/compose.py" "$folder/../../build/dev/bin" "$@"
