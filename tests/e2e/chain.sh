#!/bin/bash
# needs: nginx; takes: 19 s
# `fairlead run` over a small repository: verdicts with their commit, interrupts, what the tools inherit, the version.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 3
mkdir "a project" && cd "a project" || exit 3
git init -q -b main . && git config user.name A && git config user.email a@example.org
cat >junit.xml <<'XML'
<testsuite><testcase name="a"/></testsuite>
XML
cat >fairlead.yml <<'YML'
version: 1
run:
  - {name: tests, exec: [sh, -c, "touch junit.xml; env"]}
  - gate
  - scan
gate: {reports: {tests: {path: junit.xml}}}
YML
printf '.fairlead/\njunit.xml\n' >.gitignore
git add -A && git commit -q -m first

expect "a chain of yeses is a yes" 0 env INPUT_MIN_TESTS=99 INPUT_ONLY=tests,gate,scan fairlead run
contains "its table names every step" "$out" "yes: 3 steps passed"
equals "commands don't inherit inputs of ours" "$(grep -c '^INPUT_' <<<"$out")" 0
for tool in gate scan; do
    equals "$tool's verdict is kept with its commit" "$(/usr/bin/python3 -c 'import json, sys
verdict = json.load(open(sys.argv[1])); print(verdict["verdict"], verdict["commit"])' .fairlead/out/$tool.json)" \
        "pass $(git rev-parse HEAD)"
done

echo 'key = "AKIA''Z7VBNQ4XLJ2MK3PD"' >leak.py
git add leak.py
expect "a planted secret stops the chain" 1 fairlead run
contains "where it is found" "$out" "no: stopped at scan"
expect "the kept verdict is the new one" 0 grep -q '"verdict": "fail"' .fairlead/out/scan.json
git rm -qf leak.py
echo '<testsuite><testcase name="a"><failure/></testcase></testsuite>' >junit.xml
expect "a failing test stops it before" 1 fairlead run
contains "and what follows is not run" "$out" "scan   -                 -  not run"

# Interrupts: a child that goes by itself, and one that will not.
gone() { # PIDFILE
    for _ in $(seq 40); do kill -0 "$(<"$1")" 2>/dev/null || return 0; sleep 0.05; done
    return 1
}
interrupted() { # NAME SECONDS SCRIPT
    cat >fairlead.yml <<YML
version: 1
run:
  - name: tests
    exec: [bash, -c, '$3']
  - gate
gate: {reports: {tests: {path: junit.xml}}}
YML
    rm -f pid
    fairlead run >"$scratch/stdout" 2>"$scratch/stderr" </dev/null &
    local chain=$! before status=0 took
    for _ in $(seq 200); do [ -s pid ] && break; sleep 0.05; done
    before=$(date +%s%N)
    kill -INT $chain
    wait $chain || status=$?
    took=$((($(date +%s%N) - before) / 1000000))
    equals "$1: status" $status 3
    contains "$1: said" "$(<"$scratch/stderr")" "interrupted during tests"
    contains "$1: the table is there" "$(<"$scratch/stdout")" "gate   -"
    expect "$1: within $2 s (took $took ms)" 0 test $took -le $(($2 * 1000))
    expect "$1: its child is gone" 0 gone pid
}
interrupted "an interrupt" 4 'echo $$ >pid; exec sleep 60'
interrupted "an interrupt that the step ignores" 8 'trap "" INT TERM; sleep 60 & echo $! >pid; wait; wait; sleep 60'

# The version that tag finds goes to deploy, in a dry run as well.
if ! command -v nginx >/dev/null; then
    skip nginx "tag's version goes to deploy" "nginx is not here"
else
    web=$(free_port)
    cat >fairlead.yml <<YML
version: 1
app: probe
run: [tag, deploy]
tag: {tags: ["type=semver,pattern={{version}}"]}
environments:
  staging:
    url: http://127.0.0.1:$web
    deploy:
      release: {path: .}
      target: {kind: direct, root: "$scratch/root", command: [sleep, "60"]}
