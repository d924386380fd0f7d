#pragma once
#include "cli/run.h"
#include <string_view>

namespace fairlead::cli {

// Before an act that nobody can take back: in production the environment's name has to be said once more, by
// --confirm NAME or, where somebody sits at a terminal, typed. `act` ends the sentence "this …": "stops shop".
// Error (usage): nobody did. A dry run needs none. That --confirm names another environment was refused before.
Result<void> confirm(const Context& context, std::string_view act);
// The same where somebody else than fairlead.yml says how careful to be.
Result<void> confirm(const Context& context, config::Profile profile, std::string_view act);

}
