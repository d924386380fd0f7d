#pragma once
#include "base/result.h"
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::sys {

// A reference as it is stored (gitrepository-layout(5), git-pack-refs(1)).
struct StoredReference {
    std::string_view name;   // refs/tags/v1.2.3
    std::string_view id;     // id of the object, 40 or 64 hex digits; empty: a symbolic reference
    std::string_view target; // target of a symbolic reference: refs/remotes/origin/main
    std::string_view peeled; // for a packed reference: the id that annotated tags lead to; empty: unknown
    bool loose = false;
};

// The references of a repository below one folder. Only the names of loose references (one file each) and packed-refs
// are read at first, in one pass; there may be 100,000. The content of a loose reference is read when it is needed. No
// object is read. The texts of a StoredReference are valid as long as this object lives.
class References {
  public:
    // Reads the references below `folder` ("refs/tags/"). `git_folder` may belong to a linked work tree. Error
    // (could_not), here and below: a file can't be read, a reference is broken, references have another format
    // (reftable), or a stop request came (sys/signals.h).
    static Result<References> read(const std::string& git_folder, std::string_view folder);
    References(References&&) noexcept;
    References& operator=(References&&) noexcept;
    ~References();
    // each name once, in no order; loose references may have only the name
    const std::vector<StoredReference>& names() const;
    Result<const std::vector<StoredReference>*> whole(); // the same, with ids and targets
    bool contains(std::string_view name) const;
    Result<const StoredReference*> find(std::string_view name); // with id and target; null: there is no such reference

  private:
    struct State;
    explicit References(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Calls `each` for every reference, with id and target. An error of `each` ends the walk and is returned.
Result<void> each_reference(const std::string& git_folder, std::string_view folder,
                            const std::function<Result<void>(const StoredReference&)>& each);

// Returns the main work tree's git folder, with references, their logs and FETCH_HEAD. `git_folder` may belong to a
// linked work tree.
Result<std::string> common_folder(const std::string& git_folder);

// The content of HEAD, read from its file: a branch (with or without a commit), or a commit.
struct StoredHead {
    std::string branch; // refs/heads/main; empty: HEAD is detached
    std::string id;     // empty: no commit yet
};
Result<StoredHead> stored_head(const std::string& git_folder, References& references);

// Returns the commit of HEAD in the repository around `folder`, read from its files, without libgit2 or git. Nothing:
// there is no repository, no commit yet, or a reftable.
std::optional<std::string> head_of(const std::string& folder);

}
