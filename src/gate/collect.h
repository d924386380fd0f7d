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

// The nearest folder upward that holds .git, else `folder`.
std::string repository_root(const std::string& folder);

// One item per file, or one for what is missing. Error: usage when a path is a folder.
Result<std::vector<Item>> collect(const Policy& policy, const Folders& folders);

}
