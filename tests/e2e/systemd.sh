#!/bin/bash
# needs: systemd; takes: 90 s
# systemd for real: Debian 12 booted in systemd-nspawn, see systemd.py. Needs root and `apt-get install systemd-container
# debootstrap`; the root is made once, in build/tools/systemd-root (or where FAIRLEAD_SYSTEMD_ROOT says), with the network.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
exec /usr/bin/python3 "$folder/systemd.py" "${FAIRLEAD_BIN:-$folder/../../build/dev/bin}" "$@"
