#pragma once
#include "init/project.h"
#include "report/report.h"

namespace fairlead::init {

// Runs each component's install (unless its result exists), its tests, and gate for their reports, in `folder`. gate
// judges failing tests. Any other failure becomes a finding (init/step-failed), and the verdict fail. Error
// (could_not): a program can't be started.
Result<void> check_steps(const std::string& folder, const Project& project, int stream, report::Report& report);

}
