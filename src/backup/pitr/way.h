#pragma once
#include "backup/pitr/archive.h"
#include "backup/pitr/bases.h"
#include <map>
#include <optional>
#include <string>
#include <vector>

// The way from a base through the WAL to a moment: which file is asked for where, and whether each is there.
namespace fairlead::backup::pitr {

// All that one store holds of WAL.
struct Wal {
    std::map<std::string, Archived> files;                // by PostgreSQL's name
    std::map<std::uint32_t, std::vector<Turn>> histories; // of timelines above the first
    std::vector<std::string> problems;                    // names with two contents, histories that can't be read
    std::vector<Segment> segments(std::uint64_t segment_bytes) const;
    std::vector<Fork> forks(std::uint64_t segment_bytes) const;
};
Result<Wal> list_wal(Store& store, const Job& job);

struct Stretch { // of one timeline
    std::uint32_t timeline = 0;
    std::uint64_t first = 0; // segment
};
// From the base to timeline `to`; error (no): the base isn't on its way.
Result<std::vector<Stretch>> way_of(const Base& base, std::uint32_t to, const Wal& wal);
Segment on_way(const std::vector<Stretch>& way, std::uint64_t number);

struct Reached {
    Segment last;                        // that recovery needs
    std::optional<SystemTime> last_time; // of a transaction that ended at or before the moment
};
// Reads each segment: whether all is there and whole up to `moment` (nothing: to the end of what is there). Error (no)
// names the first segments that are missing, or says up to when it goes.
Result<Reached> check_way(Store& store, const Job& job, const Base& base, const std::vector<Stretch>& way,
                          const Wal& wal, std::optional<SystemTime> moment);

// "000000010000000000000004 to 000000010000000000000006"
std::string shown(const Range& range, std::uint64_t segment_bytes);

}
