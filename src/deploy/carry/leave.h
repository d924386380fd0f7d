#pragma once
#include "deploy/carry/deployment.h"
#include "ledger/progress.h"
#include <optional>
#include <string>

// Whether a deployment may begin: checks holds, windows, marks of bad releases, and older commits. None of these
// prevents a rollback.
namespace fairlead::deploy {

struct LeaveAsked {
    bool retry_bad = false;
    bool in_ci = false;
    std::string if_newer = "auto"; // true, false; auto: true in CI if the clone has the history for it
};
// Error (no): a hold, or a window at this time, keeps every deployment from beginning.
Result<void> check_open(const Settings& settings, const sys::Path& ledger, SystemTime now);
// Nothing: the deployment may begin. Otherwise returns the outcome: refused or superseded. The caller holds the lock,
// or only wants to report the answer.
Result<std::optional<Outcome>> refused(const World& world, ledger::Progress& progress, const ReleaseInfo& release,
                                       const LeaveAsked& asked);

}
