#pragma once
#include "base/result.h"
#include "base/time.h"
#include <string>
#include <string_view>
#include <vector>

// Times when deployments may begin, in the local time of a place: "Fri 15:00-Mon 07:00 Europe/Berlin".
namespace fairlead::deploy {

// `DAY HH:MM-DAY HH:MM ZONE`: from the first to the second time, once a week. `DAY-DAY HH:MM-HH:MM ZONE`, `DAY
// HH:MM-HH:MM ZONE` and `HH:MM-HH:MM ZONE`: these hours on each of the days; without a DAY on all days. If the end is
// earlier than the beginning, it is on the next day. 24:00 is the end of a day. When clocks are set back, the hour that
// occurs twice counts both times.
struct Window {
    struct Span {
        int from = 0, to = 0; // minutes since Monday 00:00; after the week's end it continues on Monday
    };
    std::string text, zone;
    std::vector<Span> spans;
    bool holds(SystemTime now) const;
};

// Error (usage): the text has none of these forms, or this host's tz database doesn't have the zone.
Result<Window> parse_window(std::string_view text);

struct Windows {
    std::vector<Window> deny;
    std::vector<Window> allow; // empty: always
    // Returns why a deployment may not begin now; empty: it may.
    std::string closed(SystemTime now) const;
};
Result<std::vector<Window>> parse_windows(const std::vector<std::string>& texts);

}
