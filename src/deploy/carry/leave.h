#pragma once
#include "deploy/carry/deployment.h"
#include "ledger/progress.h"
#include <optional>
#include <string>

// Decides whether a deployment may begin: checks holds, windows, marks of bad releases, and older commits. None of
// these prevents a rollback.
namespace fairlead::deploy {

struct LeaveAsked {
    bool retry_bad = false;
    bool in_ci = false;
    std::string if_newer = "auto"; // true, false; auto: true in CI if the clone has the history for it
};
// Error (no): a hold or a window prevents all deployments now.
Result<void> check_open(const Settings& settings, const sys::Path& ledger, SystemTime now);
// Nothing: the deployment may begin. Otherwise returns the outcome: refused or superseded. The caller holds the lock,
// or only reports the answer.
Result<std::optional<Outcome>> refused(const World& world, ledger::Progress& progress, const ReleaseInfo& release,
                                       const LeaveAsked& asked);

}
