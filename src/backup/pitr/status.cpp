// pitr-status: which moments can be restored, and what stands against it, told before it is needed.
#include "backup/status.h"
#include "backup/pitr/cluster.h"
#include "backup/pitr/commands.h"
#include "backup/pitr/keep.h"
#include "backup/pitr/way.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace fairlead::backup {
namespace {

using namespace pitr;

struct Told {
    std::string name, text;
    std::vector<std::string> failures;
    sys::Json json = sys::Json::object();
    std::optional<SystemTime> newest; // when the last segment was archived
    std::vector<std::string> bases;   // that are whole
    std::vector<Segment> segments;
    std::uint64_t segment_bytes = usual_segment;
};

auto order(const Segment& one) { return std::tuple(one.timeline, one.number); }

enum class Reading { names, all };

Result<Reading> reading_of(const Request& request) {
    if (request.level.empty() || request.level == "1") return Reading::names;
    if (request.level == "2" || request.level == "3") return Reading::all;
    return usage("pitr-status has no level 4, which is to restore; say pitr-restore, and start PostgreSQL there");
}

std::uint64_t segment_size(const Bases& bases) {
    return bases.whole.empty() ? usual_segment : bases.whole.front().segment_bytes;
}

void tell_ranges(const pitr::WalStanding& standing, std::uint64_t size, const Store& store, Told& told) {
    sys::Json ranges = sys::Json::array(), gaps = sys::Json::array();
    for (const Range& range : standing.ranges) {
        told.text += fmt::format("timeline {}: {}, without a gap\n", range.first.timeline, shown(range, size));
        ranges.push_back({{"timeline", range.first.timeline},
                          {"first", segment_name(range.first, size)},
                          {"last", segment_name(range.last, size)}});
    }
    for (const Range& gap : standing.gaps) {
        told.failures.push_back(fmt::format("{} {} missing in {}: no moment behind can be restored from a base before",
                                            shown(gap, size), gap.first == gap.last ? "is" : "are", store.shown()));
        gaps.push_back({{"first", segment_name(gap.first, size)}, {"last", segment_name(gap.last, size)}});
    }
    told.json["ranges"] = std::move(ranges);
    told.json["gaps"] = std::move(gaps);
}

// Bases that are older than the window need what they were made with, and no more.
void tell_older(const std::vector<const Base*>& older, const Wal& wal, Told& told) {
    for (const Base* base : older)
        for (std::uint64_t number = base->start.number; number <= base->stop.number; ++number) {
            const auto name = segment_name({base->start.timeline, number}, base->segment_bytes);
            if (!wal.files.contains(name))
                told.failures.push_back(fmt::format("{} is missing, and base {} needs it", name, base->id));
        }
}

// Each base and each file of WAL, to its end: what is damaged is told before it is needed.
Result<void> read_all(Store& store, const Job& job, const Bases& bases, const Wal& wal, Told& told) {
    std::uint64_t bytes = 0;
    const auto take = [&](const Result<void>& read) -> Result<void> {
        if (read.ok()) return {};
        if (read.error().kind != Kind::no) return read;
        told.failures.push_back(fmt::format("{}: {}", store.shown(), read.error().message));
        return {};
    };
    for (const Base& base : bases.whole) {
        TRY_VOID(take(verify_stored(store, job, base.part())));
        bytes += base.part().stored.bytes;
    }
    for (const auto& [name, file] : wal.files) {
        TRY_VOID(take(verify_archived(store, job, file)));
        bytes += file.object.bytes;
    }
    told.text += fmt::format("read: {}, {} of WAL, {}\n", counted(bases.whole.size(), "base", "bases"),
                             counted(wal.files.size(), "file", "files"), shown_bytes(bytes));
    told.json["read_bytes"] = bytes;
    return {};
}

Result<Told> look_at(Store& store, const Job& job, Reading reading) {
    const auto bases = TRY(list_bases(store, job));
    const auto wal = TRY(list_wal(store, job));
    const std::uint64_t size = segment_size(bases);
    const auto kept = divide(bases, job.settings.keep, job.clock.now());
    const auto segments = wal.segments(size);
    const auto standing = standing_of(segments, kept.from, wal.forks(size));
    Told told;
    told.name = store.shown();
    told.text = fmt::format("store: {}\nbases: {}\n", store.shown(), bases.whole.size());
    told.json["store"] = store.shown();
    sys::Json list = sys::Json::array();
    for (const Base& base : bases.whole) {
        told.text += fmt::format("base {}: {}, from {}\n", base.id, shown_bytes(base.part().stored.bytes),
                                 segment_name(base.start, base.segment_bytes));
        told.bases.push_back(base.id);
        list.push_back(
            {{"id", base.id}, {"stopped", format_utc(base.stopped)}, {"first", segment_name(base.start, size)}});
    }
    told.json["bases"] = std::move(list);
    tell_ranges(standing, size, store, told);
    tell_older(kept.older, wal, told);
    if (reading == Reading::all) TRY_VOID(read_all(store, job, bases, wal, told));
    told.segments = segments;
    told.segment_bytes = size;
    for (const Segment& one : segments) {
        const auto written = wal.files.at(segment_name(one, size)).object.written;
        if (!told.newest || written > *told.newest) told.newest = written;
    }
    if (bases.whole.empty())
        told.failures.push_back(
            fmt::format("there is no base in {}, so nothing can be restored; make one by pitr-base", store.shown()));
    for (const auto& problem : bases.damaged) told.failures.push_back(problem);
    for (const auto& problem : wal.problems) told.failures.push_back(fmt::format("{}: {}", store.shown(), problem));
    for (const Segment& one : segments)
        if (one.timeline > 1 && !wal.files.contains(history_name(one.timeline))) {
            told.failures.push_back(fmt::format("{} is missing in {}: nobody can tell what timeline {} comes from",
                                                history_name(one.timeline), store.shown(), one.timeline));
            break;
        }
    return told;
}

// Of one store alone nobody can tell that its newest are lost: the server and the other stores know them.
void tell_behind(const std::vector<Told>& stores, const Told& server, std::vector<std::string>& failures) {
    std::vector<Segment> all = server.segments;
    for (const Told& store : stores) all.insert(all.end(), store.segments.begin(), store.segments.end());
    std::sort(all.begin(), all.end(), [](const Segment& a, const Segment& b) { return order(a) < order(b); });
    for (const Told& store : stores) {
        const auto last = std::max_element(store.segments.begin(), store.segments.end(),
                                           [](const Segment& a, const Segment& b) { return order(a) < order(b); });
        if (last == store.segments.end()) continue; // which is told anyway
        const auto behind =
            std::find_if(all.begin(), all.end(), [&](const Segment& one) { return order(one) > order(*last); });
        if (behind == all.end()) continue;
        const Range lost{*behind, all.back()};
        failures.push_back(fmt::format("{} {} missing in {}, and was archived: no moment there can be restored from it",
                                       shown(lost, store.segment_bytes), lost.first == lost.last ? "is" : "are",
                                       store.name));
    }
}

// As many stores have to have the newest one as a run wants copies of a set.
void tell_copies(const std::vector<Told>& stores, std::size_t least, std::vector<std::string>& failures) {
    std::string newest;
    for (const Told& store : stores)
        for (const auto& id : store.bases) newest = std::max(newest, id);
    const auto have = static_cast<std::size_t>(std::count_if(stores.begin(), stores.end(), [&](const Told& store) {
        return std::find(store.bases.begin(), store.bases.end(), newest) != store.bases.end();
    }));
    if (newest.empty() || have >= least) return;
    failures.push_back(
        fmt::format("base {} is whole in {} of {} stores, and {} have to have it (min_copies); make a new "
                    "one by pitr-base, which goes to all",
                    newest, have, stores.size(), least));
}

Result<void> look_at_server(const Job& job, const Request& request, Told& told) {
    auto cluster = TRY(connect_cluster(job, request));
    const auto archiver = TRY(ask_archiver(cluster));
    told.text +=
        fmt::format("server: {}, archived {}{}, {} failed tries\n", cluster.server.shown,
                    archiver.last_archived.empty() ? "nothing yet" : archiver.last_archived,
                    archiver.last_archived.empty() ? "" : " at " + archiver.last_archived_at, archiver.failures);
    told.json["archiver"] = {{"last_archived", archiver.last_archived},
                             {"last_archived_at", archiver.last_archived_at},
                             {"last_failed", archiver.last_failed},
                             {"last_failed_at", archiver.last_failed_at},
                             {"failures", archiver.failures}};
    if (const auto last = parse_segment(archiver.last_archived, cluster.segment_bytes)) told.segments = {*last};
    if (const auto why = hindrance(cluster); !why.empty())
        told.failures.push_back(fmt::format("{} archives nothing: {}", cluster.server.shown, why));
    if (const auto why = of_tablespaces(cluster); !why.empty()) told.failures.push_back(why);
    if (archiver.fails)
        told.failures.push_back(fmt::format("{} fails to archive {} since {}; its log tells why", cluster.server.shown,
                                            archiver.last_failed, archiver.last_failed_at));
    return {};
}

}

