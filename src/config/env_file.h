#pragma once
#include "config/config.h"
#include <map>
#include <string>

namespace fairlead::config {

// Returns the values in environments.<name>.env.file; empty if there is no such file, or if it can't be read. Code that
// needs a variable reports it as missing.
std::map<std::string, std::string> env_file(const Config& config, const std::string& environment);

}
