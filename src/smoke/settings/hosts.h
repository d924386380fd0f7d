#pragma once
#include "config/config.h"
#include "smoke/runner.h"
#include <string>
#include <vector>

// Decides which servers get credentials. A server must be named outside of the checks and of the base address for all
// environments, because any change may add a line there.
namespace fairlead::smoke {

struct Hearing {
    std::vector<std::string> origins; // from environments.NAME.url and environments.NAME.smoke.base
    std::string only_before;          // "pull request #7": only origins that the file already had before that change
};

Hearing hearing_of(const config::Value& environment);

// Until its merge, a change must not send credentials to another host or choose other credentials. `written`: the file
// without values of variables. `before`: the earlier file. `bearer_env`: the place of that key, if it is used. Error
// (usage): the change gave the key another value.
struct Versions {
    const config::Config& now;
    const config::Config& written;
    const config::Config& before;
    std::string environment, about;
};
Result<Hearing> hearing_of(const Versions& versions, const Place& bearer_env);

// Removes the bearer token, and credentials in the common headers, from checks of other servers, and records this in
// `plan.withheld`. A check's own headers stay. Error (usage): no server at all would get the bearer token.
Result<void> withhold(const Hearing& hearing, Plan& plan);

}
