#pragma once
#include "tag/release/people.h"
#include "tag/release/pull_requests.h"
#include "tag/version/commit_types.h"
#include <cstddef>
#include <string>
#include <vector>

// Assigns each commit of a range to a changelog entry, alone or with other commits, or leaves it out for a reason.
namespace fairlead::tag {

struct LogCommit {
    std::string id; // 40 hex digits
    std::vector<std::string> parents;
    std::string text; // the message
    std::vector<Person> people;
    bool by_host = false; // made by a button of GitHub: a merge, a squash
    bool own = true;      // false: it concerns only other components, and is not counted
    bool undone = false;  // a revert whose target is in the range, or such a target
};

struct Change {
    std::vector<std::size_t> commits;        // indexes of LogCommits, oldest first; never empty
    std::optional<PullRequest> pull_request; // the pull request that brought the commits
    CommitMessage message;                   // from its title
    const CommitType* type = nullptr;        // valid as long as the table of types
    bool breaking = false;
    std::vector<std::string> notes; // the breaking changes, if commits describe them
    std::vector<Person> people;     // the authors, each once; bots only if nobody else
    std::string section;            // section in the changelog; empty: only listed among breaking changes
    std::string left_out;           // why it is not listed: "chore", "merge"; empty: it is listed
    std::size_t newest() const { return commits.back(); }
};

// `commits`: newest first; the first commit must have all others as ancestors. Each commit with `own` is in exactly one
// change; changes are sorted newest first.
// - A pull request is one change with the commits of its merge, except those of other pull requests. A pull request
// between long-lived branches is treated as an ordinary merge.
// - Its type is that of its title, else the highest type of its commits.
// - Left out are: merges without a pull request; undone commits; commits that only name a release; types whose row has
// no section; and, unless a row names them, chores (chore, ci, docs …) and commits of bots.
std::vector<Change> account_for(const std::vector<LogCommit>& commits, const CommitTypes& types, const WebLinks& links);

}
