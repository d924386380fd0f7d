#pragma once
#include "config/config.h"
#include "report/report.h"
#include <functional>
#include <string>
#include <string_view>

// Implements `fairlead recover`: status, backup of a database that still answers, stop, restore next to the old data,
// swap, start, smoke. Deletes no backups.
namespace fairlead::chain {

struct RecoverOptions {
    std::string set;         // empty: the newest verified set
    std::string environment; // empty: not given
    std::string config;      // --config, as given
    bool dry_run = false;    // only looks, and prints the stages
    int stream = 1;          // descriptor for the tools' output
    std::function<Result<void>(std::string_view act)> confirm;
};

// If a recovery was killed or interrupted at any stage, the next call continues it with the same set. Verdict fail: a
// stage failed, and later stages were not run.
Result<report::Report> recover(const config::Config& config, const RecoverOptions& options);

}
