#include "backup/pitr/cluster.h"
#include "backup/status.h"
#include "backup/stores/address.h"
#include "base/text.h"
#include "sys/process/process.h"
#include <fmt/format.h>

namespace fairlead::backup::pitr {
namespace {

// archive_library: since 15; tablespaces: those beside PostgreSQL's own two.
constexpr const char* settings =
    "SELECT current_setting('archive_mode'), current_setting('archive_command'), "
    "coalesce(current_setting('archive_library', true), ''), current_setting('wal_level'), "
    "(SELECT setting FROM pg_settings WHERE name = 'archive_timeout'), "
    "pg_size_bytes(current_setting('wal_segment_size')), (SELECT system_identifier FROM pg_control_system()), "
    "(SELECT count(*) FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')), pg_is_in_recovery()";

constexpr const char* archiver =
    "SELECT last_archived_wal, to_char(last_archived_time AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), "
    "last_failed_wal, to_char(last_failed_time AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), failed_count, "
    "last_failed_time IS NOT NULL AND last_failed_time > coalesce(last_archived_time, '-infinity') "
    "FROM pg_stat_archiver";

std::int64_t number(const sys::Field& field) { return parse_integer(field.value_or("0")).value_or(0); }

// PostgreSQL reads %p and its like before the shell does.
std::string quoted_for_shell(const std::string& word) {
    return "'" + replace_all(replace_all(word, "'", "'\"'\"'"), "%", "%%") + "'";
}

}

Result<Address> cluster_address(const Job& job, const Request& request) {
    const auto sources = TRY(job.sources(request.sources));
    for (const auto& source : sources) {
        if (!source.path.empty() || !(source.engine.empty() || source.engine == "postgres")) continue;
        auto address = TRY(find_address(source, job.world));
        if (address.kind == Address::Kind::postgres) return address;
    }
    return usage("none of the sources is of PostgreSQL; name one by --source, or its variable by --url-env");
}

Result<Cluster> connect_cluster(const Job& job, const Request& request) {
    auto address = TRY(cluster_address(job, request));
    auto server = TRY(postgres::connect(address, job.world));
    const auto told = TRY(postgres::ask(server, settings, "how it archives can't be told"));
    const auto& row = told.rows.at(0);
    Cluster cluster{.address = std::move(address), .server = std::move(server)};
    cluster.archive_mode = row[0].value_or("");
    cluster.archive_command = row[1].value_or("");
    cluster.archive_library = row[2].value_or("");
    cluster.wal_level = row[3].value_or("");
    cluster.archive_timeout = row[4].value_or("");
    cluster.segment_bytes = static_cast<std::uint64_t>(number(row[5]));
    cluster.system = row[6].value_or("");
    cluster.tablespaces = number(row[7]);
    cluster.is_standby = row[8].value_or("") == "t";
    return cluster;
}

Result<Archiver> ask_archiver(Cluster& cluster) {
    const auto told = TRY(postgres::ask(cluster.server, archiver, "pg_stat_archiver can't be read"));
    const auto& row = told.rows.at(0);
    return Archiver{.last_archived = row[0].value_or(""),
                    .last_archived_at = row[1].value_or(""),
                    .last_failed = row[2].value_or(""),
                    .last_failed_at = row[3].value_or(""),
                    .failures = number(row[4]),
                    .fails = row[5].value_or("") == "t"};
}

std::string hindrance(const Cluster& cluster) {
    if (cluster.archive_mode == "off") return "archive_mode is off";
    if (cluster.wal_level == "minimal") return "wal_level is minimal";
    const bool has_command = !cluster.archive_command.empty() && cluster.archive_command != "(disabled)";
    if (!has_command && cluster.archive_library.empty()) return "archive_command is empty";
    return "";
}

std::string of_tablespaces(const Cluster& cluster) {
    if (cluster.tablespaces == 0) return "";
    return fmt::format("{} has {} of its own, whose folders a restored cluster would share with the one that serves: "
                       "move what lies there to pg_default and drop them, or take pgBackRest",
                       cluster.server.shown,
                       counted(static_cast<std::size_t>(cluster.tablespaces), "tablespace", "tablespaces"));
}

std::string quoted_setting(const std::string& text) {
    return "'" + replace_all(replace_all(text, "\\", "\\\\"), "'", "''") + "'";
}

Result<std::string> command_line(const Place& place, const Request& request, const std::string& command) {
    if (!place.config.present() && (request.app.empty() || request.stores.empty()))
        return usage("PostgreSQL runs wal-push in its own folder, so a fairlead.yml has to say which app and which "
                     "stores; write one with app: and backup: stores:, and name it by --config, or say --app and "
                     "--store");
    std::string line = quoted_for_shell(sys::own_program());
    const auto add = [&](const char* flag, const std::string& value) {
        line += fmt::format(" {} {}", flag, quoted_for_shell(value));
    };
    if (place.config.present())
        add("--config", std::filesystem::absolute(place.config.file()).lexically_normal().string());
    if (!place.environment.empty()) add("--env", place.environment);
    if (!request.app.empty()) add("--app", request.app);
    const auto here = std::filesystem::current_path().string();
    for (const auto& store : request.stores) add("--store", from_folder(store, here));
    return line + " " + command;
}

}
