#pragma once
#include "backup/sets.h"
#include "backup/stores/store.h"
#include "report/report.h"
#include "sys/clock.h"
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// What a verification found, kept beside its set, and which of these records count.
namespace fairlead::backup {

struct Job;

constexpr std::chrono::minutes clocks_differ{10}; // between who wrote a claim and who reads it

struct Level {
    int level = 0;
    bool passed = true;
    std::string failure; // why not
    Milliseconds took{0};
    std::uint64_t bytes = 0; // read
    const char* what = "";   // was proven
};

struct Verdict {
    std::string id, host;
    SystemTime at;
    std::vector<Level> levels;
    Manifest manifest = {};      // without parts: it could not be opened
    Milliseconds restored_in{0}; // of level 4: reading, restoring and counting
    bool passed() const;
    int level() const; // the highest that was asked
};

// One after the other, up to the level that is wanted or the first that fails. Error: what could not be asked; it says
// nothing of what is proven.
struct Step {
    const char* what;
    std::function<Result<void>(std::uint64_t& read)> prove; // error (no): it isn't so
};
Result<Verdict> prove(const std::string& id, const std::vector<Step>& steps, int wanted, sys::Clock& clock);
report::Report report_of(const Verdict& verdict);

// What is kept of it: a JSON object, signed where there is a key.
std::string record_of(const Job& job, const Verdict& verdict);
// In the first store.
Result<void> keep_verdict(const Job& job, const Verdict& verdict);
// What another command met: its bytes are not those of the manifest (level 2). Where it can't be kept, a warning; an
// error that proves no damage is not kept.
void keep_damage(const Job& job, const Manifest& manifest, const Error& damage);
// Which of a set's claims count: those whose record can be read and says what its name says; where keys are trusted,
// what one of them signed, of what the manifest says was dumped.
Result<void> judge(const Job& job, Store& store, Set& set);
// The sets of the app in a store, each of them judged; not the foreign ones.
Result<Found> list_judged(const Job& job, Store& store);
// As the newest verification of level 4 that counts measured it, and 10 %. Nothing: there is none, or none that can be
// read.
Result<std::optional<Milliseconds>> last_restore_time(const Job& job, const Found& found);

}
