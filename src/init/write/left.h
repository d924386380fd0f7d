#pragma once
#include "init/project.h"
#include <string>
#include <vector>

// What the steps of a project leave in its folder, as lines of .gitignore and as globs of release.exclude. A folder
// that holds files of the project is never among them, whatever its name: then only the files that a step writes there
// are.
namespace fairlead::init {

// Whether the folder holds files of the project; from the project's folder.
bool is_held(const Project& project, const std::string& folder);
// Returns the lines for one line of Component::ignored. `component`: nullptr for a line of the project itself.
std::vector<std::string> ignore_lines_of(const Project& project, const Component* component, const std::string& line);
// Returns the globs of release.exclude, from the component's folder.
std::vector<std::string> left_out(const Project& project, const Component& component);

}
