#pragma once
#include "base/result.h"
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

// What moved the references of a repository, as git notes it (git-reflog(1), gitrepository-layout(5)). A bare
// repository keeps none by default, and entries older than gc.reflogExpire are gone.
namespace fairlead::sys {

struct ReflogEntry {
    std::string_view name;    // HEAD, refs/remotes/origin/main
    std::string_view message; // "fetch --tags origin: storing head", "clone: from https://..."
    std::int64_t time = 0;    // seconds since 1970
    bool created = false;     // the reference was not there before
};

// Of every reference, each from the oldest to the newest; of HEAD that of the main work tree. What is shown is valid
// during the call; a line that is broken is left out. Error (could_not): a file can't be read, a stop request came.
Result<void> each_reflog_entry(const std::string& git_folder, const std::function<void(const ReflogEntry&)>& each);

}
