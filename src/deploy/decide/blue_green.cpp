#include "deploy/decide/strategies.h"

namespace fairlead::deploy {

// Both run side by side; requests move in one act and the old one goes when its last request has ended.
std::vector<Step> blue_green(const Turn& turn) {
    const auto& slot = turn.candidate.front().slot;
    std::vector<Step> steps{step_on(Act::start, turn.candidate), step_on(Act::ready, turn.candidate),
                            route_to(slot, even_shares(turn.candidate)), step_on(Act::verify, turn.candidate),
                            step_on(Act::bake, turn.candidate)};
    let_go(steps, turn.old, turn.pace.keep_warm);
    return steps;
}

}
