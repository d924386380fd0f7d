#pragma once
#include "preflight/look.h"
#include "preflight/project.h"
#include <string>
#include <vector>

namespace fairlead::preflight {

// Adds the env files among `found`, and env files that a known program reads. Each gets the dialect of its reader, and
// a mark if it is a template, for development, or no proof of production's values.
void add_env_files(Project& project, const Wanted& wanted, std::vector<std::string> found);

// Returns whether it is Symfony's .env, which is committed and holds defaults; what is deployed is set by .env.local or
// the environment.
bool is_of_symfony(const Project& project, const std::string& path);

// Returns whether a ConfigMap or a Secret is a form to fill in: its hosts and names are placeholders, and it has no
// secret.
bool is_form(const read::KubeFile& file);

}
