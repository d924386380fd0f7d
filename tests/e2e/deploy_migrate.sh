#!/bin/bash
# needs: nginx; takes: 74 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/deploy_migrate.py" "$folder/../../build/dev/bin" "$@"
