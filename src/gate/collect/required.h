#pragma once
#include "base/result.h"
#include "gate/collect/freshness.h"
#include <span>
#include <string>
#include <vector>

// The last verdicts of other tools that must have passed, from the files of report/kept.h.
namespace fairlead::gate {

struct Required {
    std::string tool;      // "scan"
    std::string complaint; // empty: it passed, for the commit and the files that are here
};

std::vector<std::string> tools_with_verdict(); // tools that may be required

// `folder`: absolute, that of fairlead.yml. Error (could_not): the repository can't be read.
Result<std::vector<Required>> required(std::span<const std::string> tools, const std::string& folder,
                                       Freshness& freshness);

}
