#pragma once
#include "base/result.h"
#include "deploy/components/group.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::deploy {

// The releases that the last run deployed, and whether the run was completed. Stored in components.json.
struct LastRun {
    struct One {
        std::string component, release, previous; // release and previous are ids; previous empty: nothing served before
        bool operator==(const One&) const = default;
    };
    std::vector<One> parts; // in the order in which they were deployed
    bool done = true;
    bool operator==(const LastRun&) const = default;
};
std::string to_json(const LastRun& run);
Result<LastRun> parse_last_run(std::string_view text, const std::string& file);

// Reads the group's last run. If the file is damaged, warns and returns an empty run.
Result<LastRun> read_last_run(const Group& group);
Result<void> write(const Group& group, const LastRun& run);
// Adds a part. If the run already has a part of this component, because an interrupted run is continued with another
// release, the new part replaces it. `previous` then stays the release that served before the interrupted run.
void add(LastRun& run, LastRun::One part);

}
