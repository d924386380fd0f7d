#pragma once
#include "gate/collect/collect.h"
#include "gate/policy.h"
#include <cstdint>
#include <string>
#include <vector>

// Measures files of a build, such as the scripts that a browser loads.
namespace fairlead::gate {

struct Size {
    std::string name; // of its limit
    std::size_t files = 0;
    std::uint64_t bytes = 0;
};
// Returns the sizes for the limits, in their order. Error (usage): a path leads out of the tree. Error (could_not): a
// file can't be read.
Result<std::vector<Size>> measure_sizes(const std::vector<SizeLimit>& limits, const Folders& folders);

}
