#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

// Parses TOML 1.0 (https://toml.io) into JSON values, so that pyproject.toml can be read like package.json. Keys are
// sorted. A date becomes null, because no tool of ours needs dates.
namespace fairlead::sys {

constexpr std::size_t toml_size_limit = 8u << 20; // bytes; the lock file of a thousand packages has two million bytes

// Error (no) with line:column: malformed, or over a limit: size, 64 nested values, or 100 dots in a line.
Result<Json> parse_toml(std::string_view text, const std::string& file_name);

using TomlPlaces = std::map<std::string, Place>; // the place of each value, by its JSON pointer: /rules/0/regex
// Also returns the places of the values, for messages about them.
Result<std::pair<Json, TomlPlaces>> parse_toml_places(std::string_view text, const std::string& file_name);

}
