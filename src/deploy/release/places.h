#pragma once
#include "deploy/layout.h"
#include "deploy/settings.h"

namespace fairlead::deploy {

// Before anything below target.root or target.state is read, written, removed or signalled: that nobody but root and we
// could have put it there. Error (usage) with the place and the way out.
Result<void> check_places(const Settings& settings, const Layout& layout);

}
