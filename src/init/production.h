#pragma once
#include "base/result.h"
#include "init/init.h"
#include "report/report.h"
#include <functional>
#include <string>

// `fairlead init --production`, `--readme`, `--template` and `--secrets`.
namespace fairlead::init {

// The kit's files, from `wanted.kit`. What exists is kept, whoever wrote it, with the difference shown; `--force`
// overwrites what init wrote. All places are looked at before the first file is written.
Result<report::Report> start_production(const std::string& folder, const Wanted& wanted);

// Values for the secrets of the folder's template. `to`: the file that gets them (0600, one that git ignores); empty:
// they are the report's text, for a terminal. Error (usage): there is no template, git would take the file.
Result<report::Report> start_secrets(const std::string& folder, const std::string& to, Mode mode);

}
