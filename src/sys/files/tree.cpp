#include "sys/files/tree.h"
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

constexpr std::int64_t second = 1'000'000'000;

struct Closing {
    void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, Closing>;

Error failed(const Path& folder, const std::string& below) {
    return could_not(fmt::format("'{}' can't be listed: {}", (folder / below).string(), std::strerror(errno)));
}

// What is below `below`, by the descriptor of the folder above it.
Result<void> visit(const Path& folder, int above, const std::string& below, std::vector<TreeFile>& found) {
    const auto slash = below.rfind('/');
    const std::string own = below.empty() ? folder.string() : below.substr(slash == below.npos ? 0 : slash + 1);
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (below.empty() ? 0 : O_NOFOLLOW);
    const int descriptor = ::openat(above, own.c_str(), flags);
    if (descriptor < 0) return errno == ENOENT ? Result<void>() : failed(folder, below);
    const Folder open(::fdopendir(descriptor));
    if (!open) {
        auto error = failed(folder, below);
        ::close(descriptor);
        return error;
    }
    const std::string prefix = below.empty() ? "" : below + "/";
    while (true) {
        errno = 0;
        const dirent* entry = ::readdir(open.get());
        if (entry == nullptr) return errno == 0 ? Result<void>() : failed(folder, below);
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..") continue;
        struct stat info {};
        if (::fstatat(descriptor, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno != ENOENT) return failed(folder, prefix + entry->d_name);
            continue;
        }
        if (S_ISDIR(info.st_mode)) TRY_VOID(visit(folder, descriptor, prefix + entry->d_name, found));
        if (S_ISREG(info.st_mode))
            found.push_back({prefix + entry->d_name, static_cast<std::uint64_t>(info.st_size),
                             info.st_mtim.tv_sec * second + info.st_mtim.tv_nsec});
    }
}

}

Result<std::vector<TreeFile>> list_tree(const Path& folder) {
    std::vector<TreeFile> found;
    TRY_VOID(visit(folder, AT_FDCWD, "", found));
    return found;
}

}
