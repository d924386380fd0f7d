#pragma once
#include "preflight/project.h"
#include "report/report.h"
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace fairlead::preflight {

// Which rules are asked, and from which level on a finding decides.
struct Asked {
    std::vector<std::string> only, skip, groups; // ids; empty: all
    Level severity = Level::info;                // what is below isn't told
    bool wakes_in_development = true; // a rule that `only` names is asked where it is off for development alone
};

// One finding, with what the report has no room for.
struct Judged {
    const Rule* rule = nullptr;
    Hit hit;
    Level level = Level::off;
};

// Every rule over every subject of its kind, in the catalogue's order; what is off isn't asked.
std::vector<Judged> judge(const Project& project, const Asked& asked);

bool is_asked(const Asked& asked, std::string_view rule);
bool asks_all(const Asked& asked);
bool asks_host(const Asked& asked); // by name: rules of this machine, which programs are started for

// Error (usage): an id or a group that is unknown, with the nearest one. `by` says who named them; `own` are a team's
// rules, null: there are none.
Result<void> check_rules(const std::vector<std::string>& ids, std::string_view by, const RuleRows* own);
Result<void> check_asked(const Asked& asked, const RuleRows* own);

}
