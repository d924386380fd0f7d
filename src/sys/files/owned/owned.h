#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <optional>
#include <string>
#include <string_view>

// Checks whether other users could have made the file at a path. If every folder from / downwards belongs to root or
// us, and nobody else may write in it, nobody can change the path after the check. Other paths are refused.
namespace fairlead::sys {

// Checks the way from / to `path` (absolute). `base` is `path` or a folder above. Below `base` no name may be a link;
// from `base` on, no folder may be writable by everybody, even if it is sticky. Above `base`, links of root or us are
// followed. The check ends at the first missing name. Error (usage), with the folder, its owner and what to do.
Result<void> check_way(const Path& path, const Path& base);

struct Owner {
    unsigned uid = 0, gid = 0;
    std::string name; // empty: the host doesn't know the uid
};
std::optional<Owner> owner_of(const Path& path); // nothing: the path can't be examined

// Opens the folder with O_PATH; it and the folders above may have any owner. Error (usage): a link of another user,
// which the message names. Error (could_not): the path doesn't exist, or is not a folder.
Result<Descriptor> open_way(const Path& path);

// A file that decides what we do, or a folder on its way, that belongs to another user.
struct Stranger {
    Path path;
    std::string user;
};
// Returns the first path that belongs to neither us, root nor `also`: among `path`, the folders above it up to `top`,
// and the same for link targets. A path that can't be examined is skipped: reading it fails with its own message.
std::optional<Stranger> find_stranger(const Path& path, const Path& top, std::optional<unsigned> also);

// Returns the first of these paths that every user may write. Sticky folders are skipped, and so are file systems with
// invented modes (shared_file_system), such as those of virtual machines.
std::optional<Path> find_open_to_all(const Path& path, const Path& top);

// Checks that only we or root could have written a file. Error (usage): it is not a regular file, has another owner or
// a second hard link, or other users may write it. Error (could_not): it is absent (read_own_file only).
Result<void> check_own_file(const Path& path);
Result<std::string> read_own_file(const Path& path, std::uint64_t limit = 1u << 20);

}
