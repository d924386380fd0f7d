#!/bin/bash
# needs: strace; takes: 1 s
# Each tool over a hostile tree, under strace: no program is started but those that its page allows, no socket is opened but
# to the server that was named, and what the kernel was asked for first is to be held to that.
. "$(dirname "$0")/lib.sh"
command -v strace >/dev/null || { skip strace "system calls over a hostile tree" "strace is not installed"; finish; }
strace -o /dev/null true 2>/dev/null || { skip strace "system calls over a hostile tree" "nothing may be traced here"; finish; }

tree=$scratch/tree
mkdir "$tree" && cd "$tree" && git init -q -b main . || exit 3
git config user.name A && git config user.email a@example.org
echo '<testsuite><testcase name="a" classname="b"/></testsuite>' >report.xml
echo 'version: 1' >fairlead.yml
printf '* filter=evil diff=evil\n' >.gitattributes
git add fairlead.yml .gitattributes && git commit -q -m "feat: a" && git tag v1.0.0
git commit -q --allow-empty -m "fix: b"; touch report.xml
git update-ref -m "update by push" refs/remotes/origin/main HEAD # what is behind the remote came from here
# What a change can bring, or what an earlier step left: each of them would leave a file.
for key in core.fsmonitor core.sshCommand core.pager core.editor core.askPass filter.evil.clean filter.evil.smudge \
    filter.evil.process diff.evil.command diff.external credential.helper gpg.program; do
    git config "$key" "touch '$scratch/started'"
done
git config remote.origin.url "ext::touch $scratch/started"
mkdir -p .git/hooks hooks
for hook in post-checkout reference-transaction fsmonitor-watchman post-index-change; do
    printf '#!/bin/sh\ntouch "%s/started"\n' "$scratch" >".git/hooks/$hook"
    chmod +x ".git/hooks/$hook"
done

# trace NAME STATUS COMMAND...: $calls has the programs and sockets after the tool's own start.
trace() {
    local name=$1
    shift
    rm -f "$scratch/calls"
    expect "$name under strace" "$1" strace -f -qq -e trace=execve,execveat,socket,connect,listen,seccomp \
        -e signal=none -o "$scratch/calls" "${@:2}"
    calls=$(sed 1d "$scratch/calls")
}
programs() { grep -E 'execve(at)?\(' <<<"$calls" | grep -v ' = -1 ' | grep -v ENOENT; }
held() { contains "$1 is held to it" "$calls" "SECCOMP_SET_MODE_FILTER"; }
nothing() { # NAME: neither a program nor a socket
    equals "$1 starts no program" "$(programs)" ""
    equals "$1 opens no socket" "$(grep -E '(socket|connect)\(' <<<"$calls")" ""
    held "$1"
}

trace gate 0 fairlead-gate --report report.xml --output "json:$scratch/gate.json"
nothing gate
for command in tree staged 'range v1.0.0..HEAD'; do
    # shellcheck disable=SC2086 # a list of words
    trace "scan $command" 0 fairlead-scan $command --allow-empty
    nothing "scan $command"
done
trace tag 0 fairlead-tag --images x --tags 'type=semver,pattern={{version}}' --ref refs/tags/v1.0.0 --event push
nothing tag
trace next-version 0 fairlead-tag next-version
nothing next-version

port=$(free_port)
mkdir "$scratch/www" && echo ok >"$scratch/www/index.html"
/usr/bin/python3 -m http.server --bind 127.0.0.1 --directory "$scratch/www" "$port" >/dev/null 2>&1 &
server=$!
at_exit+=("kill $server 2>/dev/null; wait $server 2>/dev/null")
trace smoke 0 fairlead-smoke --deadline 20s "http://127.0.0.1:$port/"
equals "smoke starts no program" "$(programs)" ""
equals "smoke connects to the server that was named" \
    "$(grep -oE 'htons\([0-9]+\), sin_addr=inet_addr\("[^"]*"\)' <<<"$calls" | sort -u)" \
    "htons($port), sin_addr=inet_addr(\"127.0.0.1\")"
held smoke
if [ -e "$scratch/started" ]; then fail "the tree started something"; else pass "the tree started nothing"; fi
finish
