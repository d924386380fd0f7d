#!/bin/bash
# needs: nginx; takes: 36 s
# A canary as the value of every secret: whatever a tool writes, neither the value nor a derived form is in it, but in
# the one file that is made to hold it (a slot's env file, 0600).
. "$(dirname "$0")/lib.sh"
plain=canary4Kq9zTfleak
special='cAnary "q/\+&=%<ü>#4Kq9'
port=$(free_port)
url=http://127.0.0.1:$port

# All forms that are promised, of both: literal, base64 at three alignments, percent-encoded, JSON-escaped.
/usr/bin/python3 - "$plain" "$special" >"$scratch.forms" <<'PY'
import base64, json, sys, urllib.parse
forms = set()
for value in sys.argv[1:]:
    raw = value.encode()
    percent = urllib.parse.quote(value, safe="")
    forms |= {value, percent, percent.lower() if value == value.lower() else percent, percent.replace("%20", "+"),
              json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1],
              json.dumps(value, ensure_ascii=False)[1:-1].replace("/", "\\/")}
    for alignment, (cut, padding) in enumerate(((0, 0), (2, 1), (3, 2))):
        text = base64.b64encode(b"\0" * alignment + raw).decode().rstrip("=")
        whole = text[cut:(alignment + len(raw)) * 8 // 6]
        forms |= {whole, whole.replace("+", "-").replace("/", "_")}
print("\n".join(sorted(forms)))
PY
at_exit+=("rm -f '$scratch.forms'")
hits() { grep -raFf "$scratch.forms" "$@" 2>/dev/null | wc -l; }

expect "grep finds a canary and its forms when they are there" 0 bash -c \
    'printf "a\n%s\n%s\n" "$1" "$(printf "xy%s" "$1" | base64 -w0)" >"$2"; [ "$(grep -Fcf "$3" "$2")" = 2 ]' \
    - "$special" "$scratch/probe" "$scratch.forms"
rm -f "$scratch/probe"

# A server that gives back what it was told, in every form, and cut where a message is cut.
cat >"$scratch/echo.py" <<'PY'
import base64, http.server, json, sys, time, urllib.parse
class Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ").encode("latin-1").decode(errors="replace")
        wrapped = base64.b64encode(b"x" + token.encode()).decode()
        body = json.dumps({"version": token, "b64": wrapped, "percent": urllib.parse.quote(token), "token": token})
        if self.path == "/cut":
            body = "." * 110 + token + token
        if self.path == "/slow":
            time.sleep(3)
        self.send_response(500 if self.path == "/broken" else 302 if self.path == "/moved" else 200)
        self.send_header("Location", "/login?token=" + urllib.parse.quote(token))
        self.send_header("X-Token", wrapped)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Echo).serve_forever()
PY
/usr/bin/python3 "$scratch/echo.py" "$port" 2>"$scratch/server.err" &
server=$!
at_exit+=("kill $server; wait $server 2>/dev/null")
for _ in $(seq 100); do curl -s -o "$scratch/answer" "$url/" && break; sleep 0.1; done

work=$scratch/work
mkdir -p "$work/reports" "$scratch/streams"
cd "$work" || exit 3
git init -q -b main . && git config user.name A && git config user.email a@example.org
cat >reports/junit.xml <<'XML'
<testsuite><testcase name="a"/><testcase name="b"><failure message="no"/></testcase></testsuite>
XML
cat >fairlead.yml <<YML
version: 1
app: canary
gate: {reports: {tests: {path: reports/junit.xml}}}
smoke:
  ready: {path: /, from: "json:\$.version"}
  checks:
    - {name: echo, get: /, expect: {json: {\$.token: nothing}}}
    - {name: broken, get: /broken}
environments:
  staging:
    url: $url
YML
printf '.fairlead/\nreports/\n' >.gitignore
git add -A && git commit -q -m first && git tag v1.0.0

