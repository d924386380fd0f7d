#pragma once
#include "backup/sets.h"
#include "base/time.h"
#include "sys/data/json_fwd.h"
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// How good the backups of an app are: what would be lost now, and how long it would take to come back.
namespace fairlead::backup {

struct Wanted {
    Milliseconds max_age{0};        // of the newest set; 0: not asked
    Milliseconds max_unverified{0}; // since the last verification that passed; 0: not asked
    Milliseconds rpo{0}, rto{0};    // 0: not asked
    int level = 3;                  // from which on a verification counts
};

struct Standing {
    std::size_t count = 0, unfinished = 0;
    std::size_t unsigned_results = 0; // sets with a verification that no trusted key signed, and none that counts
    std::uint64_t bytes = 0;
    const Set* newest = nullptr;                // null: there is none
    const Set* newest_verified = nullptr;       // null: none was ever verified
    std::optional<Milliseconds> age;            // of the newest
    std::optional<Milliseconds> since_verified; // since the last verification that passed
    std::optional<Milliseconds> rpo;            // the age of the newest verified one: what is lost for sure no more
    std::optional<Milliseconds> rto;            // as the last restore into a scratch server took, and 10 %
    std::string others;                         // whose sets the store has instead
    std::vector<std::string> failures;          // empty: all is as wanted
};

Standing standing_of(const Found& found, const Wanted& wanted, std::optional<Milliseconds> rto, SystemTime now);

// Of one source that is configured: the newest set that holds it.
struct SourceTimes {
    std::string name;
    std::optional<SystemTime> newest, verified; // nothing: no set does
};
// What is lost of a source counts, not what the newest set happens to hold.
void judge_sources(Standing& standing, std::span<const SourceTimes> sources, const Wanted& wanted, SystemTime now);

std::string counted(std::size_t count, std::string_view one, std::string_view many); // "2 sets"
std::string shown_past(Milliseconds age); // "3 h old", "3 h ahead of this clock"
std::string shown_age(Milliseconds age);  // "3 h", "12 days"
// "verified 3 h ago (level 4)", "FAILED …", "not verified"
std::string shown_verification(const Set& set, int level, SystemTime now);
std::string shown_bytes(std::uint64_t bytes);               // "1.4 GiB"
sys::Json seconds_of(std::optional<Milliseconds> duration); // whole ones; null: nothing
struct Measured {
    std::string source = {}; // of pgBackRest; empty: the sets
    Standing standing = {};
};
// OpenMetrics text: fairlead_backup_age_seconds{app="shop"} 3600, of a source {app="shop",source="cluster"} …
std::string open_metrics(std::span<const Measured> all, const std::string& app);

}
