#pragma once
#include "preflight/look.h"
#include "preflight/project.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::preflight {

// compose.yml, docker-compose.yaml: a command without -f starts it.
bool is_taken_by_itself(std::string_view path);

// Where people write down how they start a project: pages, scripts, workflows.
bool tells_commands(std::string_view path);
bool names_file(std::string_view line, std::string_view name); // as a word of a command

// The script, workflow or build file that names what the project doesn't have: it may be made there. Empty: none does.
std::string named_by_build(const Project& project, std::string_view path);

// project.composes: which files are one project, and which environment it is of. Those that are named are merged in
// their order. Else a file for an environment is laid over the plain one beside it where somebody starts them together
// (-f a -f b, COMPOSE_FILE), or where it says too little to stand alone; the plain one is development's then.
void add_composes(Project& project, const Wanted& wanted, const std::vector<std::string>& found);

}
