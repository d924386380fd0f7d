#!/bin/bash
# needs: roots, act; takes: 60 s
# The release on fresh minimal systems without our libraries: tarball and Debian package, each program's main job: versions,
# init, gate, scan, preflight and tag on a small repository, smoke against a server, migrate and backup on SQLite, deploy of a
# small service (tests/e2e/tiny), the README's workflow by the tarball alone. The systems lie in $FAIRLEAD_ROOTS, one folder each;
# as root, with the network:
#   for suite in bookworm trixie; do debootstrap --variant=minbase $suite $FAIRLEAD_ROOTS/$suite http://deb.debian.org/debian; done
#   ln -s gutsy /usr/share/debootstrap/scripts/noble # on Debian 12, whose debootstrap has no script of that name
#   debootstrap --variant=minbase noble $FAIRLEAD_ROOTS/noble http://archive.ubuntu.com/ubuntu
#   for root in $FAIRLEAD_ROOTS/*; do chroot $root sh -c 'apt-get update && apt-get install --yes --no-install-recommends nginx'; done
#   script/release && FAIRLEAD_ROOTS=… FAIRLEAD_TEST_REQUIRE=roots script/e2e roots
. "$(dirname "$0")/lib.sh"

version=$(sed -n 's/^project(fairlead VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
dist=$root/build/dist/$version arch=$(dpkg --print-architecture)
top=fairlead-$version-linux-$([ "$arch" = amd64 ] && echo x64 || echo arm64)
for need in "${FAIRLEAD_ROOTS:-/none}" "$dist/$top.tar.gz"; do
    [ -e "$need" ] || { skip roots "the release on minimal systems" "$need is not here; the top of $0 says how to make it"; finish; }
done
[ "$(id -u)" = 0 ] || { skip roots "the release on minimal systems" "chroot needs root"; finish; }

# A repository and a server, both from outside: the roots have no git and no Python.
project=$scratch/project
cp -r "$root/examples/notes" "$project"
(cd "$project" && git init -q -b main && git -c user.name=A -c user.email=a@example.org add -A &&
    git -c user.name=A -c user.email=a@example.org commit -q -m "feat: notes" && git tag v1.2.3)
echo '<testsuite><testcase name="a" classname="b"/><testcase name="c" classname="b"/></testsuite>' >"$project/report.xml"
printf 'SF:app.py\nDA:1,1\nend_of_record\n' >"$project/coverage.info" # fairlead.yml asks for 80 %
commit=$(git -C "$project" rev-parse HEAD)
mkdir "$scratch/www" && echo hello >"$scratch/www/index.html"
port=$(free_port)
/usr/bin/python3 -m http.server --bind 127.0.0.1 --directory "$scratch/www" "$port" >/dev/null 2>&1 &
server=$!
at_exit+=("kill $server 2>/dev/null")

# The README's workflow under act (act itself and make come from here), and what its user has around it.
act=$(PATH=$PATH:$root/build/act:$HOME/go/bin command -v act || true)
readme=$scratch/readme
mkdir -p "$readme/.github/workflows"
sed -n '/^```yaml$/,/^```$/p' "$root/README.md" | grep -v '^```' >"$readme/.github/workflows/readme.yml"
printf 'test:\n\tmkdir -p reports\n\techo "<testsuite><testcase name=\\"a\\"/></testsuite>" >reports/junit.xml\n' >"$readme/Makefile"
(cd "$readme" && export GIT_{AUTHOR,COMMITTER}_NAME=A GIT_{AUTHOR,COMMITTER}_EMAIL=a@example.org && git init -q -b main &&
    git add -A && git commit -q -m "feat: a" && git checkout -q -b change && git commit -q --allow-empty -m "feat: b" &&
    printf '{"repository": {"full_name": "a/b"}, "pull_request": {"number": 7, "head": {"sha": "%s", "ref": "change"}, "base": {"sha": "%s", "ref": "main"}}}' \
        "$(git rev-parse HEAD)" "$(git rev-parse main)" >.git/event.json)
readme_workflow() { # NAME: in $system
    local by=(act pull_request -W .github/workflows/readme.yml -e .git/event.json -P ubuntu-24.04=-self-hosted --no-cache-server
        --action-offline-mode --action-cache-path /release/cache --local-repository "fairlead/fairlead@v$version=/release/action" --env)
    rm -rf "${system:?}/release" "${system:?}/readme"
    mkdir -p "$system/release/mirror/v$version"
    cp "$act" "$(command -v make)" "$system/usr/local/bin"
    cp -r "$readme" "$system/readme"
    cp "$dist/$top-bin.tar.gz" "$system/release/mirror/v$version"
    mkdir "$system/release/action" # as the commit that the release's tag names has it
    (cd "$root" && git ls-files -co --exclude-standard action.yml actions CMakeLists.txt -z | xargs -0 cp --parents -t "$system/release/action")
    cp "$dist/fairlead.lock" "$system/release/action"
    place=/usr/local/bin
    expect "$1: the README's workflow, by FAIRLEAD_MIRROR" 0 within /readme "${by[@]}" FAIRLEAD_MIRROR=/release/mirror
    contains "which gives the executable" "$out" "fetching /release/mirror/v$version/$top-bin.tar.gz"
    contains "and judges" "$out" "passed: 1 test passed"
    echo tampered >>"$system/release/mirror/v$version/$top-bin.tar.gz"
    expect "$1: again, by the tool cache" 0 within /readme "${by[@]}" FAIRLEAD_MIRROR=/nowhere
    rm -rf "${system:?}/release/cache"
    expect "$1: a tampered mirror" 1 within /readme "${by[@]}" FAIRLEAD_MIRROR=/release/mirror
    contains "is told" "$out" "is not what fairlead.lock says"
    place=/opt/fairlead/bin:/usr/local/bin
    expect "$1: fairlead act, by its own executables" 0 within /readme fairlead act readme
    contains "says who said yes" "$out" "1 job passed"
    rm -rf "${system:?}/usr/local/bin/act" "${system:?}/usr/local/bin/make"
}

tiny=$scratch/tiny
cp -r "$root/tests/e2e/tiny" "$tiny"
(cd "$tiny" && git init -q -b main && git -c user.name=A -c user.email=a@example.org add -A &&
    git -c user.name=A -c user.email=a@example.org commit -q -m "feat: tiny")
tiny_jobs() { # NAME: in $system, what changes something
    local url by
    url=http://127.0.0.1:$(free_port)
    by=(env "TINY_URL=$url" DATABASE_URL=sqlite:/tiny.db)
    rm -rf "${system:?}"/{tiny,tiny.db*,sets,srv/tiny,var/lib/tiny}
    cp -a "$tiny" "$system/tiny"
    expect "$1: migrate" 0 within /tiny "${by[@]}" fairlead-migrate up --env staging
    expect "$1: backup" 0 within /tiny "${by[@]}" fairlead-backup run --env staging
    expect "$1: proven" 0 within /tiny "${by[@]}" fairlead-backup verify latest --level 4 --env staging
    expect "$1: deploy prints the router" 0 within /tiny "${by[@]}" fairlead-deploy router --env staging
    printf 'user root; pid /nginx.pid; error_log /nginx.log; events {} http { access_log off;\n%s\n}\n' "$out" >"$system/nginx.conf"
    within / nginx -c /nginx.conf >/dev/null 2>&1 || true
    for release in 1.0.0 1.1.0; do
        expect "$1: deploy $release" 0 within /tiny "${by[@]}" fairlead-deploy apply --env staging --release-version $release
        contains "which serves" "$(curl --silent "$url/")" "$release"
    done
    expect "$1: rollback" 0 within /tiny "${by[@]}" fairlead-deploy rollback --env staging
    contains "to what served before" "$(curl --silent "$url/")" 1.0.0
    expect "$1: down" 0 within /tiny "${by[@]}" fairlead-deploy down --env staging
    kill "$(cat "$system/nginx.pid")"
}

for system in "$FAIRLEAD_ROOTS"/*/; do
    name=$(basename "$system")
    [ -x "$system/bin/sh" ] || continue
    # shellcheck source=/dev/null
    name="$name ($(. "$system/etc/os-release" && echo "$PRETTY_NAME"))"
    rm -rf "${system:?}/opt/fairlead" "${system:?}/project" "${system:?}/empty"
    mkdir -p "$system/opt/fairlead" "$system/empty"
    cp -a "$project" "$system/project" # with its times, by which gate knows that the report is of these sources
    tar -xzf "$dist/$top.tar.gz" -C "$system/opt/fairlead" --strip-components=1
    cp "$dist/fairlead_${version}_$arch.deb" "$system/opt/fairlead.deb"
    within() { # FOLDER WORD...: in the root, with nothing of this machine's environment
        local folder=$1
        shift
        # shellcheck disable=SC2016 # the inner shells' words
        env -i PATH="$place:/usr/sbin:/usr/bin:/sbin:/bin" HOME=/root LC_ALL=C.UTF-8 unshare -m sh -c 'mount --bind /proc "$1/proc" && exec chroot "$@"' \
            sh "$system" sh -c 'cd "$1" && shift && exec "$@"' sh "$folder" "$@"
    }
    place=/usr/bin
    expect "$name: the package installs" 0 within / dpkg --install /opt/fairlead.deb
    for place in /opt/fairlead/bin /usr/bin; do
        for program in "$system/opt/fairlead/bin"/*; do
            program=$(basename "$program")
            grep -q "^$program  *tool " "$root/actions/programs" || continue # a helper, which the tools start
            expect "$name: $place/$program" 0 within / "$program" --version
            contains "says its version" "$out" "$version"
        done
        rm -rf "${system:?}/empty" && mkdir "$system/empty"
        expect "$name: init" 0 within /empty fairlead init
        expect "$name: gate" 0 within /project fairlead-gate --report report.xml --report coverage.info --min-tests 2
        expect "$name: gate says no" 1 within /project fairlead-gate --report report.xml --report coverage.info --min-tests 3
        expect "$name: scan" 0 within /project fairlead-scan tree
        expect "$name: preflight" 0 within /project fairlead-preflight check
        contains "looked" "$out$err" "of 100"
        expect "$name: tag" 0 within /project fairlead-tag --event push --ref refs/tags/v1.2.3 --sha "$commit" --images notes \
            --tags 'type=semver,pattern={{version}}'
        contains "names the image" "$out$err" "notes:1.2.3"
        expect "$name: smoke" 0 within /empty fairlead-smoke --urls "http://127.0.0.1:$port/" --deadline 10s
        expect "$name: smoke says no" 1 within /empty fairlead-smoke --urls "http://127.0.0.1:$port/missing" --deadline 3s
        tiny_jobs "$name"
    done
    if [ -n "$act" ]; then readme_workflow "$name"; else skip act "$name: the README's workflow" "act is not here"; fi
    place=/usr/bin
    expect "$name: the package leaves" 0 within / dpkg --purge fairlead
done
finish
