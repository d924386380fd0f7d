#pragma once
#include "config/config.h"
#include "smoke/runner.h"
#include <string>
#include <vector>

// Decides which servers get credentials: only servers that are named outside of the checks. A check, or a base address
// for all environments, doesn't count, because any change may add such a line.
namespace fairlead::smoke {

struct Hearing {
    std::vector<std::string> origins; // from environments.NAME.url and environments.NAME.smoke.base
    std::string only_before;          // "pull request #7": only origins that were in the file before that change count
};

Hearing hearing_of(const config::Value& environment);

// Until its merge, a change must not send credentials to another host or choose other credentials. `written`: the file
// without values of variables. `before`: the file that it replaces. `bearer_env`: the place of that key, if it counts.
// Error (usage): the key has another value than before.
struct Versions {
    const config::Config& now;
    const config::Config& written;
    const config::Config& before;
    std::string environment, about;
};
Result<Hearing> hearing_of(const Versions& versions, const Place& bearer_env);

// Removes the bearer token, and credentials in headers of every request, from checks of other servers, and notes that
// in `plan.withheld`. A check's own headers stay. Error (usage): no server at all would get the bearer token.
Result<void> withhold(const Hearing& hearing, Plan& plan);

}
