#pragma once
#include "preflight/run.h"

// `fairlead-preflight checklist NAME`: what of it holds, what doesn't, what nobody has said, and who is asked. Nothing
// is changed; commands of items only look.
namespace fairlead::preflight {

Result<void> check_checklist(const Request& request); // usage
Result<report::Report> walk_checklist(const Request& request, const Surroundings& around);

}
