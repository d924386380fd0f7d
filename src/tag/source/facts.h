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
    std::string name;    // empty: unknown
    std::string doubt;   // why it is only a guess, or unknown; empty: it is known, or there is no reason to report
    std::string command; // makes the branch known; empty: there is no such command
};

// The facts for a decision: event, commit and repository, from any source.
struct Facts {
    std::string event; // push, pull_request, schedule …
    std::string ref;   // refs/heads/main; empty: unknown
    std::string sha;   // empty: unknown
    SystemTime now{};
    std::optional<std::string> base_ref;               // from the payload of a tag push
    std::optional<std::string> pull_base_ref;          // target branch of a pull request
    std::vector<std::string> pull_labels;              // labels of a pull request, from its payload
    std::optional<std::string> payload_default_branch; // is_default_branch() compares with this branch
    std::string short_sha_length;                      // for {{sha}} and type=sha, a number; empty: 7
    std::string tag_prefix;                            // of a component: `api/v`; empty: no prefix

    // These functions are called only if a rule needs them.
    std::function<SystemTime()> commit_date;
    std::function<DefaultBranch()> default_branch;
    std::function<Result<std::string>()> commit_count, describe, distance;
    using Each = std::function<Result<void>(std::string_view)>;
    // Calls `each` for every tag that is here, without refs/tags/, in any order.
    std::function<Result<void>(const Each&)> each_tag;
    // Calls `each` for tags that may be missing here, from another source; for none if all tags are here. Error
    // (could_not), with the command that fetches them: there is no other source.
    std::function<Result<void>(const Each&)> other_tags;
    // Returns whether a tag of each_tag points to nothing; git skips such tags.
    std::function<bool(std::string_view)> is_broken = nullptr;
};

// Return the rest of the ref if it has the right beginning: "main" for refs/heads/.
std::optional<std::string> branch_of(const Facts& facts);
std::optional<std::string> tag_of(const Facts& facts);
std::optional<std::string> pull_of(const Facts& facts); // "15/merge"
Result<std::string> short_sha(const Facts& facts);      // error (usage): the length is not a number
bool is_default_branch(const Facts& facts);

// Facts about the repository for labels; missing data is empty.
struct RepositoryFacts {
    std::string title, description, url, licence;
};

}
