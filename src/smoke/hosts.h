#pragma once
#include "config/config.h"
#include "smoke/runner.h"
#include <string>
#include <vector>

// Who hears what lets in: only a server that somebody named outside of the checks. A check, or a base address common to
// all environments, is a line that any change may add.
namespace fairlead::smoke {

// The origins of environments.NAME.url and environments.NAME.smoke.base.
std::vector<std::string> origins_of(const config::Value& environment);

// Takes the bearer, and headers of every request that let in, from what asks elsewhere, and notes that in
// `plan.withheld`; a check's own headers are its own. Error (usage): nobody at all would hear the bearer.
Result<void> withhold(const std::vector<std::string>& origins, Plan& plan);

}
