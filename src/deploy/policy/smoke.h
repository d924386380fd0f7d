#pragma once
#include "base/result.h"

namespace fairlead::deploy {

struct World; // deploy/world.h

// What verify.smoke needs, before anything is started: fairlead-smoke is here, and has something to ask. Error: of the
// kind of what it says.
Result<void> check_smoke(const World& world);

}
