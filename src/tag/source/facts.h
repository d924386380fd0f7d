#pragma once
#include "base/result.h"
#include "base/time.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::tag {

struct DefaultBranch {
    std::string name;    // empty: not known
    std::string doubt;   // why it is only a guess, or not known; empty: it is known, or there is nothing to say
    std::string command; // that brings it where it is not known; empty: there is none
};

// What a decision rests on: the event, the commit and the repository, wherever they came from.
struct Facts {
    std::string event; // push, pull_request, schedule …
    std::string ref;   // refs/heads/main; empty: not known
    std::string sha;   // empty: not known
    SystemTime now{};
    std::optional<std::string> base_ref;               // of the payload of a tag push
    std::optional<std::string> pull_base_ref;          // branch that a pull request wants to go into
    std::vector<std::string> pull_labels;              // of a pull request, as its payload has them
    std::optional<std::string> payload_default_branch; // what is_default_branch compares with
    std::string short_sha_length;                      // of {{sha}} and type=sha, a number; empty: 7
    std::string tag_prefix;                            // of a component: `api/v`; empty: none

    // Asked only when a rule needs them.
    std::function<SystemTime()> commit_date;
    std::function<DefaultBranch()> default_branch;
    std::function<Result<std::string>()> commit_count, describe, distance;
    using Each = std::function<Result<void>(std::string_view)>;
    // Every tag of the repository that is here, without refs/tags/, in any order.
    std::function<Result<void>(const Each&)> each_tag;
    // Those that may be missing, as another source knows them; none when all are here. Error (could_not): nothing
    // tells, with the command that brings them.
    std::function<Result<void>(const Each&)> other_tags;
    // Whether a tag of each_tag has a name and leads to nothing: what git passes over.
    std::function<bool(std::string_view)> is_broken = nullptr;
};

// The rest of the ref when it begins so: "main" for refs/heads/.
std::optional<std::string> branch_of(const Facts& facts);
std::optional<std::string> tag_of(const Facts& facts);
std::optional<std::string> pull_of(const Facts& facts); // "15/merge"
Result<std::string> short_sha(const Facts& facts);      // usage: its length is no number
bool is_default_branch(const Facts& facts);

// What the labels say about the repository; missing data is empty.
struct RepositoryFacts {
    std::string title, description, url, licence;
};

}
