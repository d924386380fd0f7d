#pragma once
#include "base/result.h"
#include <string_view>

// Finds mistakes in globs, which glob_match() of base/text.h would silently match with nothing.
namespace fairlead {

// Error (usage): a bracket or a brace isn't closed.
Result<void> check_glob(std::string_view glob);
// Error (usage): as check_glob(), or the glob matches no path from the top of a tree: it is empty, or begins or ends
// with a folder that no such path has.
Result<void> check_root_glob(std::string_view glob);

}
