#pragma once
#include "base/result.h"
#include <chrono>
#include <string>
#include <string_view>

// Dates by the patterns of Rust's crate chrono (docs.rs/chrono, format::strftime), in English: %Y-%m-%d, %.3f, %:z, %+.
// For years with two digits, 00 to 69 mean 2000 to 2069.
namespace fairlead::smoke::hurl {

using Moment = std::chrono::sys_time<std::chrono::microseconds>;

// Reads a date by a pattern. Without a zone it is in UTC, without a time it is 00:00 UTC; %Z skips a word and sets no
// zone. Errors: the pattern has an unknown part (usage); the text doesn't match it, has an incomplete date or time, or
// contradicts itself, as by a wrong weekday (no).
Result<Moment> read_date(std::string_view text, std::string_view pattern);

// Writes the time in UTC. Error (usage): the pattern has an unknown part.
Result<std::string> write_date(Moment time, std::string_view pattern);

}
