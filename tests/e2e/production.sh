#!/bin/bash
# needs: nginx; takes: 10 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/production.py" "$folder/../../build/dev/bin" "$@"
