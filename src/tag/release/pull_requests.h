#pragma once
#include "tag/source/web_links.h"
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// Recognises in a commit message which pull request (GitLab: merge request) brought it.
namespace fairlead::tag {

struct PullRequest {
    std::string number;                  // digits
    std::string title;                   // empty: the message has no title
    char mark = '#';                     // '!' on GitLab
    std::string owner = {}, branch = {}; // the source, if the message names it; empty owner: the same repository
};

// Knows `Merge pull request #12 from a/b` (GitHub), `Merge pull request 'Title' (#12) from …` (Gitea), `Merged in x
// (pull request #12)` (Bitbucket), a line `See merge request group/project!12` (GitLab), `Title (#12)` (squashed on
// GitHub, if no issue has that number) and `Title (!12)` (GitLab). In the first and third form the title is in the
// body.
std::optional<PullRequest> pull_request_of(std::string_view message, Host host);

// Returns whether a pull request goes from one long-lived branch of the repository (develop, next, release/2) to
// another, so that it contains other people's pull requests. `owner`: the repository's owner. A main branch of a fork
// doesn't count: contributors often work there.
bool is_between_lines(const PullRequest& pull, std::string_view owner);

// Returns whether the message is like "Merge branch 'x'", which says nothing about the change itself.
bool is_plain_merge(std::string_view message);

// Returns the digits at the start of `text` if they can be an issue's number: no leading zero, not too large; else
// empty.
std::string_view issue_number(std::string_view text);

}
