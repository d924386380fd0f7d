#pragma once
#include "tag/version/next_version.h"
#include <optional>
#include <string>
#include <vector>

// Which level the commits of a release ask for, and what is asked for beside them.
namespace fairlead::tag {

struct Decision {
    Level level = Level::none;
    std::string by, overridden;
    std::optional<Semver> forced; // Release-As
    std::vector<std::string> slips;
};

// The greatest that one of the commits asks for; they are the newest first. `hold`: in 0.x breaking is minor, feat is
// patch. Error (usage): a footer Release-As that is no version.
Result<Decision> decide_level(const std::vector<RangeCommit>& commits, const CommitTypes& types, bool hold);
// What was asked for beside the commits.
void override_level(Decision& decision, const NextWanted& wanted, std::size_t commits);

}
