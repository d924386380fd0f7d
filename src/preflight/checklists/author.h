#pragma once
#include "sys/git/repository.h"
#include <string>

namespace fairlead::preflight {

// Returns the e-mail address of the author of the newest commit that changes more than sign-offs; merges are skipped.
// Error (could_not): the history ends before such a commit, as in a shallow clone.
Result<std::string> author_of_change(const sys::Repository& repository);

}
