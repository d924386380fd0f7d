#pragma once
#include "base/time.h"
#include "smoke/allowed.h"
#include <cstdint>
#include <optional>
#include <vector>

namespace fairlead::sys {
class Cancel;
class Clock;
class Http;
}

// Measures how fast a service answers: a check with `samples` and `budget`.
namespace fairlead::smoke {

struct Check;
struct Plan;
struct Tried;

struct Budget { // the longest times that are allowed
    std::optional<Milliseconds> p50, p90, p95, p99, max;
    Allowed errors; // answers that are not as the check expects; no time of these counts
};

struct Samples {
    std::int64_t count = 0; // 0: the check is not measured
    bool cold = false;      // each on a new connection; else one more request goes first, to make the connection
    Budget budget;
};

// The value that so many percent of the others don't exceed: the smallest one whose rank is at least percent/100 of the
// count (nearest rank). `sorted` must not be empty.
Milliseconds percentile(const std::vector<Milliseconds>& sorted, int percent);

// Sends the samples one after the other, without retries, and judges them (rule smoke/budget). More errors than the
// budget allows end it. `end`: the deadline of the run. The facts have the percentiles that the count allows, and the
// medians of each part of the time.
Tried measure(const Plan& plan, const Check& check, sys::Http& http, sys::Clock& clock,
              std::chrono::steady_clock::time_point end, sys::Cancel& cancel);

}
