// verify: a backup of pgBackRest's, level by level: it is listed with its WAL; it is what was stored; it restores; a
// server starts on it, and all of it is read.
#include "backup/pgbackrest/commands.h"
#include "backup/pgbackrest/configuration.h"
#include "backup/pgbackrest/look.h"
#include "backup/pgbackrest/trial.h"
#include "backup/status.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::pgbackrest {
namespace {

Result<void> is_listed(const Look& seen, const BackupInfo& backup) {
    if (backup.has_error)
        return no(
            fmt::format("backup {} holds pages whose checksums were wrong on the server; pgbackrest info --set={} "
                        "names the files",
                        backup.label, backup.label));
    for (const auto& wal : seen.wal) {
        if (wal.repository != backup.repository) continue;
        const auto size = wal.listing.segment_bytes;
        const auto first = parse_segment(backup.first, size), last = parse_segment(backup.last, size);
        if (!first || !last) return no(fmt::format("backup {} doesn't say which WAL it needs", backup.label));
        for (auto need = *first; need.number <= last->number; ++need.number)
            if (std::find(wal.listing.segments.begin(), wal.listing.segments.end(), need) == wal.listing.segments.end())
                return no(fmt::format("WAL {}, without which backup {} can't be started, is missing in repository {}",
                                      segment_name(need, size), backup.label, backup.repository));
    }
    return {};
}

Result<void> is_as_stored(const Look& seen, const BackupInfo& backup) {
    const auto said =
        TRY(ask(seen.program, {fmt::format("--repo={}", backup.repository), "--output=text", "--verbose", "verify"},
                "the repository can't be read"));
    const auto verified = read_verified(said, backup.label);
    if (verified.passed) return {};
    return no(fmt::format("{}; make a new backup: fairlead-backup run --type full", verified.why));
}

}

Result<ClusterReport> verify(const Job& job, const SourceSettings& given, const Request& request, int level) {
    const auto source = with_defaults(given, job);
    const auto seen = TRY(look_and_warn(job, source));
    const Set* set = TRY(choose(seen.found, request.id.empty() ? "latest" : request.id, job.clock.now()));
    const auto& backup = seen.backup(set->id);
    Trial trial(job, source, seen, backup);
    std::string told;
    auto verdict = TRY(prove(backup.label,
                             {{"listed, with its WAL", [&](std::uint64_t&) { return is_listed(seen, backup); }},
                              {"stored bytes",
                               [&](std::uint64_t& read) {
                                   read = backup.stored;
                                   return is_as_stored(seen, backup);
                               }},
                              {"restored",
                               [&](std::uint64_t& read) {
                                   read = backup.bytes;
                                   return trial.restore();
                               }},
                              {"started and read",
                               [&](std::uint64_t&) -> Result<void> {
                                   told = TRY(trial.start_and_read());
                                   return {};
                               }}},
                             level, job.clock));
    constexpr std::size_t restored = 2, started = 3;
    if (verdict.levels.size() > started) verdict.restored_in += verdict.levels[restored].took;
    const auto whole = report_of(verdict);
    ClusterReport report;
    report.id = backup.label;
    report.text = whole.text + (told.empty() ? "" : told + "\n");
    report.facts =
        fmt::format("backup {} {} level {}", backup.label, verdict.passed() ? "passed" : "failed", verdict.level());
    sys::Json json;
    for (const auto& member : whole.members) json[member.name] = *member.value;
    report.json = report::member(source.name, std::move(json));
    if (!verdict.passed()) report.failures = {verdict.levels.back().failure};
    if (request.dry_run) return report;
    if (const auto kept = keep_verdict(job, seen, backup, verdict); !kept.ok())
        sys::log_warning("the verification can't be kept: " + kept.error().message);
    else if (const auto why = job.signing.unbelieved(); verdict.passed() && !why.empty())
        sys::log_warning("no trusted key signed the result, so status uses the earlier results: " + why);
    return report;
}

}
