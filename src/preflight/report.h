#pragma once
#include "preflight/fix.h"
#include "preflight/project.h"
#include "preflight/silence.h"
#include "report/baseline.h"
#include "report/report.h"
#include "report/rules.h"
#include <string>
#include <vector>

namespace fairlead::preflight {

// Returns findings for files that exist but were not judged.
std::vector<report::Finding> unread_of(const Project& project);

struct Telling {
    Level fail_on = Level::error;      // findings from this level on are reported as errors, and fail the run
    bool allow_empty = false;          // a run that judged nothing passes
    bool looked_at_all = false;        // the whole project was judged by every rule
    bool all = true;                   // reports each finding; false: reports the worst finding of each cause
    std::set<std::string> waived = {}; // rules named by a waiver: their findings are reported one by one
    std::vector<std::string> groups;   // groups that were asked for by name; empty: all
    // groups of the rules that remain after --only and --group; empty: neither was given
    std::vector<std::string> asked;
};
report::Report to_report(const std::vector<Settled>& settled, const Project& project, const Telling& telling,
                         const report::Baseline& baseline);

// For --explain: adds findings that don't count, with the reason, excluded files, and rules that didn't run.
void tell_skipped(report::Report& report, const std::vector<Settled>& settled, const Project& project,
                  const Asked& asked);

// Adds the diff above the findings, and the result of the fixes to the facts.
void tell_fixes(report::Report& report, const std::vector<Change>& changes, bool dry_run);

// Describes rules: title, levels, why, way out, ids of other tools.
// `others`: rules that judge no files, of which only title and section are known.
report::Report explain(const std::vector<const Rule*>& rules, const std::vector<report::KnownRule>& others);

// Lists the values by name. `in_log`: registers secrets with mask(). Otherwise the values of secret names are hidden
// only in the text format.
report::Report show_env(const read::EnvFile& env, const std::string& dialect, bool in_log);

// Writes docs/preflight-rules.md: one section per rule.
std::string render_rules();

}
