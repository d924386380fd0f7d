#!/bin/bash
# needs: engine; takes: 12 s
# The rigs' own engine (engine.py) where another one has its rules, settings and name, and where parts of one are missing.
. "$(dirname "$0")/lib.sh"

own=$root/tests/e2e/engine.py
# hidden COMMAND...: as root of namespaces of its own, so that this machine stays as it is
hidden() { unshare --net --mount bash -c "$1" hidden "$own" "$scratch" "$root"; }
no_engine() { # NAME WHY COMMAND
    expect "$1" 0 hidden "$3"
    contains "and says which part" "$out" "SKIPPED: engine: engine: $2"
    contains "and counts it" "$out" "0 passed, 0 failed, 1 skipped"
}

missing=$(PYTHONPATH=${own%/*} /usr/bin/python3 -c 'import engine; print(engine.missing())')
if [ -n "$missing" ]; then
    skip engine "the rigs' own engine" "$missing"
    finish
fi

case ",${FAIRLEAD_TEST_REQUIRE:-}," in *,engine,*) unset FAIRLEAD_TEST_REQUIRE ;; esac # here one that is missing is what is asked for
# shellcheck disable=SC2016 # in the other shell
no_engine "an engine without the compose plugin" "the compose plugin (v2) is not here" '
    for folder in "$3/build/tools/compose" /usr/{libexec,lib,local/libexec,local/lib}/docker/cli-plugins ~/.docker/cli-plugins; do
        [ ! -d "$folder" ] || mount -t tmpfs none "$folder"
    done
    /usr/bin/python3 "$1" true'
# shellcheck disable=SC2016
no_engine "a client without an engine" "dockerd is not installed" '
    mount --bind /dev/null "$(PATH=$PATH:/usr/sbin command -v dockerd)" && /usr/bin/python3 "$1" true'
# shellcheck disable=SC2016
no_engine "a user who may start none" "it takes root" 'setpriv --reuid=65534 --regid=65534 --clear-groups /usr/bin/python3 "$1" true'

cat >"$scratch/talk" <<'END'
set -e
tar -C "$1/image" -c . | docker import - app >/dev/null
docker network create inside >/dev/null
docker run --detach --network inside --name server app /app 0.0.0.0:8000 >/dev/null
address=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' server)
for _ in 1 2 3 4 5; do # what is dropped says nothing
    ! timeout --signal=KILL 8 docker run --rm --network inside app /app --check "$address:8000" 2>/dev/null || { echo "from one to the other"; break; }
done
END
mkdir "$scratch/image" && cp "$bin/probe-app" "$scratch/image/app" && echo '{"of": "1"}' >"$scratch/image/behaviour.json"
# shellcheck disable=SC2016
foreign='ip link set lo up 2>/dev/null; PATH=$PATH:/usr/sbin; iptables -P FORWARD DROP || exit 9
    mkdir -p /run/containerd && mount -t tmpfs none /run/containerd && mount -t tmpfs none /etc/docker 2>/dev/null &&
        echo "{\"data-root\": \"/nowhere\", \"bip\": \"10.0.0.1/8\", \"hosts\": [\"tcp://0.0.0.0:1\"]}" >/etc/docker/daemon.json
    export DOCKER_HOST=unix:///nowhere DOCKER_CONTEXT=another
    /usr/bin/python3 "$1" bash "$2/talk" "$2"'
expect "another engine's rules, settings and name have no say" 0 hidden "$foreign"
equals "containers reach each other" "$out" "from one to the other"
finish
