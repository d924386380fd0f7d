#!/bin/bash
# needs: release, lintian; takes: 25 s
# What script/release makes, from the executables of the dev build: the same bytes in two folders at two times, in the shape
# that actions/install.sh and `fairlead verify` read, and no file used that isn't the lock's. The static build itself takes
# many minutes: .github/workflows/release.yml makes it twice. With build/dist/VERSION from script/release here, its
# executables are judged, too.
. "$(dirname "$0")/lib.sh"

version=$(sed -n 's/^project(fairlead VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
lock=$root/release/dependencies.lock
rows=$(grep -v '^#' "$lock")

# The lock
wrong=$(awk '!($1 ~ /^(build|patch|link|image)$/ && $2 ~ /^(any|amd64|arm64)$/ && length($5) == 64 && $5 !~ /[^0-9a-f]/ &&
    $6 ~ /^debian(-security)?\/pool\/[^ ]+$/ && $7 != "")' <<<"$rows")
equals "each line of the lock has its seven fields" "$wrong" ""
of() { awk -v arch="$1" '$2 == arch {print $1, $3, $4}' <<<"$rows"; }
equals "both architectures link the same versions" "$(of amd64)" "$(of arm64)"
while read -r name; do
    grep -qi -e "$name" "$root/docs/dependencies.md" || fail "docs/dependencies.md names $name"
done < <(awk '{print $3}' <<<"$rows" | sort -u | grep -vxE 'ca-certificates|glibc|tzdata')

# Nothing that is not the lock's
mkdir "$scratch/sources"
first=$(awk '$1 == "build" {print $6; exit}' <<<"$rows")
fetch() { XDG_CACHE_HOME=$scratch/cache FAIRLEAD_POOL=http://127.0.0.1:9 FAIRLEAD_SOURCES=$scratch/sources "$root/release/dependencies" amd64 --fetch; }
expect "a source that can't be had" 3 fetch
contains "says where to put it" "$err" "set FAIRLEAD_SOURCES to it"
echo tampered >"$scratch/sources/${first##*/}"
expect "a source that is another one" 3 fetch
contains "is told with both digests" "$err" "${first##*/} has SHA-256 $(sha256sum <"$scratch/sources/${first##*/}" | cut -d' ' -f1), the lock says"
equals "and is not kept" "$(find "$scratch/cache" -type f)" ""

# What is refused before anything is built
expect "a version that the sources don't have" 2 "$root/script/release" 99.0.0 --dirty
contains "names both" "$err" "version 99.0.0 is asked for, CMakeLists.txt says $version"
expect "an unknown architecture" 2 "$root/script/release" --arch riscv64
expect "an executable of the dev build is no release" 1 "$root/release/check" amd64 "$bin"
contains "it needs libraries" "$out" "needs lib"

# The commit that only adds digests counts as the one before it.
git_as() { git -C "$scratch/repository" -c user.name=A -c user.email=a@example.org "$@"; }
git init -q "$scratch/repository"
commit_of() {
    cmake -DSOURCE="$scratch/repository" -DOUTPUT="$scratch/version.cpp" -DVERSION=1.0.0 -P "$root/cmake/version.cmake"
    sed -n 's/.*commit() { return "\(.*\)".*/\1/p' "$scratch/version.cpp"
}
echo 1 >"$scratch/repository/source" && git_as add . && git_as commit -qm one
echo 2 >"$scratch/repository/source" && git_as commit -qam two
built=$(git_as rev-parse HEAD)
equals "what is built tells its commit" "$(commit_of)" "$built"
echo "version 1.0.0" >"$scratch/repository/fairlead.lock" && git_as add . && git_as commit -qm lock
equals "the same when the digests are in" "$(commit_of)" "$built"

# The artefacts
files=${XDG_CACHE_HOME:-$HOME/.cache}/fairlead/release/files
missing=$(awk '$1 == "image" && ($2 == "any" || $2 == "amd64") {print $6}' <<<"$rows" | while read -r path; do
    [ -f "$files/${path##*/}" ] || echo "${path##*/}"
done)
if [ "$(dpkg --print-architecture)" != amd64 ]; then
    skip release "the artefacts" "this machine is not amd64"
elif [ -n "$missing" ] && ! timeout 60 "$root/release/dependencies" amd64 --fetch >/dev/null 2>"$scratch/why"; then
    skip release "the artefacts" "$(tail -n 1 "$scratch/why")"
else
    clone=$scratch/a\ clone # what seals a release makes a commit there
    git clone -q "$root" "$clone"
    git -C "$root" ls-files -co --exclude-standard -z release actions schema LICENSE CHANGELOG.md fairlead.lock |
        (cd "$root" && xargs -0 cp --parents -t "$clone")
    git -C "$clone" add -A && git -C "$clone" -c user.name=A -c user.email=a@example.org commit -q --allow-empty -m "feat: as it is"
    built=$(git -C "$clone" rev-parse HEAD)
    pack() { # FOLDER: packs the dev build's tag, small enough to be squeezed often
        mkdir -p "$1/stage/amd64/usr/bin" "$1/stage/amd64/usr/share/man/man1" "$1/stage/amd64/licences"
        strip -o "$1/stage/amd64/usr/bin/fairlead-tag" "$bin/fairlead-tag"
        "$bin/fairlead-tag" --render man >"$1/stage/amd64/usr/share/man/man1/fairlead-tag.1"
        echo MIT >"$1/stage/amd64/licences/some"
        SOURCE_DATE_EPOCH=1700000000 "$clone/release/package" "$version" "$built" "$1/stage" "$1/dist"
    }
    expect "they are packed" 0 pack "$scratch/one"
    expect "and again elsewhere, later" 0 pack "$scratch/an other folder"
    expect "to the same bytes" 0 "$root/release/same" "$scratch/one/dist" "$scratch/an other folder/dist"
    cd "$scratch/one/dist" || exit 3
    expect "SHA256SUMS holds" 0 sha256sum -c --strict SHA256SUMS
    top=fairlead-$version-linux-x64
    equals "the tarball has one folder" "$(tar -tzf "$top.tar.gz" | cut -d/ -f1 | sort -u)" "$top"
    equals "owned by nobody here" "$(tar --numeric-owner -tvzf "$top.tar.gz" | awk '{print $2}' | sort -u)" 0/0
    tar -xzf "$top.tar.gz"
    for part in bin/fairlead-tag share/man/man1/fairlead-tag.1 share/fairlead/fairlead.schema.json share/doc/fairlead/licences/some; do
        expect "with $part" 0 test -s "$top/$part"
    done
    expect "fairlead.lock is right beside it" 0 sha256sum -c --quiet fairlead.lock
    equals "and names what is in bin" "$(sed -n 's/^[0-9a-f]*  //p' fairlead.lock)" "$(printf '%s\n' "$top-bin.tar.gz" "$top/bin/fairlead-tag")"
    equals "what the actions fetch holds the executables alone" "$(tar -tzf "$top-bin.tar.gz" | grep -v '/$')" "$top/bin/fairlead-tag"
    sealed=$(sed -n 's/^commit //p' "$top/share/fairlead/release")
    equals "what is packed names the commit with these digests" "$(git -C "$clone" show "$sealed:fairlead.lock")" "$(cat fairlead.lock)"
    equals "which changes nothing else" "$(git -C "$clone" rev-parse "$sealed^") $(git -C "$clone" diff --name-only "$sealed^" "$sealed")" \
        "$built fairlead.lock"
    GIT_AUTHOR_NAME=B GIT_COMMITTER_DATE=1 TZ=Asia/Tokyo expect "sealed again by somebody else" 0 \
        git -C "$clone" -c i18n.commitEncoding=latin1 -c commit.gpgSign=true -c core.autocrlf=true -c alias.seal="!\"$clone/release/seal\"" \
        seal "$built" "$PWD/fairlead.lock"
    equals "it is the same commit" "$out" "$sealed"
    equals "the work tree stays as it was" "$(git -C "$clone" status --porcelain) $(git -C "$clone" rev-parse HEAD)" " $built"
    expect "the package's files are right" 0 bash -c "dpkg-deb -R fairlead_${version}_amd64.deb deb && cd deb && md5sum -c --quiet DEBIAN/md5sums"
    contains "it asks for glibc alone" "$(dpkg-deb -f fairlead_"${version}"_amd64.deb Depends)" "libc6 (>= 2.3"
    if command -v lintian >/dev/null; then # 'statically linked' is told by its override; a dev build lacks what hardens
        equals "lintian finds no error" "$(TMPDIR=$scratch lintian --allow-root fairlead_"${version}"_amd64.deb 2>/dev/null | grep '^E:' || true)" ""
    else
        skip lintian "lintian" "it is not installed"
    fi
    mkdir image && tar -xzf "fairlead-$version-image-x64.tar.gz" -C image
    expect "the image's parts have their digests" 0 bash -c 'cd image/blobs/sha256 && for part in *; do echo "$part  $part"; done | sha256sum -c --quiet --strict'
    judged=$(/usr/bin/python3 - "$version" "$lock" <<'PYTHON'
import hashlib, json, sys, tarfile
version = sys.argv[1]
manifest = json.load(open("image/manifest.json"))[0]
config = json.load(open("image/" + manifest["Config"]))
assert manifest["RepoTags"] == ["fairlead:" + version] and config["config"]["User"] == "65532:65532", config
assert config["config"]["Labels"]["org.opencontainers.image.version"] == version
names = tarfile.open("image/" + manifest["Layers"][0]).getnames()
assert {"usr/bin/fairlead-tag", "etc/ssl/certs/ca-certificates.crt", "lib64/ld-linux-x86-64.so.2"} <= set(names), names
assert not any(name.endswith("bin/sh") for name in names)
statement = json.load(open(f"fairlead-{version}.statement.json"))
assert statement["_type"] == "https://in-toto.io/Statement/v1" and len(statement["subject"]) == 7, statement["subject"]
for subject in statement["subject"]:
    assert hashlib.sha256(open(subject["name"], "rb").read()).hexdigest() == subject["digest"]["sha256"]
lock = [line.split()[4] for line in open(sys.argv[2]) if line[0] != "#"]
bom, spdx = json.load(open(f"fairlead-{version}.cdx.json")), json.load(open(f"fairlead-{version}.spdx.json"))
assert (bom["specVersion"], spdx["spdxVersion"]) == ("1.6", "SPDX-2.3")
assert [part["hashes"][0]["content"] for part in bom["components"] if "hashes" in part] == lock
assert [part["checksums"][0]["checksumValue"] for part in spdx["packages"] if "checksums" in part] == lock
print("right")
PYTHON
    )
    equals "image, statement and SBOMs say what is there" "$judged" right
    cd "$scratch" || exit 3
fi

# A real build, when there is one
for folder in "$root/build/stage/$version"/*/; do
    [ -d "$folder/usr/bin" ] || continue
    expect "what script/release built for $(basename "$folder") keeps its promises" 0 "$root/release/check" "$(basename "$folder")" "$folder/usr/bin"
done
finish
