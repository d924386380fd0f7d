#pragma once
#include "smoke/runner.h"

namespace fairlead::smoke {

// Gives the plan's ready check (made of the first check when there is none) the version that must answer. `auto` is
// what deploy recorded last in .fairlead/out/deploy.json below `folder`, else the commit of HEAD; empty leaves the
// plan.
Result<Plan> expect_version(Plan plan, const std::string& version, const VersionSource& source,
                            const std::string& folder);

}
