#pragma once
#include "backup/pitr/bases.h"
#include "backup/retention.h"
#include <optional>
#include <vector>

// What point-in-time recovery has to keep: moments of the last `keep.pitr`, which need the newest base before them and
// all WAL since. Older bases that rules of `keep` hold need only what they were made with.
namespace fairlead::backup::pitr {

struct Division {
    std::vector<const Base*> window, older; // into the bases that were divided, newest first
    std::optional<Segment> from;            // what recovery within the window may begin with; nothing: there is no base
};
Division divide(const Bases& bases, const Keep& keep, SystemTime now);

// Whether a file of WAL stays; of histories: always.
bool is_needed(const std::string& name, const Division& division, const std::vector<const Base*>& kept_older);

}
