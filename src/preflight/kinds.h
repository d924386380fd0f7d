#pragma once
#include "preflight/rule.h"
#include <optional>
#include <string>
#include <string_view>

// Finds a file's kind and its environment by the file's name, without opening it.
namespace fairlead::preflight {

// yaml: perhaps Kubernetes, which only the text shows
enum class FileKind { env, dockerfile, compose, nginx, workflow, unit, yaml };
// Nothing: no rule examines such a file by itself.
std::optional<FileKind> kind_of(std::string_view path);

bool is_env_backup(std::string_view path);   // .env.backup: a copy that no program reads
bool is_env_template(std::string_view path); // .env.example, .env.production.sample
// Returns "production" for .env.production, docker-compose.prod.yml and Dockerfile.prod; empty: the name has no
// environment.
std::string environment_in(std::string_view path);
// Returns the profile of a usual word for an environment: prod, dev, local, ci, stage.
std::optional<Profile> profile_in(std::string_view environment);
// Decides by the file's name, else by a folder of tests or examples above it; nothing: neither has a profile.
std::optional<Profile> profile_of(std::string_view path);

}
