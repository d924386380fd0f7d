#!/bin/bash
# act's container mode: the jobs of hosted runners in an image that is made here, from the distribution's archive, without a
# registry. Takes the Docker engine that answers (DOCKER_HOST), else starts one of its own where it may.
. "$(dirname "$0")/lib.sh"
shopt -s extglob

name="the written workflows in containers"
engine() {
    docker info >/dev/null 2>&1 && return
    command -v dockerd >/dev/null || { reason="no Docker engine answers, and dockerd is not installed"; return 1; }
    [ "$(id -u)" = 0 ] || { reason="no Docker engine answers, and only root may start one"; return 1; }
    local folder
    folder=$(mktemp -d /tmp/fairlead-engine.XXXXXX)
    export DOCKER_HOST=unix://$folder/sock
    # Nothing of the host's network is touched: containers share it, and there is no bridge.
    dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/pid" --host "$DOCKER_HOST" \
        --bridge=none --iptables=false >"$folder/log" 2>&1 &
    at_exit+=("kill $! 2>/dev/null; wait $! 2>/dev/null; umount '$folder/exec/netns/default' 2>/dev/null; rm -rf '$folder'")
    for _ in $(seq 60); do
        docker info >/dev/null 2>&1 && return
        kill -0 $! 2>/dev/null || break
        sleep 0.5
    done
    reason="dockerd doesn't start: $(tail -n 1 "$folder/log")"
    return 1
}

# What the jobs call, and the packages of the libraries that this build's executables need.
packages() {
    echo bash ca-certificates curl git nodejs procps python3 python3-flask python3-pip python3-pytest python3-pytest-cov python3-venv gunicorn make
    ldd "$bin"/fairlead?(-+([a-z])) | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u |
        while read -r library; do dpkg -S "$library" 2>/dev/null || dpkg -S "/usr$library" 2>/dev/null; done | sed 's/[:,].*//' | sort -u
}
image() {
    local suite list root
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
    list=$(packages | tr '\n' ' ')
    image=fairlead-act:$suite-$(sha256sum <<<"$list" | cut -c 1-12)
    archive=$root_tar/${image#*:}.tar
    docker image inspect "$image" >/dev/null 2>&1 && return
    if [ ! -s "$archive" ]; then
        if ! command -v debootstrap >/dev/null || [ "$(id -u)" != 0 ]; then
            reason="an image needs debootstrap and root"
            return 1
        fi
        mkdir -p "$root_tar"
        root=$(mktemp -d /tmp/fairlead-root.XXXXXX) # debootstrap's path must not hold a blank
        at_exit+=("rm -rf '$root'")
        debootstrap --variant=minbase --include="$(tr -s ' ' , <<<"${list% }")" "$suite" "$root" >"$scratch/debootstrap.log" 2>&1 ||
            { reason="debootstrap fails: $(tail -n 1 "$scratch/debootstrap.log")"; return 1; }
        rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
        tar -C "$root" -cf "$archive.new" . && mv "$archive.new" "$archive"
    fi
    docker import --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$archive" "$image" >/dev/null ||
        { reason="the engine doesn't take the image"; return 1; }
}
root_tar=$root/build/act
if ! engine || ! image; then
    skip engine "$name" "$reason"
    finish
fi
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
contains "and says what ran" "$out" "1 job said yes"
finish
