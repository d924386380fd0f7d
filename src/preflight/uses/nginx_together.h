#pragma once
#include "preflight/project.h"
#include <string>

// Finds out which files of one nginx configuration are loaded at the same time.
namespace fairlead::preflight {

// Returns whether nginx may load both files next to the configuration `one`. False if images and compose services that
// bring one of them to nginx never bring both to a place that it includes, or if a script copies each of them to the
// same place. True if nothing brings them. The compose files and the Dockerfiles must be known.
bool may_load_together(const Project& project, const Nginx& one, const std::string& first, const std::string& second);

}
