#pragma once
#include "base/result.h"
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

// Reads git's record of how references moved (git-reflog(1), gitrepository-layout(5)). By default, a bare repository
// has no reflog. Entries older than gc.reflogExpire are gone.
namespace fairlead::sys {

struct ReflogEntry {
    std::string_view name;    // HEAD, refs/remotes/origin/main
    std::string_view message; // "fetch --tags origin: storing head", "clone: from https://..."
    std::int64_t time = 0;    // seconds since 1970
    bool created = false;     // the reference did not exist before
};

// Calls `each` for every entry of every reference, oldest first; for HEAD, that of the main work tree. The texts are
// valid only during the call. Broken lines are skipped. Error (could_not): a file can't be read, or a stop request
// came.
Result<void> each_reflog_entry(const std::string& git_folder, const std::function<void(const ReflogEntry&)>& each);

}
