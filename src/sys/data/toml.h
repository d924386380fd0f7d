#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include <cstddef>
#include <string>
#include <string_view>

// TOML 1.0 (https://toml.io) as JSON values: who reads package.json reads pyproject.toml alike. Keys are sorted; a date
// is null, as nothing of ours asks for one.
namespace fairlead::sys {

constexpr std::size_t toml_size_limit = 8u << 20; // bytes: lock files of a thousand packages have two million

// Error (no) with line:column: malformed, or over the limit of size, of nested values (64) or of dots in a line (100).
Result<Json> parse_toml(std::string_view text, const std::string& file_name);

}
