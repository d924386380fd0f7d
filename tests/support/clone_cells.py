"""Clones by the dozen: how one began, its refspecs, tag option, depth, filter, last fetch and state, put together by lot.

Each cell is a script for sh, run with what clone_kinds.PREPARE defines, and the upstream that it last had to do with: $U is the
repository as it is, $OLD the same before its last releases.
"""
import itertools
import random

# name: script. A clone is one of git clone; the others begin with git init.
BEGIN = {
    "clone": 'git clone -q $cut "$FROM" .',
    "clone --no-tags": 'git clone -q $cut --no-tags "$FROM" .',
    "clone --single-branch": 'git clone -q $cut --single-branch "$FROM" .',
    "clone, then set-branches '*'": 'git clone -q $cut --single-branch "$FROM" . && git remote set-branches origin "*" && git fetch -q',
    "clone -c tagOpt=--tags": 'git clone -q $cut --single-branch -c remote.origin.tagOpt=--tags "$FROM" .',
    "clone -c refspec": 'git clone -q $cut --no-tags -c "remote.origin.fetch=+refs/tags/*:refs/rtags/origin/*" "$FROM" .',
    "clone --bare": 'git clone -q $cut --bare "$FROM" .',
    "clone --bare --single-branch": 'git clone -q $cut --bare --single-branch "$FROM" .',
    "clone --mirror": 'git clone -q $cut --mirror "$FROM" .',
    "clone without reflogs": 'git -c core.logAllRefUpdates=false clone -q $cut -c core.logAllRefUpdates=false "$FROM" .',
    "init": 'start && git remote set-url origin "$FROM" && first',
    "init, nothing fetched": 'start && git remote set-url origin "$FROM"',
    "init --bare": 'start --bare && git remote set-url origin "$FROM" && first',
    "init without reflogs": 'start && git config core.logAllRefUpdates false && git remote set-url origin "$FROM" && first',
    "init, by address": 'git init -q . && git pull -q $cut "$FROM" develop',
    "checkout": 'start && git remote set-url origin "$FROM" && checkout',
    "checkout, all": 'start && git remote set-url origin "$FROM" && git fetch -q --no-tags $filter origin $all',
}
REFSPECS = {
    "as it is": "",
    "tags": "spec '+refs/tags/*:refs/tags/*'",
    "tags elsewhere": "spec '+refs/tags/*:refs/rtags/origin/*'",
    "tags below tags": "spec '+refs/tags/*:refs/tags/up/*'",
    "some tags": "spec '+refs/tags/v1.*:refs/tags/v1.*'",
    "not some tags": "spec '^refs/tags/v2*'",
    "one branch": "only '+refs/heads/develop:refs/remotes/origin/develop'",
    "branches elsewhere": "only '+refs/heads/*:refs/remotes/x/*'",
    "kept nowhere": "only refs/heads/develop",
}
TAG_OPTIONS = {"": "", "--tags": "git config remote.origin.tagOpt --tags", "--no-tags": "git config remote.origin.tagOpt --no-tags"}
DEPTHS = {"": "", "--depth 1": "--depth 1", "--depth 20": "--depth 20 --no-single-branch"}
FILTERS = {"": "", "blob:none": "--filter=blob:none", "tree:0": "--filter=tree:0"}
FETCHES = {
    "none": "",
    "plain": "git fetch -q origin",
    "--tags": "git fetch -q --tags --force origin",
    "--no-tags": "git fetch -q --no-tags origin",
    "branch": "git fetch -q origin develop",
    "branch, kept": "git fetch -q origin +refs/heads/develop:refs/remotes/origin/develop",
    "branch, kept, --no-tags": "git fetch -q --no-tags origin +refs/heads/develop:refs/remotes/origin/develop",
    "commit": 'git fetch -q --no-tags --depth=1 origin "+$(tip develop):refs/remotes/origin/develop"',
    "tag": "git fetch -q origin +refs/tags/v2.1.0:refs/tags/v2.1.0",
    "all, named": "git fetch -q --no-tags origin $all",
    "--unshallow": "git fetch -q --unshallow origin",
    "--unshallow --no-tags": "git fetch -q --unshallow --no-tags origin",
    "failing": 'git -c "url.file:///nowhere.insteadOf=$U" fetch -q origin',
}
STATES = {
    "attached": "",
    "detached": "git checkout -q --detach",
    "unborn": "",
    "packed": "git pack-refs --all",
    "older": "",
    "no origin/HEAD": "git remote set-head origin -d",
}
NEEDED = {"--unshallow": lambda depth: depth, "--unshallow --no-tags": lambda depth: depth}
# $cut has a blank on purpose: several options. `first` takes what a fetch after `git init` takes.
DEFINE = """
cut="%(depth)s %(filter)s"; filter="%(filter)s"; FROM=$%(source)s
spec() { git config --add remote.origin.fetch "$1"; }
only() { git config --replace-all remote.origin.fetch "$1"; }
first() { git fetch -q %(limit)s %(filter)s origin; }
checkout() { git fetch -q --no-tags %(limit)s %(filter)s origin "+$(git -C "${FROM#file://}" rev-parse develop):refs/remotes/origin/develop"; }
born() { git rev-parse -q --verify HEAD >/dev/null; }
look() { git checkout -q -B develop "$1" 2>/dev/null || git update-ref refs/heads/develop "$1" 2>/dev/null; }
"""


def script(begin, refspec, option, depth, filter_, fetch, state):
    """What makes that clone; what fails on the way is part of it."""
    values = {"depth": DEPTHS[depth], "filter": FILTERS[filter_], "limit": depth, "source": "OLD" if state == "older" else "U"}
    steps = [DEFINE % values, f"set +e\n{BEGIN[begin]}", REFSPECS[refspec], TAG_OPTIONS[option], 'git remote set-url origin "$U" 2>/dev/null',
             FETCHES[fetch] and FETCHES[fetch] + ' || touch "$FAILED"']
    if state != "unborn":
        newest = "FETCH_HEAD" if fetch in ("branch", "branch, kept", "commit") or begin == "init, by address" else ""
        steps.append(f"for at in {newest} refs/remotes/origin/develop refs/remotes/x/develop; do look $at && break; done")
    steps += [STATES[state], "true"]
    return "\n".join(step for step in steps if step)


def all_cells():
    """Every combination that differs from the others."""
    for one in itertools.product(BEGIN, REFSPECS, TAG_OPTIONS, DEPTHS, FILTERS, FETCHES, STATES):
        begin, refspec, option, depth, filter_, fetch, state = one
        if not NEEDED.get(fetch, lambda _: True)(depth) or (begin == "init, by address" and (refspec != "as it is" or option)):
            continue
        if state == "unborn" and not begin.startswith(("init", "checkout")):
            continue
        if filter_ == "tree:0" and begin == "checkout, all":
            continue
        yield one


def chosen(count, seed):
    """So many of them by lot, the same for the same seed."""
    return random.Random(seed).sample(list(all_cells()), count)


def named(cell):
    begin, refspec, option, depth, filter_, fetch, state = cell
    return f"{begin} | refspec {refspec} | tagOpt {option or 'none'} | {depth or 'whole'} | {filter_ or 'no filter'} | fetch {fetch} | {state}"
