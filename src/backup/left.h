#pragma once
#include "backup/sets.h"
#include <string>
#include <vector>

// What killed runs and copies left in a store.
namespace fairlead::backup {

struct Job;

// Takes it away: under the lock, so that none is at work. The ids of what was no whole set yet; `id` is not looked at.
Result<std::vector<std::string>> sweep_left(const Job& job, Store& store, const Found& found,
                                            const std::string& id = {});

}
