#pragma once
#include "base/result.h"
#include <string_view>

// Finds mistakes in globs. Without this check, glob_match() of base/text.h would silently match nothing.
namespace fairlead {

// Error (usage): a bracket or a brace isn't closed.
Result<void> check_glob(std::string_view glob);
// Error (usage): as check_glob(), or the glob can't match any path relative to the top of a tree. It is empty, or
// begins or ends with a part that no such path has.
Result<void> check_root_glob(std::string_view glob);

}
