#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::sys {

struct ZoneTime {
    std::int64_t offset_seconds = 0; // east of UTC
    std::string abbreviation;        // "EST"; "-03" where a zone has no letters of its own
};

// What the clocks of a zone of the system's IANA database (/usr/share/zoneinfo or $TZDIR) show at `unix_seconds`.
// Names are case-blind; UTC is known without the database. Nothing: there is no such zone.
std::optional<ZoneTime> zone_at(std::string_view name, std::int64_t unix_seconds);

}
