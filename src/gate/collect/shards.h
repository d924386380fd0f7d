#pragma once
#include "base/result.h"
#include "base/time.h"
#include "gate/collect/freshness.h"
#include "gate/collect/matches.h"
#include "gate/collect/size.h"
#include "gate/policy.h"
#include "report/kept.h"
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The reports of one job, checked and packed by that job (--collect), so that one run can judge the reports of all
// jobs. A shard is a folder with the reports, each packed with gzip and named by its SHA-256, and the file shard.json:
//   {"schema": 1, "tool": "gate", "shard": "linux", "commit": "0f…", "dirty": false,
//    "collected": "2026-12-01T13:00:00.000Z", "folder": "web", "entries": ["unit"],
//    "reports": [{"entry": "unit", "path": "build/junit.xml", "file": "5e….gz"}],
//    "sizes": [{"name": "dist/*.js (gzip)", "files": 3, "bytes": 12345}]}
namespace fairlead::gate {

struct Shard {
    struct Report {
        std::string entry; // of `reports:`; empty: of --report
        std::string path;  // its original path: from the repository's root, or absolute
        std::string file;  // in the shard's folder
        bool operator==(const Report&) const = default;
    };
    std::string name; // that of the folder when it was written
    report::Stamp of; // the commit that its reports are about
    SystemTime collected;
    std::string folder = {};               // of fairlead.yml, from the repository's root
    std::vector<std::string> entries = {}; // entries with reports; two may have the same file, which is packed once
    std::vector<Report> reports = {};
    std::vector<Size> sizes = {}; // of the files that are only in its job
};

// Error (usage), with the place: the text isn't such a file.
Result<Shard> parse_shard(std::string_view text, const std::string& file);
std::string shard_text(const Shard& shard);

std::string shard_of_folder(const std::string& folder); // "shards/linux/": "linux"
// Error (usage): the folder has other files than those of a shard, reports of the policy would match its files, the
// policy doesn't expect a shard of that name, or there is no commit that it could be about.
Result<void> refuse_shard_folder(const std::string& folder, const Policy& policy, const Folders& folders);
Result<void> drop_shard(const std::string& folder); // so that a failed run doesn't leave an earlier run's shard
// Packs the reports that have no problem into the folder. Its shard.json comes last, so an interrupted run leaves no
// shard. `shard`: everything except its reports. Error (could_not): from the file system.
Result<void> write_shard(const std::string& folder, Shard shard, std::span<const Item> items, const Folders& folders);

// A shard that was found, or that the policy expects.
struct ShardCheck {
    std::string name;
    std::string complaint; // empty: it is there, for the commit and the files that are here
};
struct FoundShards {
    std::vector<ShardCheck> checks;
    // Of the shards without a complaint: their reports by entry, all entries, and for each limit of a size the biggest.
    std::map<std::string, std::vector<Match>> reports;
    std::set<std::string> entries;
    std::map<std::string, Size> sizes;
};
// Finds the shards of the policy. `folder`: of fairlead.yml, from the repository's root. Error (could_not): from the
// file system.
Result<FoundShards> find_shards(const Policy& policy, const Folders& folders, const std::string& folder,
                                Freshness& freshness, SystemTime now);

}
