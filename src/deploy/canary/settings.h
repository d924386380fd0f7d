#pragma once
#include "config/rows.h"
#include <string>
#include <vector>

// deploy.strategy.canary of fairlead.yml: the new release's share of the requests, and the limits for an abort.
namespace fairlead::deploy {

struct CanarySettings {
    std::vector<int> steps{5, 25, 50, 100}; // percent of the requests; ascending, the last one is 100
    Milliseconds min_hold{30000};           // minimum time of each step, whatever the numbers say
    Milliseconds step_deadline{600'000};    // after this time, a step without a verdict is undecided
    int min_requests = 50;                  // of the new release, before it is judged
    std::string on_undecided = "probe";     // hold, probe (then hold), abort or promote
    struct Errors {
        // harm: the share of failed requests is `ratio` times the old release's, and at least `points` percentage
        // points higher
        double ratio = 2, points = 1;
    } errors;
    struct Latency {
        // harm: requests slower than this quantile of the old release are `ratio` times as frequent
        double quantile = 0.95, ratio = 2;
    } latency;
    Milliseconds max_p95{0}; // limit for the new release, whatever the old release does; 0: no limit
    // probed on both releases in turn if users send too few requests; empty: health.path
    std::vector<std::string> probe_paths;
};

const config::Rows<CanarySettings>& canary_rows();

}
