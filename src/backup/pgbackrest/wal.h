#pragma once
#include "base/result.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// How PostgreSQL names what it archives: 000000010000000000000003 is timeline 1, log 0, segment 3.
namespace fairlead::backup::pgbackrest {

struct Segment {
    std::uint32_t timeline = 0;
    std::uint64_t number = 0; // of all that the cluster ever wrote, from 0
    bool operator==(const Segment&) const = default;
};
constexpr std::uint64_t usual_segment = 16u << 20; // bytes

// Nothing: it is no whole segment's name.
std::optional<Segment> parse_segment(std::string_view name, std::uint64_t segment_bytes);
std::string segment_name(const Segment& segment, std::uint64_t segment_bytes);
// "0/2000028" -> 33554472
std::optional<std::uint64_t> parse_lsn(std::string_view text);

// A line of 00000003.history: timeline 3 comes from `timeline`, which counts up to `lsn`.
struct Turn {
    std::uint32_t timeline = 0;
    std::uint64_t lsn = 0;
    bool operator==(const Turn&) const = default;
};
// The oldest first. Error (no) with `name`, which says whose history it is.
Result<std::vector<Turn>> read_history(std::string_view text, const std::string& name);
std::string history_name(std::uint32_t timeline); // "00000003.history"
std::uint32_t timeline_of(std::string_view name); // of any archived file: its first eight digits

struct Range { // whole, both ends included
    Segment first, last;
    bool operator==(const Range&) const = default;
};
struct WalStanding {
    std::vector<Range> ranges;
    std::vector<Range> gaps; // of which no segment is there
};
// Where a timeline begins: in the segment of that number, until which its parent has to reach.
struct Fork {
    std::uint32_t timeline = 0, parent = 0;
    std::uint64_t number = 0;
};
// What is there by timeline, and what is missing between and from `from` on, where recovery begins. A timeline of
// which no fork is told is taken for the child of the one before, from its first segment on.
WalStanding standing_of(std::vector<Segment> there, std::optional<Segment> from, std::vector<Fork> forks = {});

}
