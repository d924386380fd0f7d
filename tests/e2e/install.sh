#!/bin/bash
# needs: owner, namespaces, busybox, openssl, curl, wget; takes: 89 s
# What can go wrong while actions/install.sh brings an executable: each fault gives one clear sentence or a clean way on, and
# nothing runs that is not what fairlead.lock says. The release is a small one of our own making, whose programs leave a
# trace; the servers are ours, no real network is used. Ends with the table of faults and what a user sees of each.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 3
case $(uname -m) in x86_64) arch=x64 ;; *) arch=arm64 ;; esac
version=9.8.7 top=fairlead-9.8.7-linux-$arch trace=$scratch/trace
table=()

# --- a release and an action of it
action=$scratch/an\ action # with a blank
mkdir -p "$action/actions" "$action/script" temp home
cp "$root"/actions/{install,source}.sh "$root/actions/programs" "$action/actions"
printf 'cmake_minimum_required(VERSION 3.25)\nproject(fairlead VERSION %s LANGUAGES CXX)\n' $version >"$action/CMakeLists.txt"
mkdir "$action/src" "$action/cmake" "$action/tools" && touch "$action/CMakePresets.json"
printf '#!/bin/sh\necho build >>"%s"\nexit 1\n' "$trace" >"$action/script/bootstrap" # a build from source shows, and ends
chmod +x "$action/script/bootstrap"
program() { # FILE WORD FILLER: it leaves WORD in the trace
    printf '#!/bin/sh\necho %s >>"%s"\necho "this is ${0##*/}$*${version:-}${given:-}"\nexit 0\n' "$2" "$trace" >"$1"
    [ -z "$3" ] || head -c 400000 "$3" >>"$1"
    chmod 755 "$1"
}
make_release() { # FOLDER WORD: FOLDER/v9.8.7/TOP.tar.gz
    rm -rf "$1" && mkdir -p "$1/$top/bin" "$1/v$version"
    for name in fairlead fairlead-gate fairlead-deploy fairlead-fetch fairlead-smoke; do program "$1/$top/bin/$name" "$2" ''; done
    program "$1/$top/bin/fairlead-scan" "$2" /dev/urandom # bigger than the small disks below
    program "$1/$top/bin/fairlead-tag" "$2" /dev/zero
    pack "$1"
}
pack() { tar -czf "$1/v$version/$top-bin.tar.gz" -C "$1" "$top"; }
lock() { # FOLDER: the lock of what lies there
    echo "version $version"
    (cd "$1/v$version" && sha256sum "$top-bin.tar.gz" && cd .. && sha256sum "$top"/bin/*)
}
make_release release good
lock release >fairlead.lock
make_release evil evil

# --- one start: `start [VARIABLE=VALUE...]`, with a cache of its own unless told otherwise
before=() tool=gate
start() {
    "${before[@]}" env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$scratch/home" RUNNER_TEMP="$scratch/temp" \
        RUNNER_TOOL_CACHE="$scratch/cache" FAIRLEAD_TOOL="$tool" FAIRLEAD_MIRROR="$scratch/release" "$@" "$action/actions/install.sh"
}
fresh() { # as it was before the fault
    rm -rf cache temp && mkdir cache temp && : >"$trace" && chmod 666 "$trace"
    cp fairlead.lock "$action/fairlead.lock"
    before=()
}
filled() { fresh && start >/dev/null 2>&1 && : >"$trace"; }
left() { find cache temp -mindepth 1 -name "$arch.??????" -o -path 'temp/*' ! -path 'temp/fairlead*' | head -n 3; }
# fault NAME STATUS PART [VARIABLE=VALUE...]: what is said holds PART, in one sentence; status 0: the tool itself ran.
fault() {
    local name=$1 wanted=$2 part=$3 said
    shift 3
    : >"$trace"
    expect "$name: status $wanted" "$wanted" start "$@"
    said=$(grep -v '^fairlead: fetching ' <<<"$err" | sed "s|$scratch|…|g")
    contains "$name: is said" "$said$out" "$part"
    if [ "$wanted" = 0 ]; then
        equals "$name: the tool ran" "$out" "this is fairlead-$tool"
        equals "$name: once, verified, and nothing else" "$(cat "$trace")" good
        equals "$name: without a complaint" "$said" "${said:+$part}"
    else
        equals "$name: nothing ran" "$(cat "$trace")" ""
        equals "$name: one sentence" "$(grep -c . <<<"$said")" 1
    fi
    equals "$name: tidy" "$(left)" ""
    table+=("$(printf '%-46s %s  %s' "$name" "$wanted" "${said:-${part:-it runs}}")")
}
plain() { fresh && fault "$@"; }

plain "no fault" 0 ""
fault "no fault, tool cache warm, no mirror" 0 "" FAIRLEAD_MIRROR=/nowhere
expect "the front command" 0 start FAIRLEAD_TOOL=fairlead
equals "runs too" "$out" "this is fairlead"
expect "all that it may start is hashed" 0 start FAIRLEAD_TOOL=fairlead FAIRLEAD_MIRROR=/nowhere
cp evil/$top/bin/fairlead-deploy "cache/fairlead/$version/$arch"
expect "a neighbour that is another is not started by it" 3 start FAIRLEAD_TOOL=fairlead FAIRLEAD_MIRROR=/nowhere
for way in "FAIRLEAD_MIRROR=/nowhere" "FAIRLEAD_MIRROR=$scratch/release"; do
    expect "variables of the job with the names of ours" 0 start "$way" "version=the\"ir's" given=too "place=x" "PATH=/usr/bin:/bin:relative"
    equals "reach the tool as they came" "$out" "this is fairlead-gatethe\"ir'stoo"
    fresh
done
mkdir -p relative && filled && cp -r cache/fairlead relative/
plain "a tool cache with a relative path" 0 "" RUNNER_TOOL_CACHE=relative
plain "mirror as file:///" 0 "" "FAIRLEAD_MIRROR=file://$scratch/release"
plain "HOME unset" 0 "" HOME=
fresh && before=(env -u HOME) && fault "no RUNNER_TOOL_CACHE" 0 "" RUNNER_TOOL_CACHE=

# --- the mirror's folder
plain "tampered asset" 3 "is not what fairlead.lock says: its SHA-256 is $(sha256sum <evil/v$version/$top-bin.tar.gz | cut -c -64)" \
    "FAIRLEAD_MIRROR=$scratch/evil"
plain "no such folder" 3 "No such file" FAIRLEAD_MIRROR=/nowhere
plain "mirror over http://" 2 "FAIRLEAD_MIRROR is neither https://" FAIRLEAD_MIRROR=http://example.org
plain "a token in the mirror's query" 2 "has a query" "FAIRLEAD_MIRROR=https://localhost/x?token=hush"
plain "mirror as a relative folder" 2 "FAIRLEAD_MIRROR is neither https://" FAIRLEAD_MIRROR=release
plain "FAIRLEAD_INSTALL misspelt" 2 "expected source" FAIRLEAD_INSTALL=sorce
head -c 100000 "release/v$version/$top-bin.tar.gz" >short && mkdir -p "cut/v$version" && mv short "cut/v$version/$top-bin.tar.gz"
plain "truncated file" 3 "is not what fairlead.lock says" "FAIRLEAD_MIRROR=$scratch/cut"
: >"cut/v$version/$top-bin.tar.gz"
plain "empty file" 3 "is not what fairlead.lock says" "FAIRLEAD_MIRROR=$scratch/cut"

# --- the lock
wrong_lock() { # NAME PART SED: the lock changed by SED
    fresh
    sed "$3" fairlead.lock >"$action/fairlead.lock"
    fault "$1" 3 "$2"
}
wrong_lock "lock: of another version" "fairlead.lock:1: not" "s/$version/9.8.6/g"
wrong_lock "lock: wrong hash of the asset" "is not what fairlead.lock says" "2s/^..../0000/"
wrong_lock "lock: wrong hash of a program" "holds other executables than fairlead.lock says" "/gate/s/^..../0000/"
wrong_lock "lock: CRLF" "fairlead.lock:1: not" 's/$/\r/'
wrong_lock "lock: garbage" "fairlead.lock:1: not" '1s/.*/<html>/'
wrong_lock "lock: a short hash" "fairlead.lock:3: not" '3s/^....//'
wrong_lock "lock: a path that leads out" "fairlead.lock:4: not" '4s|bin/fairlead|bin/fairlead/../../x|'
wrong_lock "lock: a blank in a path" "fairlead.lock:4: not" '4s|bin/fairlead|bin/fairlead x|'
wrong_lock "lock: without the program" "names no fairlead-gate" '/fairlead-gate/d'
wrong_lock "lock: without the archive" "and no $top-bin.tar.gz" '/tar[.]gz/d'
for lock in "version only" empty missing; do
    fresh
    case $lock in version*) echo "version $version" ;; empty) ;; missing) rm "$action/fairlead.lock" && false ;; esac >"$action/fairlead.lock.new" &&
        mv "$action/fairlead.lock.new" "$action/fairlead.lock"
    expect "lock: $lock: a build from source" 3 start
    contains "lock: $lock: is said" "$err" "the packages for a build are missing"
    equals "lock: $lock: is started" "$(cat "$trace")" build
    table+=("$(printf '%-46s %s  %s' "lock: $lock" - "a build from source, said aloud")")
