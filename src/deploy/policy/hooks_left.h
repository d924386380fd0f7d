#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <string>
#include <vector>

// The hooks behind a deployment that said no: what serves is well, and they run again with the next apply of it. The
// file `hooks` in the ledger's folder.
namespace fairlead::deploy {

struct HooksLeft {
    std::string release; // that they ran for
    std::vector<std::string> names;
};

Result<HooksLeft> read_hooks_left(const sys::Path& folder); // none: no names
// No names: the file goes.
Result<void> write_hooks_left(const sys::Path& folder, const HooksLeft& left);

}
