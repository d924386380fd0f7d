#!/bin/bash
# needs: conformance, nginx; takes: 82 s
# Hostile names, messages, reports, answers and outputs through every tool, as in a job of GitHub Actions; then all that
# was printed is read with the runner's rules (runner.py): no command and no output but ours.
. "$(dirname "$0")/lib.sh"
here=$root/tests/e2e
cases=${FAIRLEAD_CONFORMANCE:-$root/../shared/conformance}/actions
if [ -d "$cases" ]; then
    expect "the reader agrees with the known cases" 0 /usr/bin/python3 "$here/runner.py" check "$cases"
else
    skip conformance "the reader agrees with the known cases" "$cases is not there"
fi
expect "it knows a forged command when it sees one" 1 bash -c \
    'printf "::set-output name=a::b\n" >"$1/seen"; exec /usr/bin/python3 "$2/runner.py" log "$1/seen"' - "$scratch" "$here"
expect "and a foreign output" 1 bash -c \
    'printf "findings=1\nforged=1\n" >"$1/seen"; exec /usr/bin/python3 "$2/runner.py" outputs "$1/seen" findings' - "$scratch" "$here"

hostile=$scratch/hostile logs=$scratch/logs
mkdir "$logs" "$scratch/tmp"
/usr/bin/python3 "$here/hostile.py" "$hostile"
mapfile -d '' -t texts <"$hostile/texts"
count=0

# step TOOL ARGUMENT...: runs it as a step would; its streams and its outputs are kept.
step() {
    count=$((count + 1))
    env -i PATH="$PATH" HOME="$scratch" TMPDIR="$scratch/tmp" RUNNER_TEMP="$scratch/tmp" GITHUB_ACTIONS=true GITHUB_OUTPUT="$logs/$1.outputs" GITHUB_ENV="$logs/$1.env" \
        GITHUB_STEP_SUMMARY="$logs/$1.summary" GITHUB_WORKSPACE="$PWD" "${more[@]}" \
        "$@" >"$logs/$count.$1.out" 2>"$logs/$count.$1.err" </dev/null
}
formats=(github text json sarif junit markdown)
more=()

