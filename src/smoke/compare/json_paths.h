#pragma once
#include "smoke/hurl/json_path/json_path.h"
#include <string_view>

namespace fairlead::smoke::compare {

// Parses a JSONPath, or a JSON pointer as in messages about differences: `/items/0/id`. In a pointer, a number is an
// index or a name. Error (usage): the text is neither.
Result<hurl::JsonPath> parse_path_or_pointer(std::string_view text);

}
