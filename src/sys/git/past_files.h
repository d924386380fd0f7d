#pragma once
#include "base/result.h"
#include "sys/git/repository.h"
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::sys {

struct PastFile {
    std::string path;
    std::string commit; // 40 hex digits; the newest commit that has the file
};

// Lists by path at most 1000 files of `head` and its ancestors whose names `is_wanted` accepts. A folder with the same
// content in many commits is read only once, so files of a moved folder are reported at its latest path. Errors: as
// Repository::history; could_not also for a folder that git itself would not make, a folder deeper than 200, or a path
// of more than 4096 bytes.
Result<std::vector<PastFile>> past_files(const Repository& repository, std::string_view head,
                                         const std::function<bool(std::string_view name)>& is_wanted);

}
