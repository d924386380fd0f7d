#pragma once
#include "backup/engines/engine.h"
#include <string>
#include <vector>

// "compose:SERVICE": an engine's programs run in that service's container, whose versions fit its server.
namespace fairlead::backup {

// Returns the words that come before such a program's own words. Passes `variables` into the container by their names
// only. Error: usage.
Result<std::vector<std::string>> via_words(const std::string& via, const std::vector<std::string>& variables);
std::vector<std::string> via_environment(const World& world); // for the program `docker`

}
