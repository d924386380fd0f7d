#pragma once
#include "gate/change.h"
#include "gate/collect/freshness.h"
#include "gate/evidence.h"
#include "gate/new_findings.h"
#include "gate/places.h"
#include "gate/policy.h"
#include <string>
#include <vector>

// Finds the reports of a policy and reads them.
namespace fairlead::gate {

struct Item {
    std::string name; // of the entry in `reports:`; empty for --report
    std::string path; // relative to the repository's root if the file is below it; for a missing report the pattern
    bool optional = false;
    Evidence evidence;
};

struct Folders {
    std::string root; // of the repository, absolute
    std::string base; // absolute; the start of relative patterns
};

// Returns a path below the repository's root as seen from there, any other as it is.
std::string from_root(const Folders& folders, const std::string& path);

// Returns the path of the file that a link leads to. If the link leads nowhere, returns the path itself.
std::string real_path(const std::string& path);

// Returns the nearest folder upward that contains .git, or else `folder`.
std::string repository_root(const std::string& folder);

// Error (usage): a path is a folder.
Result<void> refuse_folders(const Policy& policy, const Folders& folders);
// Error (usage): our own report would be written to a place where reports are judged. It would replace a report, or
// count as one in the next run.
Result<void> refuse_output(std::span<const Expected> reports, const Folders& folders, const std::string& output);
// Error (usage): the `root` of a report is not a folder. Checked once the reports exist, because a build may create the
// folder.
Result<void> refuse_roots(const Policy& policy, const Folders& folders);

// The findings that are judged: all, or if a member is set only those that are new by it.
struct FindingScope {
    const ChangedLines* changed = nullptr;
    KnownFindings* known = nullptr;
};

struct FoundShards; // shards.h

// `shards`: an entry with reports in shards is read from them. Returns one item per file, or one item for a missing
// report. Error (could_not): the repository can't be read, or a signal asked us to stop.
Result<std::vector<Item>> collect(const Policy& policy, const Folders& folders, Freshness& freshness,
                                  FindingScope scope = {}, const FoundShards* shards = nullptr);

}
