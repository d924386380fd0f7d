#pragma once
#include "config/change.h"
#include "config/config.h"
#include "report/report.h"
#include "scan/options.h"
#include "scan/verdict.h"
#include "sys/environment.h"
#include <string>
#include <vector>

namespace fairlead::scan {

// What one run is asked for.
struct Request {
    std::string command; // tree, staged, range
    std::vector<std::string> targets;
    Given given;
    std::string environment; // of fairlead.yml
    std::string baseline;    // its path from the root
    enum class Baseline { read, write, accept_new } what = Baseline::read;
    enum class DryRun { no, yes } dry_run = DryRun::no;
    Explain explain = Explain::no;
    Scope::Empty empty = Scope::Empty::no;
};

// Registers with mask() the secrets in the names of paths, branches and ranges that were asked for: an error may name
// them before anything is looked at.
void hide(const std::vector<std::string>& targets, const sys::Environment& variables);

// Judges all that was asked for and looks at nothing: the options, and the baseline that counts. `change`: that the job
// is about; `config` is its base's where it is foreign. Error (usage), with its place.
Result<void> check(const Request& request, const config::Config& config, const config::Change& change);

// The files that it changes: the baseline, where that is asked for.
std::vector<std::string> writes(const Request& request);

Result<report::Report> run(const Request& request, const config::Config& config, const config::Change& change,
                           const sys::Environment& variables);

}
