#pragma once
#include "chain/chain.h"
#include "report/report.h"
#include "sys/environment.h"

namespace fairlead::chain {

struct RunOptions {
    std::string environment; // -e for every tool
    bool dry_run = false;    // tools decide and print; commands are only named
    sys::Platform platform = sys::Platform::terminal;
    std::vector<std::string> flags = {}; // further ones for every tool
    std::string confirm = {};            // for deploy alone
    std::string config = {};             // --config, as it was given; for the command that comes next
    int stream = 1;                      // of the steps' output; 2 where stdout is for a report that a program reads
};

// Runs the steps with their output on ours, keeps each tool's JSON with the commit in .fairlead/out/<tool>.json, and
// hands tag's version to deploy and smoke. The report's closing line and table say what was decided.
Result<report::Report> run(const config::Config& config, const std::vector<Step>& steps, const RunOptions& options);

}
