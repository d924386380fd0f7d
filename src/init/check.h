#pragma once
#include "init/project.h"
#include "report/report.h"

namespace fairlead::init {

// Runs each component's install (unless what it makes is there), its tests, and gate over their reports, in `folder`.
// A failing test is gate's matter; anything else that fails is a finding of the report (init/step-failed), whose
// verdict is fail then. Error: could_not, where something can't be started.
Result<void> check_steps(const std::string& folder, const Project& project, int stream, report::Report& report);

}
