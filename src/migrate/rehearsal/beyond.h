#pragma once
#include "base/result.h"
#include "migrate/steps/database.h"

namespace fairlead::migrate::rehearsal {

// What a statement does outside of its database (roles, other databases, the server's settings, programs, files) is
// done in a clone as well. Error (no), with file:line: one of the scripts does so.
// That includes functions and extensions that lead out, as far as a statement names them.
Result<void> check_stays_within(const std::vector<const files::Script*>& scripts, const Database& database);

// What is put together as it runs nobody sees before: a warning where the role may do more than to make databases.
Result<void> tell_of_rights(const Database& database);

}
