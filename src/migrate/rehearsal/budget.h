#pragma once
#include "base/result.h"
#include "base/time.h"
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::migrate::rehearsal {

// "lock<2s,total<60s": the longest allowed time of a lock that blocks writers, and of the whole run.
struct Budget {
    std::optional<Milliseconds> lock, total;
};
Result<Budget> parse_budget(std::string_view text); // Error: usage

// Returns what is over the budget: "a lock was held for 3s, the budget is 2s"; empty: the budget was kept.
std::string over(const Budget& budget, Milliseconds lock, Milliseconds total);

}
