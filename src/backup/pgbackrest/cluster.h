#pragma once
#include "backup/engines/postgres_parts.h"
#include "backup/job.h"
#include "backup/pgbackrest/configuration.h"
#include <string>
#include <string_view>

// The server whose WAL is archived, and how it does that.
namespace fairlead::backup::pgbackrest {

struct Cluster {
    Address address;
    postgres::Server server;
    ClusterPlace place;
    std::string archive_mode, archive_command, archive_library, wal_level, archive_timeout; // archive_timeout: seconds
    std::uint64_t segment_bytes = 0;
    std::string system; // its identifier
    bool is_standby = false;
    std::string shown() const; // "app@db:5432/shop"
};
Result<Cluster> connect_cluster(const SourceSettings& source, const World& world);

struct Archiver { // pg_stat_archiver
    std::string last_archived, last_failed, last_failed_at;
    std::int64_t failures = 0;
    bool fails = false; // the last try did
};
Result<Archiver> ask_archiver(Cluster& cluster);
// What keeps it from archiving by pgBackRest; empty: nothing that can be seen.
std::string hindrance(const Cluster& cluster);

std::string quoted_setting(const std::string& text); // as postgresql.conf has it
// What PostgreSQL runs for each file of WAL.
std::string archive_command(const Program& program);

}
