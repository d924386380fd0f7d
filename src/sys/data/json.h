#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace fairlead::sys {

// RFC 8259; never throws. Error (no) with line:column. UTF-16 with a mark is read too; depth at most 1,000.
Result<Json> parse_json(std::string_view text, const std::string& file_name);
std::string dump_json(const Json& value, int indent = -1); // wrong UTF-8 becomes U+FFFD

// The text behind a key; empty where that is no text, is absent, or the value is no object.
std::string text_of(const Json& value, std::string_view key);

// RFC 6901; null when absent or malformed.
const Json* json_pointer(const Json& value, std::string_view pointer);

}
