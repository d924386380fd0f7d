#pragma once
#include "base/result.h"
#include <string>
#include <vector>

namespace fairlead::sys {

// Runs `git fetch` in `work_tree`, as described in sys/git/program.h. `arguments` are those of git fetch, with the
// remote last. Error (could_not): the repository's own configuration would start a program or redirect the fetch (the
// message names the key), git is missing, or the fetch failed.
Result<void> fetch(const std::string& work_tree, const std::vector<std::string>& arguments);

}
