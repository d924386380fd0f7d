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

// The comparison of the old and the new release, by `compare` in fairlead.yml or --compare.
struct Comparison {
    std::vector<Compared> checks;
    std::shared_ptr<const compare::Rules> rules;
    std::int64_t pairs = 30; // number of timed pairs of requests; 0: times are not compared
    double slower = 1.25;    // allowed factor between the new and the old release's times
    double level = 0.01;     // share of runs in which any check may wrongly be called slower
};

}
