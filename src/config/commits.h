#pragma once
#include "sys/git/repository.h"
#include <string>
#include <vector>

namespace fairlead::config {

// Returns the id of the commit that `name` means: a branch, a tag or an id. Error (could_not): the clone doesn't have
// the commit. The message begins with `about`, which says whose commit it is. It ends with the command that fetches
// this commit and all missing commits of `others`.
Result<std::string> find_commit(const sys::Repository& repository, const std::string& about, const std::string& name,
                                const std::vector<std::string>& others = {});

}
