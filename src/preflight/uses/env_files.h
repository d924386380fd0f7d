#pragma once
#include "preflight/look.h"
#include "preflight/project.h"
#include <string>
#include <vector>

namespace fairlead::preflight {

// Adds the env files among `found`, and env files that a known program reads. Each gets the dialect of its reader, and
// is marked if it is a template, is for development, or doesn't prove production's values.
void add_env_files(Project& project, const Wanted& wanted, std::vector<std::string> found);

// Returns whether it is Symfony's .env, which is committed and has only defaults; deployments set .env.local or
// variables.
bool is_of_symfony(const Project& project, const std::string& path);

// Returns whether a ConfigMap or a Secret is a template to fill in: its hosts and names are placeholders, and it has no
// secret.
bool is_form(const read::KubeFile& file);

}
