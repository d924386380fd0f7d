#pragma once
#include "cli/run.h"
#include <string_view>

namespace fairlead::cli {

// Asks for confirmation before an act that can't be undone. In production the environment's name must be repeated with
// --confirm NAME, or typed at a terminal. `act` completes a sentence with "this …": "stops shop". Error (usage): not
// confirmed. A dry run needs no confirmation. A --confirm with another environment's name was refused before.
Result<void> confirm(const Context& context, std::string_view act);
// Does the same for a profile that doesn't come from fairlead.yml.
Result<void> confirm(const Context& context, config::Profile profile, std::string_view act);

}
