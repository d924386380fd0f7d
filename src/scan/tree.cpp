#include "base/text.h"
#include "scan/sources.h"
#include "sys/encoding.h"
#include "sys/files.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::scan {
namespace {

using sys::FileType;
using sys::Path;

// Reads one file as it is on disk. `shown` is its name in findings.
Result<void> scan_file(const Path& path, const std::string& shown, Collector& collector) {
    if (collector.skips(shown)) return {};
    const sys::FileInfo info = sys::inspect(path);
    switch (info.type) {
    case FileType::file: break;
    case FileType::link: collector.skip(shown, "symbolic link"); return {};
    case FileType::folder: collector.skip(shown, "submodule"); return {};
    case FileType::absent: collector.skip(shown, "deleted in the work tree"); return {};
    default: collector.skip(shown, "no regular file"); return {};
    }
    if (info.size > collector.max_file_size()) {
        collector.skip(shown, "larger than max-file-size");
        return {};
    }
    Fragment fragment{.path = shown, .text = TRY(sys::read_file(path))};
    if (auto decoded = sys::from_utf16(fragment.text)) fragment.text = std::move(*decoded);
    if (is_binary(fragment.text)) {
        collector.skip(shown, "binary");
        return {};
    }
    return collector.add(
        fragment, [](const Fragment& same) { return Result<std::vector<Suppression>>(find_suppressions(same.text)); });
}

Result<void> scan_folder(const Path& folder, const Path& root, Collector& collector) {
    for (const std::string& name : TRY(sys::list_folder(folder))) {
        const Path path = folder / name;
        if (name == ".git") continue;
        if (sys::inspect(path).type == FileType::folder)
            TRY_VOID(scan_folder(path, root, collector));
        else
            TRY_VOID(scan_file(path, path.lexically_relative(root).generic_string(), collector));
    }
    return {};
}

// A path as the user gave it, whatever holds it.
Result<void> scan_on_disk(const Path& path, const Path& root, Collector& collector) {
    const FileType type = sys::inspect(path).type;
    if (type == FileType::absent)
        return usage(fmt::format("{} does not exist; name a file or a folder", path.string()));
    if (std::find(path.begin(), path.end(), ".git") != path.end())
        return usage(fmt::format("{} belongs to git; name what git tracks", path.string()));
    if (type == FileType::folder) return scan_folder(path, root, collector);
    return scan_file(path, path.lexically_relative(root).generic_string(), collector);
}

bool is_below(std::string_view path, std::string_view folder) {
    return folder == "." || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

Path absolute(const std::string& path) {
    Path whole = std::filesystem::absolute(path).lexically_normal();
    return whole.has_filename() ? whole : whole.parent_path();
}

}

Result<void> scan_tree(const std::optional<sys::Repository>& repository, const std::vector<std::string>& paths,
                       Collector& collector) {
    if (!repository || repository->work_tree().empty()) {
        const Path here = absolute(".");
        for (const std::string& path : paths) TRY_VOID(scan_on_disk(absolute(path), here, collector));
        return paths.empty() ? scan_folder(here, here, collector) : Result<void>();
    }
    const Path root = repository->work_tree();
    const std::vector<std::string> tracked = TRY(repository->tracked_files());
    std::vector<std::string> wanted;
    for (const std::string& path : paths) {
        const std::string folder = absolute(path).lexically_relative(root).generic_string();
        wanted.push_back(folder);
        if (std::none_of(tracked.begin(), tracked.end(), [&](const auto& file) { return is_below(file, folder); }))
            TRY_VOID(scan_on_disk(absolute(path), root, collector));
    }
    for (const std::string& file : tracked) {
        if (wanted.empty() ||
            std::any_of(wanted.begin(), wanted.end(), [&](const auto& folder) { return is_below(file, folder); }))
            TRY_VOID(scan_file(root / file, file, collector));
    }
    return {};
}

}
