#!/bin/bash
# needs: nginx, haproxy; takes: 60 s
# A replica that died gets no requests, and `status --check` names it: see replicas.py.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/replicas.py" "$folder/../../build/dev/bin" "$@"
