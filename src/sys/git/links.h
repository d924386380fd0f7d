#pragma once
#include "base/result.h"
#include <string>
#include <vector>

namespace fairlead::sys {

// Refuses links among the tracked .gitignore and .gitattributes files that leave the work tree: libgit2 would follow
// such links, git itself doesn't. Error (could_not): there is such a link.
Result<void> refuse_outward_rules(const std::string& work_tree, const std::vector<std::string>& tracked);

}
