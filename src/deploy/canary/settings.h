#pragma once
#include "config/rows.h"
#include <string>
#include <vector>

// deploy.strategy.canary of fairlead.yml: what the new release gets, and when it is called sick.
namespace fairlead::deploy {

struct CanarySettings {
    std::vector<int> steps{5, 25, 50, 100}; // per cent of the requests, ascending, the last one 100
    Milliseconds min_hold{30000};           // of each step, whatever the numbers say
    Milliseconds step_deadline{600'000};    // then a step without a verdict is undecided
    int min_requests = 50;                  // of the new release, before it is judged
    std::string on_undecided = "probe";     // hold, probe (then hold), abort or promote
    struct Errors {
        double ratio = 2, points = 1; // harm: so many times the old release's share, and so many per cent more
    } errors;
    struct Latency {
        double quantile = 0.95, ratio = 2; // harm: so many times as many slower than the old release's quantile
    } latency;
    Milliseconds max_p95{0};              // of the new release, whatever the old one does; 0: no limit
    std::vector<std::string> probe_paths; // asked of both by turns where users don't ask enough; empty: health.path
};

const config::Rows<CanarySettings>& canary_rows();

}
