#pragma once
#include "backup/job.h"
#include <string>
#include <vector>

// Key rotation: makes the sets of a store readable with other keys. Each file gets a new header; its content stays.
namespace fairlead::backup {

enum class DryRun { no, yes };

struct Rotation {
    std::string store;
    std::size_t done = 0, were = 0;  // numbers of sets: changed now; already encrypted for the current recipients
    std::vector<std::string> failed; // the reasons why sets were not changed
};

// Holds the store's lock. Each set stays readable at every moment: the new files are written next to the old files and
// read back. Then the manifest, which names the valid files, is replaced in one step. If the process is killed, the
// rotation can be run again.
Result<Rotation> rotate_store(const Job& job, Store& store, DryRun dry_run, Milliseconds wait);

}
