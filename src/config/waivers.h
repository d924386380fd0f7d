#pragma once
#include "config/config.h"
#include "report/decide.h"

namespace fairlead::config {

// `waivers:` of fairlead.yml. Error (usage), with its place: a value that is empty, an id that is used twice, a rule of
// no tool, a day that the calendar doesn't know, or one that is further away than max_waiver_days.
// `working_folder`: where paths of findings start outside of a repository.
Result<report::Waivers> read_waivers(const Config& config, const std::string& working_folder, SystemTime now);

}
