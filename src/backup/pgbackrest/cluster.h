#pragma once
#include "backup/engines/postgres/postgres_parts.h"
#include "backup/job.h"
#include "backup/pgbackrest/configuration.h"
#include <string>
#include <string_view>

// The server whose WAL is archived, and its settings for archiving.
namespace fairlead::backup::pgbackrest {

struct Cluster {
    Address address;
    postgres::Server server;
    ClusterPlace place;
    // archive_timeout: in seconds
    std::string archive_mode, archive_command, archive_library, wal_level, archive_timeout;
    std::uint64_t segment_bytes = 0;
    std::string system; // the system identifier
    bool is_standby = false;
    std::string shown() const; // "app@db:5432/shop"
};
Result<Cluster> connect_cluster(const SourceSettings& source, const World& world);

struct Archiver { // pg_stat_archiver
    std::string last_archived, last_failed, last_failed_at;
    std::int64_t failures = 0;
    bool fails = false; // the last attempt failed
};
Result<Archiver> ask_archiver(Cluster& cluster);
// Returns the reason why the server can't archive by pgBackRest; empty: no problem is visible.
std::string hindrance(const Cluster& cluster);

std::string quoted_setting(const std::string& text); // quoted as in postgresql.conf
// Returns the command that PostgreSQL runs for each file of WAL.
std::string archive_command(const Program& program);

}
