#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <optional>
#include <string>
#include <string_view>

// Marks of bad releases. A release that failed or was rolled back is marked: no rollback chooses it, and deploying it
// again needs --retry-bad. There is one file per digest in the ledger's folder, bad/<digest>.json: the release's
// content counts, not its name.
namespace fairlead::deploy {

struct Bad {
    std::string release, deployment, reason, since; // RFC 3339
};

Result<void> mark_bad(const sys::Path& folder, const std::string& digest, const Bad& why);
// called if it was deployed successfully later
Result<void> unmark_bad(const sys::Path& folder, const std::string& digest);
// Nothing: the release isn't marked. An unreadable mark counts as a mark.
Result<std::optional<Bad>> bad(const sys::Path& folder, const std::string& digest);
// Error (no): the release is marked; the message says why, and what to do.
Result<void> check_bad(const sys::Path& folder, const std::string& release, const std::string& digest);

}
