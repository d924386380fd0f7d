#!/bin/bash
# needs: postgres, alembic, django, flyway, golang-migrate; takes: 50 s
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/migrate_drivers.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
