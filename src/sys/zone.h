#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::sys {

struct ZoneTime {
    std::int64_t offset_seconds = 0; // east of UTC
    std::string abbreviation;        // "EST"; "-03" for a zone without letters
};

// Returns the time offset that a zone of the system's IANA database (/usr/share/zoneinfo or $TZDIR) has at
// `unix_seconds`. The case of names doesn't matter. UTC needs no database. Nothing: there is no such zone.
std::optional<ZoneTime> zone_at(std::string_view name, std::int64_t unix_seconds);

}
