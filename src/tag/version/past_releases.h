#pragma once
#include "base/result.h"
#include "tag/source/checkout.h"
#include "tag/version/commit_range.h"
#include "tag/version/commit_types.h"
#include <string>
#include <vector>

// How the last releases of a repository came about, and the table of types that says the same.
namespace fairlead::tag {

struct PastRelease {
    std::string tag;
    Semver before, version;
    std::vector<CommitMessage> commits; // between them: one of each kind that a table can tell apart
};

// The releases behind the commit at hand, the newest first, `most` of them. Those whose version a commit asked for
// (Release-As, Release-Level) are left out: they say nothing of a table.
Result<std::vector<PastRelease>> past_releases(Checkout& checkout, std::size_t most);

struct TypesFound {
    std::vector<WrittenType> rows; // for `tag.types`; empty: today's defaults are as good
    bool hold_major = false;       // in 0.x
    std::size_t releases = 0;      // that were looked at
    std::size_t by_default = 0;    // of them: the defaults say the version that was released
    std::size_t by_rows = 0;       // the rows do
};
// `releases`: the newest first, which count for more. A row stands for at least two releases more that it explains than
// it contradicts.
TypesFound types_that_explain(const std::vector<PastRelease>& releases);

// The same for fairlead.yml, from the last fifty releases of the repository around `folder`.
struct PastVersions {
    std::string section; // tag: …; empty: today's defaults are as good, or nobody knows
    std::string told;    // what was found, or why it couldn't be; empty: nothing to tell
};
PastVersions past_versions(const std::string& folder);

}
