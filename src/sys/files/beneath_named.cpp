// The part of beneath.h that finds the root of what somebody names.
#include "sys/files/beneath.h"
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

Path normal(const Path& path) {
    std::error_code ignored;
    const Path whole = std::filesystem::absolute(path, ignored).lexically_normal();
    return whole.has_filename() || !whole.has_relative_path() ? whole : whole.parent_path(); // "a/b/"
}

// In a folder where everybody may put something, such as /tmp, a name says nothing of who did.
bool was_planted(const Path& entry) {
    struct stat folder {
    }, info{};
    if (::stat(entry.parent_path().c_str(), &folder) != 0 || ::lstat(entry.c_str(), &info) != 0) return false;
    return (folder.st_mode & S_IWOTH) != 0 && info.st_uid != 0 && info.st_uid != ::geteuid();
}

// The nearest folder that holds an entry of that name, up to `last`; what was planted above the first is none.
std::optional<Path> nearest(const Path& folder, std::string_view name, const std::optional<Path>& last) {
    for (Path here = folder;; here = here.parent_path()) {
        const Path entry = here / name;
        if (inspect(entry).type != FileType::absent && (here == folder || last || !was_planted(entry))) return here;
        if (here == last || here == here.parent_path()) return std::nullopt;
    }
}

// Whether a link below `top` is on the way to `folder`.
bool by_link(const Path& top, const Path& folder) {
    Path here = top;
    for (const Path& part : folder.lexically_relative(top))
        if (inspect(here /= part).type == FileType::link) return true;
    return false;
}

}

std::optional<std::string> tree_around(const Path& folder) {
    auto found = nearest(normal(folder), ".git", std::nullopt);
    for (auto above = found; above && above->has_relative_path();) {
        above = nearest(above->parent_path(), ".git", std::nullopt);
        if (above && by_link(*above, *found)) found = above; // where a link leads is no part of what the tree holds
    }
    return found ? std::optional(found->string()) : std::nullopt;
}

Result<Root> root_around(const Path& folder) {
    const auto tree = tree_around(folder);
    return Root::open(tree ? Path(*tree) : folder);
}

std::optional<std::string> nearest_upwards(const Path& folder, std::string_view name) {
    const auto tree = tree_around(folder);
    const auto found = nearest(normal(folder), name, tree ? std::optional(Path(*tree)) : std::nullopt);
    return found ? std::optional((*found / name).string()) : std::nullopt;
}

Result<Named> named_by_person(const Path& folder, const Path& path) {
    const Path whole = normal(folder / path);
    const auto tree = tree_around(whole);
    Root root = TRY(Root::open(tree ? Path(*tree) : folder));
    if (auto inner = root.relative(whole)) return Named{std::move(root), std::move(*inner)};
    return Named{Root::everything(), whole.string()};
}

Result<Named> named_by_tree(const Root& tree, const Path& folder, const Path& path, std::string_view way_out) {
    if (auto inner = tree.relative(folder / path)) return Named{tree, std::move(*inner)};
    return usage(fmt::format("'{}' is outside of {}; {}", path.string(), tree.path().string(), way_out));
}

}
