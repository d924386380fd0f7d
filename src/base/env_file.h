#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {

bool is_variable_name(std::string_view word); // letters, digits and '_', not beginning with a digit

// Parses `.env` files: NAME=value, `export NAME=value`, # comments, 'literal', "with \n \t \" \\ \$ \`". Quoted values
// may have several lines; nothing is expanded. A repeated name is returned each time; its last value counts. Error
// (usage) with file:line.
Result<std::vector<std::pair<std::string, std::string>>> parse_env(std::string_view text, const std::string& file);

}
