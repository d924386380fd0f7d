# shellcheck shell=sh disable=SC2034,SC2154 # shared with install.sh
# Sourced by actions/install.sh where fairlead.lock names no release, or FAIRLEAD_INSTALL=source asks for a build.
# It is kept under the digest of its sources, so that a branch never runs what another one built, and of the system: a
# container sees the host's tool cache, but not its libraries. Its digests stand in <arch>.complete.
digest=$(cd "$root" && {
    cat /etc/os-release || true
    find CMakeLists.txt CMakePresets.json actions/programs cmake src tools -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
} | sha256sum | cut -c 1-12)
store=fairlead/$version-$digest patience=3600

# Only the tool and what it starts. Of any, as a hook or an item of a checklist names it, all are built.
case $tool:$starts:${INPUT_COMMAND:-} in
preflight:'*':checklist | [!p]*:'*':*) named=$(sed -n 's/^\(fairlead[a-z-]*\) .*/\1/p' "$root/actions/programs") ;;
esac
is_ready() ( # what doesn't start (a library was removed) is built again
    [ -e "$place.complete" ] && are_ours "${place%/*}" "$place.complete" && sums=$(cat "$place.complete")$newline || return 1
    for name in $named; do
        case $newline$sums in *"  $name$newline"*) ;; *) return 1 ;; esac
    done
    is_whole && "$place/$program" --version >/dev/null 2>&1
)
bring() {
    # What was built on this system may start as soon as its libraries are there (the next container from the same image).
    "$root/script/bootstrap" build >&2 9>&- || refuse 3 "the packages for a build are missing; script/bootstrap names them"
    ! is_ready || become
    case $tarball in '') why="no release of $version is at hand" ;; *) why="FAIRLEAD_INSTALL is source" ;; esac
    # The tree stays for the next tool, which needs much of the same; it has one user at a time.
    tree=$place.tree
    command -v flock >/dev/null || tree=$work/build
    # shellcheck disable=SC2086 # names of actions/programs, without blanks
    set -- $named
    echo "fairlead: $why; building $* from source in $tree (3 to 5 minutes on two cores; the next tool takes less)" >&2
    (cd "$root" && cmake --preset release -B "$tree" -DFAIRLEAD_TESTS=OFF && cmake --build "$tree" --target "$@") >&2 9>&- ||
        refuse 3 "the build from source failed; its log stands above"
    mkdir "$work/bin"
    find "$tree/bin" -maxdepth 1 -type f -name 'fairlead*' -exec cp {} "$work/bin" \;
    chmod -R u=rwX,go=rX "$work/bin"
    (cd "$work/bin" && exec sha256sum fairlead*) >"$work/complete"
    chmod 644 "$work/complete"
    sums=$(cat "$work/complete")$newline
}
