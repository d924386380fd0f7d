#include "sys/files/exchange.h"
#include "sys/files/file_parts.h"
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace fairlead::sys {

Result<Exchanged> exchange_paths(const Path& one, const Path& other) {
    if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) != 0) {
        if (errno == EINVAL || errno == ENOSYS) return Exchanged::unknown;
        if (errno == ENOENT && inspect(other).type == FileType::absent) return Exchanged::absent;
        return could_not(fmt::format("'{}' can't change places with '{}': {}", one.string(), other.string(), reason()));
    }
    TRY_VOID(sync_folder(one.parent_path()));
    TRY_VOID(sync_folder(other.parent_path()));
    return Exchanged::done;
}

Result<bool> rename_to_free(const Path& from, const Path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
    if (errno == EEXIST) return false;
    if (errno != EINVAL && errno != ENOSYS) return path_error(to.string(), "put in place");
    // A file system that knows no such rename.
    if (::link(from.c_str(), to.c_str()) == 0) {
        if (::unlink(from.c_str()) != 0) return path_error(from.string(), "renamed");
        return true;
    }
    if (errno == EEXIST || inspect(to).type != FileType::absent) return false;
    if (::rename(from.c_str(), to.c_str()) != 0) return path_error(to.string(), "put in place");
    return true;
}

Result<bool> place_path(const Path& from, const Path& to) {
    const bool is_placed = TRY(rename_to_free(from, to));
    if (is_placed) TRY_VOID(sync_folder(to.parent_path()));
    return is_placed;
}

}
