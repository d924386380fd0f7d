#pragma once
#include "config/config.h"
#include <map>
#include <string>

namespace fairlead::config {

// What environments.<name>.env.file holds; empty where there is none, or it can't be read: who needs a variable of it
// says which is missing.
std::map<std::string, std::string> env_file(const Config& config, const std::string& environment);

}
