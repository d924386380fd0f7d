#pragma once
#include "config/config.h"
#include "report/decide.h"

namespace fairlead::config {

// Reads `waivers:` of fairlead.yml. Error (usage), with its place: an empty value, a repeated id, an unknown rule, an
// impossible date, or a date further away than max_waiver_days. Outside of a repository, the paths of findings are
// relative to `working_folder`.
Result<report::Waivers> read_waivers(const Config& config, const std::string& working_folder, SystemTime now);

}
