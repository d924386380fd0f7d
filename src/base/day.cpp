#include "base/day.h"
#include "base/time.h"
#include <string>

namespace fairlead {

bool is_day(std::string_view text) {
    constexpr std::size_t length = 10;
    return text.size() == length && parse_utc(std::string(text) + "T00:00:00Z").has_value();
}

}
