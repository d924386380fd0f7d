#!/bin/bash
# needs: compose, redis; takes: 20 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/volumes.py" "$folder/../../build/dev/bin" "$@"
