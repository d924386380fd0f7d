#pragma once
#include "smoke/check.h"
#include <vector>

// Checks that need others to pass first.
namespace fairlead::smoke {

// Replaces the names in `needs` by those of the plan: at several base addresses, a check needs the one at its own
// address. Error (usage), at the check: there is no such check, or checks need one another in a circle.
Result<void> settle_needs(std::vector<Check>& checks);

// Of each check, the places of those that it needs: all that have such a name.
std::vector<std::vector<std::size_t>> needed_of(const std::vector<Check>& checks);

}
