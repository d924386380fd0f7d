#include "deploy/strategies.h"

namespace fairlead::deploy {

// Both run side by side; requests move in one act and the old one goes when its last request has ended.
std::vector<Step> blue_green(const std::string& candidate, const std::string& old) {
    std::vector<Step> steps{{Act::start, candidate},
                            {Act::ready, candidate},
                            {Act::route, candidate},
                            {Act::verify, candidate},
                            {Act::bake, candidate}};
    if (!old.empty()) steps.insert(steps.end(), {{Act::drain, old}, {Act::stop, old}});
    return steps;
}

}
