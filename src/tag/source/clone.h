#pragma once
#include "base/result.h"
#include "sys/git/refs.h"
#include "sys/git/repository.h"
#include "tag/source/refspecs.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Determines whether a clone has all tags of its repository, by git's own records: the remote's refspecs and tag option
// (git-config(1)), the boundary of a shallow clone (gitrepository-layout(5)), and past fetches (exchange.h). A clone
// counts as complete only if a record proves it: the clone itself, a fetch of all tags, or a tag that only such a fetch
// brings.
namespace fairlead::tag {

// Returns whether the name is a tag of the repository itself; `foreign` as from foreign_tags().
bool is_tag(std::string_view name, const std::vector<std::string>& foreign);

enum class Tags {
    all,    // all tags of the repository, to find the highest version
    behind, // only tags among the ancestors of the commit at hand
};

// The missing part of a clone, and the command that fetches it.
struct Lack {
    std::string why;     // "is a shallow clone that may lack tags"
    std::string command; // git fetch --unshallow origin; empty: the source is unknown
};

// Returns whether the clone may lack such tags; nothing: all are here. `own`: the tag that is being built, which a
// clone with all tags has; empty: there is no such tag.
Result<std::optional<Lack>> lack_of(Tags tags, const std::string& own, const sys::Repository& git,
                                    sys::References& references);

// Returns the command that fetches the missing history of a shallow clone; afterwards all tags are known, too.
Result<std::string> history_command(const sys::Repository& git, sys::References& references);

// Returns the default branch of the cloned repository: the target of the remote's HEAD, or in a bare clone its own
// HEAD. Nothing: git didn't note it, or the branch is absent.
std::optional<std::string> default_branch_of(const sys::Repository& git, sys::References& references);

// Guesses the default branch by its name: the only branch with a usual default name. Nothing if there are several, or
// if only one branch was cloned.
std::optional<std::string> guess_default_branch(const sys::Repository& git, const sys::References& references);

// Returns the command that makes git note the default branch; empty without a remote.
std::string default_branch_command(const sys::Repository& git);

}
