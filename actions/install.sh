#!/bin/sh
# Finds or brings the executable of an action and becomes it; the only shell that users run. Each action calls it with
# FAIRLEAD_TOOL set. In this order:
#   FAIRLEAD_BIN_DIR           a folder that holds the executables (our CI, act, machines without network)
#   the runner's tool cache    $RUNNER_TOOL_CACHE/fairlead/<version>/<arch>, complete when <arch>.complete is there
#   a build from source        until there are releases; what it builds goes into the tool cache
# Nothing of a cache runs before it is known to be what was put there: it, and every folder above it, belongs to us or to
# root and nobody else may write to it, and the digests are those of fairlead.lock or, of a build, of <arch>.complete.
set -eu
umask 022

refuse() { # status, then one sentence
    case ${GITHUB_ACTIONS:-} in
    true) echo "::error title=fairlead::$2" ;;
    *) echo "fairlead: $2" >&2 ;;
    esac
    exit "$1"
}

# What this script needs comes from no folder that is relative, empty or within the checkout; the tool gets all of PATH.
given_path=$PATH kept=
set -f
IFS=:
for folder in $PATH; do
    case $folder in
    "${GITHUB_WORKSPACE:-/dev/null}" | "${GITHUB_WORKSPACE:-/dev/null}"/*) ;;
    /*) kept=$kept:$folder ;;
    esac
done
unset IFS
set +f
PATH=${kept#:}

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
    PATH=$given_path exec "$FAIRLEAD_BIN_DIR/$program"
fi

# A build is kept under the digest of its sources, so that a branch never runs what another one built, and of the
# system: a container sees the host's tool cache, but not its libraries.
digest=$(cd "$root" && {
    cat /etc/os-release || true
    find CMakeLists.txt CMakePresets.json cmake src tools -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
} | sha256sum | cut -c 1-12)
me=$(id -u)
others='-perm /022' # a group of our own, as most systems give one to each user, is nobody else
[ "$(id -un 2>/dev/null)" != "$(id -gn 2>/dev/null)" ] || others="-perm /002 -o -perm /020 ! -gid $(id -g)"
is_ours() { # PATH: it and the folders above it are ours or root's; only what is sticky, as /tmp, may others write to
    path=$1
    while :; do
        # shellcheck disable=SC2086 # words of find
        [ -n "$(find "$path" -maxdepth 0 ! -type l \( -user 0 -o -user "$me" \) ! \( $others \))" ] || {
            [ "$path" != "$1" ] && [ -n "$(find "$path" -maxdepth 0 -type d -user 0 -perm -1000)" ]
        } || return 1
        [ "$path" != / ] || return 0
        path=$(dirname "$path")
    done
}
is_own_cache() { # FOLDER: in one that others write to anybody could put a program of his
    case $1 in /*) ;; *) return 1 ;; esac
    (mkdir -p "$1" && [ -w "$1" ] && is_ours "$1" && mkdir -p "$1/$name" && is_ours "$1/$name") 2>/dev/null
}
name=fairlead/$version-$digest cache=
for folder in "${RUNNER_TOOL_CACHE:-}" "${RUNNER_TEMP:-}" "${XDG_CACHE_HOME:-}" "${HOME:-/root}/.cache"; do
    folder=$(cd "${folder:-/}" 2>/dev/null && pwd -P || echo "$folder") # the links above are the system's or our own
    [ -n "$cache" ] || [ "$folder" = / ] || ! is_own_cache "$folder" || cache=$folder
done
[ -n "$cache" ] || cache=$(mktemp -d "${RUNNER_TEMP:-/tmp}/fairlead-cache.XXXXXX") ||
    refuse 3 "no folder can be written; set RUNNER_TEMP to one that can"
place=$cache/$name
is_as_built() { # the program and its digest
    is_ours "$place/$arch/$program" && is_ours "$place/$arch.complete" || return 1
    sums=$(grep "  $arch/" "$root/fairlead.lock" || sed "s|  |  $arch/|" "$place/$arch.complete")
    printf '%s\n' "$sums" | grep -q "  $arch/$program\$" && (cd "$place" && printf '%s\n' "$sums" | sha256sum -c --quiet --strict)
}
ready() {
    [ -e "$place/$arch.complete" ] && is_as_built >/dev/null 2>&1 && "$place/$arch/$program" --version >/dev/null 2>&1
}

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
    find "$build/bin" -maxdepth 1 -type f -name 'fairlead*' -exec cp {} "$unpacked" \;
    chmod -R u=rwX,go=rX "$unpacked"
    ready || rm -rf "${place:?}/$arch" # nobody else was faster, so what is there is half or broken
    sums=$(mktemp "$place/$arch.XXXXXX")
    (cd "$unpacked" && find . -type f -printf '%P\0' | xargs -0 sha256sum) >"$sums"
    chmod 644 "$sums"
    # Two jobs may race on one machine: the loser throws its own away, the winner's is as good.
    if mv -T "$unpacked" "$place/$arch" 2>/dev/null; then
        mv -f "$sums" "$place/$arch.complete"
    else
        rm -rf "$unpacked" "$sums"
    fi
    rm -rf "$build"
fi
PATH=$given_path exec "$place/$arch/$program"
