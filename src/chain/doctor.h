#pragma once
#include "chain/check.h"
#include "report/report.h"
#include "sys/process/confine.h"
#include <string>
#include <vector>

// `fairlead doctor`: what this machine must have for what fairlead.yml asks, and how to get it.
namespace fairlead::chain {

std::vector<Need> needs(const config::Config& config, const std::vector<Step>& steps);

// What each tool with a step or a section says of that section, for each environment of the file (`environment`: only
// for that one): the same as before a run.
std::vector<Complaint> complaints(const config::Config& config, const std::vector<Step>& steps,
                                  const std::string& environment);

// Looks for each, for modules and files from `folder`. Fail when a required one is missing; an error (usage) when a
// section is wrong. What the kernel doesn't hold our tools to is told, and is no failure: they work without.
report::Report examine(const std::vector<Need>& needs, const std::vector<Complaint>& complaints,
                       const std::string& folder, const sys::Holds& holds);

}
