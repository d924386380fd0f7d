#!/bin/sh
# Finds or brings the executable of an action and becomes it; the only shell that users run. Each action calls it with
# FAIRLEAD_TOOL set. In this order:
#   FAIRLEAD_BIN_DIR           a folder that holds the executables (our CI, act, machines without network)
#   the runner's tool cache    $RUNNER_TOOL_CACHE/fairlead/<version>/<arch>, complete when <arch>.complete is there
#   a build from source        until there are releases; what it builds goes into the tool cache
set -eu

refuse() { # status, then one sentence
    case ${GITHUB_ACTIONS:-} in
    true) echo "::error title=fairlead::$2" ;;
    *) echo "fairlead: $2" >&2 ;;
    esac
    exit "$1"
}

system=$(uname -s) machine=$(uname -m)
[ "$system" = Linux ] ||
    refuse 2 "runs on Linux runners only (this one is $system $machine); use runs-on: ubuntu-24.04"
case $machine in
x86_64 | amd64) arch=x64 ;;
aarch64 | arm64) arch=arm64 ;;
*) refuse 2 "runs on x64 and arm64 only (this one is $machine); use runs-on: ubuntu-24.04" ;;
esac
for loader in /lib/ld-musl-*; do
    [ ! -e "$loader" ] || refuse 2 "needs glibc, and this system has musl (Alpine); use an image such as debian:12-slim"
done

tool=${FAIRLEAD_TOOL:-fairlead}
case $tool in
*[!a-z]* | '') refuse 2 "FAIRLEAD_TOOL is no name of a tool: call this script through an action" ;;
fairlead) program=fairlead ;;
*) program=fairlead-$tool ;;
esac
root=$(cd "$(dirname "$0")/.." && pwd)
version=$(sed -n 's/^project(fairlead VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
[ -n "$version" ] || refuse 3 "no version stands in $root/CMakeLists.txt; the action's files are incomplete"

if [ -n "${FAIRLEAD_BIN_DIR:-}" ]; then
    [ -x "$FAIRLEAD_BIN_DIR/$program" ] ||
        refuse 3 "$program is not in FAIRLEAD_BIN_DIR ($FAIRLEAD_BIN_DIR); build it or unset FAIRLEAD_BIN_DIR"
    found=$("$FAIRLEAD_BIN_DIR/$program" --version | sed 's/^[^ ]* \([0-9.]*\).*/\1/;q')
    [ "$found" = "$version" ] ||
        refuse 3 "$program in FAIRLEAD_BIN_DIR is version $found, this action needs $version; use the action of that version"
    exec "$FAIRLEAD_BIN_DIR/$program"
fi

# A build is kept under the digest of its sources, so that a branch never runs what another one built, and of the
# system: a container sees the host's tool cache, but not its libraries.
digest=$(cd "$root" && {
    cat /etc/os-release || true
    find CMakeLists.txt CMakePresets.json cmake src tools -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
} | sha256sum | cut -c 1-12)
cache=${RUNNER_TOOL_CACHE:-}
# Without a runner the user's own cache: in /tmp anybody could put a program of his in our place.
{ [ -n "$cache" ] && [ -w "$cache" ]; } || cache=${RUNNER_TEMP:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}}
place=$cache/fairlead/$version-$digest
ready() { [ -e "$place/$arch.complete" ] && "$place/$arch/$program" --version >/dev/null 2>&1; }

# What was built on this system may start as soon as its libraries are there (the next container from the same image).
ready || "$root/script/bootstrap" build >&2 || refuse 3 "the packages for a build are missing; script/bootstrap names them"
if ! ready; then
    echo "fairlead: no release of $version is at hand; building it from source in $root (some minutes)" >&2
    mkdir -p "$place" || refuse 3 "$place can't be written; set RUNNER_TOOL_CACHE to a folder that can"
    build=$(mktemp -d "${RUNNER_TEMP:-/tmp}/fairlead-build.XXXXXX")
    (cd "$root" && cmake --preset release -B "$build" -DFAIRLEAD_TESTS=OFF && cmake --build "$build") >&2 || {
        rm -rf "$build"
        refuse 3 "the build from source failed; its log stands above"
    }
    unpacked=$(mktemp -d "$place/$arch.XXXXXX") # beside its place, so that the rename is atomic
    cp "$build"/bin/fairlead* "$unpacked"
    chmod 755 "$unpacked"
    ready || rm -rf "${place:?}/$arch" # nobody else was faster, so what is there is half or broken
    # Two jobs may race on one machine: the loser throws its own away, the winner's is as good.
    mv -T "$unpacked" "$place/$arch" 2>/dev/null || rm -rf "$unpacked"
    : >"$place/$arch.complete"
    rm -rf "$build"
fi
exec "$place/$arch/$program"
