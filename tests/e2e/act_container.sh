#!/bin/bash
# needs: engine, act-docker; takes: 180 s
# act's container mode, with an engine of its own: the jobs of hosted runners in an image that is made here, from the distribution's
# archive, without a registry. FAIRLEAD_TEST_REQUIRE=act-docker makes both, the image and an act that knows engines: that takes minutes.
. "$(dirname "$0")/lib.sh"
shopt -s extglob

name="the written workflows in containers"
# What the jobs call, and the packages of the libraries that this build's executables need.
packages() {
    echo bash ca-certificates curl git nodejs procps python3 python3-flask python3-pip python3-pytest python3-pytest-cov python3-venv gunicorn make
    ldd "$bin"/fairlead?(-+([a-z])) | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u |
        while read -r library; do dpkg -S "$library" 2>/dev/null || dpkg -S "/usr$library" 2>/dev/null; done | sed 's/[:,].*//' | sort -u
}
image() {
    local suite list root make=no
    case ",${FAIRLEAD_TEST_REQUIRE:-}," in *,act-docker,*) make=yes ;; esac
    reason="build/act and build/act-docker are not here; FAIRLEAD_TEST_REQUIRE=act-docker makes them"
    [ $make = yes ] || [ -x "$root_tar-docker/act" ] || return 1
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
    list=$(packages | tr '\n' ' ')
    image=fairlead-act:$suite-$(sha256sum <<<"$list" | cut -c 1-12)
    archive=$root_tar/${image#*:}.tar
    [ $make = yes ] || [ -s "$archive" ] || return 1
    if [ ! -s "$archive" ]; then
        if ! command -v debootstrap >/dev/null || [ "$(id -u)" != 0 ]; then
            reason="an image needs debootstrap and root"
            return 1
        fi
        mkdir -p "$root_tar"
        root=$(mktemp -d "${TMPDIR:-/tmp}/fairlead-root.XXXXXX") # debootstrap's path must not hold a blank
        at_exit+=("rm -rf '$root'")
        debootstrap --variant=minbase --include="$(tr -s ' ' , <<<"${list% }")" "$suite" "$root" >"$scratch/debootstrap.log" 2>&1 ||
            { reason="debootstrap fails: $(tail -n 1 "$scratch/debootstrap.log")"; return 1; }
        rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
        tar -C "$root" -cf "$archive.new" . && mv "$archive.new" "$archive"
    fi
}
root_tar=$root/build/act
if ! image; then
    skip act-docker "$name" "$reason"
    finish
fi
if [ -z "${FAIRLEAD_ENGINE:-}" ]; then # what follows has no network but the engine's
    /usr/bin/python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); import act_rig; act_rig.find_act(docker=True)' "$root/tests/e2e"
    FAIRLEAD_ENGINE=own /usr/bin/python3 "$root/tests/e2e/engine.py" bash "$0"
    exit
fi
docker import --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$archive" "$image" >/dev/null ||
    fail "the engine takes the image"
/usr/bin/python3 "$(dirname "$0")/act_chain.py" "$bin" --container "$image" | tee "$scratch/chain"
passed=$(grep -c '^ok' "$scratch/chain") failed=$(grep -c '^FAIL' "$scratch/chain")

# The README's workflow by `fairlead act --image`.
actions=$scratch/fairlead app=$scratch/newcomer
mkdir -p "$actions" "$app/.github/workflows" "$scratch/home"
(cd "$root" && git ls-files -co --exclude-standard action.yml actions CMakeLists.txt fairlead.lock -z | xargs -0 cp --parents -t "$actions")
sed -n '/^```yaml$/,/^```$/p' "$root/README.md" | grep -v '^```' >"$app/.github/workflows/readme.yml"
printf 'test:\n\tmkdir -p reports\n\techo "<testsuite><testcase name=\\"a\\"/></testsuite>" >reports/junit.xml\n' >"$app/Makefile"
act=$(command -v "$root/build/act-docker/act" || true)
in_app() {
    (cd "$app" && env -i "PATH=${act%/*}:/usr/bin:/bin" "HOME=$scratch/home" "DOCKER_HOST=${DOCKER_HOST:-}" GIT_AUTHOR_NAME=A \
        GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org "$@")
}
in_app git -c init.defaultBranch=main init --quiet
in_app git add --all && in_app git commit --quiet --message "feat: first" && in_app git checkout --quiet -b change &&
    in_app git commit --quiet --allow-empty --message "feat: a change"
expect "fairlead act --image runs the README's workflow" 0 in_app "$bin/fairlead" act readme --image "$image" --actions "$actions"
contains "and says what ran" "$out" "1 job passed"
finish
