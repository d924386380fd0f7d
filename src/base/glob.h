#pragma once
#include "base/result.h"
#include <string_view>

// Finds mistakes in globs, which glob_match() of base/text.h would silently match with nothing.
namespace fairlead {

// Error (usage): a bracket or a brace isn't closed.
Result<void> check_glob(std::string_view glob);

}
