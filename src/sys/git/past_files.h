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
    std::string commit; // 40 hex digits of the newest that has it
};

// Files that `head` or an ancestor of it holds, by path: those whose name `is_wanted`, at most 1000. Each folder is
// read once, however many commits share it: one that was moved whole is seen where it lay last. Error as of
// Repository::history; could_not also for a folder that git itself would not make, one deeper than 200, or a path of
// more than 4096 bytes.
Result<std::vector<PastFile>> past_files(const Repository& repository, std::string_view head,
                                         const std::function<bool(std::string_view name)>& is_wanted);

}
