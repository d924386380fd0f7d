#pragma once
#include "base/result.h"
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The files of a git work tree, and when they were changed last.
namespace fairlead::sys {

class WorkTree {
  public:
    // Of the repository around `folder`; nothing in none and in a bare one. Error: could_not, as Repository::open.
    static Result<std::optional<WorkTree>> open(const std::string& folder);

    const std::string& root() const { return root_; }    // absolute, links resolved, without '/' at the end
    std::string relative(const std::string& path) const; // of an absolute path, links resolved; empty: not in the tree
    bool tracks(const std::string& path) const;          // the same

    struct Change {
        std::string path;             // from the root of the work tree
        std::int64_t modified_ns = 0; // since 1970
        bool removed = false;         // the file is missing: its folder, or the nearest that is there, was changed then
    };
    // The tracked file that was changed or removed last, of those that `counts`; nothing when there is none. Links
    // themselves, not what they lead to; submodules are not looked into; what is dated after `now_ns` says nothing, nor
    // what a sparse checkout leaves out.
    // Error: could_not, when one of them can't be looked at, and at a stop request (sys/signals.h).
    Result<std::optional<Change>> newest(std::int64_t now_ns,
                                         const std::function<bool(const std::string& path)>& counts) const;

  private:
    WorkTree() = default;
    std::int64_t removed_at(const std::string& path) const;
    std::string root_;                                       // absolute, without '/' at the end
    std::vector<std::string> paths_, left_out_, submodules_; // sorted
};

// Whether git tracks the file at `path`, a link as itself; false also where no git can say.
bool is_tracked(const std::string& path);

// When the file was changed last, links followed, in nanoseconds since 1970; nothing when it can't be told.
std::optional<std::int64_t> modified_at(const std::string& path);

}
