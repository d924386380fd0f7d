#pragma once
#include "preflight/project.h"
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Reads the commands about a project's files in its pages, scripts and workflows.
namespace fairlead::preflight {

// Returns whether `docker compose` uses a file of this name without -f: compose.yml, docker-compose.yaml.
bool is_taken_by_itself(std::string_view path);

// Returns whether people document commands in such a file: pages, scripts, workflows.
bool tells_commands(std::string_view path);
// a line that ends in a backslash is joined with the next
std::vector<std::string> command_lines(std::string_view text);
bool names_file(std::string_view line, std::string_view name); // whether `name` is a word of a command in the line
// Returns whether a command in the line starts the compose file, by its name or, for a file that compose uses by itself
// at the root, by `docker compose up`.
bool starts_file(std::string_view line, const std::string& path);
// Returns whether `says` is true for an active workflow (not deploy.yml.disabled).
bool some_workflow(const Project& project, const std::function<bool(std::string_view text)>& says);

// Returns the script, workflow or build file that names a missing file, and so may make it. Empty: nothing names it.
std::string named_by_build(const Project& project, std::string_view path);

}
