// The part of files.h that walks: trees, temporary folders.
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include "sys/files/owned/owned.h"
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

namespace fs = std::filesystem;

// Whoever may rename on the way to a temporary folder may put another in its place. Where / itself is a stranger's, in
// a namespace that knows no other users, nobody can be told from anybody.
Result<void> check_temporary(const Path& parent) {
    if (find_stranger("/", "/", std::nullopt)) return {};
    const auto way = check_way(parent, parent / "below");
    if (way.ok() || way.error().kind != Kind::usage) return {}; // what isn't there fails by itself
    return usage(fmt::format(
        "the folder for temporary files, '{}', is not safe: {}; or set TMPDIR to another folder, such as /tmp",
        parent.string(), way.error().message));
}

}

Result<void> remove_tree(const Path& path) {
    std::error_code error;
    fs::remove_all(path, error);
    if (error) return path_error(path.string(), "removed", error.value());
    return {};
}

Result<bool> remove_empty_folder(const Path& path) {
    if (::rmdir(path.c_str()) == 0) return true;
    if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR || errno == ENOENT) return false;
    return path_error(path.string(), "removed");
}

Result<void> sync_tree(const Path& path) {
    const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!descriptor.is_open()) return path_error(path.string(), "opened for syncing");
    if (::syncfs(descriptor.get()) != 0) return path_error(path.string(), "synced");
    return {};
}

Result<std::vector<std::string>> list_folder(const Path& path) {
    std::vector<std::string> names;
    std::error_code error;
    fs::directory_iterator entry(path, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
        names.push_back(entry->path().filename().string());
    }
    if (error) return path_error(path.string(), "listed", error.value());
    std::sort(names.begin(), names.end());
    return names;
}

Result<TemporaryFolder> TemporaryFolder::make(std::string_view prefix, const Path& folder) {
    std::error_code error;
    const Path parent = folder.empty() ? fs::temp_directory_path(error) : folder;
    if (error) {
        const char* const named = std::getenv("TMPDIR");
        return could_not(
            fmt::format("the folder for temporary files, '{}', can't be used: {}; set TMPDIR to an existing folder",
                        named ? named : "/tmp", error.message()));
    }
    if (folder.empty()) TRY_VOID(check_temporary(fs::absolute(parent, error).lexically_normal()));
    std::string name = (parent / fmt::format("{}-XXXXXX", prefix)).string();
    if (!::mkdtemp(name.data())) return path_error(name, "created");
    return TemporaryFolder(name);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
}

}
