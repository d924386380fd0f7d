#!/bin/sh
# Finds or brings the executable of an action and becomes it; the only shell that users run. Each action calls it with
# FAIRLEAD_TOOL set. In this order:
#   FAIRLEAD_BIN_DIR           a folder that holds the executables (our CI, act, machines without network)
#   the runner's tool cache    $RUNNER_TOOL_CACHE/fairlead/<version>/<arch>, complete when <arch>.complete is there
#   the release                from GitHub, or from FAIRLEAD_MIRROR, when it is what fairlead.lock says
#   a build from source        where fairlead.lock names no release, or FAIRLEAD_INSTALL=source asks for it (source.sh)
# Nothing of a cache runs before it is known to be what was put there: it, and every folder above it, belongs to us or to
# root and nobody else may write to it, so that nothing changes between the look and the start; and its digest is that of
# fairlead.lock or, of a build, of <arch>.complete.
set -eu
umask 022
given=$(export -p) # a variable of the job may have the name of one below, and gets to the tool as it came

refuse() { # status, then a sentence; it becomes one line
    set -f
    # shellcheck disable=SC2086 # that joins its lines
    case ${GITHUB_ACTIONS:-} in
    true) echo "::error title=fairlead::"$2 ;;
    *) echo "fairlead:" $2 >&2 ;;
    esac
    exit "$1"
}

# What this script needs comes from no folder that is relative, empty or within the checkout; the tool gets all of PATH.
kept=
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

system=$(uname -sm)
case $system in
"Linux x86_64" | "Linux amd64") arch=x64 ;;
"Linux aarch64" | "Linux arm64") arch=arm64 ;;
"Linux "*) refuse 2 "runs on x64 and arm64 only (this one is ${system#* }); use runs-on: ubuntu-24.04" ;;
*) refuse 2 "runs on Linux runners only (this one is $system); use runs-on: ubuntu-24.04" ;;
esac
for loader in /lib/ld-musl-*; do
    [ ! -e "$loader" ] || refuse 2 "needs glibc, and this system has musl (Alpine); use an image such as debian:12-slim"
done

tool=${FAIRLEAD_TOOL:-fairlead} program=fairlead-${FAIRLEAD_TOOL:-}
case $tool in
*[!a-z]* | '') refuse 2 "FAIRLEAD_TOOL is no name of a tool: call this script through an action" ;;
fairlead) program=fairlead ;;
esac
root=$(cd "${0%/*}/.." && pwd)
version=
for file in CMakeLists.txt fairlead.lock; do # a release has the second alone, beside its executables
    while [ -z "$version" ] && read -r line; do
        case $line in "project(fairlead VERSION "* | "version "*) line=${line#*VERSION } line=${line#version } version=${line%%[!0-9.]*} ;; esac
    done <"$root/$file" || :
done 2>/dev/null
# Only what the tool may start is hashed each time: those by name, or any.
named=
while read -r name _ _ _ others; do
    [ "$name" != "$program" ] || named="$program ${others#-}"
done 2>/dev/null <"$root/actions/programs" || :
case $named in *' any') starts='*' named=${named% any} ;; *) starts=$named ;; esac
[ -n "$named" ] || refuse 3 "$root/actions/programs names no $program; the action's files are incomplete"
[ -n "$version" ] || refuse 3 "no version stands in $root/CMakeLists.txt; the action's files are incomplete"

