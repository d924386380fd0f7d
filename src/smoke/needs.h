#pragma once
#include "smoke/check.h"
#include <vector>

// The order of checks that need other checks to pass first.
namespace fairlead::smoke {

// Replaces the names in `needs` by names in the plan: if there are several base addresses, a check needs the check at
// its own address. Error (usage), at the check: there is no such check, or the needs form a cycle.
Result<void> settle_needs(std::vector<Check>& checks);

// Returns for each check the indexes of the checks that it needs; several checks may have the needed name.
std::vector<std::vector<std::size_t>> needed_of(const std::vector<Check>& checks);

}
