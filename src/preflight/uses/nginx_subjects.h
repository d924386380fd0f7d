#pragma once
#include "preflight/project.h"
#include <string>
#include <vector>

namespace fairlead::preflight {

// Fills project.nginxes with the configurations that no other one includes, and decides which of them are in doubt. The
// compose files and the Dockerfiles must be known already.
void add_nginxes(Project& project, const std::vector<std::string>& found);

}
