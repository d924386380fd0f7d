#pragma once
#include "preflight/project.h"
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::preflight {

constexpr std::string_view by_compose_1 = "docker-compose 1";

// Returns who reads which env file, by path, as dialects of read/env.h; the first dialect counts. Sources: `env_file:`
// and the .env next to compose files; `docker run --env-file` of scripts and workflows; EnvironmentFile= of units;
// `source` of a shell; python-dotenv and npm's dotenv in the manifest of the file's folder.
// If scripts call docker-compose, by_compose_1 comes right after `compose` in the list. It isn't a dialect: it only
// keeps quotes in another way.
std::map<std::string, std::vector<std::string>> env_users(const Project& project);

// Returns what the template of an env file says of a variable, where a compose file that is deployed takes that env
// file, which isn't in the repository: of .env.example for env_file: .env. Nothing: no such template has it.
std::optional<std::string> value_in_template(const Project& project, std::string_view name);

// Returns the word after `flag` in a line: `--env-file .env`, `--env-file="/srv/app/.env"`.
std::string word_behind(std::string_view line, std::string_view flag);

}