if [ -n "${FAIRLEAD_BIN_DIR:-}" ]; then
    [ -x "$FAIRLEAD_BIN_DIR/$program" ] ||
        refuse 3 "$program is not in FAIRLEAD_BIN_DIR ($FAIRLEAD_BIN_DIR); build it or unset FAIRLEAD_BIN_DIR"
    found=$("$FAIRLEAD_BIN_DIR/$program" --version) || found=
    found=${found#* } found=${found%%[!0-9.]*}
    [ "$found" = "$version" ] ||
        refuse 3 "$program in FAIRLEAD_BIN_DIR is version ${found:-unknown}, this action needs $version; use the action of that version"
    set -- "$FAIRLEAD_BIN_DIR/$program"
    eval "$given"
    exec "$1"
fi

top=fairlead-$version-linux-$arch archive=fairlead-$version-linux-$arch-bin.tar.gz
newline='
'
read_lock() { # FILE: the digests in it, as sha256sum writes them; fails at a line that is none
    tarball='' sums='' names='' number=0
    while read -r sum path more || [ -n "$sum" ]; do
        number=$((number + 1))
        case $sum:$path:$more in
        :: | '#'*) continue ;;
        "version:$version:") continue ;;
        *:) [ "${#sum}" = 64 ] || return 1 ;;
        *) return 1 ;;
        esac
        case $sum in *[!0-9a-f]*) return 1 ;; esac
        case $path in
        "$archive") tarball=$sum ;;
        "$top/bin/fairlead"*[!a-z-]*) return 1 ;;
        "$top/bin/fairlead"*) names="$names ${path##*/}" sums="$sums$sum  ${path##*/}$newline" ;;
        fairlead-"$version"-linux-*) ;;
        *) return 1 ;;
        esac
    done <"$1"
}
me=$(id -u)
are_ours() { # FOLDER FILE...: they and what is above are ours or root's; only what is sticky, as /tmp, may others write to
    above=$1
    while [ -n "$above" ]; do
        set -- "$@" "$above"
        above=${above%/*}
    done
    facts=$(LC_ALL=C stat -c '%u %g %a %F' / "$@" 2>/dev/null) || return 1
    while read -r owner group mode kind; do
        case $owner in 0 | "$me") ;; *) return 1 ;; esac
        case $kind:$owner:$mode in
        symbolic*) return 1 ;;
        directory:0:[1357]???) ;;
        *[2367]) return 1 ;;
        *[2367]?) # a group of our own, as most systems give one to each user, is nobody else
            [ "$group:$(id -un 2>/dev/null)" = "$(id -g):$(id -gn 2>/dev/null)" ] || return 1 ;;
        esac
    done <<FACTS
$facts
FACTS
}
by_openssl() { OPENSSL_CONF=/dev/null openssl dgst -sha256 -r "$@"; }
digests() { # FILE...: each with its digest, in any order; OpenSSL is four times as fast, and many files have two cores
    one='' two=''
    for file; do hand=$two two=$one one="$hand $file"; done
    # shellcheck disable=SC2086 # names of the lock, without blanks
    { ${two:+by_openssl $two} & by_openssl $one && wait "$!" && return; } 2>/dev/null
    for file; do sha256sum "$file" & done
    wait
}
are_as_told() { # FOLDER FILE...: their digests are those of $sums
    told=$newline$(cd "$1" && shift && digests "$@")$newline
    shift
    while read -r sum file; do
        case " $* " in *" $file "*) ;; *) continue ;; esac
        case $told in *"$newline$sum "?"$file$newline"*) ;; *) return 1 ;; esac
    done <<SUMS
$sums
SUMS
}
is_whole() { # what starts from $place is what was put there, and nobody else can change it
    files=''
    while read -r sum file; do
        case " $starts :$file" in *:) ;; *" $file "* | ' * :'*) files="$files $file" ;; esac
    done <<SUMS
$sums
SUMS
    # shellcheck disable=SC2086 # names of the lock, without blanks
    case "$files " in
    *" $program "*) (cd "$place" && are_ours "$place" $files && are_as_told "$place" $files) 2>/dev/null ;;
    *) return 1 ;;
    esac
}
is_ready() { [ -e "$place.complete" ] && is_whole; }
become() {
    trap - EXIT
    [ -z "$work" ] || rm -rf "$work"
    set -- "$place/$program"
    eval "$given"
    exec "$1" 9>&-
}
attend() { # COMMAND...: a cancelled job ends the wait at once, where a command would be waited for
    "$@" &
    child=$! status=0
    wait "$child" || status=$?
    child=
    return "$status"
}
fetch() { # $url to $work/tarball; why not stands in $work/said
    case $url in
    https://*)
        if command -v curl >/dev/null; then
            set -- curl --fail --silent --show-error --location --proto '=https' --retry 3 --retry-max-time 30 \
                --connect-timeout 10 --speed-limit 1000 --speed-time 30 --output "$work/tarball" "$url"
        elif command -v wget >/dev/null; then
            set -- wget -q -T 30 -O "$work/tarball" "$url"
        else
            echo "neither curl nor wget is here; install curl" >"$work/said"
            return 1
        fi
        ;;
    *)
        set -- cp "${url#file://}" "$work/tarball"
        if [ -e "$2" ] && [ ! -f "$2" ]; then # a pipe would be waited for
            echo "it is no plain file" >"$work/said"
            return 1
        fi
        ;;
    esac
    attend "$@" 2>"$work/said" 9>&-
}
bring() { # the executables of the release into $work/bin
    mirror=${FAIRLEAD_MIRROR:-https://github.com/fairlead/fairlead/releases/download}
    case $mirror in
    *[?#]*) refuse 2 "FAIRLEAD_MIRROR has a query or a fragment, behind which nothing can be asked for; give the folder's address" ;;
    https://* | file:///* | /*) ;;
    *) refuse 2 "FAIRLEAD_MIRROR is neither https://… nor file:///… nor a folder's full path; v$version/$archive stands below it" ;;
    esac
    url=${mirror%/}/v$version/$archive
    shown=$url
    case $url in https://*@*) shown=https://${url#*@} ;; esac # without a password
    echo "fairlead: fetching $shown" >&2
    said=
    fetch || {
        read -r said <"$work/said" || :
        (echo room >"$work/room") 2>/dev/null || said="${work%/*} can't be written to; check whether the disk is full"
        refuse 3 "$shown can't be fetched: ${said:-wget gave status $status}; set FAIRLEAD_MIRROR to a mirror, FAIRLEAD_BIN_DIR to \
a folder with the executables, or FAIRLEAD_INSTALL to source"
    }
    found=$(cd "$work" && digests tarball) found=${found%% *}
    [ "$found" = "$tarball" ] || refuse 3 "$shown is not what fairlead.lock says: its SHA-256 is $found, expected $tarball; \
nothing of it was run; try again, and when it stays so, report it"
    # File by file, by the names of the lock: no path, link, owner or mode is taken from the archive.
    said=$(mkdir "$work/bin" 2>&1 && : 2>&1 >"$work/complete" && gzip -dc <"$work/tarball" 2>&1 >"$work/tar") ||
        refuse 3 "$shown can't be unpacked: $said"
    for name in $names; do
        said=$(tar -xOf "$work/tar" "$top/bin/$name" 2>&1 >"$work/bin/$name" && chmod 755 "$work/bin/$name" 2>&1) ||
            refuse 3 "$name of $shown can't be unpacked: $said"
    done
    # shellcheck disable=SC2086 # names of the lock, without blanks
    are_as_told "$work/bin" $names ||
        refuse 3 "$shown holds other executables than fairlead.lock says; use the commit of a release"
}

tarball='' sums='' names=''
[ ! -e "$root/fairlead.lock" ] || read_lock "$root/fairlead.lock" ||
    refuse 3 "fairlead.lock:$number: not '<sha256>  <path>' of version $version; use the commit of a release"
case "$names " in ' ' | *" $program "*) ;; *) refuse 3 "fairlead.lock names no $program; use the commit of a release" ;; esac
case $tarball:$names in :?*) refuse 3 "fairlead.lock names executables and no $archive; use the commit of a release" ;; esac
store=fairlead/$version work='' child='' status=0 patience=600
case ${FAIRLEAD_INSTALL:-}:$tarball in
source:* | :) . "$root/actions/source.sh" ;;
:*) ;;
*) refuse 2 "FAIRLEAD_INSTALL is '${FAIRLEAD_INSTALL:-}'; expected source, or nothing for the release" ;;
esac

set -- "${RUNNER_TOOL_CACHE:-}" "${RUNNER_TEMP:-}" "${XDG_CACHE_HOME:-}" "${HOME:-/root}/.cache"
for folder; do
    case $folder in /*) ;; *) continue ;; esac
    [ -e "$folder/$store/$arch.complete" ] || continue
    place=$(cd "$folder" && pwd -P)/$store/$arch # the links above are the system's or our own
    ! is_ready || become
done
is_own() { mkdir -p "$1" && [ -w "$1" ] && are_ours "$1"; }
place=
for folder; do
    case $folder:$place in /*:) ;; *) continue ;; esac
    folder=$(mkdir -p "$folder" && cd "$folder" && pwd -P) && is_own "$folder" && is_own "$folder/$store" && place=$folder/$store/$arch
done 2>/dev/null || :
[ -n "$place" ] || { place=$(mktemp -d "${TMPDIR:-/tmp}/fairlead-cache.XXXXXX") && are_ours "$place" && place=$place/$arch; } ||
    refuse 3 "no folder can be written that others can't; set RUNNER_TEMP to one"

# One job fills it, the next waits for it; where flock is missing both do, and the loser throws its own away.
trap '[ -z "$child" ] || kill "$child"; [ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 3' HUP INT TERM
{ work=$(mktemp -d "$place.XXXXXX") && command exec 9>"$place.lock"; } 2>/dev/null ||
    refuse 3 "${place%/*} can't be written; set RUNNER_TOOL_CACHE to a folder that can"
! command -v flock >/dev/null || attend flock -w "$patience" 9 2>/dev/null || [ "$status" != 1 ] ||
    refuse 3 "another job has been filling ${place%/*} for $((patience / 60)) minutes; try again"
! is_ready || become
find "$place".?????? -maxdepth 0 -mmin +60 -exec rm -rf {} + 2>/dev/null || : # of jobs that were killed
bring
starts='*'
if ! is_ready; then
    [ ! -e "$place" ] || is_whole || rm -rf "$place"
    mv -T "$work/bin" "$place" 2>/dev/null || is_whole || refuse 3 "$place can't be written"
    mv -f "$work/complete" "$place.complete"
fi
become
