#pragma once
#include "base/result.h"
#include "base/time.h"
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::migrate::rehearsal {

// "lock<2s,total<60s": how long a lock that keeps others from writing may be held, and all of it may take.
struct Budget {
    std::optional<Milliseconds> lock, total;
};
Result<Budget> parse_budget(std::string_view text); // Error: usage

// What is over it: "a lock was held for 3s, the budget is 2s"; empty: nothing.
std::string over(const Budget& budget, Milliseconds lock, Milliseconds total);

}
