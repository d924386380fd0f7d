#pragma once
#include "smoke/allowed.h"
#include "smoke/runner.h"
#include <vector>

// Repeats the checks for some time, such as hours after a release.
namespace fairlead::smoke {

struct Watch {
    Milliseconds length{0}; // 0: the checks run once
    Milliseconds every{60'000};
    Allowed errors;      // how many rounds of a check may fail
    bool strict = false; // a check that needed a second attempt counts as failed
};

// Error (usage): `every` is longer than the watch, or too short for one round.
Result<void> check_watch(const Watch& watch);

// Runs the plan once, and examines its logs. If all is well, then repeats the checks and Hurl files in rounds until the
// time is over, or a check has failed too often. Logs a summary every hour and at the end. Returns one result for each
// check, in which `attempts` is the number of rounds and `wrong` the last failure. Error (could_not): a stop was
// requested.
Result<std::vector<Tried>> watch_over(const Plan& plan, const Watch& watch, sys::Http& http, sys::Clock& clock);

}
