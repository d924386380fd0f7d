#pragma once
#include "preflight/run.h"

// Runs `fairlead-preflight checklist NAME`: reports which items pass, fail or are still open, and who may sign. Changes
// nothing, nor do the items' commands.
namespace fairlead::preflight {

Result<void> check_checklist(const Request& request); // usage
Result<report::Report> walk_checklist(const Request& request, const Surroundings& around);

}
