#pragma once
#include "preflight/run.h"

namespace fairlead::preflight {

// Reads `preflight:` and applies --set. Error (usage), at its place.
Result<Settings> settings_of(const Request& request, const config::Value& section, const sys::Environment& variables);

// Returns the profile of --profile, else of the environment, else production.
Profile profile_of(const Request& request, const config::Config& config);

// Returns what the request wants to examine; opens nothing.
Wanted wanted_of(const Request& request, const Surroundings& around, Settings settings);

}
