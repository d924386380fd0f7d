#!/bin/bash
# needs: nginx; takes: 25 s
# No command says, with status 0, that a release serves while nginx is down. See silent_router.py.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/silent_router.py" "$folder/../../build/dev/bin" "$@"
