#pragma once
#include "config/config.h"
#include "smoke/runner.h"

// Sets the version that has to answer.
namespace fairlead::smoke {

// Puts the expected version into the plan's ready check, which is made from the first check if there is none. `auto`
// stays for resolve_auto.
Result<Plan> expect_version(Plan plan, const std::string& version, const VersionSource& source);

struct Deployed {
    std::string version, release, commit; // of one release; a service may report any of them
};

// Returns what serves in this environment by `fairlead-deploy status`, which also knows deployments by hand and
// rollbacks. Without a section `deploy`, returns the commit of HEAD and logs it. Error (could_not): there is neither,
// or fairlead-deploy has no answer.
Result<Deployed> ask_deployed(const config::Config& config, const std::string& environment);

bool asks_deployed(const Plan& plan); // whether `auto` occurs
void resolve_auto(Plan& plan, const Deployed& deployed);
// The same, but asks only if `auto` occurs. Error: that of ask_deployed().
Result<void> resolve_auto(Plan& plan, const config::Config& config, const std::string& environment);

}
