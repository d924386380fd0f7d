#pragma once
#include "backup/job.h"
#include "backup/pgbackrest/program.h"
#include "backup/pgbackrest/stanza.h"
#include "backup/verified.h"
#include <optional>
#include <string>
#include <vector>

// The state of one source of engine pgbackrest in its repositories: its backups, which of them are verified, and
// whether the WAL after them has no gaps.
namespace fairlead::backup::pgbackrest {

struct Wal {
    int repository = 1;
    Listing listing;
    WalStanding standing; // from the oldest backup of that repository on
    std::vector<std::string> lost_histories;
    // lost histories, gaps with the names of their segments, segments with two contents
    std::vector<std::string> problems;
};

struct Look {
    Program program;
    Stanza stanza;
    Found found;                     // the backups as sets, newest first; their ids are labels
    std::vector<Wal> wal;            // for each repository that answers
    std::optional<Milliseconds> rto; // the time measured by the newest valid verification of level 4, plus 10 %
    const BackupInfo& backup(const std::string& label) const;
    std::vector<std::string> unread() const; // a sentence for each repository that doesn't answer
};
// Error (could_not): pgBackRest or its configuration is missing or can't be read.
Result<Look> look(const Job& job, const SourceSettings& source);
// Like look(), but only warns about repositories that don't answer.
Result<Look> look_and_warn(const Job& job, const SourceSettings& source);

// Returns a backup in the form of a set's manifest, with its label and cluster, for signing.
Manifest manifest_of(const Stanza& stanza, const BackupInfo& backup);
// Stores the verdict with its backup, as an annotation.
Result<void> keep_verdict(const Job& job, const Look& look, const BackupInfo& backup, const Verdict& verdict);

// "000000010000000000000004 to 000000010000000000000006"
std::string shown(const Range& range, std::uint64_t segment_bytes);

}
