#!/bin/bash
# needs: namespaces; takes: 8 s
# fairlead-smoke against a real server that starts late, serves the old version first, and breaks.
. "$(dirname "$0")/lib.sh"
port=$(free_port)
url=http://127.0.0.1:$port
cat >"$scratch/server.py" <<'PY'
import http.server, json, sys, time
began = time.monotonic()
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        age = time.monotonic() - began
        status, body = 200, b"hello"
        if self.path == "/health":
            status = 503 if age < 0.5 else 200
            body = json.dumps({"version": "1.0.0" if age < 1 else "1.1.0", "items": [1]}).encode()
        elif self.path == "/broken":
            status = 500
        elif self.path == "/moved":
            status = 302
        elif self.path == "/slow":
            time.sleep(0.4)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/login")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
PY
start() { (sleep "$1"; exec /usr/bin/python3 "$scratch/server.py" "$port" 2>/dev/null) & server=$!; }
stop() { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; }
at_exit+=(stop)
cd "$scratch" || exit 3

start 0.7
expect "a server that starts late, and the old version first, are waited for" 0 \
    fairlead-smoke "$url/health" --expect-version 1.1.0 --deadline 20s
contains "the version that answers is told" "$out" "version 1.1.0 answers"
expect "a status that is broken fails at once" 1 fairlead-smoke "$url/broken"
contains "with its rule" "$err" "status 500, expected 200-299: 'hello' [smoke/status]"
expect "a redirect says where it points" 1 fairlead-smoke "$url/moved"
contains "and does not follow it" "$err" "it points to '/login'"
expect "body, header, JSON and status are compared" 0 \
    fairlead-smoke "$url/ 200 contains=hello header=content-type=text/html" "$url/health json=\$.items[0]=1" "$url/moved 302"
expect "a slow answer is over its budget" 1 fairlead-smoke "$url/slow max=100ms"
expect "an attempt has its own time" 1 fairlead-smoke --timeout 100ms --deadline 1s "$url/slow"
contains "and the deadline says what was last" "$err" "deadline of 1s reached after"
cat >fairlead.yml <<YML
version: 1
smoke:
  ready: {path: /health, streak: 3}
  checks:
    - {name: home, get: /, expect: {body: "~ hello"}}
    - {name: known, get: /broken, xfail: "issue 12"}
    - {name: later, get: /later, skip: not built yet}
    - {name: nobody, get: "http://127.0.0.1:1", expect: refused}
environments:
  staging: {url: $url}
YML
expect "the checks of fairlead.yml run against the environment's url" 0 fairlead-smoke --env staging --format json
contains "JSON has the checks" "$out" '"name": "home"'
contains "a skip is listed with its reason" "$out" "not built yet"
sed -i 's/~ hello/~ goodbye/' fairlead.yml
expect "a failed check of fairlead.yml is a no" 1 fairlead-smoke --env staging
contains "with its place in the file" "$err" "fairlead.yml:5:7: home"
stop
expect "a server that is gone is a no" 1 fairlead-smoke "$url/" --deadline 1s
fairlead-smoke "$url/" --deadline 300s --verbose >"$scratch/stdout" 2>&1 &
waiting=$!
soon grep -q 'seed of the waits' "$scratch/stdout"
kill -INT $waiting
wait $waiting
equals "an interrupt ends it with status 3" $? 3

# A name server that never answers: by itself the lookup lasts a minute.
cat >"$scratch/mute.sh" <<'SH'
ip link set lo up && mount --bind "$1/resolv.conf" /etc/resolv.conf || exit 77
/usr/bin/python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 53)); print(flush=True)
while True: s.recv(512), print("asked", flush=True)' >"$1/mute" &
name_server=$!
asked() { grep -c asked "$1/mute"; }
for _ in $(seq 3000); do [ -s "$1/mute" ] || sleep 0.02; done
began=$(date +%s%N)
fairlead-smoke http://app.example.org/ --deadline 1s >"$1/mute-out" 2>&1
echo "$?" $((($(date +%s%N) - began) / 1000000)) >"$1/mute-deadline"
before=$(asked "$1")
fairlead-smoke http://app.example.org/ --deadline 300s >"$1/mute-out" 2>&1 &
asking=$!
for _ in $(seq 3000); do [ "$(asked "$1")" -gt "$before" ] || sleep 0.02; done
began=$(date +%s%N)
kill -TERM $asking
wait $asking
echo "$?" $((($(date +%s%N) - began) / 1000000)) >"$1/mute-stop"
kill $name_server
SH
printf 'nameserver 127.0.0.1\noptions timeout:30 attempts:2\n' >"$scratch/resolv.conf"
if unshare -rmn bash "$scratch/mute.sh" "$scratch" 2>/dev/null; then
    read -r status took <"$scratch/mute-deadline"
    equals "a deadline of 1 s is no pass with a mute name server" "$status" 1
    equals "and it holds (took $took ms)" $((took < 20000)) 1
    read -r status took <"$scratch/mute-stop"
    equals "SIGTERM ends the wait for a mute name server with status 3" "$status" 3
    equals "long before the lookup ends (took $took ms)" $((took < 20000)) 1
else
    skip namespaces "a mute name server" "no namespaces of our own here"
fi
finish
