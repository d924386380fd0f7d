// The part of files.h that walks: trees, temporary folders.
#include "sys/descriptor.h"
#include "sys/files.h"
#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace fairlead::sys {
namespace {

namespace fs = std::filesystem;

// Calls visit(entry) for everything below `path`; links are not followed.
template <typename Visit>
Result<void> walk(const Path& path, Visit visit) {
    std::error_code error;
    fs::recursive_directory_iterator entry(path, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) TRY_VOID(visit(*entry));
    if (error) return path_error(path.string(), "walked through", error.value());
    return {};
}

Result<void> sync_one(const Path& path) {
    const FileType type = inspect(path).type;
    if (type != FileType::file && type != FileType::folder) return {};
    const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!descriptor.is_open()) return path_error(path.string(), "opened for syncing");
    if (::fsync(descriptor.get()) != 0 && errno != EINVAL) return path_error(path.string(), "synced");
    return {};
}

Result<void> copy_one(const Path& from, const Path& to) {
    std::error_code error;
    const FileInfo info = inspect(from);
    switch (info.type) {
    case FileType::folder:
        // Ours to write into while the copy runs; copy_tree gives the folder its mode at the end.
        if (::mkdir(to.c_str(), 0700) != 0 && errno != EEXIST) return path_error(to.string(), "created");
        return {};
    case FileType::link: fs::copy_symlink(from, to, error); break;
    case FileType::file: fs::copy_file(from, to, fs::copy_options::overwrite_existing, error); break;
    default:
        return could_not(
            fmt::format("'{}' is neither a file nor a folder nor a link; it can't be copied", from.string()));
    }
    if (!error) return {};
    return could_not(fmt::format("'{}' can't be copied to '{}': {}", from.string(), to.string(), error.message()));
}

Result<void> copy_mode(const Path& from, const Path& to) {
    if (::chmod(to.c_str(), inspect(from).mode) != 0) return path_error(to.string(), "given its mode");
    return {};
}

bool lies_within(const Path& inner, const Path& outer) {
    std::error_code error;
    const Path a = fs::weakly_canonical(inner, error), b = fs::weakly_canonical(outer, error);
    return std::mismatch(a.begin(), a.end(), b.begin(), b.end()).second == b.end();
}

}

Result<void> remove_tree(const Path& path) {
    std::error_code error;
    fs::remove_all(path, error);
    if (error) return path_error(path.string(), "removed", error.value());
    return {};
}

Result<void> sync_tree(const Path& path) {
    TRY_VOID(sync_one(path));
    if (inspect(path).type != FileType::folder) return {};
    return walk(path, [](const fs::directory_entry& entry) { return sync_one(entry.path()); });
}

Result<void> copy_tree(const Path& from, const Path& to) {
    const FileType type = inspect(from).type;
    if (type == FileType::absent) return path_error(from.string(), "copied", ENOENT);
    if (type != FileType::folder) return copy_one(from, to);
    if (lies_within(to, from)) {
        return could_not(
            fmt::format("'{}' lies within '{}'; it can't be copied into itself", to.string(), from.string()));
    }
    TRY_VOID(copy_one(from, to));
    std::vector<Path> folders{""};
    TRY_VOID(walk(from, [&](const fs::directory_entry& entry) -> Result<void> {
        const Path inner = entry.path().lexically_relative(from);
        if (inspect(entry.path()).type == FileType::folder) folders.push_back(inner);
        return copy_one(entry.path(), to / inner);
    }));
    for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
        TRY_VOID(copy_mode(from / *folder, to / *folder));
    }
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

Result<TemporaryFolder> TemporaryFolder::make(std::string_view prefix) {
    std::error_code error;
    const Path parent = fs::temp_directory_path(error);
    if (error) return could_not("there is no folder for temporary files: " + error.message() + "; set TMPDIR");
    std::string name = (parent / fmt::format("{}-XXXXXX", prefix)).string();
    if (!::mkdtemp(name.data())) return path_error(name, "created");
    return TemporaryFolder(name);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
}

}
