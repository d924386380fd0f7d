#pragma once
#include "backup/engines/engine.h"
#include <string>
#include <vector>

// "compose:SERVICE": an engine's programs run in that service's container, where their versions fit the server.
namespace fairlead::backup {

// Returns the words that come before the program's command line. The command line names `variables`, which the
// container gets, but not their values. Error: usage.
Result<std::vector<std::string>> via_words(const std::string& via, const std::vector<std::string>& variables);
std::vector<std::string> via_environment(const World& world); // for the program `docker`

}
