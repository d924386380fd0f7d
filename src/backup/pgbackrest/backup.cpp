// run and prune: a backup in each repository, and what their retention lets go.
#include "backup/pgbackrest/cluster.h"
#include "backup/pgbackrest/commands.h"
#include "backup/pgbackrest/look.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/words.h"
#include "sys/data/json.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::backup::pgbackrest {
namespace {

// As asked; else a full one where the last full one of that repository is too old, and what changed since otherwise.
std::string type_of(const Look& seen, int repository, const SourceSettings& source, const Request& request,
                    SystemTime now) {
    if (!request.type.empty()) return request.type;
    for (const auto& backup : seen.stanza.backups)
        if (backup.repository == repository && backup.type == "full")
            return now - backup.stopped < source.full_every ? "incr" : "full";
    return "full";
}

std::set<std::string> labels_in(const Stanza& stanza) {
    std::set<std::string> labels;
    for (const auto& backup : stanza.backups) labels.insert(backup.label);
    return labels;
}

}

Result<ClusterReport> run(const Job& job, const SourceSettings& source, const Request& request) {
    auto cluster = TRY(connect_cluster(source, job.world));
    const auto before = TRY(look(job, source));
    if (const auto why = lacks_server(before.program.version, cluster.server.major); !why.empty())
        return could_not(why);
    if (const auto why = hindrance(cluster); !why.empty())
        return no(fmt::format("{} doesn't archive by pgBackRest: {}; run fairlead-backup pitr-enable --apply",
                              cluster.shown(), why));
    ClusterReport report;
    sys::Json made_now = sys::Json::array();
    auto failed = before.unread();
    const auto now = job.clock.now();
    for (const int repository : before.stanza.repositories) {
        if (before.stanza.unread.contains(repository)) continue; // another wait of minutes
        const auto type = type_of(before, repository, source, request, now);
        if (request.dry_run) {
            report.text +=
                fmt::format("would make a backup ({}) of {} in repository {}\n", type, cluster.shown(), repository);
            continue;
        }
        sys::fault_point("pgbackrest-backup");
        const auto made = change(before.program, {fmt::format("--repo={}", repository), "--type=" + type, "backup"},
                                 fmt::format("no backup in repository {}", repository));
        if (!made.ok()) failed.push_back(made.error().message);
    }
    report.facts = fmt::format("would back up {}", cluster.shown());
    report.json = report::member(source.name, sys::Json::array());
    if (request.dry_run) return report;
    sys::fault_point("pgbackrest-made");
    const auto after = TRY(look(job, source));
    const auto known = labels_in(before.stanza);
    for (const auto& backup : after.stanza.backups) {
        if (known.contains(backup.label)) continue;
        report.text += fmt::format("{}: pgbackrest {} {}, {} in repository {}\n", source.name, backup.type,
                                   backup.label, shown_bytes(backup.stored), backup.repository);
        made_now.push_back({{"id", backup.label}, {"type", backup.type}, {"repository", backup.repository}});
        report.id = backup.label;
        if (backup.has_error)
            report.failures.push_back(fmt::format("backup {} holds pages of the cluster whose checksums are wrong: the "
                                                  "server's disk is damaged; pgbackrest info --set={} names the files",
                                                  backup.label, backup.label));
    }
    const auto made = before.stanza.repositories.size() - failed.size();
    if (made < job.settings.least_copies(before.stanza.repositories.size()) || made == 0)
        return could_not(join(failed, "; "));
    for (const auto& one : failed) sys::log_warning(one);
    for (const auto& wal : after.wal)
        report.failures.insert(report.failures.end(), wal.problems.begin(), wal.problems.end());
    report.facts = fmt::format("backup {} of {}", report.id, cluster.shown());
    report.json = report::member(source.name, std::move(made_now));
    return report;
}

Result<ClusterReport> prune(const Job& job, const SourceSettings& source, const Request& request) {
    const auto before = TRY(look_and_warn(job, source));
    const std::string fails = "old backups can't be deleted";
    const auto told = TRY(request.dry_run ? ask(before.program, {"--dry-run", "expire"}, fails, Tells::all)
                                          : change(before.program, {"expire"}, fails));
    ClusterReport report{.json = report::member(source.name, sys::Json::array())};
    if (request.dry_run) {
        for (const auto& line : split(told, '\n'))
            if (const auto at = line.find("INFO: ");
                at != line.npos && line.find("expire ") != line.npos && line.find("command") == line.npos)
                report.text += printable(line.substr(at + 6)) + "\n";
        report.facts =
            fmt::format("would delete the backups that the retention of source '{}' doesn't keep", source.name);
        return report;
    }
    const auto after = TRY(look(job, source));
    const auto kept = labels_in(after.stanza);
    std::size_t gone = 0;
    sys::Json fates = sys::Json::array();
    for (const auto& backup : before.stanza.backups) {
        const bool stays = kept.contains(backup.label);
        fates.push_back({{"id", backup.label}, {"stays", stays}});
        if (stays) continue;
        ++gone;
        report.text += fmt::format("{} deleted: the retention of repository {} doesn't keep it\n", backup.label,
                                   backup.repository);
    }
    report.facts =
        fmt::format("{} of source '{}' deleted, {} kept", counted(gone, "backup", "backups"), source.name, kept.size());
    report.json = report::member(source.name, std::move(fates));
    return report;
}

}
