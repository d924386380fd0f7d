#!/bin/bash
set -euo pipefail
ref=${REF:-$GITHUB_REF} commit=
[ -n "$REF" ] || commit=$GITHUB_SHA
if [[ $ref =~ ^[0-9a-f]{40}$ ]]; then commit=$ref ref=; fi
mkdir -p "$TO" && cd "$TO"
( # jobs at work side by side share one home, and git doesn't wait for its file
    flock 9
    git config --global --get-all safe.directory | grep -qxF '*' || git config --global --add safe.directory '*'
) 9>"$HOME/.gitconfig.wait"
[ -d .git ] || git init --quiet .
git clean -ffdxq
git remote remove origin 2>/dev/null || true
upstream=$(mktemp -d "${RUNNER_TEMP:-/tmp}/upstream.XXXXXX")
tar -C "$upstream" -xf "$GITHUB_ACTION_PATH/repository.tar"
git remote add origin "file://$upstream"

case $ref in
refs/pull/*) there=refs/remotes/${ref#refs/} ;;
refs/heads/*) there=refs/remotes/origin/${ref#refs/heads/} ;;
*) there=$ref ;;
esac
wanted=${commit:-$ref}
filter=()
[ -z "$FILTER" ] || filter=("--filter=$FILTER")
if [ "$DEPTH" = 0 ]; then
    specs=('+refs/heads/*:refs/remotes/origin/*' '+refs/tags/*:refs/tags/*')
    [[ $ref != refs/pull/* ]] || specs+=("+$wanted:$there")
    git fetch --quiet --no-tags "${filter[@]}" origin "${specs[@]}"
    # An annotated tag is not its commit: it is fetched again, as the commit.
    if [ -n "$commit" ] && [ -n "$ref" ] && [ "$(git rev-parse --quiet --verify "$there")" != "$commit" ]; then
        git fetch --quiet --no-tags "${filter[@]}" origin "+$commit:$there"
    fi
else
    git fetch --quiet --no-tags "--depth=$DEPTH" "${filter[@]}" origin "+$wanted${there:+:$there}"
fi
case $ref in
refs/heads/*) git checkout --quiet --force -B "${ref#refs/heads/}" "$there" ;;
refs/*) git checkout --quiet --force --detach "$there" ;;
'') git checkout --quiet --force --detach "$commit" ;;
*) git checkout --quiet --force "$ref" ;;
esac
git remote set-url origin "https://127.0.0.1:1/$GITHUB_REPOSITORY"
rm -rf "$upstream"
git --no-pager log -1 --format='checked out %H %s'
