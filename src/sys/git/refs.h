#pragma once
#include "base/result.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::sys {

// One name as it is stored (gitrepository-layout(5), git-pack-refs(1)). Valid during the call.
struct StoredReference {
    std::string_view name;   // refs/tags/v1.2.3
    std::string_view id;     // of the object it names; empty: a symbolic one
    std::string_view target; // of a symbolic one: refs/remotes/origin/main
    std::string_view peeled; // of a packed one: what it leads to through annotated tags; empty: not known
    bool loose = false;
};

// The commit of HEAD in the repository around `folder`, read from its files: nothing is started, no library loaded.
// Nothing where there is none: no repository, no commit yet, a reftable.
std::optional<std::string> head_of(const std::string& folder);

// Every reference below `folder` ("refs/tags/") once, in no order: loose ones from their files, the others from
// packed-refs in one pass, without looking at any object. `git_folder` may be that of a linked work tree.
// Error (could_not): a file can't be read, a reference is broken, references are kept in another format (reftable), a
// stop request came (sys/signals.h); also that of `each`, which ends the walk.
Result<void> each_reference(const std::string& git_folder, std::string_view folder,
                            const std::function<Result<void>(const StoredReference&)>& each);

}
