#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

namespace fairlead {

// Converts the place of a value in a JSON document to an RFC 6901 pointer. Accepts a pointer (`/items/0/id`) or the
// simple form of RFC 9535 (`$.items[0].id`, `$['odd name']`). Error (usage): a wildcard, a filter or a slice.
Result<std::string> json_location(std::string_view text);

}
