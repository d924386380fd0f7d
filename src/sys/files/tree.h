#pragma once
#include "sys/files/files.h"
#include <cstdint>
#include <string>
#include <vector>

namespace fairlead::sys {

struct TreeFile {
    std::string name; // from the folder: "a/b"
    std::uint64_t size = 0;
    std::int64_t modified_ns = 0; // since 1970
};

// The regular files below a folder, at any depth, in no order; links are not followed. An absent folder has none, and
// what vanishes meanwhile is not there. Made for ten thousands. Error: could_not.
Result<std::vector<TreeFile>> list_tree(const Path& folder);

}
