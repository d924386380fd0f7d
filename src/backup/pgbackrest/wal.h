#pragma once
#include "base/result.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// PostgreSQL's names of archived files: 000000010000000000000003 is timeline 1, log 0, segment 3.
namespace fairlead::backup::pgbackrest {

struct Segment {
    std::uint32_t timeline = 0;
    std::uint64_t number = 0; // counted from 0 over everything that the cluster ever wrote
    bool operator==(const Segment&) const = default;
};
constexpr std::uint64_t usual_segment = 16u << 20; // bytes

// Nothing: the name is not that of a whole segment.
std::optional<Segment> parse_segment(std::string_view name, std::uint64_t segment_bytes);
std::string segment_name(const Segment& segment, std::uint64_t segment_bytes);
// "0/2000028" -> 33554472
std::optional<std::uint64_t> parse_lsn(std::string_view text);

// A line of 00000003.history: timeline 3 follows `timeline`, which is valid up to `lsn`.
struct Turn {
    std::uint32_t timeline = 0;
    std::uint64_t lsn = 0;
    bool operator==(const Turn&) const = default;
};
// Returns the lines, the oldest first. Error (no) includes `name`, the name of the history file.
Result<std::vector<Turn>> read_history(std::string_view text, const std::string& name);
std::string history_name(std::uint32_t timeline); // "00000003.history"
std::uint32_t timeline_of(std::string_view name); // of any archived file: its first eight digits

struct Range { // both ends included
    Segment first, last;
    bool operator==(const Range&) const = default;
};
struct WalStanding {
    std::vector<Range> ranges;
    std::vector<Range> gaps; // ranges of missing segments
};
// The beginning of a timeline. The WAL of its parent must reach the segment `number`.
struct Fork {
    std::uint32_t timeline = 0, parent = 0;
    std::uint64_t number = 0;
};
// Returns the ranges of existing segments by timeline, and the gaps between them, from `from` on, where recovery
// begins. A timeline without a Fork counts as a child of the timeline before it, which it leaves at its own first
// segment.
WalStanding standing_of(std::vector<Segment> there, std::optional<Segment> from, std::vector<Fork> forks = {});

}
