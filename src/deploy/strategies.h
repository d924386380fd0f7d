#pragma once
#include "deploy/plan.h"
#include <span>
#include <string_view>
#include <vector>

// One row per strategy: which acts, in which order, on the candidate's and the old release's instances. A strategy is a
// function over what there is; what it needs of a router is declared, so that the plan can say no with the reason.
namespace fairlead::deploy {

struct Turn {
    std::vector<Instance> candidate, old; // all that run of each; no old: nothing serves
    Pace pace;
};

struct Strategy {
    std::string_view name;
    std::string_view downtime;               // expected, for the plan
    std::vector<Step> (*steps)(const Turn&); // between prepare and commit
    bool overlaps = true;                    // both releases run at a time
    bool weights = false;                    // some requests go to one, some to the other
    bool chosen = true;                      // by `strategy`; else it comes with its target
};

std::span<const Strategy> strategies();
const Strategy* find_strategy(std::string_view name);

std::vector<Step> blue_green(const Turn& turn);
std::vector<Step> recreate(const Turn& turn);
std::vector<Step> rolling(const Turn& turn);
std::vector<Step> canary(const Turn& turn);
std::vector<Step> by_verbs(const Turn& turn);

// The parts that strategies are made of.
Step step_on(Act act, const std::vector<Instance>& instances); // all of one slot
Step route_to(const std::string& slot, std::vector<Share> to); // `slot`: on its way to it
// The old release's last requests end, and it does, unless it is to stay warm.
void let_go(std::vector<Step>& steps, const std::vector<Instance>& old, bool keep_warm = false);

}
