#pragma once
#include "base/result.h"
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::sys {

// One name as it is stored (gitrepository-layout(5), git-pack-refs(1)).
struct StoredReference {
    std::string_view name;   // refs/tags/v1.2.3
    std::string_view id;     // of the object it names, 40 or 64 hex digits; empty: a symbolic one
    std::string_view target; // of a symbolic one: refs/remotes/origin/main
    std::string_view peeled; // of a packed one: what it leads to through annotated tags; empty: not known
    bool loose = false;
};

// The references of a repository below one folder. Made from the names of the loose ones and from packed-refs, in one
// pass; what a loose one holds is read when it is asked for: there may be 100,000. No object is looked at. What
// StoredReference shows lives as long as this.
class References {
  public:
    // Below `folder` ("refs/tags/"). `git_folder` may be that of a linked work tree. Here and below, error (could_not):
    // a file can't be read, a reference is broken, references are kept in another format (reftable), a stop request
    // came (sys/signals.h).
    static Result<References> read(const std::string& git_folder, std::string_view folder);
    References(References&&) noexcept;
    References& operator=(References&&) noexcept;
    ~References();
    const std::vector<StoredReference>& names() const;   // each once, in no order; loose ones may have no more
    Result<const std::vector<StoredReference>*> whole(); // the same, with what they hold
    bool contains(std::string_view name) const;
    Result<const StoredReference*> find(std::string_view name); // with what it holds; null: there is none

  private:
    struct State;
    explicit References(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Each of them, whole, until `each` fails, whose error it then is.
Result<void> each_reference(const std::string& git_folder, std::string_view folder,
                            const std::function<Result<void>(const StoredReference&)>& each);

// Where references, their logs and FETCH_HEAD of the main work tree lie; `git_folder` may be that of a linked one.
Result<std::string> common_folder(const std::string& git_folder);

// What HEAD says, read from its file: the branch it is on, whether that has a commit or not, or the commit itself.
struct StoredHead {
    std::string branch; // refs/heads/main; empty: detached
    std::string id;     // empty: no commit yet
};
Result<StoredHead> stored_head(const std::string& git_folder, References& references);

// The commit of HEAD in the repository around `folder`, read from its files: nothing is started, no library loaded.
// Nothing where there is none: no repository, no commit yet, a reftable.
std::optional<std::string> head_of(const std::string& folder);

}
