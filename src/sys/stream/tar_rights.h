#pragma once
#include "sys/stream/tar.h"
#include <optional>
#include <string>
#include <vector>

// What a member of an archive gets of the rights that it asks for: decided before anything of it is made.
namespace fairlead::sys {

struct TarOwner {
    unsigned uid = 0, gid = 0;
};
struct TarRights {
    bool is_made = true;                 // false: a device that is not to be
    std::optional<TarOwner> owner;       // nothing: it stays with who makes it
    unsigned mode = 0;                   // without set-user-id and set-group-id where the owner can't be given
    std::vector<std::string> attributes; // names
    std::vector<Right> dropped;
};
// By root, or by an ordinary user.
TarRights rights_of(const TarEntry& entry, const TarReading& how, bool by_root);

}
