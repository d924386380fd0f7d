#pragma once
#include "deploy/commands.h"
#include "deploy/components/group.h"
#include "sys/environment.h"
#include <string>

namespace fairlead::deploy {

// Runs a command for all components. Error (usage): the command is only for a single component.
Result<report::Report> run_group(const std::string& command, const Group& group, const sys::Environment& process,
                                 const Request& request);

}
