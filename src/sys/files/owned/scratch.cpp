#include "sys/files/owned/scratch.h"
#include "sys/fault.h"
#include "sys/files/owned/held.h"
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

constexpr std::size_t random_end = 7; // "-XXXXXX" of mkdtemp(3)

Descriptor opened(const Path& folder) {
    return Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool is_abandoned(const Descriptor& folder) {
    struct stat info {};
    if (!folder.is_open() || ::fstat(folder.get(), &info) != 0) return false;
    if (info.st_uid != ::geteuid() && ::geteuid() != 0) return false;
    return ::flock(folder.get(), LOCK_EX | LOCK_NB) == 0;
}

bool is_called(const std::string& name, std::string_view prefix) {
    return name.size() == prefix.size() + random_end && name.starts_with(prefix) && name[prefix.size()] == '-';
}

}

Path ScratchFolder::held() const { return held_path(held_); }

// Whoever sweeps may have come between the making and the holding: then it is gone, and another one is made.
Result<ScratchFolder> ScratchFolder::make(std::string_view prefix, const Path& parent) {
    constexpr int attempts = 100;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        auto folder = TRY(TemporaryFolder::make(prefix, parent));
        fault_point("scratch-made");
        Descriptor held = opened(folder.path());
        if (held.is_open()) (void)::flock(held.get(), LOCK_EX); // where it can't be held nobody sweeps it either
        struct stat info {};
        if (!held.is_open() && errno == ENOENT) continue;
        if (!held.is_open() || ::fstat(held.get(), &info) != 0)
            return path_error(folder.path().string(), "entered"); // a link has its name
        if (info.st_uid != ::geteuid() || (info.st_mode & 077u) != 0)
            return could_not(
                fmt::format("'{}' was replaced as soon as it was created; check which program writes to that folder",
                            folder.path().string()));
        if (info.st_nlink == 0 || inspect(folder.path()).type != FileType::folder) continue;
        fault_point("scratch-held");
        return ScratchFolder(std::move(folder), std::move(held));
    }
    return could_not(
        "a temporary folder disappears as soon as it is created; check which program clears its parent folder");
}

std::vector<Path> abandoned_scratch(std::string_view prefix, Abandoned what, const Path& folder) {
    std::vector<Path> found;
    std::error_code error;
    const Path parent = folder.empty() ? std::filesystem::temp_directory_path(error) : folder;
    const auto names = error ? Result<std::vector<std::string>>(could_not("")) : list_folder(parent);
    if (!names.ok()) return found;
    for (const auto& name : names.value()) {
        if (!is_called(name, prefix)) continue;
        const Descriptor held = opened(parent / name);
        if (!is_abandoned(held)) continue;
        if (what == Abandoned::listed || remove_tree(parent / name).ok()) found.push_back(parent / name);
    }
    return found;
}

}
