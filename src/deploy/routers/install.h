#pragma once
#include "deploy/router.h"
#include "deploy/world.h"
#include <string>

// `fairlead-deploy router --install FILE --check`.
namespace fairlead::deploy {

// Writes what render() gives to `file`, and what that names. Error (usage): the file is somebody else's, by its first
// line. False: it was so already.
Result<bool> install_router(const World& world, Router& router, const std::string& file);
// Error (no): the router's own check refuses its configuration, what runs doesn't lead to us, or `file` (empty: none)
// isn't what would be written.
Result<void> check_router(const World& world, Router& router, const std::string& file);

}
