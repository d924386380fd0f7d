#include "deploy/decide/strategies.h"
#include <numeric>

namespace fairlead::deploy {

namespace {

// `percent` of the requests go to the candidate, alike to each instance of a release.
std::vector<Share> shares(const Turn& turn, int percent) {
    const auto fresh = serving(turn.candidate), old = serving(turn.old);
    const int of_fresh = percent * static_cast<int>(old.size()),
              of_old = (100 - percent) * static_cast<int>(fresh.size());
    const int common = std::gcd(of_fresh, of_old);
    std::vector<Share> to;
    for (const auto& one : fresh) to.push_back({one, of_fresh / common});
    for (const auto& one : old) to.push_back({one, of_old / common});
    return to;
}

}

// Both run side by side; the new one gets more of the requests with each step, once it has proved well with what it
// had.
std::vector<Step> canary(const Turn& turn) {
    if (serving(turn.old).empty()) return blue_green(turn); // there is nothing to compare it with
    const auto& slot = turn.candidate.front().slot;
    std::vector<Step> steps{step_on(Act::start, turn.candidate), step_on(Act::ready, turn.candidate)};
    for (const int percent : turn.pace.weights) {
        steps.push_back(route_to(slot, percent < 100 ? shares(turn, percent) : even_shares(turn.candidate)));
        steps.push_back(step_on(Act::judge, turn.candidate));
    }
    steps.insert(steps.end(), {step_on(Act::verify, turn.candidate), step_on(Act::bake, turn.candidate)});
    let_go(steps, turn.old, turn.pace.keep_warm);
    return steps;
}

}
