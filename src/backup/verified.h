#pragma once
#include "backup/sets/sets.h"
#include "backup/stores/store.h"
#include "report/report.h"
#include "sys/clock.h"
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// Results of verifications, stored next to their sets, and the choice of the results that count.
namespace fairlead::backup {

struct Job;

// the largest expected difference between the clocks of a claim's writer and its reader
constexpr std::chrono::minutes clocks_differ{10};

struct Level {
    int level = 0;
    bool passed = true;
    std::string failure; // why it failed
    Milliseconds took{0};
    std::uint64_t bytes = 0; // bytes read
    const char* what = "";   // what was proven
};

struct Verdict {
    std::string id, host;
    SystemTime at;
    std::vector<Level> levels;
    Manifest manifest = {};      // without parts: the manifest could not be opened
    Milliseconds restored_in{0}; // for level 4: the time of reading, restoring and counting
    bool passed() const;
    int level() const; // the highest level that was tried
};

// Runs the steps one after the other, up to the wanted level or the first failure. Error: a step could not be run, so
// nothing is known about the backup.
struct Step {
    const char* what;
    std::function<Result<void>(std::uint64_t& read)> prove; // error (no): the proof failed
};
Result<Verdict> prove(const std::string& id, const std::vector<Step>& steps, int wanted, sys::Clock& clock);
report::Report report_of(const Verdict& verdict);

// Returns the stored form of the verdict: a JSON object, signed if there is a key.
std::string record_of(const Job& job, const Verdict& verdict);
// Stores the verdict in the first store.
Result<void> keep_verdict(const Job& job, const Verdict& verdict);
// Stores damage that another command found, as a failed verification of level 2 (the bytes differ from the manifest).
// An error that proves no damage is not stored. If storing fails, warns.
void keep_damage(const Job& job, const Manifest& manifest, const Error& damage);
// Decides which claims of a set are valid. If the manifest has a fault, no claim is valid. A claim's record must be
// readable, agree with its name, and not be from the future. If trusted keys are configured, one of them must have
// signed the record, and the record must be about the dumped data that the manifest names.
Result<void> judge(const Job& job, Store& store, Set& set);
// Lists and judges the app's sets in a store, without the sets of other owners.
Result<Found> list_judged(const Job& job, Store& store);
// Returns the time that the newest valid verification of level 4 measured, plus 10 %. Nothing: there is no such
// verification, or its record can't be read.
Result<std::optional<Milliseconds>> last_restore_time(const Job& job, const Found& found);

}
