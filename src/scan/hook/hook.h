#pragma once
#include "config/change.h"
#include "report/report.h"
#include <string>

// `fairlead-scan install-hook`: the pre-commit hook of git, which scans staged changes.
namespace fairlead::scan {

struct HookRequest {
    bool uninstall = false;
    bool shared = false; // also if core.hooksPath is set for all repositories of the user
    bool dry_run = false;
};

// Returns the folder that the run changes; empty: none.
std::string hook_writes(const HookRequest& request);

// Writes our hook, or removes it; doing it twice changes nothing. A hook that is already there is kept and run first,
// unless a hook manager wrote it. Each file has its old or its new content, also after an interruption. Error (usage),
// with the way out: a manager has written the hook, ours was edited, or the folder is not the repository's own.
Result<report::Report> install_hook(const HookRequest& request, const config::Change& change);

}
