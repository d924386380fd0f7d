#pragma once
#include "preflight/fix.h"
#include "preflight/project.h"
#include "preflight/silence.h"
#include "report/baseline.h"
#include "report/report.h"
#include <string>
#include <vector>

namespace fairlead::preflight {

// What is there and was not judged, as findings.
std::vector<report::Finding> unread_of(const Project& project);

struct Telling {
    Level fail_on = Level::error;      // from there on a finding is told, and decides, as an error
    bool allow_empty = false;          // a look at nothing passes
    bool looked_at_all = false;        // of the project, by every rule
    bool all = true;                   // each finding by itself; else one line for each cause, and of those the worst
    std::set<std::string> waived = {}; // rules that a waiver names: what it covers is judged finding by finding
    std::vector<std::string> groups;   // that were asked by name; empty: all
};
report::Report to_report(const std::vector<Settled>& settled, const Project& project, const Telling& telling,
                         const report::Baseline& baseline);

// For --explain: what was found and doesn't count, with its reason, files that are left out, rules that weren't asked.
void tell_skipped(report::Report& report, const std::vector<Settled>& settled, const Project& project,
                  const Asked& asked);

// The diff above the findings, and what became of it among the facts.
void tell_fixes(report::Report& report, const std::vector<Change>& changes, bool dry_run);

// What a rule is about: title, levels, why, way out, peers.
report::Report explain(const std::vector<const Rule*>& rules);

// The values by name; text masks those of secrets' names, and so does JSON where it goes into a job's log.
report::Report show_env(const read::EnvFile& env, const std::string& dialect, bool in_log);

// docs/preflight-rules.md: a section per rule.
std::string render_rules();

}
