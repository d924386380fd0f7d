#pragma once
#include "preflight/project.h"
#include <vector>

namespace fairlead::preflight {

// Returns the values of a file, also of a template; of a repeated name only the last.
std::vector<EnvValue> values_of(const EnvFile& file);

// Fills project.values: from env files, compose's `environment:`, the images' ENV, Kubernetes' `env:`, ConfigMaps and
// Secrets.
void add_values(Project& project);

}
