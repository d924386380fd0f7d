#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include <string>
#include <vector>

// What `fairlead recover` does, and in which order: decided from plain values.
namespace fairlead::chain {

struct Backup {               // a set, as fairlead-backup lists it
    std::string id, verified; // when; empty: never
    long long age_seconds = 0;
    bool is_unsigned = false; // a verification passed, and no trusted key signed that
};
Result<std::vector<Backup>> backups_in(const std::string& json); // the newest first

// What is known of a recovery; kept (recovery_file.h), so that one that was interrupted goes on with the same set.
struct Recovery {
    std::string set;
    std::string release;                // what served, and is started again; empty: nothing was deployed
    std::vector<std::string> emergency; // sets of what still answered, of this recovery and of those before
    std::vector<std::string> done;      // stages
    bool goes_on = false;               // it was begun and not ended
    std::string began = {};             // when, in UTC
    bool has(const std::string& stage) const;
};
sys::Json to_json(const Recovery& recovery);
Recovery recovery_from(const sys::Json& object); // what isn't ours is left out

// The newest verified set that no recovery made of what was broken, or the one that is named by its id or a part of it.
// Error: usage, or no where there is none.
Result<Backup> choose(const std::vector<Backup>& sets, const std::string& named, const Recovery& before);

struct Stage {
    std::string name;                               // status, backup, stop, restore, swap, start, smoke
    std::vector<std::vector<std::string>> commands; // as people type them
    std::string note = {};                          // in the place of a command, or behind them
};
struct Ground {
    std::string environment; // empty: fairlead.yml has none
    std::string config = {}; // --config, as it was given
    bool deploys = false, smokes = false;
};
inline constexpr const char* of_what_answers = "ID"; // the set that the second stage makes
// In the order in which they are done. Nothing is pruned.
std::vector<Stage> stages(const Ground& ground, const Recovery& recovery);
std::string shown(const std::vector<Stage>& stages);
std::string line_of(const std::vector<std::string>& words); // of a command, to be pasted into a shell

}
