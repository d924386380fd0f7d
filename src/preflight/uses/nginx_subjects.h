#pragma once
#include "preflight/project.h"
#include <string>
#include <vector>

namespace fairlead::preflight {

// Fills project.nginxes with the configurations that no other file includes, and decides which of them are doubtful.
// The compose files and the Dockerfiles must be known before.
void add_nginxes(Project& project, const std::vector<std::string>& found);

}
