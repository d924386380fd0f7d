#pragma once
#include "base/result.h"
#include "tag/source/checkout.h"
#include "tag/version/commit_range.h"
#include "tag/version/commit_types.h"
#include <string>
#include <vector>

// Reads a repository's last releases, and finds a table of types that would give the same versions.
namespace fairlead::tag {

struct PastRelease {
    std::string tag;
    Semver before, version;
    std::vector<CommitMessage> commits; // commits between them: one of each kind that a table can distinguish
};

// Returns up to `most` releases among the ancestors of the commit at hand, newest first. Leaves out releases whose
// version a commit asked for (Release-As, Release-Level): they say nothing about a table.
Result<std::vector<PastRelease>> past_releases(Checkout& checkout, std::size_t most);

struct TypesFound {
    std::vector<WrittenType> rows; // rows for `tag.types`; empty: today's defaults fit as well
    bool hold_major = false;       // only for 0.x
    std::size_t releases = 0;      // releases that were examined
    std::size_t by_default = 0;    // releases for which the defaults give the released version
    std::size_t by_rows = 0;       // releases for which the rows give the released version
};
// `releases`: newest first; newer releases count more. A row is added only if it explains at least two releases more
// than it contradicts.
TypesFound types_that_explain(const std::vector<PastRelease>& releases);

// Does the same for fairlead.yml, from the last fifty releases of the repository around `folder`.
struct PastVersions {
    std::string section; // tag: …; empty: today's defaults fit as well, or there is no answer
    std::string told;    // message: what was found, or why nothing was; empty: no message
};
PastVersions past_versions(const std::string& folder);

}
