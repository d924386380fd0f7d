#pragma once
#include "base/result.h"
#include "base/time.h"
#include <cstdint>
#include <span>
#include <string>
#include <vector>

// What may go and what stays, and by which rule. Decided from plain values: whole sets of one app in one store.
namespace fairlead::backup {

struct Keep {
    std::int64_t days = 0;                                                 // all that are younger; 0: no such rule
    std::int64_t last = 0, daily = 0, weekly = 0, monthly = 0, yearly = 0; // of that many periods that have one
    Milliseconds pitr{0}; // of bases: moments that can be restored; 0: all bases and all WAL stay
    bool is_empty() const { return days + last + daily + weekly + monthly + yearly == 0; } // all stay
};

struct Candidate {
    std::string id;
    SystemTime time;
    bool is_verified = false;
    bool is_marked = false;   // somebody said that it stays
    std::string needed;       // by whom: "restore of host web1"; empty: nobody
    bool is_latest = false;   // of all, by what the sets say of one another
    std::string sources = {}; // "db, uploads": sets of other sources are counted apart
};

struct Fate {
    std::string id;
    SystemTime time;
    bool stays = true;
    std::string reason; // each rule that keeps it, or why it goes: "daily 3 of 7 (2026-01-29), last 2 of 3"
};

// Newest first, one for each candidate; the rules count among sets of the same sources. Days are UTC's, weeks ISO
// 8601's; the first set of a period is the one that stays for it.
std::vector<Fate> decide(std::vector<Candidate> candidates, const Keep& keep, SystemTime now);

enum class Many { refused, allowed };
// Error (no): the clock is before the newest set, or more than half would go at once.
Result<void> check_fates(std::span<const Fate> fates, SystemTime now, Many many);

}
