#pragma once
#include "preflight/project.h"
#include "report/report.h"
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace fairlead::preflight {

// The requested rules, and the lowest level that is reported.
struct Asked {
    std::vector<std::string> only, skip, groups; // ids; empty: all
    Level severity = Level::info;                // findings below are not reported
    // --only also enables a rule that is off in development but on elsewhere
    bool wakes_in_development = true;
};

// A finding, with details that a report can't contain.
struct Judged {
    const Rule* rule = nullptr;
    Hit hit;
    Level level = Level::off;
    bool is_unproven = false; // a warning, because nothing says that the file is for production; else an error
};

// Applies every rule to every subject of its kind, in the catalogue's order; rules that are off are skipped.
std::vector<Judged> judge(const Project& project, const Asked& asked);

bool is_asked(const Asked& asked, std::string_view rule);
bool asks_all(const Asked& asked);
// Returns the groups of the rules that remain after --only and --group; empty: neither was given.
std::vector<std::string> groups_asked(const Asked& asked, const Project& project);
bool asks_host(const Asked& asked); // rules about this machine were requested by name; they start programs

// Error (usage): an id or a group is unknown; the message names the nearest one. `by`: who named them. `own`: a team's
// rules; null: the team has no rules.
Result<void> check_rules(const std::vector<std::string>& ids, std::string_view by, const RuleRows* own);
Result<void> check_asked(const Asked& asked, const RuleRows* own);

}
