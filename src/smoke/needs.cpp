#include "smoke/needs.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace fairlead::smoke {

namespace {

std::string written_name(const Check& check) { return check.name.substr(0, check.name.size() - check.suffix.size()); }

// The names of the plan for a name as it is written.
using Names = std::map<std::string, std::vector<const Check*>>;

Result<std::vector<std::string>> meant(const Check& check, const std::string& need, const Names& by_name) {
    const auto found = by_name.find(need);
    if (found == by_name.end()) {
        std::vector<std::string> names;
        for (const auto& [name, checks] : by_name) names.push_back(name);
        const auto near = nearest(need, names);
        return usage(fmt::format("'{}' needs '{}', but no check has that name{}", check.name, need,
                                 near.empty() ? "" : fmt::format("; did you mean '{}'?", near)),
                     check.place);
    }
    std::set<std::string> here, all;
    for (const auto* other : found->second) {
        all.insert(other->name);
        if (other->suffix == check.suffix) here.insert(other->name);
    }
    const auto& names = here.empty() ? all : here;
    return std::vector<std::string>(names.begin(), names.end());
}

// Walks along needs that lead back, from one that was left over when all others were taken out.
Error circle_at(std::size_t start, const std::vector<Check>& checks,
                const std::vector<std::vector<std::size_t>>& needed, const std::vector<std::size_t>& open) {
    std::vector<std::size_t> way;
    auto at = start;
    while (std::find(way.begin(), way.end(), at) == way.end()) {
        way.push_back(at);
        at = *std::find_if(needed[at].begin(), needed[at].end(), [&](std::size_t other) { return open[other] > 0; });
    }
    std::vector<std::string> names;
    for (auto one = std::find(way.begin(), way.end(), at); one != way.end(); ++one) names.push_back(checks[*one].name);
    names.push_back(checks[at].name);
    return usage(
        fmt::format("checks need one another in a circle: {}; remove one of these needs, or give checks of the "
                    "same name different ones",
                    join(names, ", ")),
        checks[at].place);
}

}

std::vector<std::vector<std::size_t>> needed_of(const std::vector<Check>& checks) {
    std::map<std::string, std::vector<std::size_t>> by_name;
    for (std::size_t i = 0; i < checks.size(); ++i) by_name[checks[i].name].push_back(i);
    std::vector<std::vector<std::size_t>> all(checks.size());
    for (std::size_t i = 0; i < checks.size(); ++i)
        for (const auto& need : checks[i].needs)
            for (const auto other : by_name[need]) all[i].push_back(other);
    return all;
}

Result<void> settle_needs(std::vector<Check>& checks) {
    Names by_name;
    for (const auto& check : checks) by_name[written_name(check)].push_back(&check);
    for (auto& check : checks) {
        std::vector<std::string> settled;
        for (const auto& need : check.needs) {
            const auto names = TRY(meant(check, need, by_name));
            settled.insert(settled.end(), names.begin(), names.end());
        }
        check.needs = std::move(settled);
    }
    const auto needed = needed_of(checks);
    std::vector<std::vector<std::size_t>> needing(checks.size());
    std::vector<std::size_t> open(checks.size()), free;
    for (std::size_t i = 0; i < checks.size(); ++i) {
        open[i] = needed[i].size();
        if (open[i] == 0) free.push_back(i);
        for (const auto other : needed[i]) needing[other].push_back(i);
    }
    std::size_t seen = 0;
    for (; seen < free.size(); ++seen)
        for (const auto other : needing[free[seen]])
            if (--open[other] == 0) free.push_back(other);
    if (seen == checks.size()) return {};
    const auto start = std::find_if(open.begin(), open.end(), [](std::size_t count) { return count > 0; });
    return circle_at(static_cast<std::size_t>(start - open.begin()), checks, needed, open);
}

}
