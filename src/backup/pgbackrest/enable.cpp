// pitr-enable: pgBackRest's configuration, and what a server has to be told so that it archives its WAL by it.
#include "backup/pgbackrest/cluster.h"
#include "backup/pgbackrest/commands.h"
#include "backup/pgbackrest/configuration.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/fault.h"
#include "sys/files/files.h"
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using namespace pgbackrest;

constexpr const char* usual_timeout = "300"; // seconds after which a segment is archived though it isn't full

struct WantedSetting {
    std::string name, value, is;
    bool needs_restart = false;
};

std::vector<WantedSetting> wanted_of(const Cluster& cluster, const std::string& command) {
    std::vector<WantedSetting> all;
    const bool archives = cluster.archive_mode == "on" || cluster.archive_mode == "always";
    if (cluster.wal_level == "minimal") all.push_back({"wal_level", "replica", cluster.wal_level, true});
    if (!archives) all.push_back({"archive_mode", "on", cluster.archive_mode, true});
    // Both at once is an error of PostgreSQL 16 and newer.
    if (!cluster.archive_library.empty()) all.push_back({"archive_library", "", cluster.archive_library, false});
    if (cluster.archive_command != command)
        all.push_back({"archive_command", command, archives ? cluster.archive_command : "", false});
    if (cluster.archive_timeout == "0") all.push_back({"archive_timeout", usual_timeout, "0", false});
    return all;
}

Result<void> set(Cluster& cluster, const std::vector<WantedSetting>& all) {
    for (const WantedSetting& one : all)
        TRY(postgres::ask(cluster.server,
                          fmt::format("ALTER SYSTEM SET {} ={}", one.name, postgres::quoted_text(one.value)),
                          fmt::format("{} can't be set; ALTER SYSTEM needs a superuser", one.name)));
    TRY(postgres::ask(cluster.server, "SELECT pg_reload_conf()", "the settings can't be read again"));
    return {};
}

// Nothing that somebody set is replaced unless that is asked for.
Result<void> check_replaces(const Cluster& cluster, const std::vector<WantedSetting>& all) {
    for (const WantedSetting& one : all)
        if (one.name.starts_with("archive_") && !one.is.empty() && one.is != "off" && one.is != "0" &&
            one.is != "(disabled)")
            return usage(fmt::format("{} of {} is '{}' already; say --overwrite to replace it", one.name,
                                     cluster.shown(), one.is));
    return {};
}

// What is to be written; nothing: the file is somebody else's, or is as it should be.
Result<std::optional<std::string>> text_of(const Job& job, const SourceSettings& source, const Program& program,
                                           const Cluster& cluster) {
    const auto writer = TRY(written_by(source.config));
    if (writer == WrittenBy::others) return std::optional<std::string>();
    if (job.settings.stores.empty())
        return usage(fmt::format("no store is named, so pgBackRest would have no repository; write stores: "
                                 "[file:/var/backups/{}] under backup in fairlead.yml",
                                 job.app));
    auto text = TRY(write_configuration(job, source, program, cluster.place));
    if (writer == WrittenBy::us && TRY(sys::read_file(source.config)) == text) return std::optional<std::string>();
    return std::optional(std::move(text));
}

Result<SourceSettings> the_source(const Job& job, const Request& request) {
    const auto parted = TRY(part(job, request));
    if (parted.clusters.size() == 1) return with_defaults(parted.clusters.front(), job);
    if (parted.clusters.empty())
        return usage("no source has engine: pgbackrest; write such a source under backup in fairlead.yml: sources: "
                     "[{name: cluster, engine: pgbackrest, url_env: DATABASE_URL}]");
    return usage("several sources have engine: pgbackrest; name one source with --source");
}

Result<void> apply(const Job& job, const SourceSettings& source, const Program& program, Cluster& cluster,
                   const std::optional<std::string>& text, const std::vector<WantedSetting>& all) {
    for (const auto& store : job.stores) TRY_VOID(store->make());
    if (text) TRY_VOID(save_configuration(source, *text));
    sys::fault_point("pitr-configured");
    // Before the server archives: what it archives into no stanza fails.
    TRY(change(program, {"stanza-create"}, fmt::format("stanza '{}' can't be made", program.stanza)));
    sys::fault_point("pitr-stanza");
    if (!all.empty()) TRY_VOID(set(cluster, all));
    sys::fault_point("pitr-set");
    return {};
}

// A server that was promoted before it archived keeps its histories to itself, and no recovery finds its timeline.
Result<void> archive_histories(const Program& program, const Cluster& cluster) {
    const auto folder = sys::Path(cluster.place.data) / "pg_wal";
    const auto names = TRY(sys::list_folder(folder));
    for (const auto& name : names)
        if (name.ends_with(".history"))
            TRY(change(program, {"archive-push", (folder / name).string()},
                       fmt::format("'{}' can't be archived", name)));
    return {};
}

}

Result<report::Report> pitr_enable(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request));
    TRY_VOID(check_encrypts(place, job));
    const auto source = TRY(the_source(job, request));
    const auto program = TRY(find(source, source.stanza, job.world));
    auto cluster = TRY(connect_cluster(source, job.world));
    if (const auto why = lacks_server(program.version, cluster.server.major); !why.empty()) return could_not(why);
    if (cluster.is_standby)
        return usage(fmt::format("{} is a standby; name the primary, whose settings it takes", cluster.shown()));
    const auto text = TRY(text_of(job, source, program, cluster));
    const auto all = wanted_of(cluster, archive_command(program));
    report::Report report;
    if (text) report.text += fmt::format("{}:\n{}\n", source.config, without_secrets(*text));
    bool restart = false;
    sys::Json list = sys::Json::array();
    for (const WantedSetting& one : all) {
        report.text += fmt::format("{} = {}{}\n", one.name, quoted_setting(one.value),
                                   one.is.empty() ? "" : fmt::format("   # is {}", quoted_setting(one.is)));
        list.push_back({{"name", one.name}, {"value", one.value}, {"is", one.is}});
        restart = restart || one.needs_restart;
    }
    report.members = {report::member("configuration", source.config), report::member("settings", std::move(list)),
                      report::member("restart", restart)};
    const bool is_missing = text.has_value() || !all.empty();
    if (!request.apply || request.dry_run) {
        report.facts = is_missing
                           ? fmt::format("{} lacks the above; run fairlead-backup pitr-enable --apply", cluster.shown())
                           : fmt::format("{} archives by pgBackRest {}, stanza {}", cluster.shown(),
                                         program.version.shown(), program.stanza);
        return report;
    }
    if (!request.overwrite) TRY_VOID(check_replaces(cluster, all));
    TRY_VOID(apply(job, source, program, cluster, text, all));
    if (restart) {
        report.facts = fmt::format("set in {}; restart PostgreSQL, then run fairlead-backup pitr-enable --apply again, "
                                   "which tries it",
                                   cluster.shown());
        return report;
    }
    TRY_VOID(archive_histories(program, cluster));
    TRY(change(program, {"check"}, "the archive does not work"));
    report.facts = fmt::format("{} archives by pgBackRest {}, stanza {}; a segment of WAL was archived as a trial",
                               cluster.shown(), program.version.shown(), program.stanza);
    return report;
}

}
