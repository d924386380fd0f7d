#pragma once
#include "config/change.h"
#include "config/config.h"
#include "report/baseline.h"
#include "report/report.h"
#include "scan/options.h"
#include "scan/verdict.h"
#include "sys/environment.h"
#include <string>
#include <vector>

namespace fairlead::scan {

// The request of one run.
struct Request {
    std::string command;              // tree, staged, range, history, stdin, baseline, explain
    std::vector<std::string> targets; // paths, a range, or ids of rules
    Given given;
    std::string environment; // of fairlead.yml
    std::string baseline;    // its path from the root
    enum class Baseline { read, write, accept_new } what = Baseline::read;
    report::Acceptance accepted; // of the new findings that are accepted
    enum class DryRun { no, yes } dry_run = DryRun::no;
    Explain explain = Explain::no;
    Scope::Empty empty = Scope::Empty::no;
    bool untracked = false;   // of the tree: also files that git neither tracks nor ignores
    bool submodules = false;  // of the tree: also their files
    bool unreachable = false; // of the history: also commits that no reference leads to
    std::string cache;        // of commits without a finding: its path from the root; empty: none
    bool verify = false;      // asks the services
    Verifier verifier = {};   // asks them; empty: its helper could not be started
};

// Registers secrets in the given paths, branches and ranges with mask(), because an error may name them before anything
// is scanned.
void hide(const std::vector<std::string>& targets, const sys::Environment& variables);

// Checks the whole request without scanning: the options, and the baseline that counts. `change`: the change that the
// job is about; if it is foreign, `config` is that of its base. Error (usage), with its place.
Result<void> check(const Request& request, const config::Config& config, const config::Change& change);

// Returns the files that the run changes: the baseline, if that was requested.
std::vector<std::string> writes(const Request& request);

Result<report::Report> run(const Request& request, const config::Config& config, const config::Change& change,
                           const sys::Environment& variables);

}
