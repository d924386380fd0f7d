#pragma once
#include "base/result.h"
#include "migrate/steps/database.h"

namespace fairlead::migrate::rehearsal {

// What a statement does outside of its database (roles, other databases, the server's settings, programs, files) is
// done in a clone as well. Error (no), with file:line: one of the scripts does so.
Result<void> check_stays_within(const std::vector<const files::Script*>& scripts, const Database& database);

}
