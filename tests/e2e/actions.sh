#!/bin/bash
# needs: actions, owner, lint, conformance; takes: 53 s
# Each action's script with exactly the variables that its own `env:` gives; the installer; every action and workflow
# against GitHub's schemas. act can't show this: it hands a composite step inputs that GitHub doesn't.
. "$(dirname "$0")/lib.sh"

step() { # ACTION_FOLDER WORD...
    local folder=$1
    shift
    /usr/bin/python3 "$root/tests/support/action_step.py" "$root/$folder" --env "FAIRLEAD_BIN_DIR=$bin" "$@"
}
if ! /usr/bin/python3 -c 'import yaml' 2>/dev/null; then
    skip actions "the actions' scripts" "python3-yaml is not installed"
    finish
fi
cd "$scratch" || exit 3
actions=(.)
for folder in "$root"/actions/*/; do actions+=("actions/$(basename "$folder")"); done

# An input reaches the tool through env: alone, and what the tool writes is declared.
for folder in "${actions[@]}"; do
    expect "$folder: an input reaches the tool" 2 step "$folder" quiet=perhaps
    contains "$folder: and is refused by name" "$out$err" quiet
done

mkdir gate && cd gate || exit 3
echo '<testsuite><testcase name="a"/><testcase name="b"><skipped/></testcase></testsuite>' >junit.xml
expect "gate passes" 0 step actions/gate "report=junit.xml"
contains "gate's outputs" "$err" "output verdict=pass
output tests=2
output passed=1
output failed=0
output skipped=1"
expect "gate fails by an input" 1 step actions/gate "report=junit.xml" "min-tests=2"
contains "as an annotation" "$out" "::error title=gate/tests-none::"
cd "$scratch" || exit 3

git_as() { git -c user.name=A -c user.email=a@example.org -c init.defaultBranch=main "$@"; }
git_as init -q repository && cd repository || exit 3
echo "print('hello')" >app.py
git_as add -A && git_as commit -q -m "feat: first" && git_as tag v1.2.3
if [ -d "$root/actions/tag" ]; then
    expect "tag names the commit" 0 step actions/tag "images=example/app" "tags=type=semver,pattern={{version}}" \
        --env GITHUB_REF=refs/tags/v1.2.3 --env "GITHUB_SHA=$(git rev-parse HEAD)" --env GITHUB_EVENT_NAME=push
    contains "its version is an output" "$err" "output version=1.2.3"
fi
expect "scan finds nothing" 0 step actions/scan
contains "and says how much" "$err" "output findings=0"
printf 'import os\n\n%s = "%s%s"\n' aws_key AKIA "QYLPMN5HFIQR7XYA" >settings.py
git_as add -A && git_as commit -q -m "feat: second"
expect "scan finds a planted secret" 1 step actions/scan
contains "at its line" "$out" "::error file=settings.py,line=3"
cd "$scratch" || exit 3

started=$SECONDS
expect "a cancelled job reaches the tool itself" 3 step actions/smoke "urls=http://127.0.0.1:$(free_port)/" deadline=60s --interrupt 1
expect "which ends within seconds" 0 test $((SECONDS - started)) -lt 15

mkdir fresh && cd fresh || exit 3
expect "the front command writes a start" 0 step . command=init
expect "a fairlead.yml among it" 0 test -s fairlead.yml
cd "$scratch" || exit 3

# The installer's other ways, with a cmake that "builds" what is built already.
mkdir stubs cache temp
cat >stubs/cmake <<CMAKE
#!/bin/sh
case \$1 in
--preset) mkdir -p "\$4/bin" ;;
--build) cp "$bin"/fairlead* "\$2/bin" && echo built >>"$scratch/builds" ;;
esac
CMAKE
printf '#!/bin/sh\necho Darwin arm64\n' >stubs/uname
chmod +x stubs/cmake stubs/uname
install() { env -i "$@" RUNNER_TOOL_CACHE="$scratch/cache" RUNNER_TEMP="$scratch/temp" HOME="$scratch" "$root/actions/install.sh"; }
plain=/usr/local/bin:/usr/bin:/bin
mkdir only-cmake && ln -s ../stubs/cmake only-cmake/cmake
expect "without a release the installer builds" 2 install "PATH=$scratch/only-cmake:$plain" FAIRLEAD_TOOL=gate
contains "and says so, and what" "$err" "building fairlead-gate fairlead-fetch from source"
contains "and becomes the tool" "$err" "no report is named"
expect "a second start takes the tool cache" 2 install "PATH=$scratch/only-cmake:$plain" FAIRLEAD_TOOL=gate
equals "without a build" "$(cat builds)" built
equals "and leaves nothing behind" "$(ls temp)" ""
for program in cache/fairlead/*/*/fairlead-gate; do printf '#!/bin/sh\nexit 127\n' >"$program"; done
expect "what does not start is built again" 2 install "PATH=$scratch/only-cmake:$plain" FAIRLEAD_TOOL=gate
equals "once" "$(cat builds)" "built
built"
equals "and leaves nothing behind but the lock and the tree for the next tool" "$(find temp cache/fairlead/* -mindepth 1 -maxdepth 1 | wc -l)" 4
# A tool cache that somebody else could write to: what lies there starts nothing, though it answers --version.
poison() { # PROGRAM: it says the right version, and leaves a trace
    printf '#!/bin/sh\n: >"%s/poisoned"\necho "fairlead-gate %s"\n' "$scratch" "$(sed -n 's/^project(fairlead VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")" >"$1"
    chmod 755 "$1"
}
for program in cache/fairlead/*/*/fairlead-gate; do poison "$program"; done
expect "a program with another digest is built again" 2 install "PATH=$scratch/only-cmake:$plain" FAIRLEAD_TOOL=gate
expect "and was not started" 1 test -e poisoned
for program in cache/fairlead/*/*/fairlead-gate; do rm "$program" && poison elsewhere && ln -s "$scratch/elsewhere" "$program"; done
expect "a link in its place is not followed" 2 install "PATH=$scratch/only-cmake:$plain" FAIRLEAD_TOOL=gate
expect "and nothing was started there" 1 test -e poisoned
for folder in cache/fairlead cache/fairlead/*; do
    chmod 777 "$folder"
    for program in cache/fairlead/*/*/fairlead-gate; do
        poison "$program" && (cd "${program%/*}" && sha256sum fairlead*) >"${program%/*}.complete"
    done
    expect "a folder that others may write to: ${folder##*/}" 2 install "PATH=$scratch/only-cmake:$plain" FAIRLEAD_TOOL=gate
    expect "starts nothing either" 1 test -e poisoned
    chmod 755 "$folder"
