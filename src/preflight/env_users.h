#pragma once
#include "preflight/project.h"
#include <map>
#include <string>
#include <vector>

namespace fairlead::preflight {

// Who reads which env file, by path: dialects of read/env.h, the one that counts first. Compose by `env_file:` and the
// .env beside its files; `docker run --env-file` of scripts and workflows; EnvironmentFile= of units; a shell's
// `source`; python-dotenv and npm's dotenv by the manifest of their folder, for what is there beside it.
std::map<std::string, std::vector<std::string>> env_users(const Project& project);

}
