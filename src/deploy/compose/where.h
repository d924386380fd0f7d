#pragma once
#include "base/result.h"
#include "deploy/compose/cli.h"
#include "sys/environment.h"
#include <string>

namespace fairlead::deploy {

// Returns the place in the compose files where a service has `key`, or else where its name is. No place: it isn't
// there, or a file can't be read. Values that come from our variables or from a base file don't change the place.
fairlead::Place where_in_compose(const ComposeFiles& files, const std::string& service, const std::string& key);

}
