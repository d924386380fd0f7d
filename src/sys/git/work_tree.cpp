#include "sys/git/work_tree.h"
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include "sys/git/repository.h"
#include "sys/signals.h"
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>

namespace fairlead::sys {

namespace {

// A time beyond what 64 bits hold in nanoseconds is the last one.
std::int64_t nanoseconds(const timespec& time) {
    constexpr std::int64_t most = 9'000'000'000; // seconds; in the year 2255
    return std::clamp(std::int64_t{time.tv_sec}, -most, most) * 1'000'000'000 + time.tv_nsec;
}

}

Result<std::optional<WorkTree>> WorkTree::open(const std::string& folder) {
    const auto repository = Repository::open(folder);
    if (!repository.ok() && Repository::is_missing(repository.error())) return std::optional<WorkTree>();
    if (!repository.ok()) return repository.error();
    auto root = repository->work_tree();
    if (root.empty() && Path(repository->git_folder()).filename() == ".git")
        return could_not(fmt::format(
            "the configuration of {} says that it has no work tree (core.bare), but it has a work tree; fix core.bare",
            repository->git_folder()));
    if (root.empty()) return std::optional<WorkTree>();
    std::error_code unresolved;
    const auto real = std::filesystem::canonical(root, unresolved);
    if (!unresolved) root = real.string();
    WorkTree tree;
    tree.root_ = std::move(root);
    TRY_VOID(repository->require_index());
    tree.paths_ = TRY(repository->tracked_files());
    tree.left_out_ = TRY(repository->left_out_files());
    tree.submodules_ = TRY(repository->submodules());
    return std::optional(std::move(tree));
}

std::string WorkTree::relative(const std::string& path) const {
    return path.starts_with(root_ + '/') ? path.substr(root_.size() + 1) : "";
}

bool WorkTree::tracks(const std::string& path) const {
    return std::binary_search(paths_.begin(), paths_.end(), relative(path));
}

Result<std::optional<WorkTree::Change>>
WorkTree::newest(std::int64_t now_ns, const std::function<bool(const std::string& path)>& counts) const {
    // The paths are sorted: asked from their folder, the kernel's walk along 50,000 of them isn't most of the time.
    const Descriptor root(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    Descriptor folder;
    std::string_view opened;
    int why = 0; // the folder can't be opened
    Change found;
    const auto take = [&](const std::string& path, std::int64_t modified, bool removed) {
        if (modified <= found.modified_ns || modified > now_ns || !counts(path)) return;
        found = {path, modified, removed};
    };
    for (const auto& path : paths_) {
        if (stop_requested()) return could_not("interrupted while looking at the files of " + root_);
        const auto slash = path.rfind('/');
        const std::size_t length = slash == std::string::npos ? 0 : slash;
        if (length > 0 && opened != std::string_view(path).substr(0, length)) {
            opened = std::string_view(path).substr(0, length);
            folder = Descriptor(::openat(root.get(), std::string(opened).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
            why = errno;
        }
        const int from = length > 0 ? folder.get() : root.get();
        if (length > 0 && from < 0) errno = why;
        struct stat state {};
        const bool there = from >= 0 && ::fstatat(from, path.c_str() + (length > 0 ? length + 1 : 0), &state,
                                                  AT_SYMLINK_NOFOLLOW) == 0;
        if (!there && errno != ENOENT && errno != ENOTDIR) return path_error(root_ + '/' + path, "looked at");
        const bool is_file = there && (S_ISREG(state.st_mode) || S_ISLNK(state.st_mode));
        if (there && !is_file && std::binary_search(submodules_.begin(), submodules_.end(), path)) continue;
        take(path, is_file ? nanoseconds(state.st_mtim) : removed_at(path), !is_file);
    }
    if (found.path.empty()) return std::optional<Change>();
    return std::optional(std::move(found));
}

// What lies nearest above a file that is missing was changed when it went, or later.
std::int64_t WorkTree::removed_at(const std::string& path) const {
    if (std::binary_search(left_out_.begin(), left_out_.end(), path)) return -1;
    auto folder = root_ + '/' + path;
    do folder.erase(folder.rfind('/'));
    while (folder.size() > root_.size() && !modified_at(folder));
    return modified_at(folder).value_or(-1);
}

std::optional<std::int64_t> modified_at(const std::string& path) {
    struct stat state {};
    if (::stat(path.c_str(), &state) != 0) return std::nullopt;
    return nanoseconds(state.st_mtim);
}

bool is_tracked(const std::string& name) {
    const Path path = name;
    std::error_code ignored;
    if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) return false;
    const Path whole =
        std::filesystem::weakly_canonical(std::filesystem::absolute(path, ignored).parent_path(), ignored) /
        path.filename();
    const auto repository = Repository::open(whole.parent_path().string());
    if (!repository.ok() || repository->work_tree().empty()) return false;
    const auto files = repository->tracked_files();
    const Path root = std::filesystem::weakly_canonical(repository->work_tree(), ignored);
    return files.ok() && std::binary_search(files->begin(), files->end(), whole.lexically_relative(root).string());
}

}
