#pragma once
#include "base/result.h"
#include "base/time.h"
#include <string>
#include <string_view>
#include <vector>

// When deployments may begin, on the clocks of a place: "Fri 15:00-Mon 07:00 Europe/Berlin".
namespace fairlead::deploy {

// `DAY HH:MM-DAY HH:MM ZONE`: from the one to the other, once a week. `DAY-DAY HH:MM-HH:MM ZONE`, `DAY HH:MM-HH:MM
// ZONE` and `HH:MM-HH:MM ZONE`: on each of these days (all); one that ends before it begins ends on the next day. 24:00
// is a day's end. An hour that comes twice in a year counts both times.
struct Window {
    struct Span {
        int from = 0, to = 0; // minutes since Monday 00:00; past the week's end it goes on with Monday
    };
    std::string text, zone;
    std::vector<Span> spans;
    bool holds(SystemTime now) const;
};

// Error (usage): not so, or a zone that this host's tz database doesn't have.
Result<Window> parse_window(std::string_view text);

struct Windows {
    std::vector<Window> deny;
    std::vector<Window> allow; // empty: always
    // Why a deployment may not begin now; empty: it may.
    std::string closed(SystemTime now) const;
};
Result<std::vector<Window>> parse_windows(const std::vector<std::string>& texts);

}
