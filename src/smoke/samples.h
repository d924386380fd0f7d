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

struct Budget { // the longest allowed times
    std::optional<Milliseconds> p50, p90, p95, p99, max;
    Allowed errors; // answers that the check doesn't accept; their times are ignored
};

struct Samples {
    std::int64_t count = 0; // 0: the check is not measured
    // each request on a new connection; false: one more request is sent before, to make the connection
    bool cold = false;
    Budget budget;
};

// Returns a percentile by the nearest rank: the smallest value whose rank is at least percent/100 of the count.
// `sorted` must not be empty.
Milliseconds percentile(const std::vector<Milliseconds>& sorted, int percent);

// Sends the samples one after the other, without retries, and judges them (rule smoke/budget). Ends early if there are
// more errors than the budget allows. `end`: the deadline of the run. The facts have the percentiles for which there
// are enough samples, and the median of each part of the time.
Tried measure(const Plan& plan, const Check& check, sys::Http& http, sys::Clock& clock,
              std::chrono::steady_clock::time_point end, sys::Cancel& cancel);

}
