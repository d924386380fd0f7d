#pragma once
#include "preflight/project.h"
#include <set>
#include <string>
#include <utility>
#include <vector>

// Finds what pages, scripts and workflows do with a compose file before it is started.
namespace fairlead::preflight {

// Returns the names by which the project's folder is reached from where the compose file is started: "repo", if a page
// has `git clone URL repo` and `cp repo/deploy/compose.yml .`, or if the file begins with a drawing of that tree.
std::vector<std::string> clones_beside(const Project& project, const std::string& compose);

// Returns the way from the compose file's folder to the root: "../.." for deploy/docker/compose.yml.
std::string way_to_root(const std::string& path);

// Returns the part of a path that the project has in other capitals only, as it is asked for and as it is called:
// {"S2O.GateWay", "S2O.Gateway"}. Empty: it has no such path either.
std::pair<std::string, std::string> parts_in_other_case(const Project& project, const std::string& path);

// Returns the files that the commands of a script, a page or a workflow hand to Swarm: docker stack deploy -c FILE.
std::set<std::string> stacks_of(const Project& project, const std::string& by);

// Returns the files that some command hands to Swarm, and those that are named for it: docker-stack.yml, stack.yml.
std::set<std::string> stack_files(const Project& project);

}
