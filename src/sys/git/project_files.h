#pragma once
#include "base/result.h"
#include "sys/git/repository.h"
#include <optional>
#include <string>
#include <vector>

namespace fairlead::sys {

// The files of the project around a folder, by name.
struct ProjectFiles {
    std::string top;    // absolute, links resolved: git's work tree, else the folder itself
    std::string folder; // the folder's path from the top, with '/'; empty: the folder is the top
    // relative to the top, sorted: tracked files, and new files that aren't ignored. Without git, all files except
    // those of tools (node_modules, .venv, target).
    std::vector<std::string> paths;
    std::optional<Repository> repository; // nothing outside of git
};
// Error (usage): a bare repository. Error (could_not): something can't be read. Limits: 500,000 files, 20 folders deep.
Result<ProjectFiles> project_files(const std::string& folder);

}
