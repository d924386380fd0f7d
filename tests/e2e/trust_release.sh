#!/bin/bash
# needs: root, nginx; takes: 35 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/trust_release.py" "$folder/../../build/dev/bin" "$@"
