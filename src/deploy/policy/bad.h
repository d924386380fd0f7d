#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <optional>
#include <string>
#include <string_view>

// A release that failed or was taken back is marked, so that no rollback chooses it and nobody deploys it again unless
// they say so (--retry-bad). One file per digest in the ledger's folder, bad/<digest>.json: what is in the release
// counts, whatever it is called.
namespace fairlead::deploy {

struct Bad {
    std::string release, deployment, reason, since; // RFC 3339
};

Result<void> mark_bad(const sys::Path& folder, const std::string& digest, const Bad& why);
Result<void> unmark_bad(const sys::Path& folder, const std::string& digest); // it was deployed after all
// Nothing: it is not. A mark that can't be read as one is a mark.
Result<std::optional<Bad>> bad(const sys::Path& folder, const std::string& digest);
// Error (no): it is; says why and the way out.
Result<void> check_bad(const sys::Path& folder, const std::string& release, const std::string& digest);

}
