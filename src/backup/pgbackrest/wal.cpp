#include "backup/pgbackrest/wal.h"
#include "base/text.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <tuple>

namespace fairlead::backup::pgbackrest {
namespace {

constexpr std::size_t field_digits = 8; // digits of each of a segment's three numbers

bool is_number(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); });
}

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value, 16);
    if (text.empty() || text.size() > field_digits || read.ec != std::errc() || read.ptr != end) return {};
    return value;
}

std::uint64_t segments_of_log(std::uint64_t segment_bytes) { return (std::uint64_t{1} << 32) / segment_bytes; }

}

std::optional<Segment> parse_segment(std::string_view name, std::uint64_t segment_bytes) {
    if (name.size() != 3 * field_digits || !is_number(name)) return {};
    const auto timeline = hexadecimal(name.substr(0, field_digits)),
               log = hexadecimal(name.substr(field_digits, field_digits)),
               low = hexadecimal(name.substr(2 * field_digits));
    const auto each = segments_of_log(segment_bytes);
    if (!timeline || !log || !low || *low >= each) return {};
    return Segment{static_cast<std::uint32_t>(*timeline), *log * each + *low};
}

std::string segment_name(const Segment& segment, std::uint64_t segment_bytes) {
    const auto each = segments_of_log(segment_bytes);
    return fmt::format("{:08X}{:08X}{:08X}", segment.timeline, segment.number / each, segment.number % each);
}

std::optional<std::uint64_t> parse_lsn(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == text.npos) return {};
    const auto high = hexadecimal(text.substr(0, slash)), low = hexadecimal(text.substr(slash + 1));
    if (!high || !low) return {};
    return (*high << 32) + *low;
}

std::string history_name(std::uint32_t timeline) { return fmt::format("{:08X}.history", timeline); }

std::uint32_t timeline_of(std::string_view name) {
    return static_cast<std::uint32_t>(hexadecimal(name.substr(0, field_digits)).value_or(0));
}

Result<std::vector<Turn>> read_history(std::string_view text, const std::string& name) {
    const std::int64_t of = timeline_of(name);
    std::vector<Turn> turns;
    for (const std::string& line : split(text, '\n')) {
        if (trim(line).empty() || trim(line).starts_with('#')) continue;
        const auto words = split(replace_all(line, " ", "\t"), '\t');
        const auto timeline = parse_integer(words[0]);
        const auto lsn = words.size() > 1 ? parse_lsn(words[1]) : std::nullopt;
        const std::int64_t before = turns.empty() ? 0 : turns.back().timeline;
        if (!timeline.ok() || !lsn || timeline.value() <= before || timeline.value() >= of)
            return no(fmt::format("'{}' is not a timeline history: line '{}'", name, trim(line)));
        turns.push_back({static_cast<std::uint32_t>(timeline.value()), *lsn});
    }
    if (turns.empty()) return no(fmt::format("'{}' is not a timeline history: it is empty", name));
    return turns;
}

namespace {

// One timeline: its numbers in their order, and what it has to reach from and to.
void add_timeline(std::uint32_t timeline, const std::vector<std::uint64_t>& numbers, std::uint64_t first,
                  std::uint64_t last, WalStanding& standing) {
    std::uint64_t next = first;
    const auto miss = [&](std::uint64_t until) {
        if (until > next) standing.gaps.push_back({{timeline, next}, {timeline, until - 1}});
    };
    bool goes_on = false;
    for (const std::uint64_t number : numbers) {
        if (number < next) continue; // before recovery begins, or told twice
        miss(number);
        goes_on = goes_on && number == next;
        if (goes_on)
            standing.ranges.back().last.number = number;
        else
            standing.ranges.push_back({{timeline, number}, {timeline, number}});
        goes_on = true;
        next = number + 1;
    }
    miss(last + 1);
}

}

WalStanding standing_of(std::vector<Segment> there, std::optional<Segment> from, std::vector<Fork> forks) {
    std::map<std::uint32_t, std::vector<std::uint64_t>> timelines;
    std::sort(there.begin(), there.end(), [](const Segment& a, const Segment& b) {
        return std::tuple(a.timeline, a.number) < std::tuple(b.timeline, b.number);
    });
    for (const Segment& one : there)
        if (!from || one.timeline >= from->timeline) timelines[one.timeline].push_back(one.number);
    if (from) timelines[from->timeline]; // it has to be there
    std::map<std::uint32_t, Fork> begins;
    for (const Fork& fork : forks) begins[fork.timeline] = fork;
    for (auto one = timelines.begin(); one != timelines.end(); ++one)
        if (one != timelines.begin() && !one->second.empty() && !begins.contains(one->first))
            begins[one->first] = {one->first, std::prev(one)->first, one->second.front()};
    WalStanding standing;
    for (const auto& [timeline, numbers] : timelines) {
        const bool is_first = from && from->timeline == timeline;
        if (numbers.empty() && !is_first) continue;
        std::uint64_t first = numbers.empty() ? from->number : numbers.front(), last = first;
        if (!numbers.empty()) last = numbers.back();
        if (is_first)
            first = from->number;
        else if (begins.contains(timeline))
            first = std::min(first, begins.at(timeline).number);
        for (const auto& [child, fork] : begins)
            if (fork.parent == timeline && fork.number > first && timelines.contains(child))
                last = std::max(last, fork.number - 1);
        add_timeline(timeline, numbers, first, std::max(first, last), standing);
    }
    return standing;
}

}
