"""Kinds of clones: how git makes each, and what git's records in it say."""
import dataclasses

# run by sh in an empty folder; $U is upstream's address, $UPSTREAM its folder
PREPARE = """
set -e
tip() { git -C "$UPSTREAM" rev-parse "$1^{commit}"; }
fetch() { git -c protocol.version=2 fetch -q --prune --no-recurse-submodules "$@"; }
start() { git init -q "$@" . && git remote add origin "$U"; }
# what actions/checkout does on a branch: fetch's options, and further refspecs
branch() {
    start && fetch $1 origin $2 "+$(tip develop):refs/remotes/origin/develop"
    git checkout -q --force -B develop refs/remotes/origin/develop
}
all="+refs/heads/*:refs/remotes/origin/* +refs/tags/*:refs/tags/*"
ci="+refs/pipelines/123:refs/pipelines/123 +refs/heads/develop:refs/remotes/origin/develop"
loose() {
    git for-each-ref --format='%(refname) %(objectname)' refs/tags refs/remotes/origin/ | grep -v /HEAD >../refs.$$
    rm -f .git/packed-refs
    while read -r name id; do mkdir -p ".git/${name%/*}" && echo "$id" >".git/$name"; done <../refs.$$
    rm ../refs.$$
}
"""


@dataclasses.dataclass
class Kind:
    """holds: the decisions that git's records say it holds all for. blind: those about which nothing that git keeps tells
    that something is missing. guess: nothing anywhere tells the default branch, so a guess that is told may be wrong."""
    name: str
    holds: str
    make: str
    blind: str = ""
    guess: bool = False
    inside: str = "."
    up: str = "grown"
    ci: str = "github"
    remote: bool = True  # there is one to deepen from, and that would help
    unreadable: str = ""  # a word of the refusal that is right, where the store is what libgit2 can't read
    newgit: bool = False


