#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

namespace fairlead {

// Converts the place of a value in a JSON document to an RFC 6901 pointer. Accepts a pointer (`/items/0/id`) or the
// simple form of RFC 9535 (`$.items[0].id`, `$['odd name']`). Error (usage): a wildcard, a filter or a slice.
Result<std::string> json_location(std::string_view text);

std::string pointer_token(std::string_view name); // a name as a step of a pointer: "a/b" gives "/a~1b" (RFC 6901)

}
