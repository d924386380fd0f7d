#pragma once
#include "preflight/look.h"
#include "preflight/project.h"
#include <string>
#include <vector>

namespace fairlead::preflight {

// Fills project.composes: finds which files form one project, and for which environment. Files named by the user are
// merged in their order. Otherwise, a file for an environment is merged over the plain file of its folder if a command
// starts both together (-f a -f b, COMPOSE_FILE) or if it is incomplete alone. Then the plain file counts as
// development.
void add_composes(Project& project, const Wanted& wanted, const std::vector<std::string>& found);

}
