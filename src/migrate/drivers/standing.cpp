#include "migrate/drivers/standing.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::drivers {

std::string_view name_of(Migration::State state) {
    switch (state) {
    case Migration::State::pending: return "pending";
    case Migration::State::applied: return "applied";
    case Migration::State::failed: return "failed";
    case Migration::State::unknown: break;
    }
    return "unknown";
}

std::vector<Migration> Standing::of(Migration::State state) const {
    std::vector<Migration> found;
    std::copy_if(all.begin(), all.end(), std::back_inserter(found),
                 [&](const Migration& one) { return one.state == state; });
    return found;
}

Result<Migration> Standing::find(std::string_view version) const {
    const Migration* meant = nullptr;
    for (const Migration& one : all) {
        if (one.version == version) return one;
        if (version.empty() || !one.version.starts_with(version)) continue;
        if (meant != nullptr)
            return usage(fmt::format("'{}' is the beginning of both {} and {}; write more of the name", version,
                                     meant->version, one.version));
        meant = &one;
    }
    if (meant == nullptr)
        return usage(fmt::format("'{}' is not a migration of this project; run: fairlead-migrate history", version));
    return *meant;
}

std::vector<Migration> changed(const Standing& before, const Standing& after) {
    std::vector<Migration> found;
    for (const Migration& one : after.all) {
        const auto was = std::find_if(before.all.begin(), before.all.end(),
                                      [&](const Migration& other) { return other.version == one.version; });
        if (was != before.all.end() && was->state != one.state) found.push_back(one);
    }
    return found;
}

Records records_of(const Standing& standing) {
    Records records;
    for (const Migration& one : standing.of(Migration::State::applied))
        records.rows.push_back({one.version, one.state, one.when, ""});
    return records;
}

const Record* Records::find(std::string_view version) const {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const Record& one) { return one.version == version; });
    return found == rows.end() ? nullptr : &*found;
}

}
