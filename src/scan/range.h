#pragma once
#include "base/result.h"
#include "config/change.h"
#include <span>
#include <string>
#include <string_view>

namespace fairlead::scan {

// The commits that a change brings: reachable from `head` and not from `base`.
struct Range {
    std::string base;      // empty: see `branch`
    std::string head;      // empty: the change brings no commit (a branch was deleted)
    std::string branch;    // without `base` the range begins where head left this one; empty: everything is new
    std::string about;     // "pull request #7", for the reader
    bool of_event = false; // of the one that started the job; not named by hand
    bool forced = false;   // a forced push: `base` may be gone, then as without it
};

// "A..B", "A...B" (the same commits), "A.." and "A" (to HEAD). Error: usage.
Result<Range> parse_range(std::string_view words);

// Of a pull request, a merge group or a push. Error (usage) for other events and for one that names no commits.
Result<Range> range_of_change(const config::Change& change);

// The range that was named or, where none was, that of the event that started the job.
Result<Range> range_wanted(std::span<const std::string> words, const config::Change& change);

}
