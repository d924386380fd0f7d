#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <optional>
#include <string>
#include <string_view>

// Whether what lies at a path can be anybody else's doing. Where every folder from / downwards is root's or ours and
// nobody else may write in it, a name stays what it was when we looked; elsewhere it is never believed.
namespace fairlead::sys {

// From / to `path`, which is absolute. Below `base`, which is `path` or above it, nothing is a link; from it on no
// folder is one that all may write, sticky or not. Above it a link of root's or ours is followed. What isn't there ends
// the way. Error (usage) with the folder, whose it is and what to do.
Result<void> check_way(const Path& path, const Path& base);

struct Owner {
    unsigned uid = 0, gid = 0;
    std::string name; // empty: this host knows none
};
std::optional<Owner> owner_of(const Path& path); // nothing: it can't be looked at

// That folder, opened with O_PATH, whoever's it and those above it are; only links of somebody else end the way. Error
// (usage) names the link; could_not: it is not there, or is not a folder.
Result<Descriptor> open_way(const Path& path);

// Whose a file is that decides what we do, or a folder on its way.
struct Stranger {
    Path path;
    std::string user;
};
// The first of `path`, of the folders above it up to `top` and, where links lead elsewhere, of the same there, that
// belongs to neither us, root nor `also`. What can't be looked at is nobody's: who reads it says so.
std::optional<Stranger> find_stranger(const Path& path, const Path& top, std::optional<unsigned> also);

// The first of them that every user may write, unless it is a sticky folder or on a file system whose modes are made up
// (shared_file_system), as of virtual machines.
std::optional<Path> find_open_to_all(const Path& path, const Path& top);

// A file that only we or root could have written. Error (usage): a link, another kind, another owner, others may write
// it, or it has a second name. Absent is an error of read_own_file (could_not) only.
Result<void> check_own_file(const Path& path);
Result<std::string> read_own_file(const Path& path, std::uint64_t limit = 1u << 20);

}
