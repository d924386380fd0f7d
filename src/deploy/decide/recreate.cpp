#include "deploy/decide/strategies.h"

namespace fairlead::deploy {

// For applications that cannot run twice: the old one is stopped first, and started again when the new one fails.
std::vector<Step> recreate(const Turn& turn) {
    std::vector<Step> steps;
    if (!turn.old.empty()) steps.push_back(step_on(Act::stop, turn.old));
    const auto& slot = turn.candidate.front().slot;
    steps.insert(steps.end(), {step_on(Act::start, turn.candidate), step_on(Act::ready, turn.candidate),
                               route_to(slot, even_shares(turn.candidate)), step_on(Act::verify, turn.candidate),
                               step_on(Act::bake, turn.candidate)});
    return steps;
}

}
