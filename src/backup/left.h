#pragma once
#include "backup/sets/sets.h"
#include <string>
#include <vector>

// Leftovers of killed runs and copies in a store.
namespace fairlead::backup {

struct Job;

// Removes the leftovers. The caller holds the store's lock, so no run is at work. Returns the ids of the incomplete
// sets. Doesn't check the complete set `id`.
Result<std::vector<std::string>> sweep_left(const Job& job, Store& store, const Found& found,
                                            const std::string& id = {});

}
