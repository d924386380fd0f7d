#!/bin/bash
# needs: nginx, postgres; takes: 59 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/deploy_migrate_postgres.py" "$folder/../../build/dev/bin" "$@"