# What can be written in a file name, a path or a line.
git init -q -b main "$hostile/names"
cd "$hostile/names" || exit 3
git config user.name '::error::forged' && git config user.email 'a@example.org'
for format in "${formats[@]}"; do step fairlead-scan tree --format "$format" --explain -v --log-format text; done
git add -A
step fairlead-scan staged --explain
git commit -q --allow-empty -m first --no-verify
for ((i = 0; i < ${#texts[@]}; i++)); do git commit -q --allow-empty --cleanup=verbatim -m "${texts[i]}"; done
step fairlead-scan range HEAD~5..HEAD --explain -v
step fairlead-scan range --explain
for format in "${formats[@]}"; do
    git diff --quiet || exit 3
    step fairlead-scan range "$(git rev-list --max-parents=0 HEAD)..HEAD" --format "$format"
done

# Reports, in their texts and in their own names.
cd "$hostile" || exit 3
for kind in junit.xml sarif.json cobertura.xml lcov.info; do
    for format in "${formats[@]}"; do step fairlead-gate "all.$kind" --format "$format" --explain -v --min-coverage 90; done
    for ((i = 0; i < ${#texts[@]}; i++)); do step fairlead-gate "$i.$kind" --min-coverage 90; done
done
for ((i = 0; i < ${#texts[@]}; i++)); do
    step fairlead-gate "$i.broken.xml"
    step fairlead-gate "${texts[i]}"
    step fairlead-gate --max-failed "${texts[i]}" all.junit.xml
    step fairlead-gate --config "$i.wrong.yml" all.junit.xml
    step fairlead-gate --config "${texts[i]}" all.junit.xml
    step fairlead-scan --only "${texts[i]}" --log-format json
    step fairlead-smoke --config "$i.wrong.yml"
    step fairlead-scan range "${texts[i]}..HEAD"
done

# What a server answers, and what it is asked for.
port=$(free_port)
/usr/bin/python3 "$here/hostile.py" serve "$port" &
server=$!
at_exit+=("kill $server; wait $server 2>/dev/null")
url=http://127.0.0.1:$port
for _ in $(seq 100); do curl -s -o "$scratch/answer" "$url/0/body" && break; sleep 0.1; done
for ((i = 0; i < ${#texts[@]}; i++)); do
    step fairlead-smoke "$url/$i/json" --expect-version 1 --deadline 200ms --explain -v
    step fairlead-smoke "$url/$i/json" --version-from 'json:$.version' # its version is an output of ours
    step fairlead-smoke "$url/$i/body" --expect-body wrong
    step fairlead-smoke "$url/$i/body" --version-from body --format text
    step fairlead-smoke "$url/$i/header"
    step fairlead-smoke "$url/$i/header" --expect-status 302 --version-from header:X-Release
    step fairlead-smoke "$url/$i/header 302 header=location=wrong"
    step fairlead-smoke "http://127.0.0.1:1/${texts[i]}" --deadline 60ms
    step fairlead-smoke "${texts[i]}"
    step fairlead-smoke --expect-status "${texts[i]}" "$url/0/body"
done

# The chain: names, outputs without a line end, the reasons of its tools.
for ((i = 0; i < ${#texts[@]}; i++)); do
    cd "$hostile/chain$i" || exit 3
    for format in github text json; do step fairlead run --format "$format"; done
    step fairlead run --skip second
    step fairlead run --only "${texts[i]}"
    step fairlead run --dry-run
    step fairlead "${texts[i]}"
    step fairlead doctor
    step fairlead init --dry-run
done

if command -v fairlead-tag >/dev/null; then
    cd "$hostile/names" || exit 3
    git tag 'v1.0.0-%0Aghadelimiter_00'
    for ((i = 0; i < ${#texts[@]}; i++)); do
        more=(GITHUB_EVENT_NAME=push GITHUB_REF="refs/heads/${texts[i]}" GITHUB_SHA="$(git rev-parse HEAD)"
            GITHUB_REPOSITORY=octo/shop GITHUB_REF_NAME="${texts[i]}" GITHUB_ACTOR="${texts[i]}")
        step fairlead-tag
        step fairlead-tag --tags "type=raw,value=${texts[i]}"
        step fairlead-tag --images "${texts[i]}" --format json
        step fairlead-tag --labels "x=${texts[i]}"
        more=(INPUT_TAGS="${texts[i]}" INPUT_IMAGES="${texts[i]}" INPUT_LABELS="${texts[i]}" INPUT_ANNOTATIONS="${texts[i]}")
        step fairlead-tag
    done
    more=()
    step fairlead-tag --context git --tags type=semver,pattern='{{version}}'
fi

# A deployment that fails in `prepare`, or starts and dies: both show what was printed.
if ! command -v nginx >/dev/null; then
    skip nginx "deployments that fail with hostile output" "nginx is not here"
else
    mkdir -p "$hostile/deploy/release" && cd "$hostile/deploy" || exit 3
    echo hello >release/file
    web=$(free_port)
    deployment() { # TEXT EXIT-OF-PREPARE
        /usr/bin/python3 - "$1" "$2" "$web" "$scratch" >fairlead.yml <<'PY'
import json, sys
text, status, port, scratch = json.dumps(sys.argv[1]), *sys.argv[2:]
say = 'printf %s \\"$0\\"; printf %s \\"$0\\" >&2; exit'
print(f"""version: 1
app: notes
deploy: {{release: {{path: release}}, health: {{interval: 50ms, deadline: 300ms}}, stop: {{timeout: 1s}}}}
environments:
  staging:
    url: http://127.0.0.1:{port}
    deploy:
      target:
        kind: direct
        root: "{scratch}/root"
        state: "{scratch}/state"
        supervise: own
        command: [sh, -c, "{say} 1", {text}]
        prepare: [[sh, -c, "{say} {status}", {text}]]""")
PY
    }
    deployment x 0
    fairlead-deploy router --env staging >"$scratch/site.conf"
    start_nginx "$scratch/nginx" "$scratch/site.conf"
    for _ in $(seq 100); do curl -s -o "$scratch/answer" "http://127.0.0.1:$web" && break; sleep 0.05; done
    for ((i = 0; i < ${#texts[@]}; i++)); do
        deployment "${texts[i]}" $((i % 2))
        step fairlead-deploy plan --env staging
        step fairlead-deploy apply --env staging --release-version 1.0.0 --retry-bad -v --explain
        step fairlead-deploy apply --env staging --release-version "${texts[i]}"
        step fairlead-deploy status --env "${texts[i]}"
    done
    step fairlead-deploy status --env staging
    step fairlead-deploy history --env staging
    unprepared=$(grep -l "prepare 'sh .* ended with status 1" "$logs"/*.fairlead-deploy.err | head -n 1)
    contains "prepare failed, and its output is told" "$(cat "${unprepared%.err}.out")" "last lines of 1.0.0-"
    contains "the process ended, and its log is told" "$(cat "$logs"/*.fairlead-deploy.out)" "last lines of 1.0.0-"
fi

cd "$scratch" || exit 3
expect "no line of $((count * 2)) logs is a command that a text of these ${#texts[@]} made" 0 \
    /usr/bin/python3 "$here/runner.py" log "$logs"/*.out "$logs"/*.err
echo "        $(tail -n 1 <<<"$out")"
outputs_of() { "$1" --render action | sed -n '/^outputs:/,/^runs:/s/^  \([a-z][a-z-]*\):$/\1/p'; }
for file in "$logs"/*.outputs; do
    tool=$(basename "$file" .outputs)
    names=$( (outputs_of "$tool"; [ "$tool" != fairlead ] || outputs_of fairlead-gate) | sort -u | paste -sd,) # its step
    expect "$tool writes no output but $names" 0 /usr/bin/python3 "$here/runner.py" outputs "$file" "$names"
    echo "        $(tail -n 1 <<<"$out")"
done
for file in "$logs"/*.env; do
    [ -e "$file" ] || continue
    equals "only tag writes to the job's environment" "$(basename "$file" .env)" fairlead-tag
    expect "and only what the peer's users read there" 0 /usr/bin/python3 "$here/runner.py" outputs "$file" 'DOCKER_METADATA_OUTPUT_*'
    echo "        $(tail -n 1 <<<"$out")"
done
equals "no summary holds foreign HTML or mentions somebody" "$(grep -hE '<img|@everyone|[^\]\]\(javascript' "$logs"/*.summary)" ""
# Under stop-commands nothing else is read: each chain must end what it began (runner.py says so above).
contains "the chain guards the output of foreign commands" "$(cat "$logs"/*.fairlead.out)" "::stop-commands::"
broken=0
while IFS= read -r file; do
    /usr/bin/python3 -m json.tool "$file" >/dev/null 2>&1 || { broken=$((broken + 1)); echo "        $file"; }
done < <(grep -lE '^\{' "$logs"/*.out)
equals "JSON on standard output stays JSON" "$broken" 0
finish
