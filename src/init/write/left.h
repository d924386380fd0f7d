#pragma once
#include "init/project.h"
#include <string>
#include <vector>

// The files that the steps of a project leave in its folder, as lines of .gitignore and as globs of release.exclude. If
// a folder also has files of the project, only the files that a step writes there are listed, not the folder.
namespace fairlead::init {

// Returns whether the folder (relative to the project's folder) has files of the project.
bool is_held(const Project& project, const std::string& folder);
// Returns the lines for one line of Component::ignored. `component`: nullptr for a line of the project itself.
std::vector<std::string> ignore_lines_of(const Project& project, const Component* component, const std::string& line);
// Returns the globs of release.exclude, from the component's folder.
std::vector<std::string> left_out(const Project& project, const Component& component);

}
