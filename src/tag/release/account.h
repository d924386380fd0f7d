#pragma once
#include "tag/release/people.h"
#include "tag/release/pull_requests.h"
#include "tag/version/commit_types.h"
#include <cstddef>
#include <string>
#include <vector>

// What became of each commit of a range: a changelog's entry, alone or with others, or left out for a reason.
namespace fairlead::tag {

struct LogCommit {
    std::string id; // 40 hex digits
    std::vector<std::string> parents;
    std::string text; // the message
    std::vector<Person> people;
    bool by_host = false; // made by a button of GitHub: a merge, a squash
    bool own = true;      // false: it concerns other components, and nobody counts it
    bool undone = false;  // a revert whose target is in the range, or that target
};

struct Change {
    std::vector<std::size_t> commits;        // numbers of LogCommits, oldest first; never empty
    std::optional<PullRequest> pull_request; // that brought them
    CommitMessage message;                   // of its title
    const CommitType* type = nullptr;        // lives as long as the table
    bool breaking = false;
    std::vector<std::string> notes; // what is breaking about it, where commits say so
    std::vector<Person> people;     // who made it, each once; bots only where nobody else did
    std::string section;            // where it is listed; empty: under what is breaking only
    std::string left_out;           // why it is not listed: "chore", "merge"; empty: it is
    std::size_t newest() const { return commits.back(); }
};

// `commits`: newest first, the first one having all others behind it. Each commit that is `own` is in exactly one
// change, and these come newest first.
// - A pull request is one change with the commits that its merge brought, but for those of pull requests of their own.
//   One between long-lived branches is a merge like any other.
// - Its type is that of its title, else the highest of its commits'.
// - Left out are: merges without a pull request, what is undone, what only names a release; types whose row has no
//   section, and those of the house (chore, ci, docs …) and what bots do, as long as no row names them.
std::vector<Change> account_for(const std::vector<LogCommit>& commits, const CommitTypes& types, const WebLinks& links);

}
