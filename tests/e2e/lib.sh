# Sourced by the end-to-end tests. Each ends with `finish`: N passed, N failed, N skipped.
# shellcheck shell=bash
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${FAIRLEAD_BIN:-$root/build/dev/bin}
PATH=$bin:$PATH:/usr/sbin
export PATH
passed=0 failed=0 skipped=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/fairlead e2e.XXXXXX")
chmod 755 "$scratch"
at_exit=()
tidy() {
    local act
    for act in "${at_exit[@]}"; do eval "$act"; done
    rm -rf "$scratch"
}
trap tidy EXIT
trap 'exit 3' INT TERM HUP

pass() { passed=$((passed + 1)); echo "ok      $1"; }
fail() { failed=$((failed + 1)); echo "FAILED  $1"; shift; [ $# = 0 ] || printf '        | %s\n' "$@"; }

# expect NAME STATUS COMMAND...: the command's exit status decides; $out and $err have what it printed.
expect() {
    local name=$1 wanted=$2 status=0
    shift 2
    "$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null || status=$?
    out=$(<"$scratch/stdout") err=$(<"$scratch/stderr")
    if [ "$status" = "$wanted" ]; then pass "$name"; else fail "$name" "status $status, expected $wanted" "$err" "$out"; fi
}
# contains NAME TEXT PART
contains() { if [[ $2 == *"$3"* ]]; then pass "$1"; else fail "$1" "'$3' is not in:" "$2"; fi; }
equals() { if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "is '$2', expected '$3'"; fi; }

# soon COMMAND...: asks until it succeeds, a minute long; whether it did.
soon() {
    local end=$((SECONDS + 60))
    until "$@"; do [ $SECONDS -lt $end ] || return 1; sleep 0.02; done
}

# skip PART NAME REASON: loud; fails where FAIRLEAD_TEST_REQUIRE names the part.
skip() {
    local part=${1:?a skip names the part that is not here}
    case ",${FAIRLEAD_TEST_REQUIRE:-}," in
    *",$part,"*) fail "$2" "'$part' is required here and can't run: $3" ;;
    *) skipped=$((skipped + 1)); echo "SKIPPED: $part: $2: $3" ;;
    esac
}
finish() { echo "$passed passed, $failed failed, $skipped skipped"; exit $((failed > 0)); }

free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# start_nginx FOLDER INCLUDE: an unprivileged nginx with that file in its http block; its pid is in $nginx.
start_nginx() {
    mkdir -p "$1"
    cat >"$1/nginx.conf" <<CONF
$([ "$(id -u)" != 0 ] || echo "user root;")
pid "$1/pid";
error_log "$1/error.log";
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path "$1/body";
    proxy_temp_path "$1/proxy";
    fastcgi_temp_path "$1/fastcgi";
    uwsgi_temp_path "$1/uwsgi";
    scgi_temp_path "$1/scgi";
    include "$2";
}
CONF
    nginx -e stderr -c "$1/nginx.conf" -g 'daemon off;' 2>"$1/stderr" &
    nginx=$!
    at_exit+=("kill $nginx 2>/dev/null; wait $nginx 2>/dev/null")
}
