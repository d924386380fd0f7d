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

namespace fairlead::backup {
namespace {

using namespace pitr;

struct Told {
    std::string text;
    std::vector<std::string> failures;
    sys::Json json = sys::Json::object();
    std::optional<SystemTime> newest; // when the last segment was archived
};

std::uint64_t segment_size(const Bases& bases) {
    return bases.whole.empty() ? usual_segment : bases.whole.front().segment_bytes;
}

void tell_ranges(const pitr::Standing& standing, std::uint64_t size, const Store& store, Told& told) {
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

Result<Told> look_at(Store& store, const Job& job) {
    const auto bases = TRY(list_bases(store, job));
    const auto wal = TRY(list_wal(store, job));
    const std::uint64_t size = segment_size(bases);
    const auto kept = divide(bases, job.settings.keep, job.clock.now());
    const auto segments = wal.segments(size);
    const auto standing = standing_of(segments, kept.from, wal.forks(size));
    Told told;
    told.text = fmt::format("store: {}\nbases: {}\n", store.shown(), bases.whole.size());
    told.json["store"] = store.shown();
    sys::Json list = sys::Json::array();
    for (const Base& base : bases.whole) {
        told.text += fmt::format("base {}: {}, from {}\n", base.id, shown_bytes(base.part().stored.bytes),
                                 segment_name(base.start, base.segment_bytes));
        list.push_back(
            {{"id", base.id}, {"stopped", format_utc(base.stopped)}, {"first", segment_name(base.start, size)}});
    }
    told.json["bases"] = std::move(list);
    tell_ranges(standing, size, store, told);
    tell_older(kept.older, wal, told);
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
    if (const auto why = hindrance(cluster); !why.empty())
        told.failures.push_back(fmt::format("{} archives nothing: {}", cluster.server.shown, why));
    if (archiver.fails)
        told.failures.push_back(fmt::format("{} fails to archive {} since {}; its log tells why", cluster.server.shown,
                                            archiver.last_failed, archiver.last_failed_at));
    return {};
}

}

Result<report::Report> pitr_status(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request));
    report::Report report;
    std::vector<std::string> failures;
    sys::Json stores = sys::Json::array();
    std::optional<SystemTime> newest;
    for (const auto& store : job.stores) {
        const auto told = TRY(look_at(*store, job));
        report.text += told.text;
        failures.insert(failures.end(), told.failures.begin(), told.failures.end());
        if (store == job.stores.front()) newest = told.newest;
        stores.push_back(told.json);
    }
    Told server;
    if (const auto asked = look_at_server(job, request, server); !asked.ok()) {
        if (asked.error().kind == Kind::usage) return asked.error();
        server.failures.push_back(fmt::format("the server can't be asked: {}", asked.error().message));
    }
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
