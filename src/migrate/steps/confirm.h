#pragma once
#include "base/result.h"
#include "migrate/steps/request.h"
#include <string>
#include <vector>

namespace fairlead::migrate {

// Returns whether --confirm-destructive names this version or seed.
bool is_named(const std::string& version, const Request& request);
// Returns the versions in `destructive` that need a confirmation and don't have it.
std::vector<std::string> unconfirmed(const std::vector<std::string>& destructive, const Request& request,
                                     const Place& place);
// In production, and if no environment is named, each version (or seed) that destroys data needs a confirmation by
// name. Error (usage): a confirmation is missing.
Result<void> confirm_destructive(const std::vector<std::string>& destructive, const Request& request,
                                 const Place& place);

}
