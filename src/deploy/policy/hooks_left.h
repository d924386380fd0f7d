#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <string>
#include <vector>

// Post hooks that failed after a deployment. The release keeps serving, and its next apply runs them again. They are
// stored in the file `hooks` in the ledger's folder.
namespace fairlead::deploy {

struct HooksLeft {
    std::string release; // the deployed release
    std::vector<std::string> names;
};

Result<HooksLeft> read_hooks_left(const sys::Path& folder); // no file: no names
// Without names, removes the file.
Result<void> write_hooks_left(const sys::Path& folder, const HooksLeft& left);

}
