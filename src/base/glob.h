#pragma once
#include "base/result.h"
#include <string_view>

// What glob_match() of base/text.h would match nothing by.
namespace fairlead {

// Error (usage): a bracket or a brace isn't closed.
Result<void> check_glob(std::string_view glob);

}
