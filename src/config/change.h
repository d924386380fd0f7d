#pragma once
#include "base/result.h"
#include "sys/environment.h"
#include <string>
#include <string_view>

namespace fairlead::config {

// The change that a job is about, from the event that started the job. It tells every tool which files count. For a
// foreign change, configuration and policy come from the base commit, whatever is checked out.
struct Change {
    std::string event;           // "pull_request"; empty: no event, or an event without a change
    std::string about;           // "pull request #7", for readers
    std::string number;          // of a pull request; empty: there is none, or it is unknown
    std::string base, head;      // commits as the event names them (000… is possible for a push); empty: not named
    std::string merged;          // the merge of `base` and `head` that the CI checked out; empty: it checked out `head`
    std::string ref;             // for a push
    std::string default_branch;  // of the repository; empty: unknown
    bool forced = false;         // a push that may have removed `base`
    bool of_two_commits = false; // a pull request or a merge group: `head` is to be merged into `base`
    bool foreign = false;        // it is not trusted here, such as a pull request from a fork
    bool has_rights = false;     // with `foreign`: the job still has the base's secrets and token
    std::string why;             // with `foreign`: "comes from a fork"
};

// Reads the job's event (docs.github.com, "Events that trigger workflows"; docs.gitlab.com, "Predefined CI/CD
// variables"). Error (usage): the event may be about a foreign change, but its payload doesn't say who made it, or
// which base it has.
Result<Change> change_of_job(const sys::Environment& environment);

// Does the same with a payload's text; `sha` is the commit that the job was started for (GITHUB_SHA).
Result<Change> change_of_event(std::string_view event, std::string_view payload, const std::string& sha);

bool is_commit_id(std::string_view text); // 40 or 64 hex digits
bool is_no_commit(std::string_view text); // 000…: the branch didn't exist before, or was deleted

}
