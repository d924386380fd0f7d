#pragma once
#include "base/result.h"

namespace fairlead::deploy {

struct World; // deploy/world.h

// Checks the needs of verify.smoke before anything is started: fairlead-smoke is here, and has something to check.
// Error (usage): it refuses the configuration. Error (could_not): the program is missing, or fails in another way.
Result<void> check_smoke(const World& world);

}
