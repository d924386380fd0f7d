#pragma once
#include "base/result.h"
#include <string>
#include <vector>

namespace fairlead::sys {

// libgit2 reads .gitignore and .gitattributes through links, which git itself doesn't. Error (could_not): one of the
// tracked ones leads out of the work tree.
Result<void> refuse_outward_rules(const std::string& work_tree, const std::vector<std::string>& tracked);

}
