#include "sys/files/exchange.h"
#include "sys/files/file_parts.h"
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>

namespace fairlead::sys {

Result<bool> exchange_paths(const Path& one, const Path& other) {
    if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) != 0) {
        if (errno == EINVAL || errno == ENOSYS) return false;
        return could_not(fmt::format("'{}' can't change places with '{}': {}", one.string(), other.string(), reason()));
    }
    TRY_VOID(sync_folder(one.parent_path()));
    TRY_VOID(sync_folder(other.parent_path()));
    return true;
}

}
