// list, status, doctor: what is there of one source, without a change.
#include "backup/pgbackrest/cluster.h"
#include "backup/pgbackrest/commands.h"
#include "backup/pgbackrest/look.h"
#include "base/text.h"
#include "base/words.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::pgbackrest {
namespace {

// What the server knows and the repositories don't say.
struct Serving {
    std::vector<std::string> failures;
    std::string text;
};

Serving ask_server(const SourceSettings& source, const Look& seen, const World& world) {
    Serving serving;
    auto cluster = connect_cluster(source, world);
    const auto archiver = cluster.ok() ? ask_archiver(*cluster.operator->()) : Result<Archiver>(cluster.error());
    if (!archiver.ok()) {
        serving.failures.push_back(fmt::format("the server can't be asked: {}", archiver.error().message));
        return serving;
    }
    serving.text =
        fmt::format("server: {}, archived {}, {} failed tries\n", cluster->shown(),
                    archiver->last_archived.empty() ? "nothing yet" : archiver->last_archived, archiver->failures);
    if (const auto why = hindrance(cluster.value()); !why.empty())
        serving.failures.push_back(fmt::format("{} doesn't archive by pgBackRest: {}; run fairlead-backup pitr-enable "
                                               "--apply",
                                               cluster->shown(), why));
    if (archiver->fails)
        serving.failures.push_back(fmt::format("{} has failed to archive {} since {}; its log says why",
                                               cluster->shown(), archiver->last_failed, archiver->last_failed_at));
    if (!seen.stanza.system.empty() && seen.stanza.system != cluster->system)
        serving.failures.push_back(fmt::format(
            "the backups are not of the cluster that {} runs; after an upgrade run pgbackrest stanza-upgrade",
            cluster->shown()));
    // Of one repository alone nobody can tell that its newest segments are lost.
    for (const auto& wal : seen.wal) {
        const auto last = parse_segment(archiver->last_archived, wal.listing.segment_bytes);
        if (!last) continue;
        const auto has = [&](const Segment& one) {
            return one.timeline == last->timeline && one.number == last->number;
        };
        if (std::none_of(wal.listing.segments.begin(), wal.listing.segments.end(), has))
            serving.failures.push_back(fmt::format("WAL {} was archived and is missing in repository {}",
                                                   archiver->last_archived, wal.repository));
    }
    return serving;
}

// The newest backup has to be in as many repositories as `run` wants.
std::string copies_failure(const Job& job, const Look& seen) {
    const auto& repositories = seen.stanza.repositories;
    const auto have = std::count_if(repositories.begin(), repositories.end(), [&](int repository) {
        return std::any_of(seen.stanza.backups.begin(), seen.stanza.backups.end(),
                           [&](const BackupInfo& one) { return one.repository == repository; });
    });
    const auto least = job.settings.least_copies(repositories.size());
    if (static_cast<std::size_t>(have) >= least) return "";
    return fmt::format("{} of {} repositories have a backup; run fairlead-backup run", have, repositories.size());
}

std::string text_of(const SourceSettings& source, const Look& seen, const Standing& standing) {
    std::string text = fmt::format("source {}: pgBackRest {}, stanza {}, {}\n", source.name,
                                   seen.program.version.shown(), seen.program.stanza, seen.program.configuration);
    text += fmt::format("backups: {}, {}\n", standing.count, shown_bytes(standing.bytes));
    if (standing.newest != nullptr)
        text += fmt::format("newest: {}, {}\n", standing.newest->id, shown_past(*standing.age));
    text += standing.newest_verified == nullptr ? "newest verified: none\n"
                                                : fmt::format("newest verified: {}\n", standing.newest_verified->id);
    for (const auto& wal : seen.wal)
        for (const auto& range : wal.standing.ranges)
            text += fmt::format("WAL in repository {}: {}\n", wal.repository, shown(range, wal.listing.segment_bytes));
    return text;
}

}

Result<ClusterReport> list(const Job& job, const SourceSettings& source) {
    const auto seen = TRY(look_and_warn(job, source));
    const auto now = job.clock.now();
    ClusterReport report;
    sys::Json backups = sys::Json::array();
    for (const Set& set : seen.found.sets) {
        const auto& backup = seen.backup(set.id);
        const auto level = static_cast<int>(job.settings.verify.level);
        report.text += fmt::format("{}  {}  {}  {}  {}\n", set.id, backup.type, shown_past(now - set.time),
                                   shown_bytes(set.bytes()), shown_verification(set, level, now));
        auto json = backup::shown(set, job);
        json["source"] = source.name;
        json["engine"] = "pgbackrest";
        json["type"] = backup.type;
        json["repository"] = backup.repository;
        backups.push_back(std::move(json));
    }
    report.json = report::member(source.name, std::move(backups));
    report.facts = fmt::format("{} of source '{}'", counted(seen.found.sets.size(), "backup", "backups"), source.name);
    return report;
}

