#pragma once
#include "config/config.h"
#include "report/report.h"
#include <functional>
#include <string>
#include <string_view>

// `fairlead recover`: status, backup of what still answers, stop, restore beside, swap, start, smoke. Nothing is
// pruned.
namespace fairlead::chain {

struct RecoverOptions {
    std::string set;         // empty: the newest verified one
    std::string environment; // empty: none was named
    std::string config;      // --config, as it was given
    bool dry_run = false;    // looks, and prints the stages
    int stream = 1;          // of what the tools print
    std::function<Result<void>(std::string_view act)> confirm;
};

// Killed or interrupted at any stage and run again, it goes on with the same set. Verdict fail: a stage said no; the
// stages behind it were not done.
Result<report::Report> recover(const config::Config& config, const RecoverOptions& options);

}
