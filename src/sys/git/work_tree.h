#pragma once
#include "base/result.h"
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The files of a git work tree, and the times of their last changes.
namespace fairlead::sys {

class WorkTree {
  public:
    // Opens the work tree around `folder`; nothing outside of a repository and in a bare repository. Error: could_not,
    // as Repository::open.
    static Result<std::optional<WorkTree>> open(const std::string& folder);

    const std::string& root() const { return root_; } // absolute, links resolved, without '/' at the end
    // returns an absolute path as seen from root(), links resolved; empty: the path is outside of the tree
    std::string relative(const std::string& path) const;
    bool tracks(const std::string& path) const; // `path` as for relative()

    struct Change {
        std::string path;             // from the root of the work tree
        std::int64_t modified_ns = 0; // since 1970
        // the file is missing; `modified_ns` is the last change of its folder, or of the nearest existing folder
        bool removed = false;
    };
    // Returns the tracked file that was changed or removed last, among the files that `counts` accepts; nothing if
    // there is no such file. Links are not followed, and submodules are not searched. Times after `now_ns` are ignored,
    // and so are files that a sparse checkout leaves out. Error (could_not): a file can't be examined, or a stop
    // request came (sys/signals.h).
    Result<std::optional<Change>> newest(std::int64_t now_ns,
                                         const std::function<bool(const std::string& path)>& counts) const;

  private:
    WorkTree() = default;
    std::int64_t removed_at(const std::string& path) const;
    std::string root_;                                       // absolute, without '/' at the end
    std::vector<std::string> paths_, left_out_, submodules_; // sorted
};

// Returns whether git tracks the file at `path` (links are not followed); false also if git can't answer.
bool is_tracked(const std::string& path);

// Returns the time of the file's last change in nanoseconds since 1970, links followed; nothing if it can't be read.
std::optional<std::int64_t> modified_at(const std::string& path);

}
