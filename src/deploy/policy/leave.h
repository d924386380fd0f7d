#pragma once
#include "deploy/deployment.h"
#include "ledger/progress.h"
#include <optional>
#include <string>

// Whether a deployment may begin at all: holds, windows, marks of bad releases, older commits. None of them stands in a
// rollback's way.
namespace fairlead::deploy {

struct LeaveAsked {
    bool retry_bad = false;
    bool in_ci = false;
    std::string if_newer = "auto"; // true, false; auto: true in CI, where the clone can tell
};
// Error (no): a hold or a window of today's keeps all of them away.
Result<void> check_open(const Settings& settings, const sys::Path& ledger, SystemTime now);
// Nothing: it may. Else what became of it: refused, or superseded. The caller holds the lock, or only wants to tell.
Result<std::optional<Outcome>> refused(const World& world, ledger::Progress& progress, const ReleaseInfo& release,
                                       const LeaveAsked& asked);

}
