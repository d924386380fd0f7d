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

// Lists by path the files of `head` and its ancestors with a name that `is_wanted` accepts, at most 1000. A folder that
// many commits share is read only once. So files of a folder that was moved are reported where the folder was last.
// Errors: as Repository::history; could_not also for a folder that git itself would not make, a folder deeper than 200,
// or a path of more than 4096 bytes.
Result<std::vector<PastFile>> past_files(const Repository& repository, std::string_view head,
                                         const std::function<bool(std::string_view name)>& is_wanted);

}
