#pragma once
#include "cli/session.h"

namespace fairlead::cli {

// fairlead.yml into the session's context, with the environment, the waivers and the tool's section. Error (usage), at
// its place: it is wrong, or names an environment or a rule that there is none of.
Result<void> read_config(Session& session);

}
