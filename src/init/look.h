#pragma once
#include "base/result.h"
#include "init/project.h"

namespace fairlead::init {

// Recognises the project in `folder` from its files, and the names of the repository around it (forms of tags, default
// branch, workflows). Without git, uses the folder's files except those of tools (node_modules, .venv, target). Starts
// nothing. Error (usage): workflows can't name this folder. Error (could_not): something can't be read.
Result<Project> look_at(const std::string& folder);

// Returns the form of the tags' names, which are given without refs/tags/.
TagForm form_of(const std::vector<std::string>& tags, std::vector<std::string>& globs);

// Returns the type of a tag rule that can read most of the versions: semver, or pep440 for v0.23, 2024.01.15, 1.2.3.4.
std::string type_of(const std::vector<std::string>& tags);

}
