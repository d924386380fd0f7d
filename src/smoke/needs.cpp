#include "smoke/needs.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace fairlead::smoke {

namespace {

std::string written_name(const Check& check) { return check.name.substr(0, check.name.size() - check.suffix.size()); }

Result<std::vector<std::string>> meant(const Check& check, const std::string& need, const std::vector<Check>& checks) {
    std::vector<std::string> here, all, names;
    for (const auto& other : checks) {
        names.push_back(written_name(other));
        if (written_name(other) != need) continue;
        all.push_back(other.name);
        if (other.suffix == check.suffix) here.push_back(other.name);
    }
    if (!here.empty()) return here;
    if (!all.empty()) return all;
    const auto near = nearest(need, names);
    return usage(fmt::format("'{}' needs '{}', but no check has that name{}", check.name, need,
                             near.empty() ? "" : fmt::format("; did you mean '{}'?", near)),
                 check.place);
}

// Walks from check to check; `way` is where it came along.
Result<void> refuse_circle(const Check& check, const std::map<std::string, const Check*>& by_name,
                           std::vector<std::string>& way, std::set<std::string>& seen) {
    if (std::find(way.begin(), way.end(), check.name) != way.end())
        return usage(fmt::format("checks need one another in a circle: {}, {}; remove one of these needs",
                                 join(way, ", "), check.name),
                     check.place);
    if (!seen.insert(check.name).second) return {};
    way.push_back(check.name);
    for (const auto& need : check.needs) TRY_VOID(refuse_circle(*by_name.at(need), by_name, way, seen));
    way.pop_back();
    return {};
}

}

Result<void> settle_needs(std::vector<Check>& checks) {
    for (auto& check : checks) {
        std::vector<std::string> settled;
        for (const auto& need : check.needs) {
            const auto names = TRY(meant(check, need, checks));
            settled.insert(settled.end(), names.begin(), names.end());
        }
        check.needs = std::move(settled);
    }
    std::map<std::string, const Check*> by_name;
    for (const auto& check : checks) by_name[check.name] = &check;
    std::set<std::string> seen;
    for (const auto& check : checks) {
        std::vector<std::string> way;
        TRY_VOID(refuse_circle(check, by_name, way, seen));
    }
    return {};
}

}
