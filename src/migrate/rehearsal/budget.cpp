#include "migrate/rehearsal/budget.h"
#include "base/text.h"
#include <fmt/format.h>

namespace fairlead::migrate::rehearsal {

Result<Budget> parse_budget(std::string_view text) {
    Budget budget;
    for (const auto& part : split(text, ',')) {
        const auto less = part.find('<');
        const std::string name(trim(std::string_view(part).substr(0, less)));
        if (less == part.npos || (name != "lock" && name != "total"))
            return usage(fmt::format("--budget '{}' can't be read at '{}'; expected lock<2s,total<60s", text, part));
        auto limit = parse_duration(trim(std::string_view(part).substr(less + 1)));
        if (!limit.ok()) return usage(fmt::format("--budget: {}: {}", name, limit.error().message));
        auto& its = name == "lock" ? budget.lock : budget.total;
        if (its) return usage(fmt::format("--budget '{}' says {} twice; leave one out", text, name));
        its = limit.value();
    }
    return budget;
}

std::string over(const Budget& budget, Milliseconds lock, Milliseconds total) {
    std::string text;
    if (budget.lock && lock >= *budget.lock)
        text = fmt::format("a lock was held for {}, the budget is {}", format_duration(lock),
                           format_duration(*budget.lock));
    if (budget.total && total >= *budget.total)
        text += fmt::format("{}all of it took {}, the budget is {}", text.empty() ? "" : "; ", format_duration(total),
                            format_duration(*budget.total));
    return text;
}

}
