#pragma once
#include "tag/source/web_links.h"
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// How hosts write into a commit which pull request (GitLab: merge request) brought it.
namespace fairlead::tag {

struct PullRequest {
    std::string number;                  // digits
    std::string title;                   // empty: the message has none
    char mark = '#';                     // '!' on GitLab
    std::string owner = {}, branch = {}; // where it came from, where the message says so; no owner: of the repository
};

// `Merge pull request #12 from a/b` (GitHub), `Merge pull request 'Title' (#12) from …` (Gitea), `Merged in x (pull
// request #12)` (Bitbucket), a line `See merge request group/project!12` (GitLab), `Title (#12)` (squashed on GitHub,
// where no issue has that number) and `Title (!12)` (GitLab).
// In the first and the third the title stands in the body.
std::optional<PullRequest> pull_request_of(std::string_view message, Host host);

// A pull request from one long-lived branch of the repository (develop, next, release/2) to another: it brings what
// others made. `owner`: of the repository; a contributor's fork may well be changed on its main branch.
bool is_between_lines(const PullRequest& pull, std::string_view owner);

// "Merge branch 'x'" and the like: it says that something was merged, and not what.
bool is_plain_merge(std::string_view message);

// The digits that `text` begins with, as a number of an issue: no leading zero, nothing absurd; else empty.
std::string_view issue_number(std::string_view text);

}
