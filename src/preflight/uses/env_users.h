#pragma once
#include "preflight/project.h"
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::preflight {

constexpr std::string_view by_compose_1 = "docker-compose 1";

// Maps the path of each env file to the dialects (read/env/env.h) of the programs that read it; the first dialect
// counts. Sources: `env_file:` and the .env next to compose files; `docker run --env-file` in scripts and workflows;
// EnvironmentFile= in units; `source` in a shell; python-dotenv, pydantic-settings and npm's dotenv in a manifest in
// the file's folder. If a script calls docker-compose, each list with `compose` ends with by_compose_1. It isn't a
// separate dialect: docker-compose 1 only treats quotes differently.
std::map<std::string, std::vector<std::string>> env_users(const Project& project);

// If a deployed compose file uses an env file that isn't in the repository, returns the variable's value in that file's
// template, such as .env.example for `env_file: .env`. Nothing: no such template has a value for it.
std::optional<std::string> value_in_template(const Project& project, std::string_view name);

// Returns the word after `flag` in a line: `--env-file .env`, `--env-file="/srv/app/.env"`.
std::string word_behind(std::string_view line, std::string_view flag);

}
