#pragma once
#include "deploy/router.h"
#include "deploy/world.h"
#include <string>

// `fairlead-deploy router --install FILE --check`.
namespace fairlead::deploy {

// Writes the output of render() to `file`, and creates the files that it names. Error (usage): by its first line, the
// file belongs to somebody else. False: nothing had to change.
Result<bool> install_router(const World& world, Router& router, const std::string& file);
// Error (no): the router refuses its configuration, the running router doesn't lead to us, or `file` (empty: none)
// differs from what would be written.
Result<void> check_router(const World& world, Router& router, const std::string& file);

}
