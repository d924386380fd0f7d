#pragma once
#include "base/result.h"
#include "base/time.h"
#include "gate/matches.h"
#include "gate/policy.h"
#include "gate/size.h"
#include "report/kept.h"
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The reports of one job, checked and packed there (--collect), for one run that judges those of all jobs. A shard is
// a folder with the reports, each packed with gzip, and the file shard.json:
//   {"schema": 1, "tool": "gate", "shard": "linux", "commit": "0f…", "dirty": false,
//    "collected": "2026-12-01T13:00:00.000Z",
//    "reports": [{"entry": "unit", "path": "build/junit.xml", "file": "1.gz"}],
//    "sizes": [{"name": "dist/*.js (gzip)", "files": 3, "bytes": 12345}]}
namespace fairlead::gate {

struct Shard {
    struct Report {
        std::string entry; // of `reports:`; empty: of --report
        std::string path;  // where it was: from the repository's root, or absolute
        std::string file;  // in the shard's folder: "1.gz"
        bool operator==(const Report&) const = default;
    };
    std::string name; // that of the folder when it was written
    report::Stamp of; // what its reports are about
    SystemTime collected;
    std::vector<Report> reports;
    std::vector<Size> sizes = {}; // of the files that are only in its job
};

// Error (usage), with the place: the text isn't such a file.
Result<Shard> parse_shard(std::string_view text, const std::string& file);
std::string shard_text(const Shard& shard);

std::string shard_of_folder(const std::string& folder); // "shards/linux/": "linux"
// Error (usage): the folder has other files than those of a shard, or the policy doesn't expect one of that name.
Result<void> refuse_shard_folder(const std::string& folder, const Policy& policy);
// Packs the reports that have no problem into the folder, which refuse_shard_folder() allows; a shard that is there is
// replaced. Its shard.json comes last, so an interrupted run leaves no shard. Error (could_not): from the file system.
Result<void> write_shard(const std::string& folder, std::span<const Item> items, std::vector<Size> sizes,
                         const Folders& folders, SystemTime now);

// A shard that was found, or that the policy expects.
struct ShardCheck {
    std::string name;      // the path, if it can't be read
    std::string complaint; // empty: it is there, for the commit and the files that are here
};
struct FoundShards {
    std::vector<ShardCheck> checks;
    // Of the shards without a complaint: their reports by entry, and for each limit of a size the biggest.
    std::map<std::string, std::vector<Match>> reports;
    std::map<std::string, Size> sizes;
};
// Finds the shards of the policy. Error (could_not): from the file system.
Result<FoundShards> find_shards(const Policy& policy, const Folders& folders, SystemTime now);

}
