#pragma once
#include "preflight/look.h"
#include "preflight/project.h"
#include <string>
#include <vector>

namespace fairlead::preflight {

// The env files among `found`, and those that somebody is known to take: each in the dialect of who reads it, and told
// whether it is a template, development's, or nothing that proves what production has.
void add_env_files(Project& project, const Wanted& wanted, std::vector<std::string> found);

// A ConfigMap or a Secret that is a form: its hosts and names ask to be replaced, and it holds no secret.
bool is_form(const read::KubeFile& file);

}
