#pragma once
#include "config/change.h"
#include "report/report.h"
#include "scan/gitleaks/configuration.h"
#include "sys/environment.h"
#include <string>
#include <vector>

// `fairlead-scan explain RULE`: what the secret is, who issues it, what it gives access to, and what to do about it.
namespace fairlead::scan {

// Error (usage): no rule is named.
Result<void> check_explained(const std::vector<std::string>& ids);

// Explains the rules; ids may begin with "scan/", as in waivers. Reads fairlead.yml and gitleaks' configuration only if
// an id is not built in, so that a wrong file is no obstacle. Error (usage): an unknown id, with the nearest one, or a
// wrong file.
Result<report::Report> explain_rules(const std::vector<std::string>& ids, const config::Change& change,
                                     const sys::Environment& variables);

// Returns the explanation of built-in rules and of those of `configuration`, whose `file` is named. Error: as above.
Result<report::Report> explanation_of(const std::vector<std::string>& ids,
                                      const gitleaks::Configuration& configuration);

}
