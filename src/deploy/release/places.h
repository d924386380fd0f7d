#pragma once
#include "deploy/layout.h"
#include "deploy/settings.h"

namespace fairlead::deploy {

// Checks, before anything below target.root or target.state is read, written, removed or signalled, that only
// root and us could have created it. Error (usage) names the place and the way out.
Result<void> check_places(const Settings& settings, const Layout& layout);

}
