#pragma once
#include "base/result.h"
#include <string>

// --if-newer: a queued deployment of an older commit doesn't take the place of a newer one.
namespace fairlead::deploy {

enum class Age {
    newer, // the wanted commit has the one that serves among its ancestors
    same,
    older,   // the other way round: superseded
    apart,   // neither: branches that went apart
    unknown, // nothing serves, or one of the two has no commit
};
// By the repository around `folder`. Error (could_not): there is none, or it lacks one of them (a shallow clone), so
// nobody can tell; says how to get them.
Result<Age> age_of(const std::string& wanted, const std::string& serving, const std::string& folder);

}
