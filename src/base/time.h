#pragma once
#include "base/result.h"
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

using Milliseconds = std::chrono::milliseconds;
using SystemTime = std::chrono::sys_time<std::chrono::milliseconds>;

// Parses `500ms 30s 5m 2h 7d 2w 1m30s`. A number without a unit is an error that says so.
Result<Milliseconds> parse_duration(std::string_view text);
std::string format_duration(Milliseconds duration); // shortest exact form, "1m30s"

std::string format_utc(SystemTime time);                    // RFC 3339, "2026-11-20T07:28:03.120Z"
std::optional<SystemTime> parse_utc(std::string_view text); // RFC 3339 with Z or an offset

}
