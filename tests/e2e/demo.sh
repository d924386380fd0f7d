#!/bin/bash
# needs: netns; takes: 123 s
# script/demo, twice in a row, from a copy of this clone in a folder with spaces: every step comes out as it must, no
# request is lost, and nothing stays behind. The second time there is no network but the loopback.
# The copy builds for itself what the tests are built from: with ccache that is short. The optimised build of a user's
# `script/demo` is in the workflows weekly.yml and release.yml; FAIRLEAD_DEMO_PRESET=release has it here.
. "$(dirname "$0")/lib.sh"
copy="$scratch/a clone of it"
mkdir "$copy" "$scratch/tmp"
(cd "$root" && git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    [ ! -e "$file" ] || printf '%s\0' "$file"
done | tar -c --null -T - | tar -x -C "$copy")
(cd "$copy" && git init -q -b main . && git add -A && git -c user.name=A -c user.email=a@example.org commit -q -m copy)

# alone COMMAND...: in a network namespace of its own; the loopback is down at first (netdevice(7), SIOCSIFFLAGS).
alone=(unshare --net /usr/bin/python3 -c '
import fcntl, os, socket, struct, sys
fcntl.ioctl(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0x8914, struct.pack("16sh22x", b"lo", 0x1))
os.execvp(sys.argv[1], sys.argv[1:])')
if "${alone[@]}" true 2>"$scratch/stderr"; then
    equals "the second run has no network" "$("${alone[@]}" sed -n 's/^ *\([^ :]*\):.*/\1/p' /proc/net/dev)" lo
else # a user namespace would do, but in one the folders of root belong to nobody, and nobody's are refused
    skip netns "the second run has no network" "$(<"$scratch/stderr")"
    alone=()
fi

for round in first second; do
    began=$SECONDS
    in_it=(env)
    [ "$round" = first ] || in_it=("${alone[@]}" env)
    expect "the $round run comes out as it must" 0 "${in_it[@]}" TMPDIR="$scratch/tmp" FAIRLEAD_DEMO_PRESET="${FAIRLEAD_DEMO_PRESET:-dev}" "$copy/script/demo"
    echo "        $((SECONDS - began)) s; $(grep -E '^requests sent' <<<"$out" | tr -s ' '), $(grep -E '^requests lost' <<<"$out" | tr -s ' ')"
    equals "the $round run: requests lost" "$(sed -n 's/^requests lost *//p' <<<"$out")" 0
    equals "the $round run: steps that came out wrong" "$(sed -n 's/^steps that came out wrong *//p' <<<"$out")" 0
    equals "the $round run brings a backup back" "$(grep -cE '^ok +backup, restored .* notes: [1-9][0-9]* of SQLite.s rows restored; board: ' <<<"$out")" 1
    equals "the $round run leaves no file behind" "$(ls -A "$scratch/tmp")" ""
    equals "the $round run leaves no process behind" "$(WANTED=$scratch/ /usr/bin/python3 - <<'PY'
import glob, os
for file in glob.glob("/proc/[0-9]*/cmdline"):
    try:
        words = open(file, errors="replace").read()
    except OSError:
        continue
    if os.environ["WANTED"] in words:
        print(words.replace("\0", " "))
PY
    )" ""
    equals "the $round run leaves the clone as it was" "$(git -C "$copy" status --short)" ""
done
finish
