// restore: a cluster in a folder, which recovers to a moment when PostgreSQL is started there.
#include "backup/engines/beside.h"
#include "backup/engines/postgres/postgres_parts.h"
#include "backup/pgbackrest/commands.h"
#include "backup/pgbackrest/configuration.h"
#include "backup/pgbackrest/look.h"
#include "backup/status.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/fault.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/files/new_file.h"
#include "sys/files/tree.h"
#include "sys/process/process.h"
#include <algorithm>
#include <csignal>
#include <fmt/format.h>

namespace fairlead::backup::pgbackrest {
namespace {

struct Asked {
    std::optional<SystemTime> moment; // nothing: all that is archived
    bool is_of_backup = false;        // as it was when that backup ended
    sys::Path folder;
    bool is_original = false;
};

// As PostgreSQL writes times, too: "2026-01-31 10:15:00+00".
std::optional<SystemTime> asked_moment(std::string text) {
    const auto sign = text.find_last_of("+-");
    if (sign != text.npos && sign > 10 && text.size() - sign == 3) text += ":00";
    return parse_utc(text);
}

Result<void> check_words(const Request& request) {
    for (const auto& [given, flag] : {std::pair(!request.scrub.empty(), "--scrub"),
                                      {request.globals, "--globals"},
                                      {request.no_owner, "--no-owner"},
                                      {request.keep_privileges, "--keep-privileges"}})
        if (given)
            return usage(
                fmt::format("{} can't be used with a whole cluster, which is restored as it was; leave it out", flag));
    if (request.to.empty())
        return usage("restore needs a folder for the cluster; say --to /srv/restored, or --to original when PostgreSQL "
                     "is stopped");
    if (request.to.starts_with("env:") || request.to.find("://") != request.to.npos)
        return usage("a pgBackRest cluster is restored into a folder, and --to names a server; write a path");
    if (!request.timeline.empty()) {
        const auto number = parse_integer(request.timeline);
        if (!number.ok() || number.value() < 1 || number.value() > 0x7FFFFFFF)
            return usage(fmt::format("'{}' is not a timeline; write its number, such as 2", request.timeline));
    }
    return {};
}

Result<Asked> read_request(const Request& request, const SourceSettings& source, const Job& job) {
    TRY_VOID(check_words(request));
    Asked asked;
    asked.is_of_backup = is_label(request.id) && request.at.empty();
    if (!request.at.empty() && request.at != "latest") {
        asked.moment = asked_moment(request.at);
        if (!asked.moment)
            return usage(fmt::format(
                "'{}' is not a moment; write a time with its offset, 2026-01-31 10:15:00+00, or latest", request.at));
        if (*asked.moment > job.clock.now()) return usage(fmt::format("'{}' is in the future", request.at));
    }
    asked.is_original = request.to == "original";
    if (asked.is_original) {
        const auto configured = TRY(sys::read_file(source.config));
        asked.folder = value_in(configured, source.stanza, "pg1-path");
        if (asked.folder.empty())
            return usage(fmt::format("'{}' doesn't say where the cluster is (pg1-path); name the folder by --to",
                                     source.config));
        return asked;
    }
    asked.folder = (job.world.folder / request.to).lexically_normal();
    if (!asked.folder.has_filename()) asked.folder = asked.folder.parent_path();
    return asked;
}

// The newest that had ended before the moment; its end is told in whole seconds.
Result<const BackupInfo*> backup_for(const Look& seen, const Asked& asked, const Request& request, SystemTime now) {
    if (is_label(request.id)) {
        const Set* set = TRY(choose(seen.found, request.id, now));
        return &seen.backup(set->id);
    }
    if (seen.stanza.backups.empty())
        return no(fmt::format("stanza '{}' has no backup; make a backup: fairlead-backup run", seen.program.stanza));
    for (const int repository : seen.stanza.repositories) // as it goes through them
        for (const auto& backup : seen.stanza.backups)
            if (backup.repository == repository &&
                (!asked.moment || backup.stopped + std::chrono::seconds(1) <= *asked.moment))
                return &backup;
    return no(fmt::format("the oldest backup ended at {}; no moment before that can be restored",
                          format_utc(seen.stanza.backups.back().stopped)));
}

// PostgreSQL takes a missing segment for the end of all WAL: what is behind it would be lost without a word.
Result<void> check_way(const Look& seen, const BackupInfo& backup, const Asked& asked, const Request& request) {
    if (asked.is_of_backup) return {};
    const auto wal = std::find_if(seen.wal.begin(), seen.wal.end(),
                                  [&](const Wal& one) { return one.repository == backup.repository; });
    if (wal == seen.wal.end()) return {};
    if (!wal->lost_histories.empty() && request.timeline.empty()) return no(wal->lost_histories.front());
    const auto size = wal->listing.segment_bytes;
    const auto first = parse_segment(backup.first, size);
    for (const auto& gap : wal->standing.gaps) {
        if (!first || gap.last.timeline < first->timeline || gap.last.number < first->number) continue;
        const auto what = fmt::format("WAL {} is missing in repository {}", shown(gap, size), wal->repository);
        if (!asked.moment)
            return no(fmt::format("{}, and recovery would end there without an error; nothing was touched. Say --at "
                                  "and a moment before it, or take a later backup",
                                  what));
        sys::log_warning(fmt::format(
            "{}: if the moment is after this WAL, PostgreSQL reports that when it starts, and stops", what));
        break;
    }
    if (asked.moment && wal->listing.newest &&
        *asked.moment >= *wal->listing.newest + std::chrono::seconds(1)) // files have whole seconds
        return no(fmt::format("WAL is archived up to {}, and the moment is later; if the server still runs, ask it: "
                              "SELECT pg_switch_wal()",
                              format_utc(*wal->listing.newest)));
    return {};
}

enum class There { nothing, begun, cluster };

// What pgBackRest makes before its manifest, by which it can go on: folders, links to tablespaces, the manifest's
// beginning.
constexpr const char* unfinished_manifest = "backup.manifest.pgbackrest.tmp";

Result<bool> has_no_file(const sys::Path& folder) {
    const auto files = TRY(sys::list_tree(folder));
    return std::all_of(files.begin(), files.end(), [](const auto& file) { return file.name == unfinished_manifest; });
}

// Of a folder without a file. What comes into it meanwhile stays, and pgBackRest refuses to write beside it.
Result<void> empty(const sys::Path& folder) {
    if (sys::inspect(folder).type != sys::FileType::folder) return {};
    for (const auto& name : TRY(sys::list_folder(folder))) {
        const auto path = folder / name;
        const auto type = sys::inspect(path).type;
        if (type == sys::FileType::folder) {
            TRY_VOID(empty(path));
            TRY(sys::remove_empty_folder(path));
        } else if (name == unfinished_manifest || (type == sys::FileType::link && folder.filename() == "pg_tblspc")) {
            TRY_VOID(sys::remove_file(path));
        }
    }
    return {};
}

// Whether a server has these files. Its first line is its process.
bool is_running(const sys::Path& folder) {
    const auto text = sys::read_file(folder / "postmaster.pid", 4096);
    if (!text.ok()) return false;
    const auto pid = parse_integer(text->substr(0, text->find('\n')));
    return pid.ok() && pid.value() > 0 && ::kill(static_cast<pid_t>(pid.value()), 0) == 0;
}

Result<There> look_into(const sys::Path& folder) {
    const auto type = sys::inspect(folder).type;
    if (type == sys::FileType::absent) return There::nothing;
    if (type != sys::FileType::folder) return usage(fmt::format("'{}' is there and is not a folder", folder.string()));
    const auto names = TRY(sys::list_folder(folder));
    if (names.empty()) return There::nothing;
    const auto has = [&](const char* name) { return std::find(names.begin(), names.end(), name) != names.end(); };
    const bool is_whole = sys::inspect(folder / "global" / "pg_control").type == sys::FileType::file;
    if (!is_whole && has("backup.manifest")) return There::begun; // by a restore that was killed
    if (has("PG_VERSION") && is_whole) return There::cluster;
    if (TRY(has_no_file(folder))) return There::nothing;
    return usage(fmt::format("'{}' is there, and is neither empty nor a cluster of PostgreSQL; name another folder",
                             folder.string()));
}

Result<void> check_target(const sys::Path& folder, There there, const Request& request) {
    if (there != There::cluster) return {};
    if (is_running(folder))
        return usage(fmt::format("PostgreSQL runs in '{}'; stop it first, or name another folder", folder.string()));
    if (!request.overwrite && !request.delta)
        return usage(fmt::format("'{}' holds a cluster; say --overwrite, which keeps the old cluster next to it, or "
                                 "--delta, which changes only the files that differ and doesn't keep the old cluster",
                                 folder.string()));
    const auto apart = sys::list_folder(folder / "pg_tblspc");
    if (request.overwrite && apart.ok() && !apart->empty())
        return usage(
            fmt::format("'{}' has tablespaces elsewhere, which --overwrite can't keep; say --delta", folder.string()));
    return {};
}

sys::Path tablespaces_of(const sys::Path& folder) { return folder.string() + ".tablespaces"; }

std::vector<std::string> words_of(const BackupInfo& backup, const Asked& asked, const Request& request, bool is_delta) {
    const char* type = asked.moment ? "time" : asked.is_of_backup ? "immediate" : "default";
    std::vector<std::string> words = {"--pg1-path=" + asked.folder.string(), "--set=" + backup.label,
                                      fmt::format("--repo={}", backup.repository), fmt::format("--type={}", type)};
    if (asked.moment)
        words.push_back("--target=" + replace_all(replace_all(format_utc(*asked.moment), "T", " "), "Z", "+00"));
    if (asked.moment || asked.is_of_backup) words.push_back("--target-action=promote");
    if (!request.timeline.empty()) words.push_back("--target-timeline=" + request.timeline);
    if (!asked.is_original) {
        words.push_back("--archive-mode=off"); // a copy writes no timeline of its own among the WAL of the real one
        words.push_back("--tablespace-map-all=" + tablespaces_of(asked.folder).string());
    }
    if (is_delta) words.push_back("--delta");
    words.push_back("restore");
    return words;
}

// On a new machine fairlead.yml is all there is.
Result<void> configure(const Job& job, const SourceSettings& source, bool is_dry) {
    if (TRY(written_by(source.config)) != WrittenBy::nobody || job.settings.stores.empty()) return {};
    const auto program = TRY(find(source, source.stanza, job.world));
    const auto text = TRY(write_configuration(job, source, program, std::nullopt));
    if (is_dry)
        return usage(fmt::format("pgBackRest's configuration '{}' is not there yet; the restore itself writes it",
                                 source.config));
    return save_configuration(source, text);
}

}

Result<ClusterReport> restore(const Job& job, const SourceSettings& given, const Request& request) {
    const auto source = with_defaults(given, job);
    TRY_VOID(configure(job, source, request.dry_run));
    const auto asked = TRY(read_request(request, source, job));
    TRY_VOID(check_path(asked.folder.string()));
    const auto seen = TRY(look_and_warn(job, source));
    const auto& backup = *TRY(backup_for(seen, asked, request, job.clock.now()));
    TRY_VOID(check_way(seen, backup, asked, request));
    const auto there = TRY(look_into(asked.folder));
    TRY_VOID(check_target(asked.folder, there, request));
    const auto until = asked.moment         ? format_utc(*asked.moment)
                       : asked.is_of_backup ? fmt::format("the end of that backup, {}", format_utc(backup.stopped))
                                            : std::string("the end of the archived WAL");
    ClusterReport report;
    report.id = backup.label;
    report.json =
        report::member(source.name, {{"id", backup.label}, {"until", until}, {"folder", asked.folder.string()}});
    report.text = fmt::format("restores {} from backup {} ({}) into {}\n", source.name, backup.label,
                              format_utc(backup.stopped), asked.folder.string());
    report.facts = fmt::format("would restore '{}' up to {}", asked.folder.string(), until);
    if (request.dry_run) return report;
    if (there == There::cluster)
        TRY_VOID(request.confirm(
            request.delta ? fmt::format("overwrites the cluster in {}, and keeps nothing of it", asked.folder.string())
                          : fmt::format("replaces the cluster in {}", asked.folder.string())));
    TRY_VOID(may_change_target(asked.folder.string()));
    if (const auto free = sys::free_bytes(asked.folder.parent_path());
        there == There::nothing && free.ok() && free.value() < backup.bytes)
        return could_not(fmt::format("'{}' needs {}, and {} are free on its disk", asked.folder.string(),
                                     shown_bytes(backup.bytes), shown_bytes(free.value())));
    sys::fault_point("pgbackrest-restore");
    if (there == There::cluster && !request.delta) {
        const auto before = before_of(asked.folder, job.clock.now());
        if (is_running(asked.folder)) // it may have been started since it was looked at
            return could_not(
                fmt::format("PostgreSQL was started in '{}' before the restore could begin; nothing was changed; stop "
                            "it, then run the command again",
                            asked.folder.string()));
        TRY_VOID(sys::rename_path(asked.folder, before));
        report.text += fmt::format("the old cluster is kept as {}\n", before.string());
        sys::fault_point("pgbackrest-kept");
    }
    if (there == There::nothing)
        for (const auto& folder : {asked.folder, tablespaces_of(asked.folder)})
            if (TRY(has_no_file(folder))) TRY_VOID(empty(folder));
    const bool is_delta = there == There::begun || (there == There::cluster && request.delta);
    TRY_VOID(sys::make_folders(asked.folder, 0700));
    TRY(fetch(seen.program, words_of(backup, asked, request, is_delta),
              fmt::format("the cluster can't be restored into '{}'; run the command again", asked.folder.string())));
    sys::fault_point("pgbackrest-restored");
    report.text += fmt::format(
        "start PostgreSQL {} there: it fetches the WAL up to {}, then it is ready.{}\n",
        seen.stanza.archive.substr(0, seen.stanza.archive.find('-')), until,
        asked.is_original ? "" : " It archives nothing until you run fairlead-backup pitr-enable --apply there");
    report.facts = fmt::format("'{}' is ready to be recovered up to {}", asked.folder.string(), until);
    return report;
}

}
