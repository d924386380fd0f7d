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

std::string command_for(const Settings& settings, std::string_view command) {
    const auto& component = settings.component;
    return fmt::format("fairlead-deploy {} --env {}{}", command, settings.environment,
                       component.empty() ? "" : " --component " + component);
}

namespace {

std::string confirmed(const Settings& settings, const std::string& command) {
    const bool production = profile_of(settings) == config::Profile::production;
    return command_for(settings, command) + (production ? " --confirm " + settings.environment : "");
}

}

std::string apply_by_force(const Settings& settings, const std::string& release) {
    return confirmed(settings, "apply --force --release-version " + version_of(release));
}

std::string rollback_to_release(const Settings& settings) { return confirmed(settings, "rollback RELEASE"); }

}
