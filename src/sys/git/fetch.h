#pragma once
#include "base/result.h"
#include <string>
#include <vector>

namespace fairlead::sys {

// `arguments` are those of `git fetch`, the remote last; `work_tree` is where it fetches into. As sys/git/program.h
// says of git. Error (could_not): the repository's own configuration would start a program or lead elsewhere (it names
// the key), git is missing, the fetch failed.
Result<void> fetch(const std::string& work_tree, const std::vector<std::string>& arguments);

}
