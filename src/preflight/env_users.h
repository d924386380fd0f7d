#pragma once
#include "preflight/project.h"
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::preflight {

constexpr std::string_view by_compose_1 = "docker-compose 1";

// Who reads which env file, by path: dialects of read/env.h, the one that counts first. Compose by `env_file:` and the
// .env beside its files; `docker run --env-file` of scripts and workflows; EnvironmentFile= of units; a shell's
// `source`; python-dotenv and npm's dotenv by the manifest of their folder, for what is there beside it.
// Behind compose stands by_compose_1 where scripts call docker-compose: no dialect, it differs in keeping quotes.
std::map<std::string, std::vector<std::string>> env_users(const Project& project);

// The word behind `flag` in a line: `--env-file .env`, `--env-file="/srv/app/.env"`.
std::string word_behind(std::string_view line, std::string_view flag);

}
