#pragma once
#include "chain/check.h"
#include "report/report.h"
#include "sys/process/confine.h"
#include <string>
#include <vector>

// Implements `fairlead doctor`: checks what this machine needs for fairlead.yml, and says how to get it.
namespace fairlead::chain {

std::vector<Need> needs(const config::Config& config, const std::vector<Step>& steps);

// Returns the errors of each tool with a step or a section, for each environment of the file (or only for
// `environment`). `fairlead run` reports the same errors.
std::vector<Complaint> complaints(const config::Config& config, const std::vector<Step>& steps,
                                  const std::string& environment);

// Looks for everything in `needs`; modules and files are searched from `folder`. Verdict fail: a required need is
// missing. Error (usage): a section is wrong. Missing confinement by the kernel is reported, but is not a failure,
// because our tools work without it.
report::Report examine(const std::vector<Need>& needs, const std::vector<Complaint>& complaints,
                       const std::string& folder, const sys::Holds& holds);

}
