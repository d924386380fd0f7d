#pragma once
#include "base/result.h"
#include "migrate/steps/request.h"
#include <string>
#include <vector>

namespace fairlead::migrate {

// Whether --confirm-destructive names that version or seed.
bool is_named(const std::string& version, const Request& request);
// Of versions that destroy those that have to be confirmed and aren't.
std::vector<std::string> unconfirmed(const std::vector<std::string>& destructive, const Request& request,
                                     const Place& place);
// In production, and where no environment is named, each version (or seed) that destroys is confirmed by its name.
// Error (usage): one isn't.
Result<void> confirm_destructive(const std::vector<std::string>& destructive, const Request& request,
                                 const Place& place);

}
