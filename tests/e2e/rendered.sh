#!/bin/bash
# needs: nginx; takes: 19 s
# Hostile values of fairlead.yml in the router's configuration: what `fairlead-deploy router` renders passes `nginx -t`, or
# was refused before. FAIRLEAD_RENDERED (20000) values, in batches.
. "$(dirname "$0")/lib.sh"
command -v nginx >/dev/null || { skip nginx "rendered configurations" "nginx is not installed"; finish; }
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/key.pem" -out "$scratch/cert.pem" -days 1 -subj /CN=x 2>/dev/null
expect "each rendered configuration passes nginx -t" 0 /usr/bin/python3 "$root/tests/e2e/rendered.py" \
    "$bin/render-routers" "$scratch" "${FAIRLEAD_RENDERED:-20000}"
echo "$out"
finish
