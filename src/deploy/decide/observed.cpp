#include "deploy/decide/observed.h"
#include <algorithm>
#include <map>

namespace fairlead::deploy {

std::vector<Instance> Observed::in(std::string_view name, bool only_running) const {
    std::vector<Instance> found;
    for (const auto& [instance, state] : seen)
        if (instance.slot == name && (state.running || !only_running)) found.push_back(instance);
    return found;
}

std::vector<Instance> Observed::staying(std::string_view name) const {
    auto those = in(name);
    std::erase_if(those, [&](const Instance& one) { return seen.at(one).ending; });
    return those;
}

bool Observed::stays(std::string_view name) const { return !staying(name).empty(); }

bool Observed::stays(const Instance& instance) const {
    const auto found = seen.find(instance);
    return found != seen.end() && found->second.running && !found->second.ending;
}

bool Observed::holds_only(std::string_view name, std::string_view release) const {
    const auto all = in(name);
    return std::all_of(all.begin(), all.end(), [&](const auto& one) { return seen.at(one).release == release; });
}

bool Observed::alone(std::string_view name) const {
    const auto all = in(name);
    return std::any_of(all.begin(), all.end(), [&](const auto& one) { return seen.at(one).alone; });
}

std::string Observed::release(std::string_view name) const {
    for (const auto& one : in(name, false))
        if (!seen.at(one).release.empty()) return seen.at(one).release;
    return {};
}

std::string Observed::routed_slot() const {
    std::map<std::string, int> weights;
    for (const auto& [to, weight] : routed) weights[to.slot] += weight;
    const auto most = std::max_element(weights.begin(), weights.end(),
                                       [](const auto& one, const auto& other) { return one.second < other.second; });
    return most == weights.end() ? std::string() : most->first;
}

std::string Observed::serving_slot() const {
    const auto routed_to = routed_slot();
    return stays(routed_to) ? routed_to : slot;
}

bool Observed::leads_to(std::string_view name) const {
    return std::any_of(routed.begin(), routed.end(), [&](const Share& share) { return share.to.slot == name; });
}

bool Observed::leads_only_to(std::string_view name) const {
    return std::all_of(routed.begin(), routed.end(), [&](const Share& share) { return share.to.slot == name; }) &&
           routed.empty() == name.empty();
}

bool Observed::leads_to_just(std::vector<Instance> those) const {
    std::vector<Instance> reached;
    for (const auto& [to, weight] : routed) reached.push_back(to);
    std::sort(reached.begin(), reached.end());
    std::sort(those.begin(), those.end());
    return reached == those;
}

}
