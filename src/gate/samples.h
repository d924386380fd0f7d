#pragma once
#include "gate/evidence.h"
#include "gate/limit.h"
#include <span>
#include <string>
#include <vector>

// Compares a measure with its earlier value, to distinguish a slower program from a noisy machine.
namespace fairlead::gate {

enum class Worse { more, less };

struct Comparison {
    double change = 0;    // as a share of the earlier value: 0.12 is 12 % more; infinite: from nothing
    bool beyond = false;  // it is worse by more than allowed
    bool certain = false; // the change is not by chance
    std::string how; // "Mann-Whitney's test of 20 and 20 samples, p = 0.0004", "each of 3 samples, each of 2 before";
                     // empty: single numbers
};

double median_of(std::vector<double> samples); // `samples` must not be empty

// If both have samples, the earlier samples are shifted by the allowed change, and the later samples must be worse by
// Mann-Whitney's test at 1 %. If there are too few samples for that, each later sample must be worse than every earlier
// one. Single numbers are compared as they are.
Comparison compare(const Measure& now, const Measure& before, Share allowed, Worse worse);

// The chance that `high` is as far above `low` as it is, if both come from the same source: Mann and Whitney's U test
// (1947), one-sided. Exact for at most 20 samples each that are all different; else the normal approximation, corrected
// for ties and continuity. Neither is empty.
double chance_of(std::span<const double> high, std::span<const double> low);

}
