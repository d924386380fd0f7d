#pragma once
#include "base/result.h"
#include "base/time.h"
#include <cstdint>
#include <span>
#include <string>
#include <vector>

// Decides from plain values which complete sets of one app in one store may be deleted, which stay, and by which rule.
namespace fairlead::backup {

struct Keep {
    std::int64_t days = 0; // all sets younger than this stay; 0: no such rule
    // the number of periods of which one set stays; periods without a set don't count
    std::int64_t last = 0, daily = 0, weekly = 0, monthly = 0, yearly = 0;
    Milliseconds pitr{0}; // for base backups: how far back every moment can be restored; 0: all bases and all WAL stay
    bool is_empty() const { return days + last + daily + weekly + monthly + yearly == 0; } // all sets stay
};

struct Candidate {
    std::string id;
    SystemTime time;
    bool is_verified = false;
    bool is_marked = false;   // a user marked it with keep
    std::string needed;       // the process that needs the set: "restore of host web1"; empty: there is no such process
    bool is_latest = false;   // the newest set by the order of order_by_chain()
    std::string sources = {}; // "db, uploads": sets with other sources are counted separately
};

struct Fate {
    std::string id;
    SystemTime time;
    bool stays = true;
    std::string reason; // each rule that keeps the set, or why it is deleted: "daily 3 of 7 (2026-01-29), last 2 of 3"
};

// Returns one Fate per candidate, newest first. The rules count sets with different sources separately. Days are UTC
// days, weeks are ISO 8601 weeks. The first set of a period is the set that stays for this period.
std::vector<Fate> decide(std::vector<Candidate> candidates, const Keep& keep, SystemTime now);

enum class Many { refused, allowed };
// Error (no): the clock is earlier than the newest set, or more than half of the sets would be deleted at once.
Result<void> check_fates(std::span<const Fate> fates, SystemTime now, Many many);

}
