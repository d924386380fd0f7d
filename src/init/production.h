#pragma once
#include "base/result.h"
#include "init/init.h"
#include "report/report.h"
#include <functional>
#include <string>

// Runs `fairlead init --production`, `--readme`, `--template` and `--secrets`.
namespace fairlead::init {

// Writes the kit's files, from `wanted.kit`, after all places were checked. Existing files are kept, and the difference
// is shown; `--force` overwrites files that init wrote.
Result<report::Report> start_production(const std::string& folder, const Wanted& wanted);

// Makes values for the secrets of the folder's template. `to`: the file that gets them (0600, ignored by git); empty:
// they are the report's text, for a terminal. Error (usage): there is no template, or git would track the file.
Result<report::Report> start_secrets(const std::string& folder, const std::string& to, Mode mode);

}
