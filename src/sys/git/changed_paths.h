#pragma once
#include "sys/git/repository.h"
#include <memory>

namespace fairlead::sys {

// What commits change against their first parents, where only some paths are of interest: of the trees those alone are
// read that lead there and differ. `beginnings`: what such a path begins with, byte for byte ("api/", "docs/a");
// none or an empty one: every path. Lives no longer than the repository.
class ChangedPaths {
  public:
    ChangedPaths(const Repository& repository, std::vector<std::string> beginnings);
    ~ChangedPaths();
    // Calls `each` with every changed path of those, in no order, until it wants no more. Error (could_not) also where
    // more than a million files and folders differ, or a folder is none that git makes.
    Result<void> of(const HistoryCommit& commit,
                    const std::function<Result<Repository::More>(const std::string&)>& each);

  private:
    struct Reader;
    std::unique_ptr<Reader> reader_;
};

}
