#pragma once
#include <optional>
#include <string>

// Whose processes a container's are, as `user:` or the image says: "", "root", "1000", "1000:1000", "www-data".
namespace fairlead::deploy {

struct ContainerUser {
    bool is_root = false;           // it reads what is the engine's
    std::optional<unsigned> number; // can be given its files; a name only reads what is open behind a closed folder
};
ContainerUser container_user(const std::string& said);

}
