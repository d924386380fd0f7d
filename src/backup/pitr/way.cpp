#include "backup/pitr/way.h"
#include "backup/pitr/records.h"
#include "sys/stream/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::pitr {
namespace {

// With its digest compared.
Result<Ended> times_of(Store& store, const Job& job, const Archived& one, std::optional<SystemTime> moment) {
    auto opened = TRY(open_archived(store, job, one));
    const auto source = sys::digesting(std::move(opened));
    const auto ended = TRY(read_times(*source, one.object.name, moment));
    if (source->figures().sha256 == one.sha256) return ended;
    return no(fmt::format("'{}' is damaged: its content is not what was archived", one.object.name));
}

}

std::vector<Segment> Wal::segments(std::uint64_t segment_bytes) const {
    std::vector<Segment> all;
    for (const auto& [name, file] : files)
        if (const auto segment = parse_segment(name, segment_bytes)) all.push_back(*segment);
    return all;
}

std::vector<Fork> Wal::forks(std::uint64_t segment_bytes) const {
    std::vector<Fork> all;
    for (const auto& [timeline, turns] : histories)
        all.push_back({timeline, turns.back().timeline, turns.back().lsn / segment_bytes});
    return all;
}

Result<Wal> list_wal(Store& store, const Job& job) {
    Wal wal;
    const auto all = TRY(archived(store, job, ""));
    for (const Archived& one : all)
        if (const auto added = wal.files.emplace(one.name, one); !added.second)
            wal.problems.push_back(fmt::format("{} is there with two contents", one.name));
    for (const auto& [name, file] : wal.files) {
        if (!name.ends_with(".history")) continue;
        const auto text = read_archived(store, job, file);
        auto turns = text.ok() ? read_history(text.value(), name) : Result<std::vector<Turn>>(text.error());
        if (!turns.ok())
            wal.problems.push_back(turns.error().message);
        else
            wal.histories[timeline_of(name)] = std::move(turns).value();
    }
    return wal;
}

Result<std::vector<Stretch>> way_of(const Base& base, std::uint32_t to, const Wal& wal) {
    std::vector<Stretch> way = {{base.start.timeline, base.start.number}};
    if (to == base.start.timeline) return way;
    const auto history = wal.histories.find(to);
    if (history == wal.histories.end()) return no(fmt::format("{} is not archived", history_name(to)));
    const auto& turns = history->second;
    auto turn =
        std::find_if(turns.begin(), turns.end(), [&](const Turn& one) { return one.timeline == base.start.timeline; });
    if (turn == turns.end() || turn->lsn < base.stop_lsn)
        return no(fmt::format("base {} is of timeline {} at {}, and timeline {} doesn't come from there", base.id,
                              base.start.timeline, shown_lsn(base.stop_lsn), to));
    for (; turn != turns.end(); ++turn)
        way.push_back(
            {std::next(turn) == turns.end() ? to : std::next(turn)->timeline, turn->lsn / base.segment_bytes});
    return way;
}

Segment on_way(const std::vector<Stretch>& way, std::uint64_t number) {
    const auto one = std::find_if(way.rbegin(), way.rend(), [&](const Stretch& s) { return s.first <= number; });
    return {one == way.rend() ? way.front().timeline : one->timeline, number};
}

Result<Reached> check_way(Store& store, const Job& job, const Base& base, const std::vector<Stretch>& way,
                          const Wal& wal, std::optional<SystemTime> moment) {
    const std::uint64_t size = base.segment_bytes;
    std::uint64_t last = base.start.number;
    const auto segments = wal.segments(size);
    for (const Segment& one : segments)
        if (on_way(way, one.number) == one) last = std::max(last, one.number);
    Reached reached{base.start, {}};
    for (std::uint64_t number = base.start.number; number <= std::max(last, base.stop.number); ++number) {
        const Segment segment = on_way(way, number);
        const auto file = wal.files.find(segment_name(segment, size));
        if (file == wal.files.end()) {
            std::uint64_t until = number;
            while (until < last && !wal.files.contains(segment_name(on_way(way, until + 1), size))) ++until;
            return no(fmt::format("{} {} not in {}, and base {} needs it to get there; nothing was touched",
                                  shown({segment, on_way(way, until)}, size), until > number ? "are" : "is",
                                  store.shown(), base.id));
        }
        reached.last = segment;
        const auto ended = TRY(times_of(store, job, file->second, moment));
        if (ended.beyond && number >= base.stop.number) return reached;
        if (ended.last) reached.last_time = ended.last;
    }
    if (!moment) return reached;
    return no(
        fmt::format("the WAL in {} ends with {}{}; nothing after {} is archived yet, so it can't be told that all "
                    "before it is there: wait for archive_timeout, run SELECT pg_switch_wal() after a change, or "
                    "restore all of it by --at latest",
                    store.shown(), segment_name(reached.last, size),
                    reached.last_time ? fmt::format(", its last transaction is of {}", format_utc(*reached.last_time))
                                      : std::string(),
                    format_utc(*moment)));
}

std::string shown(const Range& range, std::uint64_t segment_bytes) {
    const auto first = segment_name(range.first, segment_bytes);
    return range.first == range.last ? first : fmt::format("{} to {}", first, segment_name(range.last, segment_bytes));
}

}
