#pragma once
#include "cli/run.h"
#include "cli/spec.h"
#include "report/report.h"
#include <string>

// In CI, each tool stores its verdict for later steps and jobs in .fairlead/out/TOOL.json. `fairlead run` does this for
// its steps everywhere. If it can't be stored, a message says why, and the run is not affected.
namespace fairlead::cli {

// Returns the folder that .fairlead/out is in: that of fairlead.yml, or without one the top of the work tree; empty:
// there is neither.
std::string folder_of_verdicts(const Context& context);

// Returns the file, and makes its folder. Empty: no file is written, because we are at a terminal or in a dry run, the
// command only reports, `fairlead run` writes the file, or there is neither a work tree nor a fairlead.yml. Error: the
// file or folder can't be made.
Result<std::string> place_of_verdict(const Spec& spec, const Context& context);
// removes an earlier step's verdict, so that a killed run leaves no verdict
void drop_verdict(const Spec& spec, const Context& context);
void keep_verdict(const report::Report& report, const Spec& spec, const Context& context);

}
