#pragma once
#include "base/result.h"
#include "sys/environment.h"
#include "sys/json.h"
#include <span>
#include <string>
#include <string_view>

namespace fairlead::scan {

// The commits that a change brings: reachable from `head` and not from `base`.
struct Range {
    std::string base;       // empty: see `branch`
    std::string head;       // empty: the change brings no commit (a branch was deleted)
    std::string branch;     // without `base` the range begins where head left this one; empty: everything is new
    std::string about;      // "pull request #7", for the reader
    bool from_fork = false; // what silences findings is then taken from `base`, not from `head`
    bool forced = false;    // a forced push: `base` may be gone, then as without it
};

// "A..B", "A...B" (the same commits), "A.." and "A" (to HEAD). Error: usage.
Result<Range> parse_range(std::string_view words);

// From the payload of pull_request, pull_request_target, merge_group or push (docs.github.com, "Webhook events and
// payloads"). Error (usage) for other events and for a payload without what it needs.
Result<Range> range_of_event(std::string_view event, const sys::Json& payload);

// The range that was named or, where none was, that of the event that started the job.
Result<Range> range_wanted(std::span<const std::string> words, const sys::Environment& environment);

}
