#!/bin/bash
# needs: nginx; takes: 57 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/crash.py" "$folder/../../build/dev/bin" "$@"
