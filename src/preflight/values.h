#pragma once
#include "preflight/project.h"
#include <vector>

namespace fairlead::preflight {

// What a file sets, a template's as well, of equal names the last.
std::vector<EnvValue> values_of(const EnvFile& file);

// project.values: of the env files, of compose's `environment:`, of the images' ENV, of Kubernetes' `env:`, ConfigMaps
// and Secrets.
void add_values(Project& project);

}
