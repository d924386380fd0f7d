#pragma once
#include "deploy/decide/plan.h"
#include <span>
#include <string_view>
#include <vector>

// The strategies, one row each. A strategy is a function from the current state to the steps on the instances of the
// candidate and the old release. It declares what it needs of a router, so that the plan can say why it is impossible.
namespace fairlead::deploy {

struct Turn {
    std::vector<Instance> candidate, old; // all running instances of each; old empty: nothing serves
    Pace pace;
};

struct Strategy {
    std::string_view name;
    std::string_view downtime;               // expected, for the plan
    std::vector<Step> (*steps)(const Turn&); // between prepare and commit
    bool overlaps = true;                    // both releases run for a while
    bool weights = false;                    // the requests are divided between both releases
    bool chosen = true;                      // can be chosen with `strategy`; false: only the target chooses it
};

std::span<const Strategy> strategies();
const Strategy* find_strategy(std::string_view name);

std::vector<Step> blue_green(const Turn& turn);
std::vector<Step> recreate(const Turn& turn);
std::vector<Step> rolling(const Turn& turn);
std::vector<Step> canary(const Turn& turn);
std::vector<Step> by_verbs(const Turn& turn);

// The parts of strategies.
Step step_on(Act act, const std::vector<Instance>& instances); // all of one slot
Step route_to(const std::string& slot, std::vector<Share> to); // `slot`: the slot that the switch leads to
// Waits for the last requests of the old release and ends it, or keeps it warm.
void let_go(std::vector<Step>& steps, const std::vector<Instance>& old, bool keep_warm = false);

}
