#pragma once
#include "base/result.h"
#include "sys/git/refs.h"
#include "sys/git/repository.h"
#include "tag/source/refspecs.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a clone can know of the repository that it came from. It is read from what git wrote down: the remote's
// refspecs and tag option (git-config(1)), the boundary of a shallow clone (gitrepository-layout(5)) and the exchanges
// that there were (exchange.h). That all tags are here has to be shown by one of them: the clone itself, a fetch that
// asked for all, or a tag that only such a fetch brings.
namespace fairlead::tag {

// Whether it is a tag of the repository; `foreign` as of foreign_tags().
bool is_tag(std::string_view name, const std::vector<std::string>& foreign);

enum class Tags {
    all,    // every tag of the repository: is this the highest version?
    behind, // those of the history behind the commit at hand
};

// What is missing, and what brings it.
struct Lack {
    std::string why;     // "is a shallow clone that may lack tags"
    std::string command; // git fetch --unshallow origin; empty: nobody knows where from
};

// Whether the clone may lack tags that are asked for; nothing: they are all there. `own`: the tag that is being built,
// which a clone with all tags has; empty: none.
Result<std::optional<Lack>> lack_of(Tags tags, const std::string& own, const sys::Repository& git,
                                    sys::References& references);

// The fetch that brings the history which a shallow clone lacks, so that all tags are known afterwards, too.
Result<std::string> history_command(const sys::Repository& git, sys::References& references);

// Of the repository that it came from: where the remote's HEAD leads; in a bare clone its own HEAD. Nothing when that
// was not written down, or names a branch that is not there.
std::optional<std::string> default_branch_of(const sys::Repository& git, sys::References& references);

// What the default branch may well be where nothing tells it: the one branch of a name that defaults have. Nothing
// where there are several, or where only one branch was cloned.
std::optional<std::string> guess_default_branch(const sys::Repository& git, const sys::References& references);

// The command that writes it down; empty without a remote.
std::string default_branch_command(const sys::Repository& git);

}
