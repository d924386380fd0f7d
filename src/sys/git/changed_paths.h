#pragma once
#include "sys/git/repository.h"
#include <memory>

namespace fairlead::sys {

// Finds the paths that commits change against their first parents. Only paths that start with one of `beginnings`
// ("api/", "docs/a") are reported; if `beginnings` is empty or contains an empty text, all paths. Only trees that
// differ and can contain such paths are read. Must not outlive the repository.
class ChangedPaths {
  public:
    ChangedPaths(const Repository& repository, std::vector<std::string> beginnings);
    ~ChangedPaths();
    // Calls `each` with every changed path, in no order, until `each` returns `no`. Error (could_not): also if more
    // than a million files and folders differ, or if git would not make such a folder.
    Result<void> of(const HistoryCommit& commit,
                    const std::function<Result<Repository::More>(const std::string&)>& each);

  private:
    struct Reader;
    std::unique_ptr<Reader> reader_;
};

}
