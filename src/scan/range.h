#pragma once
#include "base/result.h"
#include "config/change.h"
#include <span>
#include <string>
#include <string_view>

namespace fairlead::scan {

// The commits of a change: reachable from `head`, but not from `base`.
struct Range {
    std::string base;      // empty: see `branch`
    std::string head;      // empty: the change has no commit (a branch was deleted)
    std::string branch;    // without `base`, the range begins where head left this branch; empty: all commits are new
    std::string about;     // "pull request #7", for messages
    bool of_event = false; // from the event that started the job, not given by a user
    bool forced = false;   // a forced push: `base` may be gone; then it is ignored
    bool unreachable = false; // with `all`: also commits that no reference leads to
    bool all = false;         // every commit that a reference leads to, instead of those of `head`
};

// "A..B", "A...B" (the same commits), "A.." and "A" (to HEAD). Error: usage.
Result<Range> parse_range(std::string_view words);

// Returns the range of a pull request, a merge group or a push. Error (usage): another event, or an event without
// commits.
Result<Range> range_of_change(const config::Change& change);

// Returns the given range or, without one, the range of the event that started the job.
Result<Range> range_wanted(std::span<const std::string> words, const config::Change& change);

}
