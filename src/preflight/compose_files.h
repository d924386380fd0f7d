#pragma once
#include "preflight/look.h"
#include "preflight/project.h"
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::preflight {

// Returns whether `docker compose` uses a file of this name without -f: compose.yml, docker-compose.yaml.
bool is_taken_by_itself(std::string_view path);

// Returns whether people document commands in such a file: pages, scripts, workflows.
bool tells_commands(std::string_view path);
std::vector<std::string> command_lines(std::string_view text); // those that end in a backslash go on in the next one
bool names_file(std::string_view line, std::string_view name); // whether `name` is a word of a command in the line
// Returns whether a command in the line starts the compose file, by its name or as what compose takes by itself at the
// root: docker compose up.
bool starts_file(std::string_view line, const std::string& path);
// Returns whether a workflow says so that is in force, not deploy.yml.disabled.
bool some_workflow(const Project& project, const std::function<bool(std::string_view text)>& says);

// Returns the script, workflow or build file that names a missing file, and so may make it. Empty: there is no such
// file.
std::string named_by_build(const Project& project, std::string_view path);

// Fills project.composes: finds which files form one project, and for which environment. Files named by the user are
// merged in their order. Else a file for an environment is merged over the plain file of its folder, if some command
// starts both together (-f a -f b, COMPOSE_FILE), or if it is incomplete by itself. Then the plain file counts as
// development.
void add_composes(Project& project, const Wanted& wanted, const std::vector<std::string>& found);

}
