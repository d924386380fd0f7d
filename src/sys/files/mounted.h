#pragma once
#include "sys/files/files.h"
#include <cstdint>
#include <string_view>

namespace fairlead::sys {

// Returns "NFS", "SMB", "FUSE", … if `path`, or the first existing folder above it, is on a file system that other
// machines may write to (for FUSE this is unknown). Empty: a local file system, or the path can't be examined.
std::string_view shared_file_system(const Path& path);

// Returns the same for an f_type of statfs(2).
std::string_view shared_file_system_of(std::uint32_t magic);

}
