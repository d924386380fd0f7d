#pragma once
#include "base/result.h"
#include "sys/environment.h"
#include <string>
#include <string_view>

namespace fairlead::config {

// The change that a job is about, as the event that started it tells. Whose word counts follows from it, in every tool:
// of a foreign change configuration and policy are the base commit's, whatever is checked out.
struct Change {
    std::string event;           // "pull_request"; empty: no event, or none that tells of a change
    std::string about;           // "pull request #7", for the reader
    std::string base, head;      // commits as the event names them (a push's may be 000…); empty: it names none
    std::string merged;          // the commit that the CI made of both and checked out, or empty
    std::string ref;             // of a push
    std::string default_branch;  // of the repository; empty: not told
    bool forced = false;         // a push whose `base` may be gone
    bool of_two_commits = false; // a pull request or a merge group: `base` is what `head` is to be merged into
    bool foreign = false;
    bool has_rights = false; // with `foreign`: the job has the base's secrets and token all the same
    std::string why;         // with `foreign`: "comes from a fork"
};

// Of the job's event (docs.github.com, "Events that trigger workflows"; docs.gitlab.com, "Predefined CI/CD variables").
// Error (usage): the event may be about a foreign change, and its payload doesn't tell whose or which base it has.
Result<Change> change_of_job(const sys::Environment& environment);

// The same of a payload's text; `sha` is what the job was started for (GITHUB_SHA).
Result<Change> change_of_event(std::string_view event, std::string_view payload, const std::string& sha);

bool is_commit_id(std::string_view text); // 40 or 64 hex digits
bool is_no_commit(std::string_view text); // 000…: a branch that wasn't there, or is gone

}
