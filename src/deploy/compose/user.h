#pragma once
#include <optional>
#include <string>

// The user of a container's processes, as `user:` or the image names it: "", "root", "1000", "1000:1000", "www-data".
namespace fairlead::deploy {

struct ContainerUser {
    bool is_root = false; // it can read the engine's files
    // a user with a number can own files; for a user with a name, files must be readable by all, in a closed folder
    std::optional<unsigned> number;
};
ContainerUser container_user(const std::string& said);

}
