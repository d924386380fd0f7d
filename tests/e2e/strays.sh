#!/bin/bash
# needs: nginx; takes: 25 s
# Processes of the application that no record names: status --check says so, apply and down end them; and all of them gone at once,
# as by a reboot. See strays.py.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/strays.py" "$folder/../../build/dev/bin" "$@"
