#pragma once
#include "base/result.h"
#include "deploy/components/group.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::deploy {

// What the last run deployed, and whether it came to its end; components.json.
struct LastRun {
    struct One {
        std::string component, release, previous; // ids; no previous: nothing served before
        bool operator==(const One&) const = default;
    };
    std::vector<One> parts; // in the order in which they were deployed
    bool done = true;
    bool operator==(const LastRun&) const = default;
};
std::string to_json(const LastRun& run);
Result<LastRun> parse_last_run(std::string_view text, const std::string& file);

// Of that group; a damaged one is told and taken for none.
Result<LastRun> read_last_run(const Group& group);
Result<void> write(const Group& group, const LastRun& run);
// A run that was interrupted and is gone on with by another release is one: it began at what served before the first.
void add(LastRun& run, LastRun::One part);

}
