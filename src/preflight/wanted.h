#pragma once
#include "preflight/run.h"

namespace fairlead::preflight {

// `preflight:` with what --set says. Error (usage), at its place.
Result<Settings> settings_of(const Request& request, const config::Value& section, const sys::Environment& variables);

// By --profile, else by the environment, else production.
Profile profile_of(const Request& request, const config::Config& config);

// What the request asks to look at; nothing is opened.
Wanted wanted_of(const Request& request, const Surroundings& around, Settings settings);

}