# secrets_of TOOL: its inputs of that type, as its action says.
secrets_of() {
    "$1" --render action | awk '/^inputs:/ {on = 1} /^(outputs|runs):/ {on = 0}
        on && /^  [a-z][a-z0-9-]*:$/ {name = $1; sub(":", "", name)} on && /description:.*A secret\./ {print name}'
}
count=0
# tool ARGUMENT...: runs it with the secrets in its environment ($secrets); all that it writes is below $scratch.
tool() {
    count=$((count + 1))
    mkdir -p "$scratch/state" "$scratch/tmp"
    env -i PATH="$PATH" HOME="$scratch/home" XDG_STATE_HOME="$scratch/state" XDG_CACHE_HOME="$scratch/cache" \
        TMPDIR="$scratch/tmp" "${secrets[@]}" "${job[@]}" "$@" \
        >"$scratch/streams/$count.out" 2>"$scratch/streams/$count.err" </dev/null
}
job=()
everything() { # TOOL: the ways to be asked that every tool has
    local tool=$1 format
    shift
    for format in text github sarif junit json markdown; do
        tool "$tool" "$@" --format "$format" --explain -v --output "json:$scratch/report.$count.json" \
            --output "$scratch/report.$count.sarif" --output "junit:$scratch/report.$count.xml" --output "$scratch/report.$count.md"
    done
    tool "$tool" "$@" --explain-config
    tool "$tool" "$@" --dry-run -v --log-format json
    tool "$tool" --help
    tool "$tool" --render action
    tool "$tool" "$@" --no-such-flag
    job=(GITHUB_ACTIONS=true CI=true GITHUB_OUTPUT="$scratch/github-output" GITHUB_STEP_SUMMARY="$scratch/github-summary"
        GITHUB_REPOSITORY=octo/shop GITHUB_REF=refs/heads/main GITHUB_EVENT_NAME=push GITHUB_API_URL="$url"
        GITHUB_SHA="$(git -C "$work" rev-parse HEAD)")
    tool "$tool" "$@" -v --explain
    tool "$tool" "$@" --format json
    job=()
}

found=0
for program in "$bin"/fairlead "$bin"/fairlead-*; do
    name=$(basename "$program")
    [ "$name" != fairlead-load ] || continue
    for value in "$plain" "$special"; do
        secrets=(DATABASE_URL="$value")
        for input in $(secrets_of "$name"); do
            upper=$(tr 'a-z-' 'A-Z_' <<<"$input")
            secrets+=("INPUT_$upper=$value" "FAIRLEAD_$upper=$value")
            [ "$value" = "$special" ] || { found=$((found + 1)); echo "        $name: $input"; }
        done
        case $name in
        fairlead-smoke)
            everything "$name" --env staging --deadline 2s
            everything "$name" "$url/ json=\$.token=x" "$url/cut contains=x" "$url/broken" "$url/moved" \
                "$url/ header=X-Token=x" --expect-version 9 --deadline 300ms
            tool "$name" "$url/" # it passes, and tells the version that was echoed
            tool "$name" "$url/?token=$(/usr/bin/python3 -c 'import sys, urllib.parse as u; print(u.quote(sys.argv[1]))' "$value")" \
                --expect-status 500
            ;;
        fairlead) everything "$name" run; everything "$name" doctor; everything "$name" init ;;
        fairlead-deploy) ;; # below, with a real application and nginx
        *) everything "$name" ;;
        esac
    done
done
expect "there are secret inputs to try" 0 test "$found" -gt 0

# deploy: an application that shows its secret wherever it can: its log, its answers, the output of `prepare`.
slots=()
if ! command -v fairlead-deploy >/dev/null || ! command -v nginx >/dev/null; then
    skip nginx "the secrets of a deployment" "nginx or fairlead-deploy is not here"
else
    mkdir -p "$scratch/shop/release" && cd "$scratch/shop" || exit 3
    cat >release/app.py <<'PY'
