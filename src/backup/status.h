#pragma once
#include "backup/sets/sets.h"
#include "base/time.h"
#include "sys/data/json_fwd.h"
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The state of an app's backups: how much would be lost now, and how long a restore would take.
namespace fairlead::backup {

struct Wanted {
    Milliseconds max_age{0};        // of the newest set; 0: not checked
    Milliseconds max_unverified{0}; // since the last verification that passed; 0: not checked
    Milliseconds rpo{0}, rto{0};    // 0: not checked
    int level = 3;                  // the lowest level of a verification that counts
};

struct Standing {
    std::size_t count = 0, unfinished = 0;
    // sets that have a verification without a trusted key's signature, and no verification that counts
    std::size_t unsigned_results = 0;
    std::uint64_t bytes = 0;
    const Set* newest = nullptr;                // null: there is no set
    const Set* newest_verified = nullptr;       // null: no set was ever verified
    std::optional<Milliseconds> age;            // of the newest set
    std::optional<Milliseconds> since_verified; // since the last verification that passed
    std::optional<Milliseconds> rpo;   // the age of the newest verified set: at most so much data would be lost
    std::optional<Milliseconds> rto;   // the time of the last restore into a scratch server, plus 10 %
    std::string others;                // if there are no sets: the owners of the store's sets
    std::vector<std::string> failures; // empty: everything is as wanted
};

Standing standing_of(const Found& found, const Wanted& wanted, std::optional<Milliseconds> rto, SystemTime now);

// The times of the newest sets with one configured source.
struct SourceTimes {
    std::string name;
    std::optional<SystemTime> newest, verified; // nothing: no set has the source
};
// Judges each source by the newest set with this source, because the newest set may lack some sources.
void judge_sources(Standing& standing, std::span<const SourceTimes> sources, const Wanted& wanted, SystemTime now);

std::string shown_past(Milliseconds age); // "3 h old", "3 h ahead of this clock"
std::string shown_age(Milliseconds age);  // "3 h", "12 days"
// "verified 3 h ago (level 4)", "FAILED …", "not verified"
std::string shown_verification(const Set& set, int level, SystemTime now);
sys::Json seconds_of(std::optional<Milliseconds> duration); // whole seconds; null: no value
struct Measured {
    std::string source = {}; // the name of a source that pgBackRest backs up; empty: the figures are those of the sets
    Standing standing = {};
};
// Returns OpenMetrics text: fairlead_backup_age_seconds{app="shop"} 3600; for a source {app="shop",source="cluster"} …
std::string open_metrics(std::span<const Measured> all, const std::string& app);

}
