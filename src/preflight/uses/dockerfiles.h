#pragma once
#include "preflight/look.h"
#include "preflight/project.h"
#include <string>
#include <vector>

namespace fairlead::preflight {

// Fills project.dockerfiles: each of `found` once for every stage and context in which a compose file or a workflow
// builds it, else once as it stands. A file that may not be deployed gets a mark in project.doubtful.
void add_dockerfiles(Project& project, const Wanted& wanted, const std::vector<std::string>& found);

}
