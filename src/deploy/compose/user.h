#pragma once
#include <optional>
#include <string>

// The user of a container's processes, as `user:` or the image names it: "", "root", "1000", "1000:1000", "www-data".
namespace fairlead::deploy {

struct ContainerUser {
    bool is_root = false; // the user can read the engine's files
    // nothing: the user has only a name, so files can't be given to it; they must be readable by all, in a closed
    // folder
    std::optional<unsigned> number;
};
ContainerUser container_user(const std::string& said);

}