YML
    git add -A && git commit -q -m second && git tag v3.1.4
    fairlead-deploy router --env staging >"$scratch/site.conf"
    start_nginx "$scratch/nginx" "$scratch/site.conf"
    for _ in $(seq 100); do curl -s -o /dev/null "http://127.0.0.1:$web" && break; sleep 0.05; done
    expect "a dry run of tag and deploy" 0 env GITHUB_EVENT_NAME=push GITHUB_REF=refs/tags/v3.1.4 \
        GITHUB_SHA="$(git rev-parse HEAD)" fairlead run --dry-run --env staging
    contains "the plan has tag's version" "$(grep -v version <<<"$out")" "3.1.4-"
    expect "and nothing was made" 1 test -e "$scratch/root/releases"

    # The example application: a dry run of all, a deployment that smoke refuses, and the command that takes it back.
    cp -R "$root/examples/notes" "$scratch/notes"
    cd "$scratch/notes" || exit 3
    NOTES_PORT=$(free_port)
    export NOTES_PORT NOTES_ROOT="$scratch/srv" NOTES_STATE="$scratch/state"
    at_exit=("fairlead-deploy down --env staging --config '$scratch/notes/fairlead.yml' >/dev/null 2>&1" "${at_exit[@]}")
    sed -i 's/bake: 5s/bake: 1s/' fairlead.yml
    printf 'NOTES_API_TOKEN=\nDATABASE_URL=sqlite:data/notes.sqlite\n' >.env.deploy && chmod 600 .env.deploy
    git init -q -b main . && git add -A && git -c user.name=A -c user.email=a@example.org commit -q -m first
    fairlead-deploy router --env staging >"$scratch/notes.conf"
    start_nginx "$scratch/nginx of notes" "$scratch/notes.conf"
    for _ in $(seq 100); do curl -s -o /dev/null "http://127.0.0.1:$NOTES_PORT" && break; sleep 0.05; done
    if fairlead run --dry-run >"$scratch/stdout" 2>"$scratch/stderr"; then status=0; else status=$?; fi
    out=$(<"$scratch/stdout")
    contains "a dry run names the command" "$out" "would run: /usr/bin/python3 -m pytest"
    contains "and goes on to deploy's plan" "$out" "deploy  -"
    contains "and to what smoke would ask" "$out" "would run 7 checks"
    expect "its status is that of its steps ($status)" 0 test $status -le 1
    plan() { fairlead-deploy plan --env staging | grep -o '[0-9a-f]*-[0-9a-f]\{12\}' | sort -u; }
    before=$(plan)
    expect "the plan names the release" 0 test -n "$before"
    mkdir -p reports && echo '<testsuite/>' >reports/junit.xml && touch .coverage
    equals "what the tests write makes no other release" "$(plan)" "$before"
    expect "deploy and smoke say yes" 0 fairlead run --only deploy,smoke
    contains "and the history is next" "$out" "next: fairlead-deploy history --env staging"
    sed -i 's|<h1>|<h1 class="new">|' templates/index.html
    sed -i 's|~ <title>Notes</title>|~ nobody writes this|' fairlead.yml
    expect "a smoke that says no after a deployment" 1 fairlead run --only deploy,smoke
    contains "names the command that takes it back" "$(tail -n 2 "$scratch/stdout")" \
        "next: fairlead-deploy rollback --env staging"
    cp "$scratch/stdout" "$scratch/first"
    expect "smoke says no to what was there already" 1 fairlead run --only deploy,smoke
    contains "which this run did not deploy and takes not back" "$(tail -n 2 "$scratch/stdout")" "next: fairlead run"
    contains "where the new one still serves" "$(curl -s "http://127.0.0.1:$NOTES_PORT/")" '<h1 class="new">'
    # shellcheck disable=SC2046 # the words of the command, as a reader would paste it
    expect "which does" 0 $(sed -n 's/^next: \(.*\) (.*/\1/p' "$scratch/first")
    contains "so that the old one serves" "$(curl -s "http://127.0.0.1:$NOTES_PORT/")" '<h1>'
fi
finish
