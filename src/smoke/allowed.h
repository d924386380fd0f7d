#pragma once
#include "base/result.h"
#include <cstdint>
#include <string>
#include <string_view>

// How many may fail: a count ("3"), or a share of all ("0.5%").
namespace fairlead::smoke {

struct Allowed {
    std::int64_t count = 0;
    std::int64_t per_million = 0; // share of all, rounded down; used if `is_share`
    bool is_share = false;
    std::int64_t of(std::int64_t all) const { return is_share ? all * per_million / 1'000'000 : count; }
};

Result<Allowed> parse_allowed(std::string_view text); // error (usage): neither a count nor a percentage up to 100
std::string text_of(const Allowed& allowed);

}
