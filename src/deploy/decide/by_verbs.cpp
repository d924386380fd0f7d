#include "deploy/decide/strategies.h"

namespace fairlead::deploy {

// The target's own commands replace the old release by the new one, as they do it: there is nothing to drain or to
// stop.
std::vector<Step> by_verbs(const Turn& turn) {
    const auto& slot = turn.candidate.front().slot;
    return {step_on(Act::start, turn.candidate), step_on(Act::ready, turn.candidate),
            route_to(slot, even_shares(turn.candidate)), step_on(Act::verify, turn.candidate),
            step_on(Act::bake, turn.candidate)};
}

}
