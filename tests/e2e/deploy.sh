#!/bin/bash
# needs: nginx, root; takes: 157 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/deploy.py" "$folder/../../build/dev/bin" "$@"
