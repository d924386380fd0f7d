#pragma once
#include "base/result.h"
#include "init/project.h"

namespace fairlead::init {

// The project in `folder`, recognised from its files; the names of the repository around it (its tags' forms, default
// branch, workflows). Without git the files are the folder's, less what tools put there (node_modules, .venv, target).
// Nothing is started. Error: usage for a folder that workflows can't name, could_not for what can't be read.
Result<Project> look_at(const std::string& folder);

// Of the tags' names alone, each without refs/tags/.
TagForm form_of(const std::vector<std::string>& tags, std::vector<std::string>& globs);

// The type of a tag rule that reads most of the versions among them: semver, or pep440 for v0.23, 2024.01.15, 1.2.3.4.
std::string type_of(const std::vector<std::string>& tags);

}