done
fresh
expect "FAIRLEAD_INSTALL=source builds" 3 start FAIRLEAD_INSTALL=source
equals "instead of fetching" "$(cat "$trace")" build

mv "$action/CMakeLists.txt" CMakeLists.txt && plain "no CMakeLists.txt, as beside a release's executables" 0 ""
rm "$action/fairlead.lock"
expect "nor a lock" 3 start
contains "is said" "$err" "no version stands in"
mv CMakeLists.txt "$action"

# --- the archive is what the lock says, and odd
odd() { # NAME STATUS PART: the release as ./odd holds it now
    pack odd && fresh
    { lock release | grep -v tar.gz && (cd odd/v$version && sha256sum $top-bin.tar.gz); } >"$action/fairlead.lock"
    fault "$1" "$2" "$3" "FAIRLEAD_MIRROR=$scratch/odd"
}
make_release odd good && cp -p release/$top/bin/* odd/$top/bin && odd "archive: rebuilt, same programs" 0 ""
ln -sf /etc/passwd odd/$top/bin/fairlead-gate && odd "archive: a program is a link" 3 "other executables"
rm odd/$top/bin/fairlead-gate && odd "archive: a program is missing" 3 "fairlead-gate of …/odd"
cp -p release/$top/bin/fairlead-gate odd/$top/bin && mkdir out && mv odd/$top/bin out/bin && ln -s "$scratch/out/bin" odd/$top/bin
odd "archive: bin is a link out" 3 "can't be unpacked"
rm odd/$top/bin && cp -rp out/bin odd/$top/bin && echo x >outside
pack() { tar -czPf "$1/v$version/$top-bin.tar.gz" --transform "s|^outside|../../../../../../../../$scratch/planted|" -C "$1" "$top" -C "$scratch" outside; }
odd "archive: a path that leads out" 0 ""
expect "and nothing is there" 1 test -e planted

# --- the cache
links() { # FOLDER NAME...: a folder of the named programs alone
    local folder=$1 name
    shift && mkdir -p "$folder"
    for name; do ln -sf "$(command -v "$name")" "$folder/$name"; done
}
needed="sh uname id stat sha256sum mkdir mktemp gzip tar chmod cp mv rm find cat"
# shellcheck disable=SC2086 # a list of names
links few $needed
filled && printf x | dd of="cache/fairlead/$version/$arch/fairlead-gate" bs=1 seek=40 conv=notrunc status=none
fault "cache: one byte of the program flipped" 0 ""
filled && printf x | dd of="cache/fairlead/$version/$arch/fairlead-gate" bs=1 seek=40 conv=notrunc status=none
fault "the same without OpenSSL" 0 "" "PATH=$scratch/few"
for tool in tag:fetch smoke:deploy; do
    helper=fairlead-${tool#*:} tool=${tool%:*}
    filled && cp "evil/$top/bin/$helper" "cache/fairlead/$version/$arch"
    fault "cache: what $tool may start is another" 0 ""
    equals "and healed" "$(sha256sum <"cache/fairlead/$version/$arch/$helper")" "$(sha256sum <"release/$top/bin/$helper")"
    filled && cp "evil/$top/bin/$helper" "cache/fairlead/$version/$arch"
    fault "the same, and no mirror" 3 "No such file" FAIRLEAD_MIRROR=/nowhere
done
tool=gate
mkdir openssl && printf '#!/bin/sh\necho x\nexit 1\n' >openssl/openssl && chmod +x openssl/openssl
filled && fault "OpenSSL is broken" 0 "" "PATH=$scratch/openssl:/usr/bin:/bin" FAIRLEAD_MIRROR=/nowhere
filled && fault "OpenSSL's configuration is the change's" 0 "" OPENSSL_CONF="$scratch/no.cnf" FAIRLEAD_MIRROR=/nowhere
filled && cp evil/$top/bin/* "cache/fairlead/$version/$arch"
fault "cache: other programs in it" 0 ""
filled && rm "cache/fairlead/$version/$arch/fairlead-gate"
fault "cache: the program is gone" 0 ""
filled && rm "cache/fairlead/$version/$arch.complete"
fault "cache: half filled, not marked" 0 ""
filled && rm "cache/fairlead/$version/$arch.complete" "cache/fairlead/$version/$arch/fairlead-deploy"
fault "cache: half filled, the program whole" 0 ""
expect "the rest is there then" 0 test -x "cache/fairlead/$version/$arch/fairlead-deploy"
filled && : >"cache/fairlead/$version/$arch/fairlead-gate"
fault "cache: the program empty" 0 ""
filled && mv "cache/fairlead/$version/$arch/fairlead-gate" there && ln -s "$scratch/there" "cache/fairlead/$version/$arch/fairlead-gate"
fault "cache: a link in the program's place" 0 ""
for folder in cache "cache/fairlead" "cache/fairlead/$version" "cache/fairlead/$version/$arch"; do
    filled && chmod 777 "$folder" && cp evil/$top/bin/* "cache/fairlead/$version/$arch"
    fault "cache: others may write to ${folder##*/}" 0 ""
