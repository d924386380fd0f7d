#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

namespace fairlead {

// Where a value is in a JSON document, as an RFC 6901 pointer. Takes a pointer (`/items/0/id`) or the simple form of
// RFC 9535 (`$.items[0].id`, `$['odd name']`); anything with a wildcard, filter or slice is a usage error.
Result<std::string> json_location(std::string_view text);

}
