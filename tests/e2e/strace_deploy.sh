#!/bin/bash
# needs: strace, nginx; takes: 6 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/strace_deploy.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
