#pragma once
#include "base/result.h"
#include "deploy/compose/cli.h"
#include "sys/environment.h"
#include <string>

namespace fairlead::deploy {

// Returns the place of a service's `key` in the compose files, or else the place of its name. No place: it isn't found,
// or a file can't be read. A value from our variables or from a base file doesn't change the place.
fairlead::Place where_in_compose(const ComposeFiles& files, const std::string& service, const std::string& key);

}