Result<ClusterReport> status(const Job& job, const SourceSettings& source, const Request& request,
                             const Wanted& wanted) {
    ClusterReport report;
    const auto seen = TRY(look(job, source));
    const auto now = job.clock.now();
    auto most = wanted;
    most.rpo = Milliseconds{0}; // judged below, by the WAL
    auto standing = standing_of(seen.found, most, seen.rto, now);
    const auto serving = ask_server(source, seen, job.world);
    auto& failures = standing.failures;
    for (auto& one : seen.unread()) failures.push_back(std::move(one));
    for (const auto& wal : seen.wal) failures.insert(failures.end(), wal.problems.begin(), wal.problems.end());
    failures.insert(failures.end(), serving.failures.begin(), serving.failures.end());
    if (const auto why = copies_failure(job, seen); !why.empty()) failures.push_back(why);
    report.text = text_of(source, seen, standing) + serving.text;
    // From a proven backup on every moment comes back, up to the last segment that was archived without a gap.
    const bool is_unbroken =
        std::any_of(seen.wal.begin(), seen.wal.end(), [](const Wal& wal) { return wal.problems.empty(); });
    std::optional<Milliseconds> since;
    for (const auto& wal : seen.wal)
        if (const auto& newest = wal.listing.newest; newest && (!since || now - *newest < *since))
            since = std::chrono::duration_cast<Milliseconds>(now - *newest);
    if (standing.newest_verified != nullptr && since && is_unbroken) standing.rpo = std::min(*standing.rpo, *since);
    if (wanted.rpo.count() > 0 && (!standing.rpo || *standing.rpo > wanted.rpo))
        failures.push_back(standing.rpo
                               ? fmt::format("the last moment that can surely be restored is {} ago, and rpo is {}",
                                             shown_age(*standing.rpo), format_duration(wanted.rpo))
                               : fmt::format("no backup is verified, so nothing shows that rpo {} holds",
                                             format_duration(wanted.rpo)));
    if (request.max_lag.count() > 0 && (!since || *since > request.max_lag))
        failures.push_back(since ? fmt::format("the last segment was archived {} ago, which is longer than {}",
                                               shown_age(*since), format_duration(request.max_lag))
                                 : "no segment of WAL is known to be archived");
    report.text += standing.rpo ? fmt::format("RPO: {} would be lost\n", shown_age(*standing.rpo))
                                : std::string("RPO: unknown until a backup is verified\n");
    report.text += standing.rto ? fmt::format("RTO: {} to restore\n", shown_age(*standing.rto))
                                : std::string("RTO: unknown until verify --level 4 measured it\n");
    report.failures = failures;
    report.standing = standing;
    report.facts =
        fmt::format("{} of source '{}', every moment up to {} ago", counted(standing.count, "backup", "backups"),
                    source.name, since ? shown_age(*since) : "now");
    const sys::Json json = {{"stanza", seen.program.stanza},
                            {"backups", standing.count},
                            {"bytes", standing.bytes},
                            {"newest", standing.newest == nullptr ? sys::Json() : sys::Json(standing.newest->id)},
                            {"newest_verified", standing.newest_verified == nullptr
                                                    ? sys::Json()
                                                    : sys::Json(standing.newest_verified->id)},
                            {"age_seconds", seconds_of(standing.age)},
                            {"since_archived_seconds", seconds_of(since)},
                            {"rpo_seconds", seconds_of(standing.rpo)},
                            {"rto_seconds", seconds_of(standing.rto)},
                            {"failures", failures}};
    report.json = report::member(source.name, json);
    return report;
}

Result<std::string> doctor(const Job& job, const SourceSettings& source) {
    const auto seen = TRY(look_and_warn(job, source));
    const auto serving = ask_server(source, seen, job.world);
    if (!serving.failures.empty()) return no(serving.failures.front());
    auto cluster = TRY(connect_cluster(source, job.world));
    if (const auto why = lacks_server(seen.program.version, cluster.server.major); !why.empty()) return could_not(why);
    return fmt::format("{}, pgBackRest {}, stanza {}, {}", cluster.shown(), seen.program.version.shown(),
                       seen.program.stanza, counted(seen.found.sets.size(), "backup", "backups"));
}

}
