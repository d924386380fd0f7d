#pragma once
#include "cli/run.h"
#include "cli/spec.h"
#include "report/report.h"
#include <string>

// In a CI each tool keeps its verdict for the steps and jobs to come in .fairlead/out/TOOL.json, as `fairlead run` does
// for its steps everywhere. A run is never worse off for it: what stands in the way is said, and nothing else.
namespace fairlead::cli {

// The file, its folder made; empty: nothing is kept this time, because nobody asked (a terminal), because it would be
// no verdict of what is here (a dry run, a command that only tells), because `fairlead run` keeps it, or because there
// is no place: neither a fairlead.yml nor a work tree around us.
// Error: what is in the way.
Result<std::string> place_of_verdict(const Spec& spec, const Context& context);
void drop_verdict(const Spec& spec, const Context& context); // of an earlier step: a run that is killed has none
void keep_verdict(const report::Report& report, const Spec& spec, const Context& context);

}