KINDS = [
    Kind("full", "EHNCD", 'git clone -q "$U" .'),
    Kind("bare", "EHNCD", 'git clone -q --bare "$U" .', remote=False),
    Kind("mirror", "EHNCD", 'git clone -q --mirror "$U" .', remote=False),
    Kind("--single-branch of main", "CD", 'git clone -q --single-branch -b main "$U" .'),
    Kind("--single-branch of develop", "ECD", 'git clone -q --single-branch "$U" .'),
    Kind("--single-branch, tagOpt --tags", "EHNCD",
         'git clone -q --single-branch "$U" . && git config remote.origin.tagOpt --tags && git fetch -q'),
    Kind("--single-branch, refspec of tags", "EHNCD", """git clone -q --single-branch "$U" .
         git config --add remote.origin.fetch '+refs/tags/*:refs/tags/*' && git fetch -q"""),
    Kind("--no-tags", "E", 'git clone -q --no-tags "$U" .'),
    Kind("--no-tags, one tag fetched", "E", 'git clone -q --no-tags "$U" . && git fetch -q origin tag v2.0.0'),
    Kind("--depth 1", "E", 'git clone -q --depth 1 "$U" .'),
    Kind("--depth 1 of a tag", "", 'git clone -q --depth 1 -b v2.1.0 "$U" .'),
    Kind("--depth 1, one tag fetched", "E", 'git clone -q --depth 1 "$U" . && git fetch -q --depth 1 origin tag v2.0.0'),
    Kind("--depth 1, fetch --depth=1 --tags", "EH", 'git clone -q --depth 1 "$U" . && git fetch -q --depth=1 --tags'),
    Kind("--depth 1, +refs/tags/*", "EH",
         """git clone -q --depth 1 "$U" . && git fetch -q --depth 1 origin '+refs/tags/*:refs/tags/*'"""),
    Kind("--depth 1, refspec of tags", "EH", """git clone -q --depth 1 "$U" .
         git config --add remote.origin.fetch '+refs/tags/*:refs/tags/*' && git fetch -q --depth 1"""),
    Kind("--depth 5", "EH", 'git clone -q --depth 5 --no-single-branch "$U" .'),
    Kind("--depth 20", "EHNCD", 'git clone -q --depth 20 --no-single-branch "$U" .'),
    Kind("--depth 50 holds all", "EHNCD", 'git clone -q --depth 50 --no-single-branch "$U" .'),
    Kind("--depth 50 of one branch", "ECD", 'git clone -q --depth 50 "$U" .'),
    Kind("first release, --depth 1", "ECD", 'git clone -q --depth 1 "$U" .', up="first"),
    Kind("first release, all branches", "EHNCD", 'git clone -q --depth 1 --no-single-branch "$U" .', up="first"),
    # One tag, asked for by its name: others may lie elsewhere.
    Kind("first release, checkout of tag", "", """start && fetch --no-tags --depth=1 origin +refs/tags/v0.1.0:refs/tags/v0.1.0
         git checkout -q --force refs/tags/v0.1.0""", up="first"),
    # One commit, asked for by its id with --no-tags: the history is whole, and of tags nothing is known.
    Kind("before a first release", "", 'branch "--no-tags --depth=1"', up="unreleased"),
    Kind("--no-tags, unshallowed", "E", 'git clone -q --no-tags --depth 1 "$U" . && git fetch -q --unshallow'),
    Kind("checkout, unshallowed no tags", "", 'branch "--no-tags --depth=1" && git fetch -q --no-tags --unshallow'),
    Kind("checkout, then --unshallow", "CD", 'branch "--no-tags --depth=1" && git fetch -q --unshallow'),
    Kind("--shallow-since", "E", 'git clone -q --shallow-since=1700090000 "$U" .'),
    Kind("--shallow-exclude", "E", 'git clone -q --shallow-exclude=v1.0.0 "$U" .'),
    Kind("--filter=blob:none", "EHNCD", 'git clone -q --filter=blob:none "$U" .'),
    Kind("--filter=tree:0", "EHCD", 'git clone -q --filter=tree:0 "$U" .'),
    Kind("--filter=blob:none --depth 1", "E", 'git clone -q --filter=blob:none --depth 1 "$U" .'),
    Kind("checkout v4", "", 'branch "--no-tags --depth=1"'),
    Kind("checkout v4, fetch-depth: 0", "HNCD", "start && fetch origin $all && git checkout -q -B develop origin/develop"),
    Kind("checkout v7, fetch-depth: 0", "HNCD", """start && fetch --no-tags origin $all
         git checkout -q -B develop origin/develop"""),
    Kind("checkout v4, fetch-tags", "", "branch --depth=1"),
    Kind("checkout v7, fetch-tags", "H", "branch '--no-tags --depth=1' '+refs/tags/*:refs/tags/*'"),
    Kind("checkout v4, fetch-depth: 50", "", 'branch "--no-tags --depth=50"'),
    Kind("checkout v4 on a tag", "", """start && fetch --no-tags --depth=1 origin "+$(tip v2.1.0):refs/tags/v2.1.0"
         git checkout -q --force refs/tags/v2.1.0"""),
    Kind("checkout v7 on a tag", "", """start && fetch --no-tags --depth=1 origin +refs/tags/v2.1.0:refs/tags/v2.1.0
         git checkout -q --force refs/tags/v2.1.0"""),
    Kind("checkout v4 on a merge ref", "", """start
         fetch --no-tags --depth=1 origin "+$(tip refs/pull/7/merge):refs/remotes/pull/7/merge"
         git checkout -q --force refs/remotes/pull/7/merge"""),
    Kind("merge ref, fetch-depth: 0", "HNCD", """start
         fetch origin $all "+$(tip refs/pull/7/merge):refs/remotes/pull/7/merge" && git checkout -q refs/remotes/pull/7/merge"""),
    Kind("GitLab, depth 20", "E", "start && fetch --depth 20 origin $ci && git checkout -q -f $(tip develop)", ci="gitlab"),
    Kind("GitLab, depth 20, --no-tags", "E", """start && fetch --depth 20 --no-tags origin $ci
         git checkout -q -f $(tip develop)""", ci="gitlab"),
    Kind("GitLab, depth 0", "EHNCD", "start && fetch origin $all $ci && git checkout -q -f $(tip develop)", ci="gitlab"),
    Kind("GitLab, tag", "E", "start && fetch --depth 20 origin +refs/pipelines/123:refs/pipelines/123 "
         "+refs/tags/v2.1.0:refs/tags/v2.1.0 && git checkout -q -f $(tip v2.1.0)", ci="gitlab"),
    Kind("linked work tree", "EHNCD", 'git clone -q "$U" main && git -C main worktree add -q ../tree v2.1.0', inside="tree"),
    Kind("linked, of a shallow clone", "E", 'git clone -q --depth 1 "$U" main && git -C main worktree add -q --detach ../tree',
         inside="tree"),
    Kind("submodule", "EHNCD", 'git init -q . && git submodule --quiet add "$U" sub', inside="sub"),
    Kind("submodule, shallow", "E", 'git init -q . && git submodule --quiet add --depth 1 "$U" sub', inside="sub"),
    Kind("origin/HEAD missing", "HNCD", 'git clone -q "$U" . && git remote set-head origin -d'),
    Kind("origin/HEAD names what is gone", "HNCD",
         'git clone -q "$U" . && git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/gone'),
    Kind("origin/HEAD is wrong", "HNCD", 'git clone -q "$U" . && git remote set-head origin main', blind="E"),
    Kind("remote called upstream", "EHNCD", 'git clone -q "$U" . && git remote rename origin upstream'),
    Kind("origin and a fork", "EHNCD", """git clone -q "$U" . && git clone -q --mirror "$U" ../fork.$$
         git -C ../fork.$$ symbolic-ref HEAD refs/heads/main && git remote add fork "file://$PWD/../fork.$$"
         git fetch -q fork && git remote set-head fork main"""),
    Kind("two remotes, none is origin", "HNCD", """git clone -q -o acme "$U" . && git remote add bob "$U"
         git fetch -q bob && git remote set-head bob main"""),
    Kind("git init, no remote", "HNCD", """git init -q -b develop . && git pull -q "$U" develop && git fetch -q "$U" $all
         git for-each-ref --format='delete %(refname)' refs/remotes | git update-ref --stdin""", guess=True, remote=False),
    Kind("refs packed", "EHNCD", 'git clone -q "$U" . && git pack-refs --all'),
    Kind("refs loose", "EHNCD", 'git clone -q "$U" . && loose'),
    Kind("refs mixed", "EHNCD", """git clone -q "$U" . && git tag -d v3.0.0 v1.2.9 >/dev/null
         git tag v2.1.0 -f v1.0.0 >/dev/null && git pack-refs --all && git fetch -q --tags --force"""),
    Kind("detached at a tag", "EHNCD", 'git clone -q "$U" . && git checkout -q v1.2.9'),
    Kind("detached at a branch's tip", "EHNCD", 'git clone -q "$U" . && git checkout -q --detach origin/main'),
    Kind("detached where no ref points", "EHNCD", 'git clone -q "$U" . && git checkout -q v1.2.0~2'),
    Kind("made before v2.2.0 was pushed", "ECD", """git clone -q "$U" . && git tag -d v2.2.0 v3.0.0 >/dev/null
         git update-ref -d refs/remotes/origin/next""", blind="HN"),
    Kind("--shared (alternates)", "EHNCD", 'git clone -q --shared "$UPSTREAM" .'),
    Kind("of a bundle", "EHNCD", """git -C "$UPSTREAM" bundle create -q "$PWD/../bundle.$$" --all
         git clone -q "$PWD/../bundle.$$" ."""),
    Kind("git replace", "EH", 'git clone -q "$U" . && git replace --graft HEAD~3', remote=False),
    Kind("grafts", "EH", 'git clone -q "$U" . && mkdir -p .git/info && git rev-parse HEAD~3 >.git/info/grafts',
         remote=False),
    Kind("reftable", "", 'git clone -q --ref-format=reftable "$U" .', unreadable="reftable", newgit=True),
    Kind("reftable, --depth 1", "", 'git clone -q --depth 1 --ref-format=reftable "$U" .', unreadable="reftable", newgit=True),
    Kind("SHA-256", "", 'git clone -q "$U" .', unreadable="SHA-256", up="sha256"),
]
