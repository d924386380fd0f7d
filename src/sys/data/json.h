#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace fairlead::sys {

// Parses RFC 8259 JSON; never throws. Error (no) with line:column. Also reads UTF-16 with a byte order mark. The depth
// is at most 1,000.
Result<Json> parse_json(std::string_view text, const std::string& file_name);
std::string dump_json(const Json& value, int indent = -1); // wrong UTF-8 becomes U+FFFD

// Returns the string value of a key; empty if the key is absent, its value is no string, or `value` is not an object.
std::string text_of(const Json& value, std::string_view key);

// Finds a value by a JSON pointer (RFC 6901); null if it is absent or the pointer is malformed.
const Json* json_pointer(const Json& value, std::string_view pointer);

}
