#pragma once
#include "config/config.h"
#include "smoke/runner.h"

// Sets the version that the service must have.
namespace fairlead::smoke {

// Adds the expected version to the plan's ready check, which is made from the first check if there is none. `auto` is
// left to resolve_auto().
Result<Plan> expect_version(Plan plan, const std::string& version, const VersionSource& source);

struct Deployed {
    std::string version, release, commit; // three names of one release, any of which a service may report
};

// Asks `fairlead-deploy status` for the release that serves in this environment; it also knows deployments by hand and
// rollbacks. Without a section `deploy`, returns the commit of HEAD and logs it. Error (could_not): there is neither
// section nor commit, or fairlead-deploy doesn't know.
Result<Deployed> ask_deployed(const config::Config& config, const std::string& environment);

bool asks_deployed(const Plan& plan); // whether `auto` occurs
void resolve_auto(Plan& plan, const Deployed& deployed);
// Replaces `auto` by the deployed version. Error: as ask_deployed(), which is only called if `auto` occurs.
Result<void> resolve_auto(Plan& plan, const config::Config& config, const std::string& environment);

}
