#pragma once
#include "deploy/layout.h"
#include "deploy/settings.h"

namespace fairlead::deploy {

// Checks that only root or we could have created target.root and target.state. Call it before anything below them is
// read, written, removed or signalled. Error (usage) names the place and the way out.
Result<void> check_places(const Settings& settings, const Layout& layout);

}