Result<report::Report> pitr_status(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request));
    const auto reading = TRY(reading_of(request));
    report::Report report;
    std::vector<std::string> failures;
    sys::Json stores = sys::Json::array();
    std::optional<SystemTime> newest;
    // The server first: what it archives meanwhile isn't missing.
    Told server;
    if (const auto asked = look_at_server(job, request, server); !asked.ok()) {
        if (asked.error().kind == Kind::usage) return asked.error();
        server.failures.push_back(fmt::format("the server can't be asked: {}", asked.error().message));
    }
    std::vector<Told> all;
    for (const auto& store : job.stores) {
        auto told = TRY(look_at(*store, job, reading));
        report.text += told.text;
        failures.insert(failures.end(), told.failures.begin(), told.failures.end());
        if (store == job.stores.front()) newest = told.newest;
        stores.push_back(told.json);
        all.push_back(std::move(told));
    }
    tell_behind(all, server, failures);
    tell_copies(all, job.settings.least_copies(job.stores.size()), failures);
    report.text += server.text;
    failures.insert(failures.end(), server.failures.begin(), server.failures.end());
    sys::Json rpo;
    if (newest) {
        const auto age = job.clock.now() - *newest;
        rpo = std::chrono::duration_cast<std::chrono::seconds>(age).count();
        report.text += fmt::format("RPO: {} since the last segment was archived\n", shown_age(age));
        if (request.max_lag.count() > 0 && age > request.max_lag)
            failures.push_back(fmt::format("the last segment was archived {} ago, which is longer than {}",
                                           shown_age(age), format_duration(request.max_lag)));
    } else {
        report.text += "RPO: unknown, nothing is archived\n";
        failures.push_back("no WAL is archived");
    }
    for (const auto& failure : failures) report.text += failure + "\n";
    report.members = {report::member("stores", std::move(stores)), report::member("server", server.json),
                      report::member("rpo_seconds", std::move(rpo)), report::member("failures", failures)};
    report.facts = failures.empty() ? "every moment from the oldest base on can be restored" : failures.front();
    if (failures.empty()) return report;
    report.verdict = report::Verdict::fail;
    report.stays_no = failures.front();
    return report;
}

}
