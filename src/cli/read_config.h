#pragma once
#include "cli/session.h"

namespace fairlead::cli {

// Reads fairlead.yml into the session's context, with the environment, the waivers and the tool's section. Error
// (usage), at its place: the file is wrong, or names an unknown environment or rule.
Result<void> read_config(Session& session);

}
