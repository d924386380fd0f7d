#!/bin/bash
# needs: nginx, haproxy, caddy; takes: 117 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/routers.py" "$folder/../../build/dev/bin" "$@"
