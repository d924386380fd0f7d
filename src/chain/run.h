#pragma once
#include "chain/chain.h"
#include "report/report.h"
#include "sys/environment.h"

namespace fairlead::chain {

struct RunOptions {
    std::string environment; // -e for every tool
    bool dry_run = false;    // tools decide and print; commands are only named
    sys::Platform platform = sys::Platform::terminal;
    std::vector<std::string> flags = {}; // further flags for every tool
    std::string confirm = {};            // only for deploy
    std::string config = {};             // --config, as given; for the proposed next command
    int stream = 1; // descriptor for the steps' output; 2 if stdout is for a report that a program reads
};

// Runs the steps and passes their output on. Stores each tool's JSON with the commit in .fairlead/out/<tool>.json, and
// passes tag's version to deploy and smoke. The report's last line and table show the decisions.
Result<report::Report> run(const config::Config& config, const std::vector<Step>& steps, const RunOptions& options);

}
