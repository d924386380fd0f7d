#pragma once
#include "gate/evidence.h"
#include "gate/places.h"
#include "gate/policy.h"
#include <string>
#include <vector>

// Finds the reports of a policy and reads them.
namespace fairlead::gate {

struct Item {
    std::string name; // of the entry in `reports:`; empty for --report
    std::string path; // from the root of the repository when it lies below it; of a missing one the pattern
    bool optional = false;
    Evidence evidence;
};

struct Folders {
    std::string root; // of the repository, absolute
    std::string base; // absolute: relative patterns start here
};

// Of the file behind links; of what leads nowhere the path itself.
std::string real_path(const std::string& path);

// The nearest folder upward that holds .git, else `folder`.
std::string repository_root(const std::string& folder);

// Error: usage when a path is a folder.
Result<void> refuse_folders(const Policy& policy, const Folders& folders);
// Error: usage when a report of ours would be written where a report is judged: it would replace it, or count with the
// next run's.
Result<void> refuse_output(std::span<const Expected> reports, const Folders& folders, const std::string& output);
// The same for a root that isn't there, once the reports are: a build may make it.
Result<void> refuse_roots(const Policy& policy, const Folders& folders);

// One item per file, or one for what is missing. Error: could_not when the repository can't be read or a signal asked
// us to stop.
Result<std::vector<Item>> collect(const Policy& policy, const Folders& folders, SystemTime now);

}
