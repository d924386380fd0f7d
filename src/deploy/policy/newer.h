#pragma once
#include "base/result.h"
#include <string>

// --if-newer: a queued deployment of an older commit doesn't replace a newer commit.
namespace fairlead::deploy {

enum class Age {
    newer, // the serving commit is an ancestor of the wanted commit
    same,
    older,   // the wanted commit is an ancestor of the serving commit: superseded
    apart,   // neither: the branches diverged
    unknown, // nothing serves, or a commit is not known
};
// Reads the repository around `folder`. Error (could_not): there is no repository, or it lacks one of the two commits
// (a shallow clone), so the order can't be found out. The message says how to get the commits.
Result<Age> age_of(const std::string& wanted, const std::string& serving, const std::string& folder);

}
