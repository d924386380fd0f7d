#include "deploy/strategies.h"

namespace fairlead::deploy {

// For applications that cannot run twice: the old one is stopped first, and started again when the new one fails.
std::vector<Step> recreate(const std::string& candidate, const std::string& old) {
    std::vector<Step> steps;
    if (!old.empty()) steps.push_back({Act::stop, old});
    steps.insert(steps.end(), {{Act::start, candidate},
                               {Act::ready, candidate},
                               {Act::route, candidate},
                               {Act::verify, candidate},
                               {Act::bake, candidate}});
    return steps;
}

}
