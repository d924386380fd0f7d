#include "sys/files/writable.h"
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>

namespace fairlead::sys {

Result<void> check_writable(const Path& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return could_not(fmt::format("'{}' is a folder; name a file in it", path.string()));
    Path folder = std::filesystem::absolute(path, ignored).parent_path();
    while (!std::filesystem::exists(folder, ignored) && folder.has_relative_path()) folder = folder.parent_path();
    if (!std::filesystem::is_directory(folder, ignored))
        return could_not(fmt::format("'{}' is in the way: it is not a folder", folder.string()));
    const bool special = std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored);
    if (special || ::access(folder.c_str(), W_OK) == 0) return {};
    return could_not(
        fmt::format("'{}' can't be written: folder '{}': {}", path.string(), folder.string(), std::strerror(errno)));
}

}
