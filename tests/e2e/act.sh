#!/bin/bash
# needs: act; takes: 39 s
# The pull request's workflow that `fairlead init` writes for the example, and the README's, under act: in host mode and with
# a clean environment, by act itself and by `fairlead act`; and whose settings count there. Our actions come from this tree
# (--local-repository). All the written workflows, with planted faults: act_chain.sh.
. "$(dirname "$0")/lib.sh"

version=v0.2.87
find_act() {
    act=$(command -v act || true)
    [ -n "$act" ] || act=$(ls "$HOME/go/bin/act" 2>/dev/null || true)
    [ -z "$act" ] || return 0
    local go
    go=$(go env GOVERSION 2>/dev/null | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
    [ "${go:-0}" -ge 25 ] || { reason="act is not installed and Go is older than 1.25"; return 1; }
    echo "+ go install -tags WITHOUT_DOCKER github.com/nektos/act@$version" >&2
    GOBIN=$root/build/act go install -tags WITHOUT_DOCKER "github.com/nektos/act@$version" >&2 ||
        { reason="act can't be installed by Go"; return 1; }
    act=$root/build/act/act
}
if ! find_act; then
    skip act "the workflows that init writes" "$reason"
    finish
fi
# act's host mode doesn't quote its own paths: they must not hold a blank.
folder=${TMPDIR:-/tmp}
[[ $folder != *" "* ]] || folder=/tmp
cache=$(mktemp -d "$folder/fairlead-act.XXXXXX")
at_exit+=("rm -rf '$cache'")

# Our own tree as a remote action, of what git has or would add; act copies it for each step.
actions=$scratch/fairlead app=$scratch/notes
mkdir -p "$actions" "$scratch/home"
(cd "$root" && git ls-files -co --exclude-standard -z -- ':!bench' ':!docs' ':!examples' ':!src' ':!tests' ':!tools' | xargs -0 cp --parents -t "$actions")

clean=(env -i "PATH=$(dirname "$act"):/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" "HOME=$scratch/home" LANG=C.UTF-8
    "XDG_CACHE_HOME=$cache" PYTHONPATH=/usr/lib/python3/dist-packages # for a job's virtual environment
    GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org)
in_app() { (cd "$app" && "${clean[@]}" "$@"); }
commit() { in_app git add --all && in_app git commit --quiet --message "$1" && in_app git rev-parse HEAD; }

cp -R "$root/examples/notes" "$app"
rm -rf "$app/data" "$app/reports"
in_app git -c init.defaultBranch=main init --quiet
expect "init writes the workflows" 0 in_app "$bin/fairlead" init
for folder in "$app" "$actions"; do
    expect "act takes the workflows of ${folder##*/}" 0 in_app "$act" --validate --strict -W "$folder/.github/workflows"
done
base=$(commit "feat: keep notes")
standins=()
for name in setup-python cache; do
    used=$(sed -n "s|.*\(actions/$name@[^ ]*\).*|\1|p" "$app/.github/workflows/pull-request.yml" | sort -u)
    [ -z "$used" ] || standins+=(--local-repository "$used=$root/tests/e2e/standins/$name")
done
pin=$(sed -n 's|.*fairlead/fairlead/actions/scan@\([^ ]*\).*|\1|p' "$app/.github/workflows/pull-request.yml")

# run_act EVENT WORKFLOW PAYLOAD: act's JSON lines are in $scratch/lines.
run_act() {
    local event=$1 workflow=$2 status=0
    printf '%s' "$3" >"$scratch/event.json"
    (cd "$app" && timeout 900 "${clean[@]}" "$act" "$event" -W ".github/workflows/$workflow.yml" -e "$scratch/event.json" --json \
        -P ubuntu-24.04=-self-hosted -P self-hosted=-self-hosted --no-cache-server --action-offline-mode \
        --action-cache-path "$cache/actions" --local-repository "fairlead/fairlead@$pin=$actions" \
        "${standins[@]}" --env "FAIRLEAD_BIN_DIR=$bin") >"$scratch/lines" 2>&1 </dev/null || status=$?
    return $status
}
# results: "gate success" and so on, one line per job.
results() {
    /usr/bin/python3 - "$scratch/lines" <<'PY'
import json, sys
done = {}
for line in open(sys.argv[1], errors="replace"):
    if line.startswith("{"):
        record = json.loads(line)
        if "jobResult" in record:
            done[record["jobID"]] = record["jobResult"]
print("\n".join(f"{job} {done[job]}" for job in sorted(done)))
PY
}
# outputs NAME: its values, by whichever steps
outputs() { grep -F '"command":"set-output"' "$scratch/lines" | sed -n 's/.*"arg":"\([^"]*\)".*"name":"'"$1"'".*/\1/p' | sort -u; }
# said: what the steps printed last, for the message of a failed check
said() { grep -F '"raw_output":true' "$scratch/lines" | sed 's/.*"msg":"\(.*\)","raw_output.*/\1/' | tail -n 40; }
verdict() { # NAME STATUS EXPECTED-RESULTS EVENT WORKFLOW PAYLOAD
    local name=$1 wanted=$2 jobs=$3 status=0 got
    shift 3
    run_act "$@" || status=$?
    got=$(results)
    if [ $status = "$wanted" ] && [ "$got" = "$jobs" ]; then pass "$name"; else fail "$name" "status $status: $got" "$(said)"; fi
}
pull_request() { # HEAD
    cat <<JSON
{"action": "synchronize", "number": 7, "repository": {"full_name": "acme/notes", "default_branch": "main"},
 "pull_request": {"number": 7, "head": {"sha": "$1", "ref": "change", "repo": {"full_name": "acme/notes", "fork": false}},
                  "base": {"sha": "$base", "ref": "main", "repo": {"full_name": "acme/notes"}}}}
JSON
}

in_app git checkout --quiet -b change
sed -i 's|<h1>Notes</h1>|<h1>My notes</h1>|' "$app/templates/index.html"
head=$(commit "feat: a better title")
verdict "the pull request passes" 0 "gate success
preflight success
result success
scan success
tag-preview success" pull_request pull-request "$(pull_request "$head")"
expect "fairlead run says yes to the same change, by the same fairlead.yml" 0 \
    in_app "$bin/fairlead" run --only tests,gate,scan
if [ "$(outputs tests)" -gt 5 ]; then pass "its gate counts the tests"; else fail "its gate counts the tests" "$(outputs tests)"; fi

in_app git checkout --quiet change
printf 'import os\n\nNAME = "notes"\nAWS_KEY = "%s%s"\n' AKIA QYLPMN5HFIQR7XYA >"$app/settings.py"
head=$(commit "feat: settings")
verdict "a planted secret fails the job scan" 1 "gate success
preflight success
result failure
scan failure
tag-preview success" pull_request pull-request "$(pull_request "$head")"
annotation=$(/usr/bin/python3 - "$scratch/lines" <<'PY'
import json, sys
for line in open(sys.argv[1], errors="replace"):
    record = json.loads(line) if line.startswith("{") else {}
    text = record.get("msg", "") + json.dumps(record.get("kvPairs") or {})
    if record.get("jobID") == "scan" and "settings.py" in text:
        print(text)
PY
)
contains "with the annotation at its line" "$annotation" 'file=settings.py,line=4'
expect "fairlead run says no to the same change, by the same fairlead.yml" 1 \
    in_app "$bin/fairlead" run --only tests,gate,scan
contains "where the job did" "$out" "no: stopped at scan"

# The workflow that the README shows, as a newcomer takes it.
app=$scratch/newcomer
mkdir -p "$app/.github/workflows"
sed -n '/^```yaml$/,/^```$/p' "$root/README.md" | grep -v '^```' >"$app/.github/workflows/readme.yml"
equals "the README adds the gate in ten lines" "$(wc -l <"$app/.github/workflows/readme.yml")" 10
printf 'test:\n\tmkdir -p reports\n\techo "<testsuite><testcase name=\\"a\\">$(RESULT)</testcase></testsuite>" >reports/junit.xml\n' >"$app/Makefile"
in_app git -c init.defaultBranch=main init --quiet
head=$(commit "feat: first")
base=$head pin=$(sed -n 's|.*fairlead/fairlead/actions/gate@\([^ ]*\).*|\1|p' "$app/.github/workflows/readme.yml")
expect "act takes it" 0 in_app "$act" --validate --strict -W .github/workflows
verdict "it passes when the tests do" 0 "gate success" pull_request readme "$(pull_request "$head")"
in_app git checkout --quiet -b change && in_app git commit --quiet --allow-empty --message "feat: a change"
expect "and under fairlead act" 0 in_app "$bin/fairlead" act readme --actions "$actions"
contains "which says what ran" "$out" "readme.yml under act: 1 job passed"
in_app git checkout --quiet main
printf 'RESULT = <failure/>\n' | cat - "$app/Makefile" >"$app/Makefile.new" && mv "$app/Makefile.new" "$app/Makefile"
verdict "and fails when one fails" 1 "gate failure" pull_request readme "$(pull_request "$head")"
in_app git checkout --quiet change && commit "feat: a failing change" >/dev/null
expect "and under fairlead act" 1 in_app "$bin/fairlead" act readme --actions "$actions"
contains "which says who said no" "$out" "readme.yml under act: 1 failed"
in_app git checkout --quiet main

# Nothing to look at, or something old, is no yes in a job either.
while IFS='|' read -r leave recipe; do
    rm -rf "$app/reports"
    printf 'test:\n\tmkdir -p reports\n\t%s\n' "$recipe" >"$app/Makefile"
    head=$(commit "test: leave $leave")
    verdict "and when the tests leave $leave" 1 "gate failure" pull_request readme "$(pull_request "$head")"
done <<'RECIPES'
no report|true
an empty report|: >reports/junit.xml
a report without a test|echo "<testsuite/>" >reports/junit.xml
skipped tests only|echo "<testsuite><testcase name=\"a\"><skipped/></testcase></testsuite>" >reports/junit.xml
half a report|echo "<testsuite><testcase name=\"a\">" >reports/junit.xml
yesterday's report|echo "<testsuite><testcase name=\"a\"/></testsuite>" >reports/junit.xml && touch -d yesterday reports/junit.xml
RECIPES
mkdir -p "$app/reports" && echo '<testsuite><testcase name="a"/></testsuite>' >"$app/reports/junit.xml"
printf 'test:\n\ttrue\n' >"$app/Makefile"
head=$(commit "test: a report in git")
verdict "and when git brings the report" 1 "gate failure" pull_request readme "$(pull_request "$head")"

# A change that silences gate and scan, in a job of a fork's pull request and with the rights of the base: neither works.
# In the same repository both do, and each is annotated at its line.
app=$scratch/silenced
mkdir -p "$app/.github/workflows"
checkout=$(grep -o 'actions/checkout@[0-9a-f]*' "$root/README.md")
cat >"$app/.github/workflows/trust.yml" <<YAML
on: [pull_request, pull_request_target]
permissions: {}
jobs:
  gate:
    runs-on: ubuntu-24.04
    steps:
      - {uses: $checkout, with: {fetch-depth: 0, persist-credentials: false}}
      - run: mkdir -p reports && echo '<testsuite><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>' >reports/junit.xml
      - uses: fairlead/fairlead/actions/gate@$pin
  scan:
    runs-on: ubuntu-24.04
    steps:
      - {uses: $checkout, with: {fetch-depth: 0, persist-credentials: false}}
      - uses: fairlead/fairlead/actions/scan@$pin
        with: {command: range}
YAML
printf 'version: 1\ngate:\n  reports: {all: {path: reports/junit.xml}}\nscan: {exclude: [vendor/**]}\n' >"$app/fairlead.yml"
printf 'reports/\n' >"$app/.gitignore"
in_app git -c init.defaultBranch=main init --quiet
base=$(commit "feat: first")
in_app git checkout --quiet -b change
printf 'version: 1\ngate:\n  reports: {all: {path: reports/junit.xml}}\n  tests: {max_failed: 9}\nscan:\n  skip: [aws-access-token]\n' >"$app/fairlead.yml"
printf 'AWS_KEY = "%s%s"\n' AKIA QYLPMN5HFIQR7XYA >"$app/settings.py"
head=$(commit "feat: quiet")
of_fork=$(pull_request "$head" | sed '/"head"/s|acme/notes|eve/notes|')
verdict "a fork's change silences neither gate nor scan" 1 "gate failure
scan failure" pull_request trust "$of_fork"
contains "and the log says whose settings count" "$(said)" "comes from a fork: "
contains "gate says no for the test that fails" "$(grep -F '"jobID":"gate"' "$scratch/lines")" 'at most 0 may'
contains "and scan for the key" "$(grep -F '"jobID":"scan"' "$scratch/lines")" 'file=settings.py,line=1'
verdict "nor does one with the rights of the base" 1 "gate failure
scan failure" pull_request_target trust "$(pull_request "$head")"
verdict "in the same repository it does" 0 "gate success
scan success" pull_request trust "$(pull_request "$head")"
annotations=$(grep -F 'silenced' "$scratch/lines")
contains "gate tells it at its line" "$annotations" 'file=fairlead.yml,line=4'
contains "and so does scan" "$annotations" 'file=fairlead.yml,line=6'
base=$(printf '1%.0s' {1..40})
verdict "without the base in the clone nobody says yes" 1 "gate failure
scan failure" pull_request_target trust "$(pull_request "$head")"
contains "and the fetch is named" "$(said)" "git fetch --no-tags --depth=1 origin $base"
finish
