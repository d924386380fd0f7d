#pragma once
#include "base/result.h"
#include "sys/git/repository.h"
#include <optional>
#include <string>
#include <vector>

namespace fairlead::sys {

// The files of the project around a folder, by name.
struct ProjectFiles {
    std::string top;                      // absolute: git's work tree, else the folder itself; links resolved
    std::string folder;                   // the folder from there, with '/'; empty: it is the top
    std::vector<std::string> paths;       // from the top, sorted: git's (tracked, and new but not ignored), else the
                                          // folder's, less what tools put there (node_modules, .venv, target)
    std::optional<Repository> repository; // nothing outside of git
};
// Error: usage for a bare repository, could_not for what can't be read. At most 500,000 files, 20 folders deep.
Result<ProjectFiles> project_files(const std::string& folder);

}
