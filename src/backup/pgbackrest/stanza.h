#pragma once
#include "backup/pgbackrest/wal.h"
#include "base/result.h"
#include "base/time.h"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What pgBackRest tells of a stanza, its name for one cluster's backups: `info --output=json`, `repo-ls --output=json`
// and `verify --output=text` (https://pgbackrest.org/command.html).
namespace fairlead::backup::pgbackrest {

// "20260131-101500F", "20260131-101500F_20260201-101500I"
bool is_label(std::string_view text);

struct BackupInfo {
    std::string label, type; // full, diff, incr
    int repository = 1;
    SystemTime started, stopped;
    std::uint64_t bytes = 0, stored = 0; // of the cluster; in the repository, with what it refers to
    std::string first, last;             // WAL that it can't do without
    std::string start_lsn, stop_lsn;
    bool has_error = false; // pages with wrong checksums were found in the cluster
    std::map<std::string, std::string> annotations;
};

struct Stanza {
    int status = 0;      // 0: all is well; 1: it was never made; 2: it has no backup
    std::string message; // pgBackRest's own words for it
    std::vector<int> repositories;
    std::map<int, std::string> unread; // of them: pgBackRest's words for why
    std::vector<BackupInfo> backups;   // newest first, of all repositories
    std::string archive;               // "15-1": the folder of the WAL of the cluster of now
    std::string system;                // its identifier
};
// Error (no): it isn't that.
Result<Stanza> read_info(std::string_view json, const std::string& stanza);

// The WAL that one repository has of one archive.
struct Listing {
    std::uint64_t segment_bytes = usual_segment; // as the names tell; of less than two logs: the usual ones
    std::vector<Segment> segments;
    std::vector<std::string> histories; // "00000002.history"
    std::vector<std::string> twice;     // segments with two contents
    std::optional<SystemTime> newest;   // when the last segment came, by the repository's clock
};
Result<Listing> read_listing(std::string_view json); // error (no): it isn't one

// What `verify` says of one backup and of the WAL. pgBackRest 2.45 ends with 0 whatever it found.
struct Verified {
    bool passed = false;
    std::string why; // not
};
Verified read_verified(std::string_view text, const std::string& label);

}
