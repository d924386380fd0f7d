#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include <string>
#include <vector>

// Decides the stages of `fairlead recover` and their order from plain values.
namespace fairlead::chain {

struct Backup {               // a set of backups, as fairlead-backup lists it
    std::string id, verified; // `verified`: time of the verification; empty: never
    long long age_seconds = 0;
    bool is_unsigned = false; // a verification passed, but no trusted key signed it
};
Result<std::vector<Backup>> backups_in(const std::string& json); // newest first

// The state of a recovery. It is stored (recovery_file.h), so that an interrupted recovery continues with the same set.
struct Recovery {
    std::string set;
    std::string release; // the release that served, and is started again; empty: nothing was deployed
    // sets that this and earlier recoveries made of the database that still answered
    std::vector<std::string> emergency;
    std::vector<std::string> done; // finished stages
    bool goes_on = false;          // an earlier call began it and did not finish
    std::string began = {};        // time in UTC
    bool has(const std::string& stage) const;
};
sys::Json to_json(const Recovery& recovery);
Recovery recovery_from(const sys::Json& object); // unknown content is left out

// Returns the set with the id `named`, or with that part in its id; if `named` is empty, the newest verified set that
// no recovery made of the broken database. Error: usage (no such set), or no (no set can be chosen).
Result<Backup> choose(const std::vector<Backup>& sets, const std::string& named, const Recovery& before);

struct Stage {
    std::string name;                               // status, backup, stop, restore, swap, start, smoke
    std::vector<std::vector<std::string>> commands; // as people type them
    std::string note = {};                          // printed instead of a command, or after the commands
};
struct Ground {
    std::string environment; // empty: fairlead.yml has no environments
    std::string config = {}; // --config, as given
    bool deploys = false, smokes = false;
};
inline constexpr const char* of_what_answers = "ID"; // placeholder for the set that stage "backup" makes
// Returns the stages in their order. No stage deletes backups.
std::vector<Stage> stages(const Ground& ground, const Recovery& recovery);
std::string shown(const std::vector<Stage>& stages);
std::string line_of(const std::vector<std::string>& words); // a command, to be pasted into a shell

}
