#include "deploy/way_back.h"
#include "deploy/policy/bad.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

Result<bool> is_marked_bad(const Store& store, const std::string& release) {
    const auto info = TRY(store.release(release));
    if (!info || info->digest.empty()) return false;
    return TRY(bad(store.ledger().folder(), info->digest)).has_value();
}

bool tells_of(const History& history, const std::string& release) {
    return std::any_of(history.records.begin(), history.records.end(),
                       [&](const Record& record) { return record.release == release; });
}

}

Result<std::vector<std::string>> marked_bad(const Store& store, const std::vector<std::string>& releases) {
    std::vector<std::string> found;
    for (const auto& id : releases)
        if (TRY(is_marked_bad(store, id))) found.push_back(id);
    return found;
}

Result<std::string> release_before(const Store& store, const State& state, const std::vector<std::string>& present) {
    const auto history = TRY(store.history());
    const auto bad = TRY(marked_bad(store, present));
    auto good = present;
    std::erase_if(good, [&](const auto& id) { return std::find(bad.begin(), bad.end(), id) != bad.end(); });
    const bool is_whole =
        history.broken.empty() && tells_of(history, state.current) && tells_of(history, state.previous);
    const bool is_here = std::find(good.begin(), good.end(), state.previous) != good.end();
    if (!is_whole && is_here && state.previous != state.current) return state.previous;
    return rollback_choice(history, state.current, good);
}

std::string rollback_to_release(const Settings& settings) {
    const bool production = profile_of(settings) == config::Profile::production;
    return fmt::format("fairlead-deploy rollback RELEASE --env {}{}", settings.environment,
                       production ? " --confirm " + settings.environment : "");
}

}
