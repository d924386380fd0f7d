#pragma once
#include "preflight/project.h"
#include <set>
#include <string>
#include <utility>
#include <vector>

// Finds what pages, scripts and workflows do with a compose file before it is started.
namespace fairlead::preflight {

// Returns the names of the project's folder, seen from where the compose file is started: "repo", if a page has `git
// clone URL repo` and `cp repo/deploy/compose.yml .`, or if the file begins with a drawing of that tree.
std::vector<std::string> clones_beside(const Project& project, const std::string& compose);

// Returns the relative path from the compose file's folder to the root: "../.." for deploy/docker/compose.yml.
std::string way_to_root(const std::string& path);

// If a path exists only with different capitals, returns the differing part as requested and as it exists:
// {"S2O.GateWay", "S2O.Gateway"}. Empty: there is no such path.
std::pair<std::string, std::string> parts_in_other_case(const Project& project, const std::string& path);

// Returns the files that the commands of a script, a page or a workflow deploy to Swarm: docker stack deploy -c FILE.
std::set<std::string> stacks_of(const Project& project, const std::string& by);

// Returns the files that any command deploys to Swarm, and files with a name for Swarm: docker-stack.yml, stack.yml.
std::set<std::string> stack_files(const Project& project);

}
