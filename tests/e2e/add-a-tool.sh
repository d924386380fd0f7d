#!/bin/bash
# needs: nothing; takes: 94 s
# Adds a tool to a scratch clone exactly as CONTRIBUTING.md says, with the code that stands there.
. "$(dirname "$0")/lib.sh"
set -e
clone="$scratch/fairlead"
git clone -q "file://$root" "$clone"
cd "$clone"
export CCACHE_BASEDIR="$clone" CCACHE_NOHASHDIR=1

same() { equals "$1" "$3" "$2"; } # WHAT EXPECTED GOT

# block N: the Nth fenced block of the section, without its fences.
block() {
    awk -v wanted="$1" '/^## /{here = $0 == "## Adding a tool"} !here{next}
        /^```/{if (inside) inside = 0; else {inside = 1; number++} next} inside && number == wanted' CONTRIBUTING.md
}

cmake --preset dev >/dev/null # what a contributor has: a configured tree
mkdir -p tests/cli/hello
block 1 >tools/hello.cpp
block 2 >tests/cli/hello/greets.txtar
block 3 >"$scratch/lines"
block 4 >"$scratch/commands"
bash -euo pipefail "$scratch/commands" >"$scratch/log" 2>&1 || fail "the commands" "$(tail -n 40 "$scratch/log")"

same "the tests that ran" "cli.hello
drift.hello" "$(sed -n 's/.*Test *#[0-9]*: \([a-z.]*\) .*Passed.*/\1/p' "$scratch/log" | sort)"
same "git status" " M actions/programs
 M docs/release.md
 M schema/fairlead.schema.json
?? actions/hello/README.md
?? actions/hello/action.yml
?? tests/cli/hello/greets.txtar
?? tools/hello.cpp" "$(git status --short --untracked-files=all)"
same "the schema's change" "0" "$(git diff --numstat -- schema | awk '{print ($2 > 1)}')" # at most a comma moves
# Whatever walks all commands asks for the new one, and takes it once its lines are there.
export FAIRLEAD_WALK=fairlead,fairlead-hello,fairlead-tag # of those that walk, the others would take their time again
walkers="tests/cli/slips.py tests/support/canaries.py tests/cli/refusals.py tests/cli/hostile_names.py tests/cli/interruptions.py"
for walker in $walkers tests/cli/canary.py tests/cli/trust.py tests/e2e/trust_matrix.py; do
    same "$walker asks for its line" "fairlead-hello has no line in tests/commands.tsv
0 passed, 1 failed, 0 skipped" "$(/usr/bin/python3 "$walker" build/dev/bin 2>&1)"
done
bash -c "$(grep -v trust "$scratch/lines")"
for walker in $walkers; do
    told=$(/usr/bin/python3 "$walker" build/dev/bin 2>&1) || fail "$walker" "$told"
    same "$walker walks it" 1 "$(grep -c '^walked .* commands (declared by 3 executables' <<<"$told")"
done
unset FAIRLEAD_WALK
same "trust.py asks who may decide what" "fairlead-hello has no line in tests/trust/commands.tsv" \
    "$(/usr/bin/python3 tests/cli/trust.py build/dev/bin | grep '^fairlead-hello')"
bash -c "$(grep trust "$scratch/lines")"
same "trust.py is content" "" "$(/usr/bin/python3 tests/cli/trust.py build/dev/bin >"$scratch/trust" || tail -n 20 "$scratch/trust")"
told=$(/usr/bin/python3 tests/e2e/trust_matrix.py build/dev/bin fairlead-hello 2>&1) || fail "the matrix" "$told"
same "the matrix has its three cells" 1 "$(grep -cE '^3 passed|^SKIPPED' <<<"$told")"
for table in effects silent_tests; do
    told=$(/usr/bin/python3 "tests/cli/$table.py" build/dev/bin 2>&1) || fail "$table.py asks for more" "$(grep -v '^ok ' <<<"$told" | tail -n 20)"
done
same "the program" "hello, Ada" "$(FAIRLEAD_HELLO_NAME=Ada build/dev/bin/fairlead-hello)"

sed -i 's/Whom to greet/Whom to salute/' actions/hello/action.yml
same "drift after an edit by hand" "8" \
    "$(ctest --test-dir build/dev -R drift.hello >/dev/null 2>&1; echo $?)"
git diff --stat
finish
