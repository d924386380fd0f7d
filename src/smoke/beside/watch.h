#pragma once
#include "smoke/allowed.h"
#include "smoke/runner.h"
#include <vector>

// Runs the checks again and again for the hours after a release.
namespace fairlead::smoke {

struct Watch {
    Milliseconds length{0}; // 0: the checks run once
    Milliseconds every{60'000};
    Allowed errors;      // how many of a check's rounds may fail
    bool strict = false; // a check that needed a second attempt has failed
};

// Error (usage): `every` is longer than the watch, or is not long enough for one round.
Result<void> check_watch(const Watch& watch);

// Runs the plan once, with a look at its logs, and if all is well the checks and Hurl files in rounds until the time is
// over or a check failed more often than it may. Each hour, and at the end, the log gets a summary. The results have
// one entry for each check: its attempts are its rounds, and `wrong` is its last failure. Error (could_not): a stop was
// requested.
Result<std::vector<Tried>> watch_over(const Plan& plan, const Watch& watch, sys::Http& http, sys::Clock& clock);

}
