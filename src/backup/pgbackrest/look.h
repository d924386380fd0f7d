#pragma once
#include "backup/job.h"
#include "backup/pgbackrest/program.h"
#include "backup/pgbackrest/stanza.h"
#include "backup/verified.h"
#include <optional>
#include <string>
#include <vector>

// One source of engine pgbackrest as its repositories have it: its backups as sets, which of them are proven, and
// whether the WAL behind them is there without a gap.
namespace fairlead::backup::pgbackrest {

struct Wal {
    int repository = 1;
    Listing listing;
    WalStanding standing; // from the oldest backup of that repository on
    std::vector<std::string> lost_histories;
    std::vector<std::string> problems; // these, each gap by its names, segments with two contents
};

struct Look {
    Program program;
    Stanza stanza;
    Found found;                     // as sets, newest first; their ids are labels
    std::vector<Wal> wal;            // of each repository that answers
    std::optional<Milliseconds> rto; // as the last verification of level 4 that counts measured it, and 10 %
    const BackupInfo& backup(const std::string& label) const;
    std::vector<std::string> unread() const; // a sentence for each repository that doesn't answer
};
// Error (could_not): pgBackRest or its configuration is not there, or can't be read.
Result<Look> look(const Job& job, const SourceSettings& source);
// The same for a command that has no verdict of its own on what is unread: it is logged as a warning.
Result<Look> look_and_warn(const Job& job, const SourceSettings& source);

// A backup as a set's manifest, which says what a signature is about: this label of this cluster.
Manifest manifest_of(const Stanza& stanza, const BackupInfo& backup);
// With its backup, as an annotation.
Result<void> keep_verdict(const Job& job, const Look& look, const BackupInfo& backup, const Verdict& verdict);

// "000000010000000000000004 to 000000010000000000000006"
std::string shown(const Range& range, std::uint64_t segment_bytes);

}
