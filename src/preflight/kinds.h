#pragma once
#include "preflight/rule.h"
#include <optional>
#include <string>
#include <string_view>

// What a file is by its name, and which environment its name says it is of. Nothing is opened.
namespace fairlead::preflight {

enum class FileKind { env, dockerfile, compose, nginx, workflow, unit, yaml }; // yaml: Kubernetes', if its text says so
// Nothing: no rule looks into such a file by itself.
std::optional<FileKind> kind_of(std::string_view path);

bool is_env_template(std::string_view path); // .env.example, .env.production.sample
// "production" of .env.production, docker-compose.prod.yml and Dockerfile.prod; empty: its name says none.
std::string environment_in(std::string_view path);
// Of a word that stands for an environment, as people write it: prod, dev, local, ci, stage.
std::optional<Profile> profile_in(std::string_view environment);
// By the file's name, else by a folder of tests or examples that it lies in; nothing: by neither.
std::optional<Profile> profile_of(std::string_view path);

}
