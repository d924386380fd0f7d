#pragma once
#include "base/result.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Limits, and exact comparisons of measured values with them: nothing is divided or rounded.
namespace fairlead::gate {

using Share = std::int64_t; // in 1/10,000 of a percent, so that 79.996 is exact

struct Limit { // "3" or "5%"
    std::int64_t number = 0;
    std::optional<Share> share;
};

struct Quantity { // "100", "1%" (0.01), "500ms"
    double value = 0;
    bool is_time = false; // in milliseconds
};

// Error: usage.
Result<Share> parse_percent(std::string_view text);      // "80", "79.5", "80%"
Result<Share> parse_growth(std::string_view text);       // "2", "150%": up to 1,000,000 %
Result<Limit> parse_limit(std::string_view text);        // "3", "5%"
Result<std::int64_t> parse_count(std::string_view text); // "3"
Result<double> parse_score(std::string_view text);       // "7", "7.5": 0 to 10
Result<Quantity> parse_quantity(std::string_view text);  // "100", "1%", "2.5ms" (us, ms, s, m)

std::string percent_text(Share share);   // "79.5 %"
std::string text_of(const Limit& limit); // "3", "5 %"
std::string text_of(Quantity quantity);  // "100", "500 ms"

Share share_of(std::uint64_t part, std::uint64_t whole);            // cut, not rounded; of nothing 0
bool reaches(std::uint64_t part, std::uint64_t whole, Share least); // nothing of nothing reaches every share
bool is_within(std::uint64_t part, std::uint64_t whole, const Limit& most);

}
