#pragma once
#include "config/config.h"
#include "smoke/runner.h"

// Which version has to answer.
namespace fairlead::smoke {

// Gives the plan's ready check (made of the first check when there is none) the version that must answer. `auto` stays
// as it is: see resolve_auto.
Result<Plan> expect_version(Plan plan, const std::string& version, const VersionSource& source);

struct Deployed {
    std::string version, release, commit; // of one release; a service may tell any of them
};

// What serves in this environment: `fairlead-deploy status` knows, after a deployment by hand and after a rollback,
// too. Without a `deploy` section the commit of HEAD, which is logged. Error (could_not): neither is there, or deploy
// has no answer.
Result<Deployed> ask_deployed(const config::Config& config, const std::string& environment);

bool asks_deployed(const Plan& plan); // somewhere it says `auto`
void resolve_auto(Plan& plan, const Deployed& deployed);
// The same, asked only when something says `auto`. Error: ask_deployed's.
Result<void> resolve_auto(Plan& plan, const config::Config& config, const std::string& environment);

}
