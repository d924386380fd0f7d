#!/bin/bash
# needs: nginx, haproxy, engine, systemd; takes: 166 s
# A pairwise sample of place x strategy x router, three switches each, under a load of every kind. All of them, 20 switches
# each, beside the ways of others: script/bench deploy switches
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
exec "$root/bench/deploy.py" switches --bin "${FAIRLEAD_BIN:-$root/build/dev/bin}" --sample yes --switches 3 --slow 1.2 --think 12
