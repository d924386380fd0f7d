#pragma once
#include "sys/stream/tar.h"
#include <optional>
#include <string>
#include <vector>

// Decides, before a member of an archive is made, which of its requested rights it gets.
namespace fairlead::sys {

struct TarOwner {
    unsigned uid = 0, gid = 0;
};
struct TarRights {
    bool is_made = true;                 // false: a device that must not be made
    std::optional<TarOwner> owner;       // nothing: the user who makes it stays the owner
    unsigned mode = 0;                   // without set-user-id and set-group-id if the owner can't be set
    std::vector<std::string> attributes; // names of attributes to set
    std::vector<Right> dropped;
};
// `by_root`: extracted by root, not by an ordinary user
TarRights rights_of(const TarEntry& entry, const TarReading& how, bool by_root);

}
