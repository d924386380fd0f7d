#pragma once
#include "sys/git/repository.h"
#include <string>
#include <vector>

namespace fairlead::config {

// Returns the id of the commit that `name` means: a branch, a tag or an id. Error (could_not), after `about`, which
// says whose commit it is: the clone doesn't have it. The message gives the command that fetches it, together with
// those of `others` that are missing, too.
Result<std::string> find_commit(const sys::Repository& repository, const std::string& about, const std::string& name,
                                const std::vector<std::string>& others = {});

}
