#pragma once
#include "config/rows.h"
#include <string>
#include <vector>

// deploy.strategy.canary of fairlead.yml: the new release's share of the requests, and the limits for an abort.
namespace fairlead::deploy {

struct CanarySettings {
    std::vector<int> steps{5, 25, 50, 100}; // percent of the requests; ascending, the last one is 100
    Milliseconds min_hold{30000};           // minimum time of each step, whatever the numbers say
    Milliseconds step_deadline{600'000};    // a step without a verdict at this time is undecided
    int min_requests = 50;                  // of the new release, before it is judged
    std::string on_undecided = "probe";     // hold, probe (then hold), abort or promote
    struct Errors {
        // harm: this many times the old release's share, and this many percentage points more
        double ratio = 2, points = 1;
    } errors;
    struct Latency {
        // harm: requests slower than the old release's quantile are this many times as frequent
        double quantile = 0.95, ratio = 2;
    } latency;
    Milliseconds max_p95{0}; // limit for the new release, whatever the old release does; 0: no limit
    // probed on both releases in turn if users send too few requests; empty: health.path
    std::vector<std::string> probe_paths;
};

const config::Rows<CanarySettings>& canary_rows();

}
