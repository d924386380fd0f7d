#pragma once
#include "sys/files/files.h"
#include <cstdint>
#include <string_view>

namespace fairlead::sys {

// "NFS", "SMB", "FUSE", …: the file system that `path`, or the first folder above it that is there, lies on, where
// other machines may write to it or where nobody can tell (FUSE). Empty: a local one, or it can't be asked.
std::string_view shared_file_system(const Path& path);

// By statfs(2)'s f_type.
std::string_view shared_file_system_of(std::uint32_t magic);

}