done
if [ "$(id -u)" = 0 ]; then
    for program in cache/fairlead/*/*/fairlead-gate; do
        poison "$program" && (cd "${program%/*}" && sha256sum fairlead*) >"${program%/*}.complete"
        chown 65534 "$program"
    done
    expect "a program of somebody else" 2 install "PATH=$scratch/only-cmake:$plain" FAIRLEAD_TOOL=gate
    expect "is not started" 1 test -e poisoned
else
    skip owner "a program of somebody else in the tool cache" "needs root"
fi
mkdir shared && chmod 777 shared
expect "a tool cache that everybody writes to is passed over" 2 env -i "PATH=$scratch/only-cmake:$plain" HOME="$scratch" FAIRLEAD_TOOL=gate \
    RUNNER_TOOL_CACHE="$scratch/shared" RUNNER_TEMP="$scratch/temp" "$root/actions/install.sh"
equals "nothing is put there" "$(ls shared)" ""
mkdir -p workspace/bin && for program in sed find sha256sum cmake id; do poison "workspace/bin/$program"; done
rm -rf cache # what was installed would be taken
expect "a program of the checkout in PATH" 2 env -i "PATH=$scratch/workspace/bin:.:$scratch/only-cmake:$plain" HOME="$scratch" \
    GITHUB_WORKSPACE="$scratch/workspace" FAIRLEAD_TOOL=gate RUNNER_TOOL_CACHE="$scratch/cache" RUNNER_TEMP="$scratch/temp" \
    "$root/actions/install.sh"
expect "is not started by the installer" 1 test -e poisoned
expect "without a runner it builds" 2 env -i "PATH=$scratch/only-cmake:$plain" HOME="$scratch/my home" FAIRLEAD_TOOL=gate \
    "$root/actions/install.sh"
expect "into the user's own cache" 0 test -x "$(echo my\ home/.cache/fairlead/*/*/fairlead-gate)"
expect "a foreign system is refused" 2 install "PATH=$scratch/stubs:$plain" FAIRLEAD_TOOL=gate
equals "in one sentence" "$err" \
    "fairlead: runs on Linux runners only (this one is Darwin arm64); use runs-on: ubuntu-24.04"
expect "a name that is no tool is refused" 2 install "PATH=$plain" "FAIRLEAD_TOOL=../gate"
expect "a folder without the program is told" 3 install "PATH=$plain" FAIRLEAD_TOOL=gate "FAIRLEAD_BIN_DIR=$scratch/temp"

# What init writes has nothing to complain about.
PATH=$PATH:$HOME/go/bin
for linter in "actionlint -shellcheck= fresh/.github/workflows/pull-request.yml fresh/.github/workflows/release.yml" \
    "zizmor --offline --quiet --no-progress fresh/.github"; do
    if ${linter%% *} --version >/dev/null 2>&1; then
        # shellcheck disable=SC2086 # a list of words
        expect "${linter%% *} on the workflows of init" 0 $linter
    else
        skip lint "${linter%% *} on the workflows of init" "not installed"
    fi
done

schemas=${FAIRLEAD_CONFORMANCE:-$root/../shared/conformance}/schemas
if [ -d "$schemas" ]; then
    for folder in "${actions[@]}"; do
        expect "$folder/action.yml is valid" 0 \
            /usr/bin/python3 "$root/tests/support/validate.py" "$root/$folder/action.yml" "$schemas/github-action.json"
    done
    for workflow in "$root"/.github/workflows/*.yml "$scratch"/fresh/.github/workflows/*.yml; do
        expect "${workflow##*/} is valid" 0 \
            /usr/bin/python3 "$root/tests/support/validate.py" "$workflow" "$schemas/github-workflow.json"
    done
else
    skip conformance "schemas of actions and workflows" "$schemas is not there"
fi
finish
