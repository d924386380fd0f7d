// pitr-enable: what a server has to be told so that it archives its WAL by us.
#include "backup/pitr/archive.h"
#include "backup/pitr/cluster.h"
#include "backup/pitr/commands.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using namespace pitr;

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

// "app@db:5432/shop": a URL that names the scheme, too, may be the whole of a variable, which is masked.
std::string where(const Cluster& cluster) {
    const auto& shown = cluster.server.shown;
    const auto scheme = shown.find("://");
    return scheme == shown.npos ? shown : shown.substr(scheme + 3);
}

Result<void> apply(Cluster& cluster, const std::vector<WantedSetting>& all) {
    for (const WantedSetting& one : all)
        TRY(postgres::ask(cluster.server,
                          fmt::format("ALTER SYSTEM SET {} ={}", one.name, postgres::quoted_text(one.value)),
                          fmt::format("{} can't be set; ALTER SYSTEM needs a superuser", one.name)));
    TRY(postgres::ask(cluster.server, "SELECT pg_reload_conf()", "the settings can't be read again"));
    return {};
}

}

Result<report::Report> pitr_enable(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request));
    TRY_VOID(check_encrypts(place, job));
    const auto command = TRY(command_line(place, request, "wal-push %p"));
    auto cluster = TRY(connect_cluster(job, request));
    if (request.apply && !request.dry_run) TRY_VOID(make_stores(job));
    const auto all = wanted_of(cluster, command);
    report::Report report;
    bool restart = false;
    sys::Json list = sys::Json::array();
    for (const WantedSetting& one : all) {
        const bool replaces = one.name.starts_with("archive_") && !one.is.empty() && one.is != "off" && one.is != "0" &&
                              one.is != "(disabled)";
        if (replaces && request.apply && !request.overwrite)
            return usage(fmt::format("{} of {} is '{}' already; say --overwrite to replace it", one.name,
                                     where(cluster), one.is));
        report.text += fmt::format("{} = {}{}\n", one.name, quoted_setting(one.value),
                                   one.is.empty() ? "" : fmt::format("   # is {}", quoted_setting(one.is)));
        list.push_back({{"name", one.name}, {"value", one.value}, {"is", one.is}});
        restart = restart || one.needs_restart;
    }
    report.members = {report::member("settings", std::move(list)), report::member("restart", restart)};
    if (all.empty()) {
        report.facts = fmt::format("{} archives by fairlead-backup", where(cluster));
        return report;
    }
    const std::string then = restart ? "restart PostgreSQL, then" : "then";
    if (request.apply && !request.dry_run) {
        TRY_VOID(apply(cluster, all));
        report.facts = fmt::format("set in {}; {} run fairlead-backup pitr-base", where(cluster), then);
    } else {
        report.facts =
            fmt::format("write this into postgresql.conf of {}, or say --apply; {} run fairlead-backup pitr-base",
                        where(cluster), then);
    }
    return report;
}

}
