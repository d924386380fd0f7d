#pragma once
#include "backup/job.h"
#include <string>
#include <vector>

// The sets of a store made to open by other keys: the header of each file anew, in front of the same content.
namespace fairlead::backup {

enum class DryRun { no, yes };

struct Rotation {
    std::string store;
    std::size_t done = 0, were = 0;  // sets: made for the recipients now, and before
    std::vector<std::string> failed; // why one is as it was
};

// Under the store's lock. Each set can be read at every moment: the new files stand beside the old ones, are read
// back, and the manifest, replaced at once, says which count. Killed anywhere it can be run again.
Result<Rotation> rotate_store(const Job& job, Store& store, DryRun dry_run, Milliseconds wait);

}
