#pragma once
#include "sys/git/repository.h"
#include <string>

namespace fairlead::preflight {

// Mail of whoever made the newest commit that changes more than sign-offs, merges passed over. Error (could_not): the
// history ends before, as a shallow clone's does.
Result<std::string> author_of_change(const sys::Repository& repository);

}
