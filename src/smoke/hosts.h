#pragma once
#include "config/config.h"
#include "smoke/runner.h"
#include <string>
#include <vector>

// Who hears what lets in: only a server that somebody named outside of the checks. A check, or a base address common to
// all environments, is a line that any change may add.
namespace fairlead::smoke {

struct Hearing {
    std::vector<std::string> origins; // of environments.NAME.url and environments.NAME.smoke.base
    std::string only_before;          // "pull request #7": of these only what stood there before that change
};

Hearing hearing_of(const config::Value& environment);

// A change that awaits its merge doesn't send what lets in to another host, nor says what it is: `written` is the file
// without what variables fill in, `before` what it replaces. `bearer_env`: the place of that key, where it counts.
// Error (usage): the key is another one than before.
struct Versions {
    const config::Config& now;
    const config::Config& written;
    const config::Config& before;
    std::string environment, about;
};
Result<Hearing> hearing_of(const Versions& versions, const Place& bearer_env);

// Takes the bearer, and headers of every request that let in, from what asks elsewhere, and notes that in
// `plan.withheld`; a check's own headers are its own. Error (usage): nobody at all would hear the bearer.
Result<void> withhold(const Hearing& hearing, Plan& plan);

}
