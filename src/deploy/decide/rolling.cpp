#include "deploy/decide/strategies.h"
#include <algorithm>

namespace fairlead::deploy {

namespace {

std::vector<Instance> part(const std::vector<Instance>& of, std::size_t from, std::size_t count) {
    const auto begin = std::min(from, of.size()), end = std::min(from + count, of.size());
    return {of.begin() + static_cast<std::ptrdiff_t>(begin), of.begin() + static_cast<std::ptrdiff_t>(end)};
}

void add(std::vector<Instance>& to, const std::vector<Instance>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

std::vector<Instance> beside(const std::vector<Instance>& instances) { // those that requests don't reach
    auto rest = instances;
    std::erase_if(rest, [](const auto& one) { return one.serves(); });
    return rest;
}

}

// Instance by instance, or in batches: as many of the new release start, get their part of the requests, and as many of
// the old one go. Never more of both than one batch over what there is. What works beside them changes with the last
// batch, and only then there is no way back.
std::vector<Step> rolling(const Turn& turn) {
    const auto fresh = serving(turn.candidate), old = serving(turn.old);
    const auto batch = static_cast<std::size_t>(std::max(turn.pace.batch, 1));
    const auto& slot = turn.candidate.front().slot;
    std::vector<Step> steps;
    for (std::size_t done = 0; done < fresh.size(); done += batch) {
        const bool last = done + batch >= fresh.size();
        auto starting = part(fresh, done, batch), ending = part(old, done, last ? old.size() : batch);
        auto reached = part(fresh, 0, done + batch);
        if (!last) add(reached, part(old, done + batch, old.size()));
        if (last) add(starting, beside(turn.candidate));
        if (last) add(ending, beside(turn.old));
        steps.insert(steps.end(), {step_on(Act::start, starting), step_on(Act::ready, starting),
                                   route_to(slot, even_shares(reached)), step_on(Act::verify, starting)});
        if (last) steps.push_back(step_on(Act::bake, turn.candidate));
        let_go(steps, ending);
    }
    return steps;
}

}
