#pragma once
#include "backup/sets.h"
#include "backup/stores/store.h"
#include <optional>
#include <string>
#include <vector>

// What a verification found, kept beside its set.
namespace fairlead::backup {

struct Level {
    int level = 0;
    bool passed = true;
    std::string failure; // why not
    Milliseconds took{0};
    std::uint64_t bytes = 0; // read
};

struct Verdict {
    std::string id, host;
    SystemTime at;
    std::vector<Level> levels;
    Milliseconds restored_in{0}; // of level 4: reading, restoring and counting
    bool passed() const;
    int level() const; // the highest that was asked
};

Result<void> keep_verdict(Store& store, const Verdict& verdict);
// As the newest verification of level 4 that passed measured it, and 10 %. Nothing: there is none, or none that can be
// read.
Result<std::optional<Milliseconds>> last_restore_time(Store& store, const Found& found);

}
