#!/bin/bash
# needs: rootless; takes: 25 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/compose_rootless.py" "$folder/../../build/dev/bin" "$@"
