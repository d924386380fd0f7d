#include "backup/pgbackrest/cluster.h"
#include "base/text.h"
#include <fmt/format.h>

namespace fairlead::backup::pgbackrest {
namespace {

// archive_library: since 15. A role that is no superuser reads neither the folder nor the sockets:
// pg_read_all_settings.
constexpr const char* asks_settings =
    "SELECT current_setting('archive_mode'), current_setting('archive_command'), "
    "coalesce(current_setting('archive_library', true), ''), current_setting('wal_level'), "
    "(SELECT setting FROM pg_settings WHERE name = 'archive_timeout'), "
    "pg_size_bytes(current_setting('wal_segment_size')), (SELECT system_identifier FROM pg_control_system()), "
    "pg_is_in_recovery(), current_setting('data_directory'), "
    "trim(split_part(current_setting('unix_socket_directories'), ',', 1)), current_setting('port'), current_user, "
    "current_database()";

constexpr const char* archiver =
    "SELECT last_archived_wal, last_failed_wal, to_char(last_failed_time AT TIME ZONE 'UTC', "
    "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), failed_count, "
    "last_failed_time IS NOT NULL AND last_failed_time > coalesce(last_archived_time, '-infinity') "
    "FROM pg_stat_archiver";

std::int64_t number(const sys::Field& field) { return parse_integer(field.value_or("0")).value_or(0); }

// PostgreSQL reads %p and its like before the shell does.
std::string quoted_for_shell(const std::string& word) {
    return "'" + replace_all(replace_all(word, "'", "'\"'\"'"), "%", "%%") + "'";
}

}

std::string Cluster::shown() const {
    // A URL that names the scheme, too, may be the whole of a variable, which is masked.
    const auto scheme = server.shown.find("://");
    return scheme == server.shown.npos ? server.shown : server.shown.substr(scheme + 3);
}

Result<Cluster> connect_cluster(const SourceSettings& source, const World& world) {
    auto address = TRY(find_address(source, world));
    if (address.kind != Address::Kind::postgres)
        return usage(fmt::format("source '{}' is of engine pgbackrest, and {} is not the URL of a PostgreSQL server",
                                 source.name, address.variable),
                     source.place);
    auto server = TRY(postgres::connect(address, world));
    const auto told = TRY(postgres::ask(server, asks_settings,
                                        "its archive settings can't be read; connect as a superuser, or as a role with "
                                        "pg_monitor and pg_read_all_settings"));
    const auto& row = told.rows.at(0);
    const auto text = [&](std::size_t at) { return row.at(at).value_or(""); };
    Cluster cluster{.address = std::move(address),
                    .server = std::move(server),
                    .place = {text(8), text(9), text(10), text(11), text(12)}};
    cluster.archive_mode = text(0);
    cluster.archive_command = text(1);
    cluster.archive_library = text(2);
    cluster.wal_level = text(3);
    cluster.archive_timeout = text(4);
    cluster.segment_bytes = static_cast<std::uint64_t>(number(row[5]));
    cluster.system = text(6);
    cluster.is_standby = text(7) == "t";
    return cluster;
}

Result<Archiver> ask_archiver(Cluster& cluster) {
    const auto told = TRY(postgres::ask(cluster.server, archiver, "pg_stat_archiver can't be read"));
    const auto& row = told.rows.at(0);
    return Archiver{.last_archived = row[0].value_or(""),
                    .last_failed = row[1].value_or(""),
                    .last_failed_at = row[2].value_or(""),
                    .failures = number(row[3]),
                    .fails = row[4].value_or("") == "t"};
}

std::string hindrance(const Cluster& cluster) {
    if (cluster.archive_mode == "off") return "archive_mode is off";
    if (cluster.wal_level == "minimal") return "wal_level is minimal";
    if (!cluster.archive_library.empty())
        return fmt::format("archive_library is '{}', so archive_command is not run", cluster.archive_library);
    if (cluster.archive_command.find("archive-push") == std::string::npos)
        return "archive_command does not run pgbackrest archive-push";
    return "";
}

std::string quoted_setting(const std::string& text) {
    return "'" + replace_all(replace_all(text, "\\", "\\\\"), "'", "''") + "'";
}

std::string archive_command(const Program& program) {
    return fmt::format("{} {} {} archive-push %p", quoted_for_shell(program.path),
                       quoted_for_shell("--config=" + program.configuration),
                       quoted_for_shell("--stanza=" + program.stanza));
}

}
