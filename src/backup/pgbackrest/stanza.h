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

// Reads pgBackRest's output about a stanza (its name for one cluster's backups): `info --output=json`, `repo-ls
// --output=json` and `verify --output=text` (https://pgbackrest.org/command.html).
namespace fairlead::backup::pgbackrest {

// "20260131-101500F", "20260131-101500F_20260201-101500I"
bool is_label(std::string_view text);

struct BackupInfo {
    std::string label, type; // full, diff, incr
    int repository = 1;
    SystemTime started, stopped;
    // bytes: size of the cluster; stored: size in the repository, with the older backups that this backup needs
    std::uint64_t bytes = 0, stored = 0;
    std::string first, last; // first and last WAL segment that it needs
    std::string start_lsn, stop_lsn;
    bool has_error = false; // the cluster had pages with wrong checksums
    std::map<std::string, std::string> annotations;
};

struct Stanza {
    int status = 0;      // 0: ok; 1: it was never created; 2: it has no backup
    std::string message; // pgBackRest's words for the status
    std::vector<int> repositories;
    std::map<int, std::string> unread; // repositories that can't be read, with pgBackRest's reason
    std::vector<BackupInfo> backups;   // newest first, of all repositories
    std::string archive;               // "15-1": the folder with the current cluster's WAL
    std::string system;                // the system identifier
};
// Error (no): the text has another form.
Result<Stanza> read_info(std::string_view json, const std::string& stanza);

// The WAL of one archive in one repository.
struct Listing {
    // derived from the names; the usual size if there are fewer than two logs
    std::uint64_t segment_bytes = usual_segment;
    std::vector<Segment> segments;
    std::vector<std::string> histories; // "00000002.history"
    std::vector<std::string> twice;     // segments with two contents
    std::optional<SystemTime> newest;   // when the last segment arrived, by the repository's clock
};
Result<Listing> read_listing(std::string_view json); // error (no): the text is not a listing

// The result of `verify` for one backup and the WAL. pgBackRest 2.45 exits with 0 even if it found damage.
struct Verified {
    bool passed = false;
    std::string why; // why it failed
};
Verified read_verified(std::string_view text, const std::string& label);

}