done
if [ "$(id -u)" = 0 ]; then
    filled && chown 65534 "cache/fairlead/$version/$arch/fairlead-gate"
    fault "cache: the program is somebody else's" 0 ""
    filled && before=(setpriv --reuid=65534 --regid=65534 --clear-groups --)
    fault "cache: filled by root, we are not root" 0 "" FAIRLEAD_MIRROR=/nowhere
    fresh && chmod 777 temp && before=(setpriv --reuid=65534 --regid=65534 --clear-groups --)
    mkdir -m 1777 anybodys
    fault "no folder is ours alone" 0 "" "TMPDIR=$scratch/anybodys"
    rm -rf anybodys
else
    skip owner "caches of somebody else" "needs root"
fi

# --- the disk
mounted() { # OPTIONS WORD...: in a mount namespace, a tmpfs with OPTIONS in the tool cache's place
    local options=$1
    shift
    # shellcheck disable=SC2016 # the inner shell's words
    unshare -m sh -c 'mount -t tmpfs -o "$1" none "$2" || exit 99; shift 2; exec "$@"' sh "$options" "$scratch/cache" "$@"
}
if mounted size=64k true 2>/dev/null; then
    fresh && before=(mounted size=64k) && fault "full disk: while fetching" 3 "check whether the disk is full"
    fresh && before=(mounted size=680k) && fault "full disk: while unpacking" 3 "No space left on device"
    fresh && before=(mounted ro) && fault "read-only tool cache, empty" 0 ""
    # shellcheck disable=SC2016
    filled && before=(unshare -m sh -c 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"' sh "$scratch/cache")
    fault "read-only tool cache, filled" 0 "" FAIRLEAD_MIRROR=/nowhere
else
    skip namespaces "full disk and read-only tool cache" "unshare -m is not allowed here"
fi

# --- several at once, and killed ones
for path in /usr/bin:/bin "$scratch/few"; do
    wrong=0
    for _ in {1..20}; do
        fresh
        start "PATH=$path" >one 2>&1 &
        first=$!
        start "PATH=$path" FAIRLEAD_TOOL=scan >two 2>&1
        second=$?
        wait $first && [ $second = 0 ] && [ "$(sort -u "$trace")" = good ] && [ "$(grep -c . "$trace")" = 2 ] && [ -z "$(left)" ] || wrong=$((wrong + 1))
    done
    equals "two jobs at once, 20 times, $([ "$path" = "$scratch/few" ] && echo without || echo with) flock: wrong ones" $wrong 0
done
table+=("$(printf '%-46s %s  %s' "two jobs fill it at once (40 times)" 0 "both run; with flock one fetches")")
wrong=0 killed=0
for moment in 0.00{0..9} 0.0{10..40..2}; do
    fresh
    setsid bash -c "$(declare -f start); $(declare -p scratch action tool before); start" >/dev/null 2>&1 &
    sleep "0$moment" 2>/dev/null || sleep "$moment"
    kill -9 -- -$! 2>/dev/null && killed=$((killed + 1))
    wait $! 2>/dev/null
    : >"$trace"
    [ "$(start 2>/dev/null)" = "this is fairlead-gate" ] && [ "$(cat "$trace")" = good ] || wrong=$((wrong + 1))
done
equals "killed ($killed times at moments from 0 to 40 ms) and started again: wrong ones" $wrong 0
table+=("$(printf '%-46s %s  %s' "killed by SIGKILL ($killed moments), started again" 0 "it runs")")
filled && rm -rf cache/fairlead/$version/$arch* && mkdir "cache/fairlead/$version/$arch.abcdef" && touch -d '2 hours ago' "cache/fairlead/$version/$arch.abcdef"
fault "what a killed job left two hours ago" 0 ""

mkdir -p "pipe/v$version" && mkfifo "pipe/v$version/$top-bin.tar.gz"
plain "a pipe in the mirror's folder" 3 "it is no plain file" "FAIRLEAD_MIRROR=$scratch/pipe"
fresh && mkdir slow && printf '#!/bin/sh\nexec sleep 60\n' >slow/cp && chmod +x slow/cp
(exec env -i "PATH=$scratch/slow:/usr/bin:/bin" RUNNER_TOOL_CACHE="$scratch/cache" FAIRLEAD_TOOL=gate FAIRLEAD_MIRROR="$scratch/release" \
    "$action/actions/install.sh") 2>/dev/null &
cancelled=$! started=$SECONDS
until [ -n "$(left)" ] || [ $((SECONDS - started)) -gt 10 ]; do sleep 0.1; done
kill -TERM $cancelled && wait $cancelled
equals "cancelled while fetching: status" $? 3
expect "it ends at once" 0 test $((SECONDS - started)) -lt 5
equals "and is tidy" "$(left)" ""
table+=("$(printf '%-46s %s  %s' "cancelled (SIGTERM) while fetching" 3 "ends at once, tidy")")

# --- the machine
uname_of() { mkdir -p "uname $1" && printf '#!/bin/sh\necho %s\n' "$1" >"uname $1/uname" && chmod +x "uname $1/uname" && echo "PATH=$scratch/uname $1:/usr/bin:/bin"; }
plain "macOS" 2 "runs on Linux runners only (this one is Darwin arm64)" "$(uname_of "Darwin arm64")"
plain "Windows" 2 "runs on Linux runners only" "$(uname_of "MINGW64_NT-10.0 x86_64")"
plain "32-bit ARM" 2 "runs on x64 and arm64 only (this one is armv7l)" "$(uname_of "Linux armv7l")"
plain "neither curl nor wget" 3 "neither curl nor wget is here; install curl" "PATH=$scratch/few" FAIRLEAD_MIRROR=https://127.0.0.1:1
plain "neither curl nor wget, mirror in a folder" 0 "" "PATH=$scratch/few"
for shell in dash "bash --posix" "busybox sh"; do
    if at=$(command -v "${shell%% *}"); then
        # shellcheck disable=SC2086 # a command and its word
        fresh && expect "under $shell" 0 env -i PATH=/usr/bin:/bin RUNNER_TEMP="$scratch/temp" RUNNER_TOOL_CACHE="$scratch/cache" FAIRLEAD_TOOL=gate \
            FAIRLEAD_MIRROR="$scratch/release" "$at" ${shell#"${shell%% *}"} "$action/actions/install.sh"
        equals "under $shell it runs" "$out" "this is fairlead-gate"
    else
        skip busybox "under $shell" "not installed"
    fi
done
if command -v busybox >/dev/null && [ "$(id -u)" = 0 ] && ! ldd "$(command -v busybox)" >/dev/null 2>&1; then
    mkdir -p image/bin image/lib image/tmp image/dev && cp -a /dev/null image/dev && cp "$(command -v busybox)" image/bin && cp -r "$action" image/action && cp -r release image/release
    for name in env $needed; do ln -sf busybox "image/bin/$name"; done
    cp fairlead.lock image/action
    sed -i "s|$scratch/trace|/trace|" image/release/$top/bin/*
    in_image() { chroot image env -i PATH=/bin RUNNER_TEMP=/tmp RUNNER_TOOL_CACHE=/tmp/cache FAIRLEAD_TOOL=gate FAIRLEAD_MIRROR=/release /action/actions/install.sh; }
    (cd image/release && tar -czf "v$version/$top-bin.tar.gz" $top) && lock image/release >image/action/fairlead.lock
    expect "an image with nothing but busybox" 0 in_image
    equals "runs it" "$out" "this is fairlead-gate"
    expect "and again, from the cache" 0 in_image
    touch image/lib/ld-musl-x86_64.so.1
    expect "musl is refused" 2 in_image
    contains "in one sentence" "$err" "needs glibc, and this system has musl (Alpine)"
    table+=("$(printf '%-46s %s  %s' "musl (Alpine)" 2 "$err")")
else
    skip busybox "an image with nothing but busybox, and musl" "needs busybox-static and root"
fi

# --- the network
if openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,DNS:github.com,IP:127.0.0.1 \
    -keyout key.pem -out ca.pem 2>/dev/null; then
    cat key.pem ca.pem >both.pem
    /usr/bin/python3 "$root/tests/e2e/install_server.py" both.pem release >port &
    at_exit+=("kill $! 2>/dev/null")
    until [ -s port ]; do sleep 0.1; done
    port=$(cat port) server=https://localhost:$(cat port)
    : >no-wgetrc
    printf 'ca_certificate = %s/ca.pem\n' "$scratch" >wgetrc
    # shellcheck disable=SC2086 # a list of names
    links with-curl $needed curl flock && links with-wget $needed wget flock
    for client in curl wget; do
        command -v $client >/dev/null || { skip $client "the network with $client" "not installed"; continue; }
        by=("PATH=$scratch/with-$client" "CURL_CA_BUNDLE=$scratch/ca.pem" "WGETRC=$scratch/wgetrc")
        plain "$client: from a server" 0 "" "${by[@]}" "FAIRLEAD_MIRROR=$server/ok"
        plain "$client: redirected elsewhere" 0 "" "${by[@]}" "FAIRLEAD_MIRROR=$server/away/"
        plain "$client: a password in the mirror's name" 3 "https://localhost" "${by[@]}" "FAIRLEAD_MIRROR=https://user:secret@localhost:$port/missing"
        expect "$client: is not shown" 1 grep -q secret <<<"$err$out"
        plain "$client: tampered asset" 3 "is not what fairlead.lock says" "${by[@]}" "FAIRLEAD_MIRROR=$server/tampered"
        plain "$client: a login page instead" 3 "is not what fairlead.lock says" "${by[@]}" "FAIRLEAD_MIRROR=$server/login"
        plain "$client: 404" 3 "can't be fetched" "${by[@]}" "FAIRLEAD_MIRROR=$server/missing"
        plain "$client: unknown certificate" 3 "can't be fetched" "${by[@]}" CURL_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt "WGETRC=$scratch/no-wgetrc" "FAIRLEAD_MIRROR=$server/ok"
        plain "$client: nobody listens" 3 "can't be fetched" "${by[@]}" FAIRLEAD_MIRROR=https://127.0.0.1:1
    done
    by=("CURL_CA_BUNDLE=$scratch/ca.pem")
    plain "curl: redirected to http" 3 "can't be fetched" "${by[@]}" "FAIRLEAD_MIRROR=$server/plain"
    plain "curl: truncated download" 3 "can't be fetched" "${by[@]}" "FAIRLEAD_MIRROR=$server/truncated"
    plain "curl: 503, twice" 0 "" "${by[@]}" "FAIRLEAD_MIRROR=$server/busy"
    # GitHub itself, as far as a name can be somebody else's: the whole address is the installer's own.
    mkdir -p release/fairlead/releases as-github && ln -s "$scratch/release" release/fairlead/releases/download
    printf 'connect-to = "github.com:443:127.0.0.1:%s"\n' "$port" >as-github/.curlrc
    plain "curl: GitHub's own address" 0 "" "${by[@]}" HOME="$scratch/as-github" FAIRLEAD_MIRROR=
    if unshare -mn true 2>/dev/null; then
        fresh && before=(unshare -n) && fault "no network at all" 3 "can't be fetched" FAIRLEAD_MIRROR=
        printf 'nameserver 127.0.0.1\n' >resolv.conf
        cat >mute.py <<'PYTHON'
import os, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 53))
sys.exit(os.spawnvp(os.P_WAIT, sys.argv[1], sys.argv[1:]))
PYTHON
        # shellcheck disable=SC2016
        fresh && before=(unshare -mn sh -c 'ip link set lo up && mount --bind "$1/resolv.conf" "$(readlink -f /etc/resolv.conf)" && shift && exec "$@"' \
            sh "$scratch" /usr/bin/python3 "$scratch/mute.py")
        started=$SECONDS
        fault "name server mute" 3 "can't be fetched" FAIRLEAD_MIRROR=
        expect "which ends within a minute" 0 test $((SECONDS - started)) -lt 60
    else
        skip namespaces "no network" "unshare -n is not allowed here"
    fi
else
    skip openssl "the network" "openssl is not installed"
fi

echo
printf '%s\n' "${table[@]}"
finish