import http.server, json, os, socketserver, sys
secret = os.environ["DATABASE_URL"]
print("connects to", secret, file=sys.stderr, flush=True)
class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
class App(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"version": os.environ["FAIRLEAD_VERSION"], "error": secret}).encode()
        self.send_response(500 if os.path.exists("sick") else 200, "no " + secret.encode().decode("latin-1"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
Server(sys.argv[1], App).serve_forever()
PY
    web=$(free_port)
    cat >fairlead.yml <<YML
version: 1
app: shop
deploy:
  release: {path: release}
  health: {path: /, interval: 100ms, deadline: 2s, healthy_after: 1, version: {json: \$.version}}
  verify: {requests: 2}
  bake: 200ms
  drain: {timeout: 2s}
  stop: {timeout: 2s}
environments:
  staging:
    url: http://127.0.0.1:$web
    env: {secrets: [DATABASE_URL]}
    deploy:
      target:
        kind: direct
        root: "$scratch/root"
        state: "$scratch/deployed"
        supervise: own
        command: [/usr/bin/python3, app.py, "{socket}"]
        prepare: [[sh, -c, 'echo "with \$DATABASE_URL"; echo "\$DATABASE_URL" >&2; test ! -e unprepared']]
YML
    secrets=(DATABASE_URL="$plain")
    end_application() {
        WANTED=$scratch/root /usr/bin/python3 - <<'PY'
import glob, os, signal
for file in glob.glob("/proc/[0-9]*/cmdline"):
    try:
        words = open(file, errors="replace").read()
    except OSError:
        continue
    if os.environ["WANTED"] in words and "nginx" not in words:
        os.kill(int(file.split("/")[2]), signal.SIGKILL)
PY
    }
    at_exit+=(end_application)
    tool fairlead-deploy router --env staging
    cp "$scratch/streams/$count.out" "$scratch/shop.conf"
    start_nginx "$scratch/nginx" "$scratch/shop.conf"
    soon test -s "$scratch/nginx/pid" # it listens by then
    everything fairlead-deploy plan --env staging
    deploys() { # STATUS VERSION ARGUMENT...
        local wanted=$1 version=$2 status=0
        shift 2
        tool fairlead-deploy apply --env staging --release-version "$version" -v --explain "$@" || status=$?
        equals "deploy of $version" $status "$wanted"
        [ $status = "$wanted" ] || tail -n 20 "$scratch/streams/$count.out" "$scratch/streams/$count.err"
    }
    deploys 0 1.0.0 --output "json:$scratch/deploy.json"
    env=$(echo "$scratch"/root/slots/*/env)
    expect "the slot's env file holds the secret" 0 grep -qF "$plain" "$env"
    equals "and only its owner reads it" "$(stat -c %a "$env")" 600
    touch release/sick && deploys 1 2.0.0
    rm release/sick && touch release/unprepared && deploys 1 3.0.0 --format json
    rm release/unprepared
    secrets=(DATABASE_URL="$special")
    echo >>release/app.py && deploys 0 4.0.0
    for what in status history rollback; do tool fairlead-deploy $what --env staging --format json; done
    secrets=(DATABASE_URL="$plain")
    touch release/sick
    job=(GITHUB_ACTIONS=true GITHUB_OUTPUT="$scratch/github-output" GITHUB_STEP_SUMMARY="$scratch/github-summary")
    deploys 1 5.0.0
    job=()
    equals "a slot's env is the only file of all slots that holds it" \
        "$(cd "$scratch/root/slots" && grep -rlaFf "$scratch.forms" . | sed 's|/[ab]/|/SLOT/|' | sort -u)" ./SLOT/env
    expect "what the application says itself is in its log, masked" 0 grep -qF 'connects to ***' "$scratch"/root/slots/*/log
    equals "what a release carries is there, for its owner alone" \
        "$(find "$scratch" -path '*/carried/*' -type f -printf '%m\n' | sort -u)" 600
    slots=(--exclude-dir=slots --exclude-dir=carried)
fi

# The command line is readable by everyone on the machine.
secrets=(INPUT_BEARER="$plain" FAIRLEAD_BEARER="$plain")
tool fairlead-smoke "$url/slow" --timeout 2s --deadline 2s &
waiting=$!
seen=0
for _ in $(seq 15); do
    seen=$((seen + $(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -c "^$plain")))
    sleep 0.1
done
wait $waiting
equals "no process has it on its command line" "$seen" 0

cd "$scratch" || exit 3
echo "        $(find . -type f | wc -l) files after $count runs; grep -raFf FORMS ${slots[*]} . | wc -l: $(hits "${slots[@]}" .)"
equals "nothing that was written has a canary or a form of it" "$(hits "${slots[@]}" .)" 0
grep -rlaFf "$scratch.forms" "${slots[@]}" . | head
equals "nor half of one, where a message is cut" "$(grep -rlaE "${slots[@]}" 'canary4Kq|cAnary' . | wc -l)" 0
finish
