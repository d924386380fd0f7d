#pragma once
#include "deploy/plan.h"
#include <span>
#include <string_view>
#include <vector>

// One row per strategy: which acts, in which order, on the candidate's and the old slot.
namespace fairlead::deploy {

struct Strategy {
    std::string_view name;
    std::string_view downtime;                                                        // expected, for the plan
    std::vector<Step> (*steps)(const std::string& candidate, const std::string& old); // between prepare and commit
};

std::span<const Strategy> strategies();
const Strategy* find_strategy(std::string_view name);

std::vector<Step> blue_green(const std::string& candidate, const std::string& old);
std::vector<Step> recreate(const std::string& candidate, const std::string& old);

}
