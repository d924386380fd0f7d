#pragma once
#include "smoke/check.h"
#include "smoke/compare/answers.h"
#include <cstdint>
#include <memory>
#include <vector>

namespace fairlead::smoke {

struct Compared {
    Check old, fresh; // the same request to both releases
};

// The old release compared with the new one, as `compare` in fairlead.yml or --compare says.
struct Comparison {
    std::vector<Compared> checks;
    std::shared_ptr<const compare::Rules> rules;
    std::int64_t pairs = 30; // of requests that are timed; 0: times are not compared
    double slower = 1.25;    // the new release may take so many times as long
    double level = 0.01;     // the share of runs that may call a check slower that is not; for all checks together
};

}
