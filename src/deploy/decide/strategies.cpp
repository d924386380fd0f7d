#include "deploy/decide/strategies.h"

namespace fairlead::deploy {

namespace {
constexpr Strategy strategies_known[] = {
    {"blue-green", "none", blue_green},
    {"rolling", "none", rolling, true, true},
    {"canary", "none", canary, true, true},
    {"recreate", "from the stop of the old release until the new release is ready", recreate, false},
    {"exec", "depends on the target's own commands", by_verbs, false, false, false},
};
}

std::span<const Strategy> strategies() { return strategies_known; }

const Strategy* find_strategy(std::string_view name) {
    for (const auto& row : strategies_known) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

Step step_on(Act act, const std::vector<Instance>& instances) {
    return {.act = act, .slot = instances.empty() ? "" : instances.front().slot, .on = instances};
}

Step route_to(const std::string& slot, std::vector<Share> to) {
    return {.act = Act::route, .slot = slot, .to = std::move(to)};
}

void let_go(std::vector<Step>& steps, const std::vector<Instance>& old, bool keep_warm) {
    if (old.empty()) return;
    steps.push_back(step_on(Act::drain, old));
    steps.push_back(step_on(keep_warm ? Act::warm : Act::stop, old));
}

}
