#pragma once
#include "base/result.h"
#include "migrate/steps/database.h"
#include <map>
#include <string>
#include <vector>

namespace fairlead::migrate::rehearsal {

// What a statement does outside of its database (roles, other databases, the server's settings, programs, files) is
// done in a clone as well. Error (no), with file:line: one of the scripts does so.
// That includes functions and extensions that lead out, as far as a statement names them.
Result<void> check_stays_within(const std::vector<const files::Script*>& scripts, const Database& database);

// What is put together as it runs nobody sees before: a warning where the role may do more than to make databases.
Result<void> tell_of_rights(const Database& database);

// What all databases of a server share: roles, memberships, settings, tablespaces, slots, rights on databases. By name,
// as text; SQLite has none.
using Shared = std::map<std::string, std::string>;
Result<Shared> shared_by_all(const Database& database);
// The names that came, went or have another text since. A database that came or went is left out: other rehearsals make
// and drop theirs.
std::vector<std::string> changed_since(const Shared& before, const Shared& now);

}
