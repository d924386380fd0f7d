#pragma once
#include "sys/data/json_fwd.h"
#include <cstdint>
#include <optional>
#include <string_view>

// Numbers of reports, read without an error of their own.
namespace fairlead::gate {

// Returns a whole number from 0 to `most`; else nothing.
std::optional<std::uint64_t> whole_number(std::string_view text, std::uint64_t most = ~std::uint64_t{0});
std::optional<std::uint64_t> whole_number(const sys::Json& value, std::uint64_t most = ~std::uint64_t{0}); // 3.0 is 3
// Returns a count that a report declares: "3", "3.0". Other texts are 0, a number that doesn't fit is the largest one.
std::uint64_t declared_count(std::string_view text);
// Returns the number of a line, "12": at most 1,000,000,000; 0: the text isn't one.
int line_of(std::string_view text);

}
