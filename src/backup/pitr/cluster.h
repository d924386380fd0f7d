#pragma once
#include "backup/engines/postgres_parts.h"
#include "backup/job.h"
#include <string>
#include <vector>

// The server whose WAL is archived, and how it does that.
namespace fairlead::backup::pitr {

struct Cluster {
    Address address;
    postgres::Server server;
    std::string archive_mode, archive_command, archive_library, wal_level, archive_timeout; // archive_timeout: seconds
    std::uint64_t segment_bytes = 0;
    std::string system; // its identifier
    std::int64_t tablespaces = 0;
    bool is_standby = false;
};
// Of the sources the one that is named, else the first of PostgreSQL; else DATABASE_URL's. Error (usage): none is.
Result<Address> cluster_address(const Job& job, const Request& request);
Result<Cluster> connect_cluster(const Job& job, const Request& request);

struct Archiver { // pg_stat_archiver
    std::string last_archived, last_archived_at, last_failed, last_failed_at;
    std::int64_t failures = 0;
    bool fails = false; // the last try did
};
Result<Archiver> ask_archiver(Cluster& cluster);
// What keeps it from archiving; empty: nothing that can be seen.
std::string hindrance(const Cluster& cluster);

// Why a cluster with tablespaces of its own isn't taken; empty: it has none.
std::string of_tablespaces(const Cluster& cluster);

std::string quoted_setting(const std::string& text); // as postgresql.conf has it
// What PostgreSQL runs: "'/usr/bin/fairlead-backup' --config '/srv/shop/fairlead.yml' wal-push %p". Error (usage):
// neither a fairlead.yml nor --app and --store are there to name.
Result<std::string> command_line(const Place& place, const Request& request, const std::string& command);

}
