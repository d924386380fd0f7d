#pragma once
#include "tag/version/next_version.h"
#include <optional>
#include <string>
#include <vector>

// Determines the level of a release, which its commits request, or inputs instead.
namespace fairlead::tag {

struct Decision {
    Level level = Level::none;
    std::string by, overridden;
    std::optional<Semver> forced; // Release-As
    std::vector<std::string> slips;
};

// Returns the greatest level that a commit asks for; `commits` are newest first. `hold`: in 0.x, breaking is minor and
// feat is patch. Error (usage): a footer Release-As is not a version.
Result<Decision> decide_level(const std::vector<RangeCommit>& commits, const CommitTypes& types, bool hold);
// Applies the level that inputs ask for.
void override_level(Decision& decision, const NextWanted& wanted, std::size_t commits);

}
