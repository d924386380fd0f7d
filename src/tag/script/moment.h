#pragma once
#include "base/result.h"
#include "base/time.h"
#include <optional>
#include <string>
#include <string_view>

// Formats dates like moment.js 2.30 (English): `YYYYMMDD-HHmmss`, `[literal]`, `Do`, `LLL`.
namespace fairlead::tag {

struct LocalMoment {
    SystemTime instant;
    std::int64_t offset_seconds = 0; // east of UTC
    std::string abbreviation;        // EST; empty: unknown
    bool utc = true;                 // the zone itself has offset 0
};

// Returns the instant in a zone of the IANA database; the name is case-blind. Nothing: there is no such zone.
std::optional<LocalMoment> in_zone(SystemTime instant, std::string_view zone);

std::string format_moment(const LocalMoment& moment, std::string_view format);
bool has_token(std::string_view format);                    // whether the output depends on the moment
std::string_view default_format(const LocalMoment& moment); // ISO 8601, with Z or the offset

}
